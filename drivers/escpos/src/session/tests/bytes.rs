//! A session and bare bytes, without a printer between.

use proptest::prelude::*;

use super::*;

#[test]
fn drained_needs_both_marks_and_a_whole_status_after_them() {
    let mut session = ready_on_bytes();
    session.received(b"\x00", 5 * SECOND);
    session.received(&[0x12; 4], 5 * SECOND);
    assert_eq!(outcome(&mut session), None, "one mark");
    session.received(b"\x00", 5 * SECOND);
    assert_eq!(outcome(&mut session), None, "both, no status");
    session.received(&[0x12; 3], 5 * SECOND);
    assert_eq!(outcome(&mut session), None, "half a status");
    session.received(&[0x12], 5 * SECOND);
    assert_eq!(outcome(&mut session), Some(CONFIRMED));
}

#[test]
fn a_mark_that_says_no_paper_is_none() {
    let mut session = ready_on_bytes();
    session.received(b"\x6C", 5 * SECOND);
    assert_eq!(outcome(&mut session), Some(doubtful(Cause::PaperOut)));
}

#[test]
fn garbage_among_good_answers_leaves_a_doubt() {
    let mut session = ready_on_bytes();
    session.received(b"\x00\xFF\x00", 5 * SECOND);
    session.received(&[0x12; 4], 5 * SECOND);
    assert_eq!(outcome(&mut session), Some(doubtful(Cause::Garbled)));
}

proptest! {
    /// Whatever comes over the wire: one outcome a job, never a confirmed one on garbage, no panic, no endless loop.
    #[test]
    fn garbage_never_confirms(
        pieces in prop::collection::vec((prop::collection::vec(any::<u8>(), 0..12), 0u64..1500), 0..60),
        name in prop::sample::select(vec!["vkp80", "epson-tm"]),
    ) {
        let mut table = Table::ready(name);
        table.print(FIRST);
        let _sent = table.session.take_output();
        let mut now = table.now;
        for (bytes, wait) in pieces {
            table.session.received(&bytes, now);
            table.session.timeout(now);
            let _sent = table.session.take_output();
            now += Duration::from_millis(wait);
        }
        for _ in 0..100 {
            now += SECOND;
            table.session.timeout(now);
            let _sent = table.session.take_output();
        }
        let outcomes: Vec<Outcome> = std::iter::from_fn(|| table.session.next_event()).filter_map(|event| match event {
            PrinterEvent::Outcome { outcome, .. } => Some(outcome),
            _ => None,
        }).collect();
        prop_assert_eq!(outcomes.len(), 1);
        if name == "epson-tm" {
            let printed = matches!(outcomes[0], Outcome::Printed { .. });
            prop_assert!(!printed);
        }
    }
}
