//! `20 01`: is there a card in the field? Polled.
//!
//! After a card was read well, the module answers "no card" until that card has left the field.

use std::time::Duration;

use super::{Answer, Command, NoReply, SHORT, Verb};
use crate::status::{ErrorCode, FOUND};

/// Looks for a card. The answer is `00 00 9F` and 4 bytes without meaning here, or `00 00 80`.
pub struct FindCard;

impl Command for FindCard {
    /// Whether there is a card.
    type Reply = bool;
    const VERB: Verb = Verb::Find;
    const WITHIN: Duration = SHORT;

    fn reply(answer: Answer<'_>) -> Result<bool, NoReply> {
        match answer.data(FOUND, 4) {
            Ok(_serial) => Ok(true),
            Err(NoReply::Refused(ErrorCode::NoCard)) => Ok(false),
            Err(other) => Err(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::reply;
    use super::*;

    #[test]
    fn found_or_not() {
        assert_eq!(reply::<FindCard>(&[0, 0, 0x9F, 0, 0, 0, 0]), Ok(true));
        assert_eq!(reply::<FindCard>(&[0, 0, 0x80]), Ok(false));
        assert_eq!(reply::<FindCard>(&[0, 0, 0x24]), Err(NoReply::Refused(ErrorCode::Unknown)));
        assert_eq!(reply::<FindCard>(&[0, 0, 0x9F]), Err(NoReply::NotToThis));
        assert_eq!(reply::<FindCard>(&[0, 0, 0x90, 0, 0, 0, 0]), Err(NoReply::NotToThis));
    }
}
