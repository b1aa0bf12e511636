//! What a session tells: outcomes of jobs, causes, what became of the paper.

use crate::status::PrinterStatus;

/// The caller's name for a job; only passed through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct JobId(pub u64);

/// What became of a job. Exactly one comes for each job that was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It came out whole.
    Printed {
        /// How sure that is.
        certainty: Certainty,
    },
    /// It surely did not come out whole, and the rest of it never will.
    NotPrinted {
        /// Why.
        cause: Cause,
    },
    /// Bytes had gone, and nobody can say what lies in the mouth. It must not be printed again by itself.
    Doubtful {
        /// What went wrong.
        cause: Cause,
    },
}

/// How sure it is that a job came out whole.
///
/// For a profile with `process-id` the printer's own word makes it confirmed. With `drained-status` it is
/// confirmed when a question queued behind the job was answered no sooner than half the printing time allows,
/// and a status asked after that was good; it is likely where one of these is wanting. With `status-only` it is
/// never more than likely.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Certainty {
    /// The printer said so.
    Confirmed,
    /// Everything speaks for it, one thing is missing.
    Likely(Doubt),
}

/// What is missing to certainty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doubt {
    /// The queued question was answered before the paper can have been printed.
    AnsweredEarly,
    /// The profile has no way to ask.
    StatusOnly,
    /// It was drained, and then the paper ended or the cover was opened.
    FaultAfter,
    /// It was drained, and no status came after that.
    NoStatusAfter,
}

/// Why a job can't be, was not or may not have been printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Cause {
    /// No paper.
    PaperOut,
    /// Cover or head open.
    CoverOpen,
    /// Paper jam.
    Jam,
    /// The cutter is stuck.
    Cutter,
    /// Paper at the mouth was told to go back and did not: somebody has to pull it out.
    MouthBlocked,
    /// An error that has to be repaired.
    Broken,
    /// Head too hot, or voltage out of range: it recovers by itself.
    Overheated,
    /// Off line for a reason it doesn't tell.
    Offline,
    /// It does not answer, or not in time.
    NoAnswer,
    /// The port failed.
    LinkLost,
    /// It answers and says nothing is wrong, yet never said that the job is done.
    Unconfirmed,
    /// Bytes came that no printer sends.
    Garbled,
    /// It has just been found, a failed job is being cleared away, or paper is on its way back from the mouth.
    NotReady,
    /// Another job is being printed.
    Busy,
}

impl Cause {
    /// Whether a printer that says so has stopped and can't finish by itself.
    pub(crate) fn stops(self) -> bool {
        matches!(self, Cause::PaperOut | Cause::CoverOpen | Cause::Jam | Cause::Cutter | Cause::Broken)
    }
}

/// What became of paper at a presenter's mouth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PaperFate {
    /// Somebody took it.
    Taken,
    /// Nobody has taken it for ten seconds.
    StillThere,
    /// Nobody took it in the profile's time; it went back into the machine. (Who pulled in that very second has it.)
    TakenBack,
    /// Nobody had taken it when the next job came; it was pushed out.
    PushedOut,
    /// It was told to go back and did not. No job is taken until it is gone: [`PaperFate::Taken`], by a hand.
    Stuck,
}

/// Something that the caller should know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PrinterEvent {
    /// The status has changed.
    Status(PrinterStatus),
    /// `Ok`: a job asked for now would be sent. Else why it would be refused. Told when it changes.
    Readiness(Result<(), Cause>),
    /// A job has ended.
    Outcome {
        /// Which.
        job: JobId,
        /// How.
        outcome: Outcome,
    },
    /// Something happened to paper at the mouth.
    Paper {
        /// Whose job it was, where that is known.
        job: Option<JobId>,
        /// What happened.
        fate: PaperFate,
    },
    /// Three silences or a broken port: this session is over, the port is to be opened anew.
    Lost(Cause),
}
