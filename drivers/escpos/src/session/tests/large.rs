//! Jobs larger than the printer's buffer, over lines of every speed: whole, in order, and never in doubt.

use std::collections::VecDeque;

use super::*;
use crate::bitmap::tests::Frames;
use crate::document::{Align, Size};
use crate::profile::tests::all;

/// More than any ticket has on it; where all Chinese is drawn some 20 KB.
fn long_ticket() -> Document {
    let line = "剑阁县普安镇便民服务中心剑阁县";
    let head = Document::new().centred(line).text("A023", Align::Centre, Size::square(5), true);
    let head = head.text("社会保障", Align::Centre, Size::square(2), true);
    let body = (0..12).fold(head, |document, _| document.line(line));
    body.qr("https://example.invalid/t/510823101000/2026-11-24A023", 25).centred(line).cut()
}

/// Driver and printer with a serial line between them, which holds what the driver hands over and passes it on at
/// its own pace.
struct Line {
    session: Session,
    printer: SimulatedPrinter,
    on_the_way: VecDeque<u8>,
    per_second: u32,
    events: Vec<PrinterEvent>,
}

impl Line {
    fn of(baud: u32, profile: &Profile) -> Self {
        let per_second = baud / 10;
        let session = Session::new(profile.clone(), Memory::new(7), Duration::ZERO);
        Self {
            session: session.on_line(NonZeroU32::new(per_second)),
            printer: SimulatedPrinter::new(profile.clone()),
            on_the_way: VecDeque::new(),
            per_second,
            events: Vec::new(),
        }
    }

    /// From millisecond to millisecond, until `done` or for two minutes.
    fn run(&mut self, from: u32, done: impl Fn(&[PrinterEvent]) -> bool) -> u32 {
        let mut owed = 0;
        for ms in from..from + 120_000 {
            let now = Duration::from_millis(ms.into());
            self.session.timeout(now);
            while let Some(bytes) = self.session.take_output() {
                self.on_the_way.extend(bytes.iter());
            }
            owed += self.per_second;
            let pass = (owed / 1000) as usize;
            owed %= 1000;
            let passed: Vec<u8> = self.on_the_way.drain(..pass.min(self.on_the_way.len())).collect();
            self.printer.receive(&passed, now);
            let answers = self.printer.take_answers(now);
            self.session.received(&answers, now);
            self.events.extend(std::iter::from_fn(|| self.session.next_event()));
            if done(&self.events) {
                return ms + 1;
            }
        }
        panic!("no end: {:?}", self.events);
    }
}

#[test]
fn every_printer_prints_a_large_job_whole_on_every_line() {
    for name in all() {
        for baud in [9_600, 19_200, 38_400, 115_200, 4_000_000] {
            let profile = shipped(&name);
            let job = encode(&long_ticket(), &profile, &Frames).unwrap();
            let mut line = Line::of(baud, &profile);
            let ready = |event: &PrinterEvent| matches!(event, PrinterEvent::Readiness(Ok(())));
            let from = line.run(0, |events| events.iter().any(ready));
            line.session.print(FIRST, &job, Duration::from_millis(from.into()));
            let ended = |event: &PrinterEvent| matches!(event, PrinterEvent::Outcome { .. });
            line.run(from, |events| events.iter().any(ended));
            let outcome = line.events.iter().find_map(|event| match event {
                PrinterEvent::Outcome { outcome, .. } => Some(*outcome),
                _ => None,
            });
            let sure = profile.confirm != Confirm::StatusOnly;
            let expected = if sure { CONFIRMED } else { likely(Doubt::StatusOnly) };
            assert_eq!(outcome, Some(expected), "{name} at {baud}, {job:?}");
            assert_eq!(line.printer.faults(), &[] as &[String], "{name} at {baud}");
            assert_eq!(line.printer.papers().len(), 1, "{name} at {baud}");
            assert_ne!(line.printer.papers()[0].fate, Fate::InPrinter, "{name} at {baud}");
            assert!(!line.events.contains(&PrinterEvent::Lost(Cause::NoAnswer)), "{name} at {baud}");
        }
    }
}

#[test]
fn a_large_job_goes_out_in_pieces_and_a_small_one_at_once() {
    let profile = shipped("epson-tm-latin");
    let large = encode(&long_ticket(), &profile, &Frames).unwrap();
    let mut table = Table::ready("epson-tm-latin");
    table.session.print(FIRST, &large, table.now);
    let first = table.session.take_output().unwrap();
    assert!(large.body().len() > 8_000, "{large:?}");
    assert!(first.len() < profile.buffer_bytes as usize, "{}", first.len());
    let mut table = Table::ready("epson-tm-latin");
    let small = encode(&Document::new().line("前面").cut(), &profile, &Frames).unwrap();
    table.session.print(FIRST, &small, table.now);
    let at_once = table.session.take_output().unwrap();
    assert_eq!(at_once[..small.body().len()], *small.body());
    let marks = 2 * crate::command::process_id([0; 4]).len();
    assert_eq!(at_once.len(), small.bytes().len() + marks);
}

#[test]
fn what_was_not_given_out_when_paper_ended_never_comes_out() {
    for (name, expected) in
        [("epson-tm-latin", not_printed(Cause::PaperOut)), ("citizen-ct-s651", doubtful(Cause::PaperOut))]
    {
        let profile = shipped(name);
        let job = encode(&long_ticket(), &profile, &Frames).unwrap();
        let mut table = Table::ready(name);
        table.turn(Knob::PaperOutAfter(4));
        table.session.print(FIRST, &job, table.now);
        table.run(5 * SECOND);
        assert_eq!(table.outcomes().first(), Some(&(FIRST, expected)), "{name}");
        table.turn(Knob::Paper(Paper::Ok));
        table.run(20 * SECOND);
        let codes = table.printer.papers().iter().flat_map(|paper| &paper.items);
        assert!(!codes.into_iter().any(|item| matches!(item, crate::simulator::Item::Qr { .. })), "{name}");
        table.print(SECOND_JOB);
        table.run(10 * SECOND);
        assert_eq!(table.outcomes().last(), Some(&(SECOND_JOB, CONFIRMED)), "{name}");
        assert_eq!(table.printer.faults(), &[] as &[String], "{name}");
    }
}
