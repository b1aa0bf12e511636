//! One job: sent once, then followed by two marks to its end.
//!
//! A job larger than the printer's buffer goes out by and by (`pacing`).
//!
//! A mark is a question that the printer answers when it comes to it: `GS r 1`, or `GS ( H` with an ID. One stands
//! behind the body, one behind the finish, so that a fault in between is told from one before and one after:
//!
//! | fault seen | outcome |
//! |---|---|
//! | before the body's mark | not printed, where the rest was surely thrown away (the printer says that its buffers are cleared and neither mark came before, or the finish was held back), else doubtful |
//! | between the marks | doubtful: it may have been cut |
//! | after both | printed; likely only, and doubtful where cutter or path failed |
//!
//! Silence and a broken port: doubtful once bytes have gone, but for a body whose finish was held back: that never
//! was shown to anybody, and is taken back before the next job.

use std::fmt;
use std::time::Duration;

use super::pacing::Pacing;
use super::{Cause, Certainty, Doubt, JobId, Outcome, Phase, PrinterEvent, Session};
use crate::deadline::{FRESH, JOB_SLACK, POLL_BUSY, Timer};
use crate::encode::Job;
use crate::profile::{Confirm, Discard};
use crate::status::{self, PrinterStatus};

/// The job that is being printed.
pub(super) struct Running {
    id: JobId,
    pub(super) pacing: Pacing,
    finish: Vec<u8>,
    held_finish: Option<Vec<u8>>,
    finishing: Duration,
    sent_at: Duration,
    printing: Duration,
    body_id: Option<[u8; 4]>,
    end_id: Option<[u8; 4]>,
    body_done: bool,
    end_done: bool,
    /// The round of questions now open was asked after both marks (or, without marks, after the time was up).
    asked_after: bool,
    early: bool,
    /// It met this fault, and its buffer is being cleared.
    pub(super) stopping: Option<Cause>,
    pub(super) noisy: bool,
}

impl Running {
    pub(super) fn finishing(&self) -> Duration {
        self.finishing
    }
}

impl fmt::Debug for Running {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(to, "Running({:?}, body {}, end {})", self.id, self.body_done, self.end_done)
    }
}

impl Session {
    /// Prints `job`, or refuses it at once with nothing sent. The outcome comes as an event, exactly one a call.
    pub fn print(&mut self, id: JobId, job: &Job, now: Duration) {
        if let Some(cause) = self.refusal(now) {
            let outcome = Outcome::NotPrinted { cause };
            self.events.push_back(PrinterEvent::Outcome { job: id, outcome });
            return;
        }
        self.push_out_last();
        let length = job.body().len() + job.finish().len();
        let fits = length <= self.profile.room();
        let pieces = if fits { Vec::new() } else { job.pieces(self.profile.room() / 2) };
        let running = Running {
            id,
            pacing: Pacing::new(pieces),
            finish: job.finish().to_vec(),
            held_finish: self.profile.holds_inside().then(|| job.finish().to_vec()),
            finishing: job.finishing(),
            sent_at: now,
            printing: job.printing(),
            body_id: None,
            end_id: None,
            body_done: false,
            end_done: false,
            asked_after: false,
            early: false,
            stopping: None,
            noisy: false,
        };
        self.job = Some(running);
        let sent = self.line_free.max(now);
        if fits {
            self.out.extend_from_slice(job.body());
            self.line_takes(length, now);
            self.job_given_out();
        } else {
            self.give_out(now);
        }
        let expected = job.printing() + job.finishing() + self.line_time(length) + sent.saturating_sub(now);
        self.deadlines.set(Timer::Printed, now + expected);
        self.deadlines.set(Timer::Job, now + 2 * expected + JOB_SLACK);
        if !self.round.is_open() {
            self.deadlines.set(Timer::Poll, now + POLL_BUSY);
        }
        self.silences = 0;
        self.last_job = Some(id);
    }

    /// All of the body was given out: its mark follows, and the finish with its own where it is not held back.
    pub(super) fn job_given_out(&mut self) {
        let body_id = self.mark();
        let Some(job) = &mut self.job else { return };
        job.body_id = body_id;
        if job.held_finish.is_none() {
            self.out.extend(std::mem::take(&mut job.finish));
            let end_id = self.mark();
            if let Some(job) = &mut self.job {
                job.end_id = end_id;
            }
        }
    }

    /// A queued `GS r 1` of the job was answered.
    pub(super) fn job_marked(&mut self, byte: u8, now: Duration) {
        if !status::queued_has_paper(byte) {
            return self.job_stopped(Cause::PaperOut, now);
        }
        match &self.job {
            Some(job) if job.pacing.is_asked() => self.piece_done(None, now),
            Some(job) if !job.body_done => self.body_done(now),
            Some(job) if !job.end_done => self.end_done(now),
            _ => self.noise(),
        }
    }

    pub(super) fn process_done(&mut self, id: [u8; 4], now: Duration) {
        match &self.job {
            Some(job) if job.pacing.is_asked_by(id) => self.piece_done(Some(id), now),
            Some(job) if job.body_id == Some(id) => self.body_done(now),
            Some(job) if job.end_id == Some(id) => self.end_done(now),
            _ => self.clearing_process_done(id),
        }
    }

    fn body_done(&mut self, now: Duration) {
        let Some(job) = &mut self.job else { return };
        job.body_done = true;
        job.early |= now.saturating_sub(job.sent_at) < job.printing / 2;
        self.pushed_out();
        let Some(job) = &mut self.job else { return };
        let Some(finish) = job.held_finish.take() else { return };
        let finishing = job.finishing;
        self.out.extend(finish);
        let end_id = self.mark();
        if let Some(job) = &mut self.job {
            job.end_id = end_id;
        }
        self.deadlines.set(Timer::Printed, now + finishing);
        self.deadlines.set(Timer::Job, now + 2 * finishing + JOB_SLACK);
    }

    fn end_done(&mut self, now: Duration) {
        let Some(job) = &mut self.job else { return };
        job.body_done = true;
        job.end_done = true;
        if job.stopping.is_some() {
            // It was done before the buffer could be cleared, which is still to be heard of.
            let sure = self.profile.confirm == Confirm::ProcessId;
            let certainty = if sure { Certainty::Confirmed } else { Certainty::Likely(Doubt::FaultAfter) };
            self.job_printed(certainty, now);
            return self.await_cleared();
        }
        if self.profile.confirm == Confirm::ProcessId {
            return self.job_printed(Certainty::Confirmed, now);
        }
        if !self.round.is_open() {
            self.ask(now);
        }
    }

    /// A round of questions is being asked.
    pub(super) fn job_asked(&mut self) {
        let time_up = !self.deadlines.is_set(Timer::Printed);
        let only_status = self.profile.confirm == Confirm::StatusOnly;
        if let Some(job) = &mut self.job {
            job.asked_after = job.end_done || (only_status && time_up && job.pacing.is_out());
        }
    }

    pub(super) fn job_status(&mut self, status: PrinterStatus, asked: bool, now: Duration) {
        let Some(job) = &self.job else { return };
        match status.fault() {
            Some(cause) if cause.stops() => self.job_stopped(cause, now),
            // It may recover: the job's deadline decides.
            Some(_) => {}
            None if !asked => {}
            None if job.asked_after => self.job_judged(now),
            None if job.end_done => self.ask(now),
            None => {}
        }
    }

    /// Drained, and the status after that is good.
    fn job_judged(&mut self, now: Duration) {
        let Some(job) = &self.job else { return };
        if job.noisy {
            self.job_ends(Outcome::Doubtful { cause: Cause::Garbled }, now);
        } else if self.profile.confirm == Confirm::StatusOnly {
            self.job_printed(Certainty::Likely(Doubt::StatusOnly), now);
        } else if !job.early {
            self.job_printed(Certainty::Confirmed, now);
        } else if !self.deadlines.is_set(Timer::Printed) {
            self.job_printed(Certainty::Likely(Doubt::AnsweredEarly), now);
        }
        // Answered early, and the paper can't be out yet: asked again until it can.
    }

    /// The printer has stopped with a fault.
    fn job_stopped(&mut self, cause: Cause, now: Duration) {
        let Some(job) = &mut self.job else { return };
        if job.stopping.is_some() {
            return;
        }
        let followed = self.profile.confirm != Confirm::StatusOnly;
        if job.end_done && !job.noisy && matches!(cause, Cause::PaperOut | Cause::CoverOpen) {
            self.job_printed(Certainty::Likely(Doubt::FaultAfter), now);
        } else if job.held_finish.is_some() {
            self.job_ends(Outcome::NotPrinted { cause }, now);
        } else if !job.body_done && followed && self.profile.discard == Discard::ClearBuffers {
            // The fault may be gone by the time this arrives, and the job go on: the answer tells.
            job.stopping = Some(cause);
            self.clear_buffers(now);
        } else {
            self.job_ends(Outcome::Doubtful { cause }, now);
        }
    }

    /// The buffer that holds the job's rest was cleared, or (`false`) nothing was heard of it in time; whether a
    /// job was being stopped.
    pub(super) fn job_cleared(&mut self, heard: bool) -> bool {
        let Some((cause, body_done)) = self.job.as_ref().and_then(|job| Some((job.stopping?, job.body_done)))
        else {
            return false;
        };
        let gone = heard && !body_done;
        self.memory.remains = true;
        self.end_job(if gone { Outcome::NotPrinted { cause } } else { Outcome::Doubtful { cause } });
        true
    }

    /// The job's time is up.
    pub(super) fn job_overdue(&mut self, now: Duration) {
        let Some(job) = &self.job else { return };
        let fresh = self.status.filter(|(_, at)| now.saturating_sub(*at) <= FRESH);
        let cause = match fresh {
            Some((status, _)) => status.fault().unwrap_or(Cause::Unconfirmed),
            None => Cause::NoAnswer,
        };
        if job.end_done && !job.noisy {
            self.job_printed(Certainty::Likely(Doubt::NoStatusAfter), now);
        } else if job.held_finish.is_some() {
            self.job_ends(Outcome::NotPrinted { cause }, now);
        } else {
            self.job_ends(Outcome::Doubtful { cause }, now);
        }
    }

    /// The printer or its port is lost.
    pub(super) fn job_lost(&mut self, cause: Cause) {
        let Some(job) = self.job.take() else { return };
        let outcome = if job.end_done && !job.noisy {
            Outcome::Printed { certainty: Certainty::Likely(Doubt::NoStatusAfter) }
        } else if job.held_finish.is_some() {
            Outcome::NotPrinted { cause }
        } else {
            Outcome::Doubtful { cause }
        };
        self.memory.remains |= !matches!(outcome, Outcome::Printed { .. });
        self.events.push_back(PrinterEvent::Outcome { job: job.id, outcome });
    }

    fn job_printed(&mut self, certainty: Certainty, now: Duration) {
        let Some(job) = self.end_job(Outcome::Printed { certainty }) else { return };
        self.at_mouth(Some(job), now);
        self.deadlines.set(Timer::Poll, now + self.pace());
        if matches!(certainty, Certainty::Likely(Doubt::NoStatusAfter)) {
            // Marks are all answered, so that there is nothing to clear; the silences decide.
            log::warn!("a job was drained and no status came after it");
        }
    }

    fn job_ends(&mut self, outcome: Outcome, now: Duration) {
        if self.end_job(outcome).is_some() {
            self.memory.remains = true;
            self.phase = Phase::Clearing(super::Clearing::Status);
            self.clear_up(now);
        }
    }

    fn end_job(&mut self, outcome: Outcome) -> Option<JobId> {
        let job = self.job.take()?;
        self.deadlines.stop(Timer::Job);
        self.deadlines.stop(Timer::Printed);
        self.deadlines.stop(Timer::Room);
        self.events.push_back(PrinterEvent::Outcome { job: job.id, outcome });
        Some(job.id)
    }
}
