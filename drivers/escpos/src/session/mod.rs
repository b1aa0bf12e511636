//! A printer over time, without I/O and without a clock.
//!
//! Bytes and the time go in, bytes, events and the next deadline come out. The time is a `Duration` since any
//! origin that the caller keeps to. The status is kept fresh *before* a job is asked for, so that a job's first
//! byte goes out at once and a printer that can't print is known without asking.
//!
//! ```text
//! new → Clearing ──(no fault, mouth empty, probe answered, quiet)──→ Ready ⇄ job
//!           ↑                                                          │
//!           └──────────(a job failed or is doubtful)───────────────────┘        three silences, port broken → Lost
//! ```
//!
//! A job is never sent twice. A job that failed is cleared away before the next is taken: nothing of it may come
//! out later, and no late answer to it may be taken for an answer to the next.

mod care;
#[cfg(test)]
mod chaos;
mod job;
mod outcome;
mod pacing;
#[cfg(test)]
mod tests;

use std::collections::VecDeque;
use std::num::NonZeroU32;
use std::time::Duration;

use zeroize::Zeroizing;

pub use outcome::{Cause, Certainty, Doubt, JobId, Outcome, PaperFate, PrinterEvent};
pub(crate) use pacing::line_time;

use crate::answer::{Answer, AnswerDecoder};
use crate::command;
use crate::deadline::{ANSWER, Deadlines, FRESH, POLL_BUSY, POLL_IDLE, SILENCES, Timer};
use crate::profile::{Ask, Confirm, Profile};
use crate::status::{self, Paper, PrinterStatus, Round};
use care::{Clearing, Mouth};
use job::Running;

/// What outlives a session: kept by whoever opens the port again and again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Memory {
    next_id: u32,
    /// A failed job's beginning may hang in the printer.
    remains: bool,
    /// What hung at the mouth when it was last heard of.
    mouth: Option<Mouth>,
}

impl Memory {
    /// Nothing is remembered. `seed` sets the first process ID; any number that the last program didn't begin with.
    #[must_use]
    pub fn new(seed: u32) -> Self {
        Self { next_id: seed, remains: false, mouth: None }
    }

    /// The same, after a program that ended in the middle of a job: what of it may hang in the printer is crossed
    /// out and cut off, or taken back, before anything is printed.
    #[must_use]
    pub fn with_remains(self) -> Self {
        Self { remains: true, ..self }
    }
}

/// One printer, from the moment its port was opened until it is lost.
#[derive(Debug)]
pub struct Session {
    profile: Profile,
    decoder: AnswerDecoder,
    round: Round,
    deadlines: Deadlines,
    out: Zeroizing<Vec<u8>>,
    events: VecDeque<PrinterEvent>,
    phase: Phase,
    status: Option<(PrinterStatus, Duration)>,
    told: Option<Result<(), Cause>>,
    job: Option<Running>,
    mouth: Option<Mouth>,
    silences: u8,
    /// `GS r` that were sent and are not answered.
    owed: u32,
    memory: Memory,
    last_job: Option<JobId>,
    /// Bytes a second that the line takes, where it says so.
    line: Option<NonZeroU32>,
    /// When all that was given out of jobs has gone over the line.
    line_free: Duration,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Clearing(Clearing),
    Ready,
    Lost,
}

impl Session {
    /// Begins with a printer in any state. `memory` is that of the session before, or new.
    #[must_use]
    pub fn new(profile: Profile, memory: Memory, now: Duration) -> Self {
        let full = profile.status.ask.contains(&Ask::Full);
        let mut session = Self {
            profile,
            decoder: AnswerDecoder::new(full),
            round: Round::default(),
            deadlines: Deadlines::default(),
            out: Zeroizing::new(Vec::new()),
            events: VecDeque::new(),
            phase: Phase::Clearing(Clearing::Status),
            status: None,
            told: None,
            job: None,
            mouth: None,
            silences: 0,
            owed: 0,
            memory,
            last_job: None,
            line: None,
            line_free: now,
        };
        session.clear_up(now);
        session.tell_readiness(now);
        session
    }

    /// The same on a line that takes so many bytes a second: what waits for a job's end waits for the line too.
    #[must_use]
    pub fn on_line(self, bytes_per_second: Option<NonZeroU32>) -> Self {
        Self { line: bytes_per_second, ..self }
    }

    /// Takes bytes from the printer.
    pub fn received(&mut self, bytes: &[u8], now: Duration) {
        if self.phase == Phase::Lost {
            return;
        }
        let mut answers = Vec::new();
        self.decoder.push(bytes, |answer| answers.push(answer));
        for answer in answers {
            self.answered(answer, now);
        }
        self.tell_readiness(now);
    }

    /// Does what is due by `now`.
    pub fn timeout(&mut self, now: Duration) {
        while let Some(timer) = self.deadlines.expired(now) {
            match timer {
                // An open round ends by itself; a second one would mix up their answers.
                Timer::Poll if self.round.is_open() => {}
                Timer::Poll => self.ask(now),
                Timer::Answer => self.silence(now),
                Timer::Printed => {}
                Timer::Room => self.room_made(now),
                Timer::Job => self.job_overdue(now),
                Timer::Clear | Timer::Quiet => self.clearing_waited(now),
                Timer::NotTaken | Timer::TakeBack | Timer::TakenBack => self.mouth_waited(timer, now),
            }
        }
        self.tell_readiness(now);
    }

    /// The port has failed: a job under way ends, and so does the session.
    pub fn link_failed(&mut self) {
        self.lose(Cause::LinkLost);
    }

    /// Bytes to send now, if any. They are to be sent in whole and in order.
    pub fn take_output(&mut self) -> Option<Zeroizing<Vec<u8>>> {
        (!self.out.is_empty()).then(|| std::mem::take(&mut self.out))
    }

    /// The next thing to tell, if any.
    pub fn next_event(&mut self) -> Option<PrinterEvent> {
        self.events.pop_front()
    }

    /// When [`Session::timeout`] is due, if ever.
    #[must_use]
    pub fn next_timeout(&self) -> Option<Duration> {
        self.deadlines.next()
    }

    /// Whether an answer may come any moment.
    #[must_use]
    pub fn awaits_answer(&self) -> bool {
        self.round.is_open()
            || self.job.is_some()
            || matches!(
                self.phase,
                Phase::Clearing(Clearing::Buffers | Clearing::Probe { .. } | Clearing::Quiet)
            )
    }

    /// Whether a job is being printed.
    #[must_use]
    pub fn is_printing(&self) -> bool {
        self.job.is_some()
    }

    /// Whether the session is over.
    #[must_use]
    pub fn is_lost(&self) -> bool {
        self.phase == Phase::Lost
    }

    /// What the next session on this printer has to know.
    #[must_use]
    pub fn memory(&self) -> Memory {
        self.memory
    }

    /// Whether the printer tells changes by itself.
    #[must_use]
    pub fn is_automatic(&self) -> bool {
        self.profile.status.automatic
    }

    /// Why a job asked for at `now` would be refused.
    #[must_use]
    pub fn refusal(&self, now: Duration) -> Option<Cause> {
        if self.job.is_some() { Some(Cause::Busy) } else { self.unready(now) }
    }

    fn unready(&self, now: Duration) -> Option<Cause> {
        let fresh = self.status.filter(|(_, at)| now.saturating_sub(*at) <= FRESH).map(|(status, _)| status);
        let fault = fresh.and_then(|it| it.fault()).or_else(|| self.mouth.and_then(Mouth::refusal));
        match (self.phase, fresh) {
            (Phase::Lost, _) | (Phase::Ready, None) => Some(Cause::NoAnswer),
            (Phase::Clearing(_), _) => Some(fault.unwrap_or(Cause::NotReady)),
            (Phase::Ready, Some(_)) => fault,
        }
    }

    fn tell_readiness(&mut self, now: Duration) {
        if self.job.is_some() {
            return;
        }
        let readiness = self.unready(now).map_or(Ok(()), Err);
        if self.told != Some(readiness) {
            self.told = Some(readiness);
            self.events.push_back(PrinterEvent::Readiness(readiness));
        }
    }

    fn answered(&mut self, answer: Answer, now: Duration) {
        match answer {
            Answer::RealTime(_) | Answer::Full(_) => match self.round.take(answer) {
                Ok(Some(status)) => {
                    self.deadlines.stop(Timer::Answer);
                    self.silences = 0;
                    self.deadlines.set(Timer::Poll, now + self.pace());
                    self.learnt(status, true, now);
                }
                Ok(None) => {}
                // A slow printer's answer to a round that was given up.
                Err(status::Unasked) => log::debug!("a status came that was not asked for"),
            },
            Answer::Automatic(bytes) => self.learnt(status::automatic(bytes), false, now),
            Answer::Queued(byte) => self.queued(byte, now),
            Answer::ProcessId(id) => self.process_done(id, now),
            Answer::Cleared => self.buffers_cleared(now),
            Answer::Noise(_) => self.noise(),
        }
    }

    fn noise(&mut self) {
        if let Some(job) = &mut self.job {
            job.noisy = true;
        }
    }

    fn queued(&mut self, byte: u8, now: Duration) {
        if self.owed == 0 && self.phase != Phase::Clearing(Clearing::Quiet) {
            return self.noise();
        }
        self.owed = self.owed.saturating_sub(1);
        match self.phase {
            Phase::Clearing(_) => self.clearing_queued(now),
            Phase::Ready => self.job_marked(byte, now),
            Phase::Lost => {}
        }
    }

    /// A new status: `asked` where it answers a whole round of questions.
    fn learnt(&mut self, mut status: PrinterStatus, asked: bool, now: Duration) {
        if status.paper == Paper::Low && !self.profile.paper.near_end_sensor {
            // Without the sensor its bits mean nothing.
            status.paper = Paper::Ok;
        }
        let before = self.status.replace((status, now)).map(|(before, _)| before);
        if before != Some(status) {
            self.events.push_back(PrinterEvent::Status(status));
        }
        self.watch_mouth(status);
        self.job_status(status, asked, now);
        self.clearing_status(status, now);
    }

    fn pace(&self) -> Duration {
        let calm = self.job.is_none() && self.mouth.is_none() && self.phase == Phase::Ready;
        if calm { POLL_IDLE } else { POLL_BUSY }
    }

    fn ask(&mut self, now: Duration) {
        self.decoder.forget();
        self.round.begin(&self.profile.status.ask);
        for ask in &self.profile.status.ask {
            self.out.extend(command::real_time_status(ask.number()));
        }
        self.deadlines.stop(Timer::Poll);
        // The question stands behind all that is still on the line.
        self.deadlines.set(Timer::Answer, now.max(self.line_free) + ANSWER);
        self.job_asked();
    }

    /// A round was not answered in time.
    fn silence(&mut self, now: Duration) {
        // The rest of half an answer must have time to pass, or it would count as the next one's beginning.
        let pause = if self.round.is_half() { POLL_IDLE } else { self.pace() };
        self.round.abandon();
        self.decoder.forget();
        // Some are silent while paper moves.
        if self.job.is_none() || !self.deadlines.is_set(Timer::Printed) {
            self.silences += 1;
        }
        if self.silences >= SILENCES {
            self.lose(Cause::NoAnswer);
        } else {
            self.deadlines.set(Timer::Poll, now + pause);
        }
    }

    fn lose(&mut self, cause: Cause) {
        if self.phase == Phase::Lost {
            return;
        }
        self.job_lost(cause);
        self.phase = Phase::Lost;
        self.deadlines = Deadlines::default();
        self.round.abandon();
        self.mouth = None;
        self.out.clear();
        self.told = Some(Err(cause));
        self.events.push_back(PrinterEvent::Readiness(Err(cause)));
        self.events.push_back(PrinterEvent::Lost(cause));
    }

    /// Sends what the printer answers when it has come so far; the ID where it has one.
    fn mark(&mut self) -> Option<[u8; 4]> {
        match self.profile.confirm {
            Confirm::ProcessId => {
                let id = process_id(self.memory.next_id);
                self.memory.next_id = self.memory.next_id.wrapping_add(1);
                self.out.extend(command::process_id(id));
                Some(id)
            }
            Confirm::DrainedStatus => {
                self.out.extend(command::QUEUED_PAPER);
                self.owed += 1;
                None
            }
            Confirm::StatusOnly => None,
        }
    }
}

/// Four printable characters for a number, different for 78 million numbers in a row.
fn process_id(number: u32) -> [u8; 4] {
    const KINDS: u32 = 0x7E - 0x20;
    let mut rest = number;
    [(); 4].map(|()| {
        let digit = u8::try_from(rest % KINDS).unwrap_or_default();
        rest /= KINDS;
        0x21 + digit
    })
}
