//! Faults on the way: what is void stays void, what is doubtful is told so.

use super::*;

#[test]
fn faults_on_the_way() {
    for (name, knob, expected) in [
        ("vkp80", Knob::PaperOutAfter(2), not_printed(Cause::PaperOut)),
        ("vkp80", Knob::CutterStuck(true), doubtful(Cause::Cutter)),
        ("epson-tm", Knob::PaperOutAfter(2), not_printed(Cause::PaperOut)),
        ("epson-tm", Knob::CutterStuck(true), doubtful(Cause::Cutter)),
        ("generic-80mm", Knob::PaperOutAfter(2), doubtful(Cause::PaperOut)),
        ("generic-58mm", Knob::PaperOutAfter(2), doubtful(Cause::PaperOut)),
    ] {
        let mut table = Table::ready(name);
        table.turn(knob);
        table.print(FIRST);
        table.run(20 * SECOND);
        assert_eq!(table.outcomes(), [(FIRST, expected)], "{name} {knob:?}");
        assert!(!table.papers().contains(&Fate::Taken), "{name}");
    }
    for (knob, cause) in [(Knob::CoverOpen(true), Cause::CoverOpen), (Knob::Jam, Cause::Jam)] {
        let mut table = Table::ready("vkp80");
        table.print(FIRST);
        table.exchange();
        table.turn(knob);
        table.run(20 * SECOND);
        assert_eq!(table.outcomes(), [(FIRST, not_printed(cause))]);
    }
}

#[test]
fn nothing_of_a_void_ticket_comes_out_later() {
    for name in ["vkp80", "epson-tm"] {
        let mut table = Table::ready(name);
        table.turn(Knob::PaperOutAfter(2));
        table.print(FIRST);
        table.run(5 * SECOND);
        assert_eq!(table.outcomes(), [(FIRST, not_printed(Cause::PaperOut))], "{name}");
        table.turn(Knob::Paper(Paper::Ok));
        table.run(10 * SECOND);
        assert_eq!(table.session.refusal(table.now), None, "{name}");
        table.print(SECOND_JOB);
        table.run(10 * SECOND);
        assert_eq!(table.outcomes().last(), Some(&(SECOND_JOB, CONFIRMED)), "{name}");
        assert_eq!(table.printer.faults(), &[] as &[String], "{name}");
        let whole = |paper: &&PrintedPaper| {
            matches!(paper.fate, Fate::Taken | Fate::Cut)
                && paper.text().iter().any(|line| line.ends_with("5 人"))
        };
        assert_eq!(table.printer.papers().iter().filter(whole).count(), 1, "{name}: {:?}", table.papers());
        if name == "epson-tm" {
            let remains = table.printer.papers()[0].text();
            assert!(remains.last().is_some_and(|line| line.starts_with("XXXX")), "{remains:?}");
        }
    }
}

#[test]
fn a_late_answer_to_a_failed_job_is_no_answer_to_the_next() {
    let mut table = Table::ready("generic-58mm");
    table.turn(Knob::PaperOutAfter(2));
    table.print(FIRST);
    table.run(5 * SECOND);
    assert_eq!(table.outcomes(), [(FIRST, doubtful(Cause::PaperOut))]);
    table.print(SECOND_JOB);
    assert_eq!(table.session.refusal(table.now), Some(Cause::PaperOut));
    table.turn(Knob::Paper(Paper::Ok));
    table.run(10 * SECOND);
    table.turn(Knob::PaperOutAfter(1));
    table.print(JobId(3));
    table.run(10 * SECOND);
    assert_eq!(table.outcomes().last(), Some(&(JobId(3), doubtful(Cause::PaperOut))));
}

#[test]
fn silence_on_the_way_is_doubt_but_for_paper_kept_inside() {
    for (name, expected) in [
        ("vkp80", not_printed(Cause::NoAnswer)),
        ("epson-tm", doubtful(Cause::NoAnswer)),
        ("generic-58mm", doubtful(Cause::NoAnswer)),
    ] {
        for knob in [Knob::Silent(true), Knob::Power(false)] {
            let mut table = Table::ready(name);
            table.print(FIRST);
            table.exchange();
            table.turn(knob);
            table.run(20 * SECOND);
            assert_eq!(table.outcomes(), [(FIRST, expected)], "{name} {knob:?}");
            assert!(table.session.is_lost(), "{name}");
            assert_eq!(table.events.last(), Some(&PrinterEvent::Lost(Cause::NoAnswer)));
        }
    }
}

#[test]
fn power_that_comes_back_in_between_confirms_nothing() {
    for name in ["vkp80", "epson-tm", "generic-58mm"] {
        let mut table = Table::ready(name);
        table.print(FIRST);
        table.exchange();
        table.turn(Knob::Power(false));
        table.run(100 * MS);
        table.turn(Knob::Power(true));
        table.run(20 * SECOND);
        let expected =
            if name == "vkp80" { not_printed(Cause::Unconfirmed) } else { doubtful(Cause::Unconfirmed) };
        assert_eq!(table.outcomes(), [(FIRST, expected)], "{name}");
        table.print(SECOND_JOB);
        table.run(20 * SECOND);
        assert_eq!(table.outcomes().last(), Some(&(SECOND_JOB, CONFIRMED)), "{name}");
    }
}

#[test]
fn a_printer_silent_while_paper_moves_is_not_lost() {
    for name in ["vkp80", "epson-tm", "generic-58mm"] {
        let mut table = Table::ready(name);
        table.turn(Knob::SilentWhileMoving(true));
        table.print(FIRST);
        table.run(20 * SECOND);
        assert_eq!(table.outcomes(), [(FIRST, CONFIRMED)], "{name}");
        assert!(!table.session.is_lost());
    }
}

#[test]
fn babble_confirms_nothing() {
    for name in ["vkp80", "generic-58mm"] {
        let mut table = Table::ready(name);
        table.turn(Knob::Babble(true));
        table.print(FIRST);
        table.run(30 * SECOND);
        let [(FIRST, outcome)] = table.outcomes()[..] else { panic!("{:?}", table.outcomes()) };
        assert!(
            matches!(outcome, Outcome::Doubtful { .. } | Outcome::NotPrinted { .. }),
            "{name} {outcome:?}"
        );
    }
}

#[test]
fn a_printer_that_never_answers_is_lost_after_three_silences() {
    for name in ["vkp80", "epson-tm", "generic-58mm"] {
        let profile = shipped(name);
        let mut printer = SimulatedPrinter::new(profile.clone());
        printer.turn(Knob::Silent(true), Duration::ZERO);
        let mut table = Table::opened(profile, printer);
        table.run(10 * SECOND);
        assert!(table.session.is_lost(), "{name}");
        table.print(FIRST);
        table.run(MS);
        assert_eq!(table.outcomes(), [(FIRST, not_printed(Cause::NoAnswer))]);
    }
}

#[test]
fn a_broken_port_ends_the_job_once() {
    for (name, expected) in [("vkp80", not_printed(Cause::LinkLost)), ("epson-tm", doubtful(Cause::LinkLost))]
    {
        let mut table = Table::ready(name);
        table.print(FIRST);
        table.exchange();
        table.session.link_failed();
        table.session.link_failed();
        table.run(20 * SECOND);
        assert_eq!(table.outcomes(), [(FIRST, expected)], "{name}");
        let lost = table.events.iter().filter(|event| matches!(event, PrinterEvent::Lost(_))).count();
        assert_eq!(lost, 1);
    }
    // After the finish has gone, nobody knows.
    let mut table = Table::ready("vkp80");
    table.print(FIRST);
    while !table.papers().contains(&Fate::Shown) {
        table.run(5 * MS);
        assert!(table.now < 60 * SECOND);
    }
    table.session.link_failed();
    table.exchange();
    assert_eq!(table.outcomes(), [(FIRST, doubtful(Cause::LinkLost))]);
}

#[test]
fn a_stale_status_is_no_status() {
    let table = Table::ready("vkp80");
    let later = table.now + FRESH + 1100 * MS;
    assert_eq!(table.session.refusal(later), Some(Cause::NoAnswer));
}
