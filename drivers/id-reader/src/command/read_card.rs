//! `30 01`: read the text and the photo of the card that was selected.
//!
//! | bytes | content of the answer |
//! |---|---|
//! | 3 | `00 00 90` |
//! | 2 | length of the text, `01 00` |
//! | 2 | length of the photo, `04 00` |
//! | 256 | the text, see [`crate::card`] |
//! | 1024 | the photo, in a format whose decoder needs a licence |
//!
//! The module has no command for the text alone. The photo is passed over: no byte of it is copied.

use std::time::Duration;

use zeroize::Zeroizing;

use super::{Answer, Command, NoReply, READING, Verb};
use crate::card::{Card, TEXT};
use crate::status::DONE;

/// Length of the photo in bytes.
pub const PHOTO: usize = 1024;

const LENGTHS: [u8; 4] = [0x01, 0x00, 0x04, 0x00];

/// Reads the card.
pub struct ReadCard;

impl Command for ReadCard {
    type Reply = Box<Card>;
    const VERB: Verb = Verb::ReadCard;
    const WITHIN: Duration = READING;

    fn reply(answer: Answer<'_>) -> Result<Box<Card>, NoReply> {
        let data = answer.data(DONE, LENGTHS.len() + TEXT + PHOTO)?;
        let text = data.strip_prefix(&LENGTHS).and_then(|data| data.first_chunk::<TEXT>());
        let card = Card::from_text(text.ok_or(NoReply::NotToThis)?).map_err(NoReply::Card)?;
        Ok(Box::new(card))
    }
}

/// The content of a good answer with this text and an empty photo.
pub(super) fn content(text: &[u8; TEXT]) -> Zeroizing<Vec<u8>> {
    let mut content = Zeroizing::new(Vec::with_capacity(3 + LENGTHS.len() + TEXT + PHOTO));
    content.extend([0, 0, DONE]);
    content.extend(LENGTHS);
    content.extend(text);
    content.extend([0; PHOTO]);
    content
}

#[cfg(test)]
mod tests {
    use super::super::tests::reply;
    use super::*;
    use crate::card::tests::zhang_san_text;
    use crate::error::CardError;
    use crate::frame;
    use crate::status::ErrorCode;

    #[test]
    fn a_good_answer_gives_the_card() {
        let content = content(&zhang_san_text());
        assert_eq!(frame::encode(&content).len(), 1295, "as on the wire");
        assert_eq!(reply::<ReadCard>(&content).unwrap().name(), "张三");
    }

    #[test]
    fn what_is_no_card_is_told_from_what_is_no_answer() {
        let mut wrong_kind = zhang_san_text();
        wrong_kind[248] = b'Q';
        let cause = reply::<ReadCard>(&content(&wrong_kind)).unwrap_err();
        assert_eq!(cause, NoReply::Card(CardError::Kind { code: u16::from(b'Q') }));

        let good = content(&zhang_san_text());
        assert_eq!(reply::<ReadCard>(&good[..good.len() - 1]).unwrap_err(), NoReply::NotToThis);
        let mut other_lengths = good.to_vec();
        other_lengths[4] = 1;
        assert_eq!(reply::<ReadCard>(&other_lengths).unwrap_err(), NoReply::NotToThis);
        let refused = reply::<ReadCard>(&[0, 0, 0x41]).unwrap_err();
        assert_eq!(refused, NoReply::Refused(ErrorCode::ReadFailed));
    }
}
