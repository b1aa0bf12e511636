//! Why a card could not be read, as causes that a screen can put into words.

use crate::status::ErrorCode;

/// Why a read came to nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadFailure {
    /// The reader answered with an error; the usual one for a card pulled away.
    #[error("the reader refused: {0}")]
    Refused(ErrorCode),
    /// No answer in time.
    #[error("the reader did not answer")]
    Silent,
    /// An answer came broken: wrong check byte, wrong length, or cut off.
    #[error("the reader's answer came broken")]
    Garbled,
    /// The answer came whole and what it says is no card.
    #[error("the card's content does not read: {0}")]
    Card(#[from] CardError),
}

/// What is wrong with the content of a card.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CardError {
    /// The text is not 256 bytes long.
    #[error("{found} bytes of text instead of 256")]
    TextLength {
        /// Bytes that came.
        found: usize,
    },
    /// The type character is none that is known.
    #[error("unknown type of card {code:04x}")]
    Kind {
        /// The UTF-16 unit at byte 248.
        code: u16,
    },
    /// There is no name.
    #[error("no name")]
    Name,
    /// The birth date is no date.
    #[error("the birth date is no date")]
    Birth,
    /// A date of the validity is none, or the end lies before the beginning.
    #[error("the period of validity does not read")]
    Validity,
    /// The number does not hold together.
    #[error("the number is wrong: {0}")]
    Number(#[from] NumberError),
}

/// What is wrong with the number of a card.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NumberError {
    /// Neither 18 characters nor 15.
    #[error("{found} characters")]
    Length {
        /// Characters that came.
        found: usize,
    },
    /// A character that has no place there.
    #[error("a wrong character at place {place}")]
    Character {
        /// From 1.
        place: usize,
    },
    /// The digits for the birth date make no date.
    #[error("no real birth date")]
    Birth,
    /// The check character does not fit the rest: a digit is wrong, or two are swapped.
    #[error("the check character does not fit")]
    CheckCharacter,
    /// A number of another kind of card.
    #[error("not a number of this kind of card")]
    OtherKind,
}
