//! The driver over USB: recorded transfers played through the same session and runner as on any other link.

use std::sync::atomic::AtomicBool;

use kiosk_id_reader::{ReaderEvent, RunEnd, run};
use kiosk_link::{LinkError, RecordedUsb};

use crate::bench::in_short;

/// Plays the record until the reader is gone, lost or has failed.
fn play(name: &str) -> (Vec<String>, RunEnd) {
    let path = format!("{}/tests/fixtures/{name}.usb", env!("CARGO_MANIFEST_DIR"));
    let mut link = RecordedUsb::open(&std::fs::read_to_string(path).unwrap()).unwrap();
    let mut events = Vec::new();
    let end = run(&mut link, &AtomicBool::new(false), &mut |event| {
        if let ReaderEvent::Card(card) = &event {
            assert_eq!(card.number().as_str(), "510823195602140029");
        }
        events.push(in_short(&event));
    });
    link.finish();
    (events, end)
}

#[test]
fn a_card_is_read_over_usb() {
    let (events, end) = play("a-card");
    assert_eq!(events, ["ready numbered", "seen", "card of 测试甲", "lifted", "lost"]);
    assert!(matches!(end, RunEnd::Link(LinkError::Gone)), "{end:?}");
}

#[test]
fn packets_of_any_length_late_and_stale_ones_make_the_same_card() {
    let (events, end) = play("in-packets");
    assert_eq!(events, ["ready numbered", "seen", "card of 测试甲", "lost"]);
    assert!(matches!(end, RunEnd::Link(LinkError::Gone)), "{end:?}");
}

#[test]
fn whatever_the_device_does_ends_the_run_and_is_told_once() {
    for (name, events, why) in [
        ("stalls", &["ready numbered", "seen", "lost"][..], "Link(Stalled)"),
        ("unplugged", &["ready numbered", "seen", "lost"], "Link(Gone)"),
        ("silent", &["lost"], "Lost"),
        ("takes-nothing", &["lost"], "Link(Timeout)"),
        ("overflows", &["ready numbered", "lost"], "Link(Io("),
    ] {
        let (told, end) = play(name);
        assert_eq!(told, events, "{name}");
        assert!(format!("{end:?}").starts_with(why), "{name}: {end:?}");
    }
}
