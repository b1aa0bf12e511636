//! Every branch of a job's life in virtual time: a session and a simulated printer, and a session and bare bytes.

mod bytes;
mod faults;
mod large;
mod mouth;
mod printing;

use std::time::Duration;

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

    /// The same, but no further than the moment at which paper is told to go back: that order is still to be sent.
    fn run_to_the_order(&mut self, time: Duration) {
        let end = self.now + time;
        while self.now < end {
            self.exchange();
            let next = [self.session.next_timeout(), self.printer.next_change(self.now)];
            self.now = next.into_iter().flatten().min().unwrap_or(end).max(self.now + MS).min(end);
            self.session.timeout(self.now);
            let order = crate::command::TAKE_BACK;
            if time < 65 * SECOND && self.session.out.windows(order.len()).any(|sent| sent == order) {
                return;
            }
        }
    }

    /// What was still to be sent is lost with the port, which is opened anew.
    fn lose_the_port(&mut self) {
        self.session.link_failed();
        while let Some(event) = self.session.next_event() {
            self.events.push(event);
        }
        self.session = Session::new(self.profile.clone(), self.session.memory(), self.now);
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
