//! What devices tell the engine, in the kiosk's own words.

use crate::domain::device::{CardTrouble, Health, PrintResult};
use crate::domain::resident::Resident;

/// From the card reader.
#[derive(Clone, Debug)]
pub enum ReaderNews {
    /// How it does.
    Health(Health),
    /// A card lies on it and is being read.
    CardSeen,
    /// A card was read.
    Card(Resident),
    /// A card gave no resident.
    Failed(CardTrouble),
    /// The card was taken away.
    Lifted,
}

/// From a printer of paper rolls.
#[derive(Clone, Debug)]
pub enum PrinterNews {
    /// How it does.
    Health(Health),
    /// A job came to its end. Each job that was taken ends exactly once, whatever happens to the device.
    Done {
        /// Which.
        job: JobId,
        /// How.
        result: PrintResult,
    },
    /// The paper of that job still hangs in the presenter and is called out. Paper that an earlier session left
    /// there is of no job.
    NotTaken {
        /// Which.
        job: Option<JobId>,
    },
    /// The paper of that job left the presenter.
    Taken {
        /// Which.
        job: Option<JobId>,
    },
    /// The presenter took the paper of that job back.
    TakenBack {
        /// Which.
        job: Option<JobId>,
    },
}

/// Names one print job for as long as the process runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct JobId(pub u64);
