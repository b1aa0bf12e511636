//! What a resident asks the desk for, and what the desk says to it.

use jiff::civil::DateTime;

use super::class::ClassLetter;
use super::priority::Priority;
use super::resident::Resident;
use super::ticket::{Channel, Ticket};

/// A number, please.
#[derive(Clone, Debug)]
pub struct Wish {
    /// Of that class.
    pub class: ClassLetter,
    /// For whom, where they made themselves known.
    pub resident: Option<Resident>,
    /// How they did.
    pub channel: Channel,
    /// Reasons to be called earlier.
    pub priorities: Vec<Priority>,
}

/// What the desk says to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// A new number.
    New(Ticket),
    /// The resident has a live ticket of the class already.
    Live(Ticket),
    /// None, and why.
    Refused(Refusal),
}

/// Why there is no number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The hall is closed; when it opens next, where that is within sight.
    Closed {
        /// In the site's time zone.
        next: Option<DateTime>,
    },
    /// The class gave out all that it may today (今天号已取完).
    Full,
    /// The configuration has no such class.
    NoSuchClass,
}
