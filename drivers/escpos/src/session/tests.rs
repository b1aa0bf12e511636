//! Every branch of a job's life in virtual time: a session and a simulated printer, and a session and bare bytes.

use std::time::Duration;

use proptest::prelude::*;

use super::*;
use crate::bitmap::NoGlyphs;
use crate::document::Document;
use crate::encode::{Job, encode};
use crate::profile::tests::shipped;
use crate::simulator::{Fate, Knob, PrintedPaper, SimulatedPrinter};
use crate::status::Paper;

const MS: Duration = Duration::from_millis(1);
const SECOND: Duration = Duration::from_secs(1);
const FIRST: JobId = JobId(1);
const SECOND_JOB: JobId = JobId(2);
const CONFIRMED: Outcome = Outcome::Printed { certainty: Certainty::Confirmed };

fn likely(doubt: Doubt) -> Outcome {
    Outcome::Printed { certainty: Certainty::Likely(doubt) }
}

fn not_printed(cause: Cause) -> Outcome {
    Outcome::NotPrinted { cause }
}

fn doubtful(cause: Cause) -> Outcome {
    Outcome::Doubtful { cause }
}

/// Driver and printer at one table, with one clock.
struct Table {
    session: Session,
    printer: SimulatedPrinter,
    profile: Profile,
    now: Duration,
    events: Vec<PrinterEvent>,
}

impl Table {
    /// A session as it is just after its port was opened.
    fn opened(profile: Profile, printer: SimulatedPrinter) -> Self {
        let session = Session::new(profile.clone(), Memory::new(7), Duration::ZERO);
        Self { session, printer, profile, now: Duration::ZERO, events: Vec::new() }
    }

    /// A session that is ready.
    fn ready(name: &str) -> Self {
        Self::ready_with(shipped(name))
    }

    fn ready_with(profile: Profile) -> Self {
        let mut table = Self::opened(profile.clone(), SimulatedPrinter::new(profile));
        table.run(3 * SECOND);
        assert_eq!(table.session.refusal(table.now), None, "{:?}", table.events);
        table.events.clear();
        table
    }

    fn job(&self) -> Job {
        let document =
            Document::new().centred("A023").rule().pair("前面还有", "5 人").gap().gap().gap().cut();
        encode(&document, &self.profile, &NoGlyphs).unwrap()
    }

    fn print(&mut self, id: JobId) {
        let job = self.job();
        self.session.print(id, &job, self.now);
    }

    fn turn(&mut self, knob: Knob) {
        self.printer.turn(knob, self.now);
    }

    fn exchange(&mut self) {
        loop {
            self.session.timeout(self.now);
            let sent = self.session.take_output();
            if let Some(bytes) = &sent {
                self.printer.receive(bytes, self.now);
            }
            self.printer.advance(self.now);
            let answers = self.printer.take_answers(self.now);
            self.session.received(&answers, self.now);
            if sent.is_none() && answers.is_empty() {
                break;
            }
        }
        while let Some(event) = self.session.next_event() {
            self.events.push(event);
        }
    }

    fn run(&mut self, time: Duration) {
        let end = self.now + time;
        while self.now < end {
            self.exchange();
            let next = [self.session.next_timeout(), self.printer.next_change(self.now)];
            let next = next.into_iter().flatten().min().unwrap_or(end);
            // A millisecond at least: bytes take their time too.
            self.now = next.max(self.now + MS).min(end);
        }
        self.exchange();
    }

    fn outcomes(&self) -> Vec<(JobId, Outcome)> {
        let outcome = |event: &PrinterEvent| match event {
            PrinterEvent::Outcome { job, outcome } => Some((*job, *outcome)),
            _ => None,
        };
        self.events.iter().filter_map(outcome).collect()
    }

    fn fates(&self) -> Vec<PaperFate> {
        let fate = |event: &PrinterEvent| match event {
            PrinterEvent::Paper { fate, .. } => Some(*fate),
            _ => None,
        };
        self.events.iter().filter_map(fate).collect()
    }

    fn papers(&self) -> Vec<Fate> {
        self.printer.papers().iter().map(|paper| paper.fate).collect()
    }
}

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
fn a_ticket_is_taken() {
    let mut table = Table::ready("vkp80");
    table.print(FIRST);
    table.run(8 * SECOND);
    assert_eq!(table.fates(), [PaperFate::Taken]);
    assert_eq!(table.papers(), [Fate::Taken]);
}

#[test]
fn a_ticket_that_nobody_takes_is_called_out_and_taken_back() {
    let mut table = Table::ready("vkp80");
    table.turn(Knob::TakeAfter(None));
    table.print(FIRST);
    table.run(9 * SECOND);
    assert_eq!((table.outcomes(), table.fates()), (vec![(FIRST, CONFIRMED)], vec![]));
    table.run(4 * SECOND);
    assert_eq!(table.fates(), [PaperFate::StillThere]);
    assert_eq!(table.papers(), [Fate::Shown]);
    table.run(60 * SECOND);
    assert_eq!(table.fates(), [PaperFate::StillThere, PaperFate::TakenBack]);
    assert_eq!(table.papers(), [Fate::TakenBack]);
    assert!(table.events.contains(&PrinterEvent::Paper { job: Some(FIRST), fate: PaperFate::TakenBack }));
}

#[test]
fn the_next_job_pushes_the_last_ticket_out() {
    let mut table = Table::ready("vkp80");
    table.turn(Knob::TakeAfter(None));
    table.print(FIRST);
    table.run(3 * SECOND);
    table.print(SECOND_JOB);
    table.run(3 * SECOND);
    assert_eq!(table.papers(), [Fate::PushedOut, Fate::Shown]);
    assert_eq!(table.fates(), [PaperFate::PushedOut]);
    assert_eq!(table.outcomes(), [(FIRST, CONFIRMED), (SECOND_JOB, CONFIRMED)]);
}

#[test]
fn paper_found_at_the_mouth_is_waited_for() {
    let mut table = Table::ready("vkp80");
    table.turn(Knob::TakeAfter(None));
    table.print(FIRST);
    table.run(3 * SECOND);
    // The program was ended and began anew.
    let printer = std::mem::replace(&mut table.printer, SimulatedPrinter::new(shipped("vkp80")));
    let mut table = Table::opened(shipped("vkp80"), printer);
    table.now = 10 * SECOND;
    table.run(5 * SECOND);
    assert_eq!(table.session.refusal(table.now), Some(Cause::NotReady));
    table.turn(Knob::Take);
    table.run(5 * SECOND);
    assert_eq!(table.session.refusal(table.now), None);
    assert!(table.events.contains(&PrinterEvent::Paper { job: None, fate: PaperFate::Taken }));
}

#[test]
fn while_a_ticket_goes_back_no_job_is_taken() {
    let mut table = Table::ready("vkp80");
    table.turn(Knob::TakeAfter(None));
    table.print(FIRST);
    while table.papers() != [Fate::TakenBack] {
        table.run(MS);
        assert!(table.now < 100 * SECOND);
    }
    // It is in, and no status has said so yet.
    table.print(SECOND_JOB);
    table.run(SECOND);
    assert_eq!(table.fates(), [PaperFate::StillThere, PaperFate::TakenBack]);
    assert_eq!(table.outcomes(), [(FIRST, CONFIRMED), (SECOND_JOB, not_printed(Cause::NotReady))]);
    assert_eq!(table.papers(), [Fate::TakenBack]);
    assert_eq!(table.session.refusal(table.now), None);
}

#[test]
fn paper_stuck_at_the_mouth_is_told_until_a_hand_has_pulled_it_out() {
    let mut table = Table::ready("vkp80");
    table.turn(Knob::TakeAfter(None));
    table.turn(Knob::MouthStuck(true));
    table.print(FIRST);
    table.run(70 * SECOND);
    assert_eq!(table.fates(), [PaperFate::StillThere, PaperFate::Stuck]);
    assert_eq!(table.events.last(), Some(&PrinterEvent::Readiness(Err(Cause::MouthBlocked))));
    table.print(SECOND_JOB);
    table.turn(Knob::Take);
    table.run(SECOND);
    assert_eq!(table.outcomes().last(), Some(&(SECOND_JOB, not_printed(Cause::MouthBlocked))));
    assert_eq!(table.fates().last(), Some(&PaperFate::Taken), "it is in somebody's hand");
    assert_eq!(table.events.last(), Some(&PrinterEvent::Readiness(Ok(()))));
    table.print(JobId(3));
    table.run(5 * SECOND);
    assert_eq!(table.outcomes().last(), Some(&(JobId(3), CONFIRMED)));
}

#[test]
fn paper_is_taken_back_only_once_the_fault_is_mended() {
    let mut table = Table::ready("vkp80");
    table.turn(Knob::TakeAfter(None));
    table.print(FIRST);
    table.run(20 * SECOND);
    table.turn(Knob::Jam);
    table.run(80 * SECOND);
    assert_eq!(table.fates(), [PaperFate::StillThere]);
    table.turn(Knob::CoverOpen(true));
    table.turn(Knob::CoverOpen(false));
    table.run(5 * SECOND);
    assert_eq!(table.fates(), [PaperFate::StillThere, PaperFate::TakenBack]);
    assert_eq!(table.papers(), [Fate::TakenBack]);
}

#[test]
fn paper_found_stuck_at_the_mouth_is_told_and_cleared_up_after() {
    let mut table = Table::ready("vkp80");
    table.turn(Knob::TakeAfter(None));
    table.turn(Knob::MouthStuck(true));
    table.print(FIRST);
    table.run(3 * SECOND);
    let printer = std::mem::replace(&mut table.printer, SimulatedPrinter::new(shipped("vkp80")));
    let mut table = Table::opened(shipped("vkp80"), printer);
    table.now = 10 * SECOND;
    table.run(70 * SECOND);
    assert_eq!(table.session.refusal(table.now), Some(Cause::MouthBlocked));
    table.turn(Knob::Take);
    table.run(5 * SECOND);
    assert_eq!(table.fates().last(), Some(&PaperFate::Taken));
    assert_eq!(table.session.refusal(table.now), None);
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

#[test]
fn process_ids_differ_and_are_printable() {
    let ids: std::collections::HashSet<[u8; 4]> = (0..10_000).map(process_id).collect();
    assert_eq!(ids.len(), 10_000);
    assert!(ids.iter().flatten().all(|byte| (0x20..=0x7E).contains(byte)));
    assert!(process_id(u32::MAX).iter().all(|byte| (0x20..=0x7E).contains(byte)));
}

/// A session of the 58 mm kind, brought to a running job by bare bytes.
fn ready_on_bytes() -> Session {
    let profile = shipped("generic-58mm");
    let job = encode(&Document::new().line("x").cut(), &profile, &NoGlyphs).unwrap();
    let mut session = Session::new(profile, Memory::new(7), Duration::ZERO);
    session.received(&[0x12; 4], MS);
    session.received(b"\x00", 2 * MS);
    session.timeout(SECOND);
    session.received(&[0x12; 4], SECOND);
    assert_eq!(session.refusal(SECOND), None);
    session.print(FIRST, &job, SECOND);
    session
}

fn outcome(session: &mut Session) -> Option<Outcome> {
    std::iter::from_fn(|| session.next_event()).find_map(|event| match event {
        PrinterEvent::Outcome { outcome, .. } => Some(outcome),
        _ => None,
    })
}

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
