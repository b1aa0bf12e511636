//! The questions that a reader answers: a file each, with request, time allowed, and what the answer says.
//!
//! An answer does not name its question. So each question knows the shape of its answers, and what has another
//! shape is a late answer to an earlier question, or nonsense: it is never taken for the answer.

mod find;
mod presence;
mod read_card;
mod reader_state;
mod sam_number;
mod select;

use std::time::Duration;

use zeroize::Zeroizing;

pub use find::FindCard;
pub use presence::{Presence, ProbePresence};
pub use read_card::{PHOTO, ReadCard};
pub use reader_state::AskState;
pub use sam_number::{AskSamNumber, SamNumber};
pub use select::SelectCard;

use crate::card::TEXT;
use crate::error::CardError;
use crate::frame;
use crate::status::ErrorCode;

/// Time allowed for answers that need nothing from the card's memory.
pub(crate) const SHORT: Duration = Duration::from_secs(1);
/// Time allowed for answers that do.
pub(crate) const READING: Duration = Duration::from_secs(3);

/// What can be asked, as the two bytes command and parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verb {
    /// `10 FF`
    Reset,
    /// `11 FF`
    State,
    /// `12 FF`
    SamNumber,
    /// `20 01`
    Find,
    /// `20 02`
    Select,
    /// `30 01`
    ReadCard,
    /// `30 10`
    ReadCardAndFingerprints,
    /// `30 03`
    NewestAddress,
}

impl Verb {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Reset,
        Self::State,
        Self::SamNumber,
        Self::Find,
        Self::Select,
        Self::ReadCard,
        Self::ReadCardAndFingerprints,
        Self::NewestAddress,
    ];

    /// Command and parameter.
    #[must_use]
    pub const fn code(self) -> [u8; 2] {
        match self {
            Self::Reset => [0x10, 0xFF],
            Self::State => [0x11, 0xFF],
            Self::SamNumber => [0x12, 0xFF],
            Self::Find => [0x20, 0x01],
            Self::Select => [0x20, 0x02],
            Self::ReadCard => [0x30, 0x01],
            Self::ReadCardAndFingerprints => [0x30, 0x10],
            Self::NewestAddress => [0x30, 0x03],
        }
    }

    /// The frame that asks it.
    #[must_use]
    pub fn request(self) -> Zeroizing<Vec<u8>> {
        frame::encode(&self.code())
    }

    /// What a request's content asks.
    #[must_use]
    pub fn of(content: &[u8]) -> Option<Self> {
        Self::ALL.into_iter().find(|verb| content == verb.code())
    }
}

/// One question and the meaning of its answers. All of them may be asked again: none changes anything that a
/// second time would change again.
pub trait Command {
    /// What a good answer tells.
    type Reply;
    /// What is asked.
    const VERB: Verb;
    /// How long the answer may take.
    const WITHIN: Duration;

    /// Reads an answer.
    ///
    /// # Errors
    /// Where the module refused, or the answer is not one to this question.
    fn reply(answer: Answer<'_>) -> Result<Self::Reply, NoReply>;
}

/// Why an answer is no reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoReply {
    /// The module refused.
    Refused(ErrorCode),
    /// An answer to something else.
    NotToThis,
    /// The right answer, but what the card holds does not read.
    Card(CardError),
}

/// The content of an answer: three status bytes, of which the first two are zero, and data.
#[derive(Clone, Copy)]
pub struct Answer<'a> {
    status: u8,
    data: &'a [u8],
}

impl<'a> Answer<'a> {
    /// `None` where the content is too short to be an answer, or the first two status bytes are not zero, which
    /// no source gives a meaning.
    #[must_use]
    pub fn of(content: &'a [u8]) -> Option<Self> {
        match content {
            [0, 0, status, data @ ..] => Some(Self { status: *status, data }),
            _ => None,
        }
    }

    /// The data of an answer whose status is `good` and whose length is `length`.
    fn data(self, good: u8, length: usize) -> Result<&'a [u8], NoReply> {
        if self.status == good && self.data.len() == length { Ok(self.data) } else { Err(self.refusal()) }
    }

    /// What an answer that is not the good one says.
    fn refusal(self) -> NoReply {
        let is_error = !matches!(self.status, crate::status::DONE | crate::status::FOUND);
        if is_error && self.data.is_empty() {
            NoReply::Refused(ErrorCode::from(self.status))
        } else {
            NoReply::NotToThis
        }
    }
}

/// The content of a good answer to [`Verb::ReadCard`], for the side that gives answers.
pub(crate) fn read_card_content(text: &[u8; TEXT]) -> Zeroizing<Vec<u8>> {
    read_card::content(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_byte_for_byte_what_readers_expect() {
        let cases: [(Verb, &[u8]); 8] = [
            (Verb::Reset, &[0xAA, 0xAA, 0xAA, 0x96, 0x69, 0x00, 0x03, 0x10, 0xFF, 0xEC]),
            (Verb::State, &[0xAA, 0xAA, 0xAA, 0x96, 0x69, 0x00, 0x03, 0x11, 0xFF, 0xED]),
            (Verb::SamNumber, &[0xAA, 0xAA, 0xAA, 0x96, 0x69, 0x00, 0x03, 0x12, 0xFF, 0xEE]),
            (Verb::Find, &[0xAA, 0xAA, 0xAA, 0x96, 0x69, 0x00, 0x03, 0x20, 0x01, 0x22]),
            (Verb::Select, &[0xAA, 0xAA, 0xAA, 0x96, 0x69, 0x00, 0x03, 0x20, 0x02, 0x21]),
            (Verb::ReadCard, &[0xAA, 0xAA, 0xAA, 0x96, 0x69, 0x00, 0x03, 0x30, 0x01, 0x32]),
            (Verb::ReadCardAndFingerprints, &[0xAA, 0xAA, 0xAA, 0x96, 0x69, 0x00, 0x03, 0x30, 0x10, 0x23]),
            (Verb::NewestAddress, &[0xAA, 0xAA, 0xAA, 0x96, 0x69, 0x00, 0x03, 0x30, 0x03, 0x30]),
        ];
        for (verb, bytes) in cases {
            assert_eq!(verb.request().as_slice(), bytes, "{verb:?}");
            assert_eq!(Verb::of(&verb.code()), Some(verb));
        }
        assert_eq!(Verb::of(&[0x20, 0x01, 0x00]), None);
        assert_eq!(Verb::of(&[]), None);
    }

    #[test]
    fn content_that_is_no_answer_is_none() {
        for content in [&[][..], &[0], &[0, 0], &[1, 0, 0x90], &[0, 1, 0x90]] {
            assert!(Answer::of(content).is_none(), "{content:02x?}");
        }
    }

    /// Reads the content of an answer as one to `C`.
    pub(super) fn reply<C: Command>(content: &[u8]) -> Result<C::Reply, NoReply> {
        C::reply(Answer::of(content).unwrap())
    }

    #[test]
    fn an_error_with_data_is_no_answer() {
        assert_eq!(reply::<FindCard>(&[0, 0, 0x80, 1]), Err(NoReply::NotToThis));
        assert_eq!(reply::<FindCard>(&[0, 0, 0x60]), Err(NoReply::Refused(ErrorCode::SelfTest)));
    }
}
