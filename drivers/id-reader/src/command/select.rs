//! `20 02`: take the card that was found. Comes between find and read.

use std::time::Duration;

use super::{Answer, Command, NoReply, SHORT, Verb};
use crate::status::DONE;

/// Selects the card. The answer is `00 00 90` and 8 bytes without meaning here, or `00 00 81`.
pub struct SelectCard;

impl Command for SelectCard {
    type Reply = ();
    const VERB: Verb = Verb::Select;
    const WITHIN: Duration = SHORT;

    fn reply(answer: Answer<'_>) -> Result<(), NoReply> {
        answer.data(DONE, 8).map(|_serial| ())
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::reply;
    use super::*;
    use crate::status::ErrorCode;

    #[test]
    fn selected_or_not() {
        assert_eq!(reply::<SelectCard>(&[0, 0, 0x90, 0, 0, 0, 0, 0, 0, 0, 0]), Ok(()));
        assert_eq!(reply::<SelectCard>(&[0, 0, 0x81]), Err(NoReply::Refused(ErrorCode::SelectFailed)));
        assert_eq!(reply::<SelectCard>(&[0, 0, 0x90]), Err(NoReply::NotToThis));
    }
}
