//! `11 FF`: is the module well? Asked once, after opening.

use std::time::Duration;

use super::{Answer, Command, NoReply, SHORT, Verb};
use crate::status::DONE;

/// Asks whether the module is well. The answer is `00 00 90`, without data.
pub struct AskState;

impl Command for AskState {
    type Reply = ();
    const VERB: Verb = Verb::State;
    const WITHIN: Duration = SHORT;

    fn reply(answer: Answer<'_>) -> Result<(), NoReply> {
        answer.data(DONE, 0).map(|_nothing| ())
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::reply;
    use super::*;
    use crate::status::ErrorCode;

    #[test]
    fn well_or_not() {
        assert_eq!(reply::<AskState>(&[0, 0, 0x90]), Ok(()));
        assert_eq!(reply::<AskState>(&[0, 0, 0x66]), Err(NoReply::Refused(ErrorCode::NotAuthorised)));
        assert_eq!(reply::<AskState>(&[0, 0, 0x90, 0]), Err(NoReply::NotToThis));
    }
}
