//! Around the jobs: clearing up before the first one and after a failed one, and watching paper at the mouth.

use std::time::Duration;

use super::{Cause, JobId, PaperFate, Phase, PrinterEvent, Session};
use crate::command;
use crate::deadline::{CLEAR, NOT_TAKEN, POLL_IDLE, PROBE, QUIET, TAKEN_BACK, Timer};
use crate::encode;
use crate::profile::{Confirm, Discard};
use crate::status::PrinterStatus;

/// How far clearing up has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Clearing {
    /// Buffers were told to be cleared; nothing may be sent until they were.
    Buffers,
    /// A status without fault, and an empty mouth, are waited for.
    Status,
    /// A question was sent behind all that may still lie in the buffer; the ID where it has one.
    Probe {
        /// What the printer will answer.
        id: Option<[u8; 4]>,
    },
    /// It was answered; late answers are let pass.
    Quiet,
}

/// Paper at the mouth. It outlives a session, since paper does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Mouth {
    job: Option<JobId>,
    paper: AtMouth,
}

/// What paper at the mouth does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum AtMouth {
    /// It waits for a hand.
    Shown,
    /// It was told to go back; `heard`: the printer has answered something since.
    GoingBack { heard: bool },
    /// It was told to make room for the next job, whose body is not printed yet.
    Pushed,
    /// It was told to, and did not.
    Stuck,
}

impl Mouth {
    /// Why no job may follow this paper. While it goes back nobody can say whether it would be pushed out or be
    /// in, and so whether its ticket is in a hand.
    pub(super) fn refusal(self) -> Option<Cause> {
        match self.paper {
            AtMouth::Shown | AtMouth::Pushed => None,
            AtMouth::GoingBack { .. } => Some(Cause::NotReady),
            AtMouth::Stuck => Some(Cause::MouthBlocked),
        }
    }

    /// Whether something is due to happen to it.
    fn is_watched(self) -> bool {
        self.paper != AtMouth::Pushed
    }

    /// Where the paper is when it is no more at the mouth. What had stuck a hand has pulled out.
    fn left_by(self) -> PaperFate {
        match self.paper {
            AtMouth::Shown | AtMouth::Stuck => PaperFate::Taken,
            AtMouth::GoingBack { .. } => PaperFate::TakenBack,
            AtMouth::Pushed => PaperFate::PushedOut,
        }
    }
}

impl Session {
    /// Throws away what a failed or an unknown job has left.
    pub(super) fn clear_up(&mut self, now: Duration) {
        self.deadlines.stop(Timer::Quiet);
        match self.profile.discard {
            Discard::ClearBuffers => {
                self.clear_buffers(now);
                self.await_cleared();
            }
            Discard::Initialize => {
                let half = self.round.is_half();
                self.hold_questions();
                self.initialize(now, half);
            }
        }
    }

    /// Nothing may be sent after this until it was answered.
    pub(super) fn clear_buffers(&mut self, now: Duration) {
        self.hold_questions();
        self.out.extend(command::CLEAR_BUFFERS);
        self.deadlines.set(Timer::Clear, now.max(self.line_free) + CLEAR);
    }

    pub(super) fn await_cleared(&mut self) {
        self.deadlines.stop(Timer::Poll);
        self.phase = Phase::Clearing(Clearing::Buffers);
    }

    fn hold_questions(&mut self) {
        self.deadlines.stop(Timer::Poll);
        self.deadlines.stop(Timer::Answer);
        self.round.abandon();
        self.decoder.forget();
    }

    pub(super) fn buffers_cleared(&mut self, now: Duration) {
        if self.job_cleared(true) || self.phase == Phase::Clearing(Clearing::Buffers) {
            // With the buffer went the questions in it.
            self.owed = 0;
            self.initialize(now, false);
        }
    }

    /// `late`: answers to half a round are on the way, which must not count for the next.
    fn initialize(&mut self, now: Duration, late: bool) {
        self.deadlines.stop(Timer::Clear);
        self.out.extend(command::INITIALIZE);
        if self.profile.status.automatic {
            self.out.extend(command::AUTO_STATUS_ON);
        }
        if self.profile.holds_inside() {
            self.out.extend(command::HOLD_INSIDE);
        }
        self.phase = Phase::Clearing(Clearing::Status);
        if late {
            self.deadlines.set(Timer::Poll, now + POLL_IDLE);
        } else {
            self.ask(now);
        }
    }

    pub(super) fn clearing_status(&mut self, status: PrinterStatus, now: Duration) {
        let Phase::Clearing(step) = self.phase else { return };
        let usable = status.fault().is_none();
        match step {
            Clearing::Status if usable && !status.presenter_paper => self.probe(now),
            // Of an earlier session, of a job that failed, or one that did not make room for it.
            Clearing::Status if usable && !self.mouth.is_some_and(Mouth::is_watched) => {
                let job = self.memory.mouth.map_or(self.last_job, |mouth| mouth.job);
                self.at_mouth(job, now);
            }
            Clearing::Probe { .. } | Clearing::Quiet if !usable => {
                self.deadlines.stop(Timer::Clear);
                self.deadlines.stop(Timer::Quiet);
                self.phase = Phase::Clearing(Clearing::Status);
            }
            _ => {}
        }
    }

    fn probe(&mut self, now: Duration) {
        if self.profile.holds_inside() {
            // What of a failed job was printed meanwhile is cut off and goes back, unseen.
            self.out.extend(command::TAKE_BACK);
        } else if self.memory.remains {
            // Or the next paper would begin with the last one's lines. Crossed out, since they may be all of them.
            self.out.extend(encode::crossed_out(&self.profile));
        }
        if self.profile.confirm == Confirm::StatusOnly {
            return self.ready();
        }
        let id = self.mark();
        self.phase = Phase::Clearing(Clearing::Probe { id });
        self.deadlines.set(Timer::Clear, now.max(self.line_free) + PROBE);
    }

    pub(super) fn clearing_queued(&mut self, now: Duration) {
        let waits = matches!(self.phase, Phase::Clearing(Clearing::Probe { id: None } | Clearing::Quiet));
        if waits && self.owed == 0 {
            self.deadlines.stop(Timer::Clear);
            self.phase = Phase::Clearing(Clearing::Quiet);
            self.deadlines.set(Timer::Quiet, now + QUIET);
        }
    }

    pub(super) fn clearing_process_done(&mut self, id: [u8; 4]) {
        if self.phase == Phase::Clearing(Clearing::Probe { id: Some(id) }) {
            self.ready();
        }
    }

    pub(super) fn clearing_waited(&mut self, now: Duration) {
        if self.job_cleared(false) {
            return self.initialize(now, false);
        }
        match self.phase {
            // It knows no clearing, or was too late to say so.
            Phase::Clearing(Clearing::Buffers) => self.initialize(now, false),
            Phase::Clearing(Clearing::Probe { .. }) => {
                // Answers that have not come by now belong to a buffer that was lost with the power.
                self.owed = 0;
                self.phase = Phase::Clearing(Clearing::Status);
            }
            Phase::Clearing(Clearing::Quiet) => self.ready(),
            Phase::Clearing(Clearing::Status) | Phase::Ready | Phase::Lost => {}
        }
    }

    /// Only now what was left behind is known to be gone: a clearing-up that failed is done again.
    fn ready(&mut self) {
        self.memory.remains = false;
        self.deadlines.stop(Timer::Clear);
        self.phase = Phase::Ready;
    }

    /// Paper was shown, or found, at the mouth.
    pub(super) fn at_mouth(&mut self, job: Option<JobId>, now: Duration) {
        let Some(presenter) = &self.profile.presenter else { return };
        self.deadlines.set(Timer::NotTaken, now + NOT_TAKEN);
        if presenter.take_back {
            let within = Duration::from_secs(presenter.take_back_seconds.into());
            self.deadlines.set(Timer::TakeBack, now + within);
        }
        self.set_mouth(Some(Mouth { job, paper: AtMouth::Shown }));
        // The status at hand may be the one that tells that it has been taken already.
        if let Some((status, at)) = self.status
            && at == now
        {
            self.watch_mouth(status);
        }
    }

    pub(super) fn watch_mouth(&mut self, status: PrinterStatus) {
        if status.presenter_paper {
            if let Some(mouth @ Mouth { paper: AtMouth::GoingBack { .. }, .. }) = self.mouth {
                self.set_mouth(Some(Mouth { paper: AtMouth::GoingBack { heard: true }, ..mouth }));
            }
            return;
        }
        if let Some(mouth) = self.mouth {
            self.left_mouth(mouth);
        } else if let Some(mouth) = self.memory.mouth {
            // It left while nobody looked. An order that may never have arrived says nothing of where to.
            if mouth.paper == (AtMouth::GoingBack { heard: false }) {
                self.set_mouth(None);
            } else {
                self.left_mouth(mouth);
            }
        }
    }

    /// Tells the last job's paper to make room for the next.
    pub(super) fn push_out_last(&mut self) {
        let can = self.profile.presenter.as_ref().is_some_and(|presenter| presenter.push_out);
        let Some(mouth) = self.mouth.filter(|_| can) else { return };
        self.out.extend(command::PUSH_OUT);
        self.stop_mouth_timers();
        self.set_mouth(Some(Mouth { paper: AtMouth::Pushed, ..mouth }));
        if !self.profile.holds_inside() {
            // Whose paper hangs there from here on could not be told: the next one's finish follows at once.
            self.pushed_out();
        }
    }

    /// The job that needed the room is printed, and so the room was made.
    pub(super) fn pushed_out(&mut self) {
        if let Some(mouth) = self.mouth.filter(|mouth| mouth.paper == AtMouth::Pushed) {
            self.left_mouth(mouth);
        }
    }

    fn left_mouth(&mut self, mouth: Mouth) {
        self.stop_mouth_timers();
        self.set_mouth(None);
        self.events.push_back(PrinterEvent::Paper { job: mouth.job, fate: mouth.left_by() });
    }

    fn set_mouth(&mut self, mouth: Option<Mouth>) {
        self.mouth = mouth;
        self.memory.mouth = mouth;
    }

    fn stop_mouth_timers(&mut self) {
        for timer in [Timer::NotTaken, Timer::TakeBack, Timer::TakenBack] {
            self.deadlines.stop(timer);
        }
    }

    pub(super) fn mouth_waited(&mut self, timer: Timer, now: Duration) {
        let Some(mouth) = self.mouth else { return };
        let job = mouth.job;
        let fault = self.status.is_some_and(|(status, _)| status.fault().is_some());
        match timer {
            // An order that waits in the printer until the fault is mended would be carried out at an instant that
            // nobody knows, when a hand may have pulled the paper out.
            Timer::TakeBack if fault => self.deadlines.set(Timer::TakeBack, now + POLL_IDLE),
            Timer::TakeBack => {
                self.set_mouth(Some(Mouth { paper: AtMouth::GoingBack { heard: false }, ..mouth }));
                self.out.extend(command::TAKE_BACK);
                self.deadlines.set(Timer::TakenBack, now + TAKEN_BACK);
            }
            Timer::TakenBack => {
                self.set_mouth(Some(Mouth { paper: AtMouth::Stuck, ..mouth }));
                self.events.push_back(PrinterEvent::Paper { job, fate: PaperFate::Stuck });
            }
            _ => self.events.push_back(PrinterEvent::Paper { job, fate: PaperFate::StillThere }),
        }
    }
}
