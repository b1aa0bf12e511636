//! A job that goes well, and what is asked and told before, beside and after it.

use super::*;

#[test]
fn a_job_is_printed_and_confirmed() {
    for name in ["vkp80", "epson-tm", "generic-80mm", "generic-58mm"] {
        let mut table = Table::ready(name);
        table.print(FIRST);
        table.run(6 * SECOND);
        assert_eq!(table.outcomes(), [(FIRST, CONFIRMED)], "{name}");
        assert_eq!(table.printer.faults(), &[] as &[String], "{name}");
        assert_eq!(table.printer.papers().len(), 1, "{name}");
    }
}

#[test]
fn the_first_byte_needs_no_question() {
    for name in ["vkp80", "epson-tm", "generic-58mm"] {
        let mut table = Table::ready(name);
        let job = table.job();
        table.session.print(FIRST, &job, table.now);
        let out = table.session.take_output().unwrap();
        assert!(out.starts_with(job.body()), "{name}");
        // Only a printer that keeps the paper inside is asked before the cut.
        let has_finish = out.windows(job.finish().len()).any(|window| window == job.finish());
        assert_eq!(has_finish, name != "vkp80", "{name}");
    }
}

#[test]
fn a_printer_that_can_not_is_known_before_and_nothing_is_sent() {
    for (name, knob, cause) in [
        ("vkp80", Knob::Paper(Paper::Out), Cause::PaperOut),
        ("vkp80", Knob::CoverOpen(true), Cause::CoverOpen),
        ("vkp80", Knob::Jam, Cause::Jam),
        ("epson-tm", Knob::Paper(Paper::Out), Cause::PaperOut),
        ("epson-tm", Knob::CoverOpen(true), Cause::CoverOpen),
        ("generic-58mm", Knob::Paper(Paper::Out), Cause::PaperOut),
        ("generic-58mm", Knob::CoverOpen(true), Cause::CoverOpen),
    ] {
        let mut table = Table::ready(name);
        table.turn(knob);
        table.run(2 * SECOND);
        assert!(table.events.contains(&PrinterEvent::Readiness(Err(cause))), "{name} {:?}", table.events);
        let _poll = table.session.take_output();
        table.print(FIRST);
        assert_eq!(table.session.take_output(), None, "{name} {knob:?}");
        table.run(SECOND);
        assert_eq!(table.outcomes(), [(FIRST, not_printed(cause))], "{name} {knob:?}");
        assert_eq!(table.papers(), []);
    }
}

#[test]
fn paper_that_is_low_is_told_and_prints() {
    for name in ["vkp80", "epson-tm"] {
        let mut table = Table::ready(name);
        table.turn(Knob::Paper(Paper::Low));
        table.run(2 * SECOND);
        let low = |event: &PrinterEvent| matches!(event, PrinterEvent::Status(it) if it.paper == Paper::Low);
        assert!(table.events.iter().any(low), "{name}");
        table.print(FIRST);
        table.run(6 * SECOND);
        assert_eq!(table.outcomes(), [(FIRST, CONFIRMED)], "{name}");
    }
}

#[test]
fn without_a_sensor_low_paper_is_nobodys_word() {
    let mut table = Table::ready("generic-58mm");
    table.turn(Knob::Paper(Paper::Low));
    table.run(2 * SECOND);
    assert_eq!(table.events, []);
}

#[test]
fn slow_answers_are_answers() {
    for name in ["vkp80", "epson-tm", "generic-58mm"] {
        let mut table = Table::ready(name);
        table.turn(Knob::Slow(300 * MS));
        table.print(FIRST);
        table.run(20 * SECOND);
        assert_eq!(table.outcomes(), [(FIRST, CONFIRMED)], "{name}");
    }
}

#[test]
fn a_liar_that_answers_early_is_only_likely() {
    for name in ["vkp80", "generic-58mm"] {
        let mut table = Table::ready(name);
        table.turn(Knob::AnswersEarly(true));
        table.print(FIRST);
        table.run(20 * SECOND);
        assert_eq!(table.outcomes(), [(FIRST, likely(Doubt::AnsweredEarly))], "{name}");
    }
    // And if paper ends meanwhile it is caught.
    let mut table = Table::ready("generic-58mm");
    table.turn(Knob::AnswersEarly(true));
    table.turn(Knob::PaperOutAfter(2));
    table.print(FIRST);
    table.run(20 * SECOND);
    assert_eq!(table.outcomes().len(), 1);
    assert_ne!(table.outcomes()[0].1, CONFIRMED);
}

#[test]
fn paper_that_ends_just_after_is_likely() {
    let mut table = Table::ready("generic-58mm");
    table.turn(Knob::PaperOutAfter(6));
    table.print(FIRST);
    table.run(20 * SECOND);
    // The last line empties the roll before the feed to the tear bar: it never was drained.
    assert_eq!(table.outcomes(), [(FIRST, doubtful(Cause::PaperOut))]);

    let mut session = ready_on_bytes();
    session.received(b"\x00\x00", 5 * SECOND);
    session.received(&[0x1A, 0x32, 0x12, 0x7E], 5 * SECOND);
    assert_eq!(outcome(&mut session), Some(likely(Doubt::FaultAfter)));
}

#[test]
fn status_only_is_never_more_than_likely() {
    let mut profile = shipped("generic-58mm");
    profile.confirm = Confirm::StatusOnly;
    let mut table = Table::ready_with(profile.clone());
    table.print(FIRST);
    table.run(100 * MS);
    assert_eq!(table.outcomes(), [], "not before the time is up");
    table.run(20 * SECOND);
    assert_eq!(table.outcomes(), [(FIRST, likely(Doubt::StatusOnly))]);
    let mut table = Table::ready_with(profile);
    table.turn(Knob::PaperOutAfter(2));
    table.print(FIRST);
    table.run(20 * SECOND);
    assert_eq!(table.outcomes(), [(FIRST, doubtful(Cause::PaperOut))]);
}

#[test]
fn one_job_at_a_time() {
    let mut table = Table::ready("epson-tm");
    table.print(FIRST);
    table.print(SECOND_JOB);
    table.run(10 * SECOND);
    assert_eq!(table.outcomes(), [(SECOND_JOB, not_printed(Cause::Busy)), (FIRST, CONFIRMED)]);
    assert_eq!(table.printer.papers().len(), 1);
}

#[test]
fn process_ids_differ_and_are_printable() {
    let ids: std::collections::HashSet<[u8; 4]> = (0..10_000).map(process_id).collect();
    assert_eq!(ids.len(), 10_000);
    assert!(ids.iter().flatten().all(|byte| (0x20..=0x7E).contains(byte)));
    assert!(process_id(u32::MAX).iter().all(|byte| (0x20..=0x7E).contains(byte)));
}
