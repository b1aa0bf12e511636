//! `30 03`: does the card that was read still lie there?
//!
//! The module has no such question. But it can be asked for the newest address that a police station wrote into
//! the card: a card that is there gives it (`90`, 70 bytes) or says that it has none (`91`), whatever find says.
//! The address itself is not looked at.

use std::time::Duration;

use super::{Answer, Command, NoReply, READING, Verb};
use crate::status::{DONE, ErrorCode};

/// What the answer tells of the card.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// It lies there.
    Lies,
    /// It does not, or cannot be read, which is not certain yet after one answer.
    Doubtful,
}

/// Asks whether the card lies there. Any answer is one.
pub struct ProbePresence;

impl Command for ProbePresence {
    type Reply = Presence;
    const VERB: Verb = Verb::NewestAddress;
    const WITHIN: Duration = READING;

    fn reply(answer: Answer<'_>) -> Result<Presence, NoReply> {
        match answer.status {
            DONE => Ok(Presence::Lies),
            status => match ErrorCode::from(status) {
                ErrorCode::NoSuchItem => Ok(Presence::Lies),
                fault if fault.is_reader_fault() => Err(NoReply::Refused(fault)),
                _ => Ok(Presence::Doubtful),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::reply;
    use super::*;

    #[test]
    fn a_card_that_lies_there_answers_90_or_91() {
        let with_address = [&[0, 0, 0x90][..], &[0x20; 70]].concat();
        assert_eq!(reply::<ProbePresence>(&with_address), Ok(Presence::Lies));
        for status in 0..=255 {
            let expected = match status {
                0x90 | 0x91 => Ok(Presence::Lies),
                0x60 | 0x66 => Err(NoReply::Refused(ErrorCode::from(status))),
                _ => Ok(Presence::Doubtful),
            };
            assert_eq!(reply::<ProbePresence>(&[0, 0, status]), expected, "{status:02x}");
        }
    }
}
