//! What the driver tells its user.

use crate::card::Card;
use crate::command::SamNumber;
use crate::error::ReadFailure;
use crate::status::ErrorCode;

/// What a reader tells its user.
#[derive(Debug, PartialEq, Eq)]
pub enum ReaderEvent {
    /// The reader is well and looks for cards.
    Ready {
        /// Its security module, where it told.
        sam: Option<SamNumber>,
    },
    /// A card was laid on it; it is being read.
    CardSeen,
    /// The card, read and checked. It still lies there until [`ReaderEvent::Lifted`].
    Card(Box<Card>),
    /// A read came to nothing.
    ReadFailed {
        /// Why.
        cause: ReadFailure,
        /// `false`: it is tried again by itself. `true`: only after the card was lifted and laid anew.
        lift: bool,
    },
    /// The card was taken away; follows every [`ReaderEvent::CardSeen`] unless the reader is lost first.
    Lifted,
    /// The module itself is at fault: call the technician. Nothing follows.
    Fault {
        /// What it said.
        code: ErrorCode,
    },
    /// The reader does not answer any more, or went away. Nothing follows; open the port anew.
    Lost,
}
