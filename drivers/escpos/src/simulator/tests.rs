//! Round trip from document to paper, the buffer's behaviour, and the strictness that other tests lean on.

use std::time::Duration;

use super::*;
use crate::bitmap::tests::Frames;
use crate::document::{Align, Document, Size};
use crate::encode::encode;
use crate::profile::tests::shipped;

const LONG: Duration = Duration::from_secs(60);

fn ticket() -> Document {
    Document::new()
        .centred("剑阁县普安镇便民服务中心")
        .text("A023", Align::Centre, Size::square(5), true)
        .rule()
        .pair("前面还有", "5 人")
        .pair("王\u{20BB7}", "510*************28")
        .qr("https://example.invalid/t/A023", 21)
        .centred("服务热线 12345")
        .cut()
}

#[test]
fn what_was_written_stands_on_the_paper() {
    for name in ["vkp80", "epson-tm", "generic-58mm"] {
        let profile = shipped(name);
        let width = profile.paper.columns as usize;
        let mut printer = SimulatedPrinter::new(profile.clone());
        printer.receive(&encode(&ticket(), &profile, &Frames).unwrap().bytes(), Duration::ZERO);
        printer.advance(LONG);
        assert_eq!(printer.faults(), &[] as &[String], "{name}");
        assert_eq!(printer.papers().len(), 1, "{name}");
        let paper = &printer.papers()[0];
        let rule = "-".repeat(width);
        let expected = [
            "剑阁县普安镇便民服务中心",
            "A023",
            &rule,
            "前面还有  5 人",
            "王▣  510*************28",
            "服务热线 12345",
        ];
        let seen: Vec<String> = paper.text().into_iter().map(|line| shrunk(&line)).collect();
        assert_eq!(seen, expected, "{name}");
        let code = paper.items.iter().find_map(|item| match item {
            Item::Qr { data, align, .. } => Some((data.clone(), *align)),
            _ => None,
        });
        assert_eq!(code, Some((b"https://example.invalid/t/A023".to_vec(), Align::Centre)));
    }
}

/// Runs of spaces, or a jump, as two spaces.
fn shrunk(line: &str) -> String {
    let mut shrunk = line.to_owned();
    while shrunk.contains("   ") {
        shrunk = shrunk.replace("   ", "  ");
    }
    shrunk
}

#[test]
fn it_takes_its_time_and_stops_without_paper() {
    let profile = shipped("epson-tm");
    let mut printer = SimulatedPrinter::new(profile.clone());
    printer.turn(Knob::PaperOutAfter(3), Duration::ZERO);
    let job = encode(&ticket(), &profile, &Frames).unwrap();
    printer.receive(&job.bytes(), Duration::ZERO);
    assert_eq!(printer.papers()[0].text().len(), 1, "the second line waits for the first");
    printer.advance(LONG);
    assert_eq!(printer.papers()[0].text().len(), 3);
    assert!(printer.waiting() > 0);
    // Paper is put in, and the rest comes out by itself: what a driver has to prevent.
    printer.turn(Knob::Paper(Paper::Ok), LONG);
    printer.advance(2 * LONG);
    assert_eq!(printer.waiting(), 0);
    assert_eq!(printer.papers()[0].fate, Fate::Cut);
}

#[test]
fn clearing_the_buffers_leaves_nothing_to_come() {
    let profile = shipped("epson-tm");
    let mut printer = SimulatedPrinter::new(profile.clone());
    printer.turn(Knob::PaperOutAfter(2), Duration::ZERO);
    printer.receive(&encode(&ticket(), &profile, &Frames).unwrap().bytes(), Duration::ZERO);
    printer.advance(LONG);
    printer.take_answers(LONG);
    printer.receive(&command::CLEAR_BUFFERS, LONG);
    assert_eq!(printer.waiting(), 0);
    assert!(printer.take_answers(LONG).ends_with(&[0x37, 0x25, 0x00]));
    printer.turn(Knob::Paper(Paper::Ok), LONG);
    printer.advance(2 * LONG);
    assert_eq!(printer.papers()[0].text().len(), 2);
}

#[test]
fn queued_questions_wait_and_live_ones_do_not() {
    let mut printer = SimulatedPrinter::new(shipped("vkp80"));
    printer.receive(b"line\n\x1Dr\x01", Duration::ZERO);
    printer.receive(b"\x10\x04\x14", Duration::ZERO);
    assert_eq!(printer.take_answers(Duration::ZERO), [0x10, 0x0F, 0, 0x08, 0, 0]);
    printer.advance(LONG);
    assert_eq!(printer.take_answers(LONG), [0]);
    printer.turn(Knob::Paper(Paper::Out), LONG);
    printer.receive(b"\x1Dr\x01\x10\x04\x14", LONG);
    printer.advance(2 * LONG);
    assert_eq!(printer.take_answers(2 * LONG), [0x10, 0x0F, 0x05, 0, 0, 0]);
}

#[test]
fn what_the_profile_lacks_is_a_fault() {
    for (name, bytes, fault) in [
        ("generic-58mm", &b"\x1DV\x00"[..], "GS V is not in the profile"),
        ("generic-58mm", b"\x1De\x05", "GS e"),
        ("generic-58mm", b"\x1Da\x0F", "GS a"),
        ("generic-58mm", b"\x10\x04\x14", "DLE EOT 20"),
        ("vkp80", b"\x1D(H\x06\x0000ABCD", "GS ( H"),
        ("vkp80", b"\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08", "DLE DC4 8"),
        ("vkp80", b"\xD5\xC5", "no command: [D5]"),
        ("vkp80", b"\x1B@\x1C&\x81\x39\xEE\x39", "fonts lack"),
        ("vkp80", b"\x1B?", "no command"),
        ("vkp80", b"x\x1Ba\x01", "within a line"),
        ("generic-58mm", &[b'x'; 33], "wider than the paper"),
        ("vkp80", b"\x1D(k\x05\x001P0\x10\x04\x1D(k\x03\x001Q0", "a real-time command stood within another"),
    ] {
        let mut printer = SimulatedPrinter::new(shipped(name));
        printer.receive(bytes, Duration::ZERO);
        assert!(printer.faults().iter().any(|it| it.contains(fault)), "{fault}: {:?}", printer.faults());
    }
}

#[test]
fn a_presenter_shows_takes_back_and_lets_take() {
    let mut printer = SimulatedPrinter::new(shipped("vkp80"));
    printer.turn(Knob::TakeAfter(None), Duration::ZERO);
    printer.receive(b"one\n\x1Bi\x1De\x03\x0C", Duration::ZERO);
    printer.advance(LONG);
    assert_eq!(printer.papers()[0].fate, Fate::Shown);
    printer.receive(b"\x1De\x02", LONG);
    assert_eq!(printer.papers()[0].fate, Fate::TakenBack);
    printer.turn(Knob::TakeAfter(Some(Duration::from_secs(1))), LONG);
    printer.receive(b"two\n\x1Bi\x1De\x03\x0C", LONG);
    printer.advance(LONG + Duration::from_millis(700));
    assert_eq!(printer.papers()[1].fate, Fate::Shown);
    printer.advance(2 * LONG);
    assert_eq!(printer.papers()[1].fate, Fate::Taken);
}

#[test]
fn power_lost_is_all_lost() {
    let mut printer = SimulatedPrinter::new(shipped("vkp80"));
    printer.receive(b"\x1C&one\ntwo\nthree\n", Duration::ZERO);
    printer.turn(Knob::Power(false), Duration::ZERO);
    printer.receive(b"\x10\x04\x14", LONG);
    assert_eq!(printer.take_answers(LONG), []);
    printer.turn(Knob::Power(true), LONG);
    printer.advance(2 * LONG);
    assert_eq!(printer.papers()[0].text(), ["one"]);
    assert_eq!(printer.waiting(), 0);
}

#[test]
fn a_liar_is_well_formed() {
    let ask = |words: &[&str], question: &[u8]| {
        let mut printer = SimulatedPrinter::new(shipped("epson-tm"));
        for word in words {
            printer.turn(word.parse().unwrap(), Duration::ZERO);
        }
        printer.receive(question, Duration::ZERO);
        printer.take_answers(Duration::ZERO)
    };
    let paper = command::real_time_status(4);
    assert_eq!(ask(&[], &paper), [0x12]);
    assert_eq!(ask(&["paper out"], &paper), [0x7E]);
    assert_eq!(ask(&["paper out", "lie fine"], &paper), [0x12]);
    assert_eq!(ask(&["lie empty"], &paper), [0x7E]);
    assert_eq!(ask(&["lie empty", "lie off"], &paper), [0x12]);
    let name = command::process_id(*b"!!!!");
    assert_eq!(ask(&[], &name), b"7\"!!!!\0");
    assert_eq!(ask(&["lie other"], &name), b"7\"\"!!!\0");
    assert_eq!(ask(&["paper out"], &name), b"");
    assert_eq!(ask(&["paper out", "lie printed"], &name), b"7\"!!!!\0");
    assert_eq!(ask(&["paper out", "lie printed"], &command::QUEUED_PAPER), [0]);
}
