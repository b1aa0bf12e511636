//! The number of a card's holder, checked.
//!
//! | cards | number |
//! |---|---|
//! | citizens, residence permits | 6 digits region, 8 birth date, 3 sequence (the last odd for men), check character: GB 11643 |
//! | foreigners since 2023 | 9, then 5 digits place and country, then as above |
//! | foreigners before | three letters, twelve digits |
//!
//! The check character is ISO 7064 MOD 11-2. Region codes are not looked up: they are those of the day of birth,
//! and many are in no list of today.

use std::fmt;

use zeroize::{Zeroize, ZeroizeOnDrop};

use super::{CardDate, CardKind, Sex};
use crate::error::NumberError;

/// A number that holds together. Prints masked and wipes itself.
#[derive(Clone, PartialEq, Eq, Hash, Zeroize, ZeroizeOnDrop)]
pub struct CardNumber {
    text: String,
}

const FOREIGN_LENGTH: usize = 15;

impl CardNumber {
    /// Reads a number of any kind, as typed or as read; `x` is taken for `X`.
    ///
    /// # Errors
    /// What is wrong, and where.
    ///
    /// ```
    /// use kiosk_id_reader::{CardNumber, NumberError};
    /// assert!(CardNumber::parse("11010519491231002X").is_ok()); // the example in GB 11643
    /// assert_eq!(CardNumber::parse("110105194912310021"), Err(NumberError::CheckCharacter));
    /// ```
    pub fn parse(text: &str) -> Result<Self, NumberError> {
        match text.chars().count() {
            18 => check_18(text)?,
            FOREIGN_LENGTH => check_foreign(text)?,
            found => return Err(NumberError::Length { found }),
        }
        Ok(Self { text: text.to_ascii_uppercase() })
    }

    /// Reads the number of a card of that kind.
    pub(super) fn of_kind(kind: CardKind, text: &str) -> Result<Self, NumberError> {
        let number = Self::parse(text)?;
        let foreign = number.text.len() == FOREIGN_LENGTH;
        let fits = match kind {
            CardKind::Citizen | CardKind::ResidencePermit => !foreign,
            CardKind::Foreigner2017 => foreign,
            CardKind::Foreigner2023 => !foreign && number.text.starts_with('9'),
        };
        if fits { Ok(number) } else { Err(NumberError::OtherKind) }
    }

    /// The number itself.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The birth date in the number; foreigners' numbers before 2023 have none.
    #[must_use]
    pub fn birth(&self) -> Option<CardDate> {
        self.text.get(6..14).and_then(CardDate::parse).filter(|_| self.text.len() == 18)
    }

    /// The sex in the number; foreigners' numbers before 2023 have none. What the card says goes before.
    #[must_use]
    pub fn sex(&self) -> Sex {
        match self.text.get(16..17).and_then(|digit| digit.parse::<u8>().ok()) {
            Some(digit) if digit % 2 == 1 => Sex::Male,
            Some(_) => Sex::Female,
            None => Sex::Unspecified,
        }
    }
}

impl fmt::Debug for CardNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CardNumber(***)")
    }
}

/// Adds the check character to 17 digits; `None` where they are not 17 digits. For made-up numbers in tests and
/// simulations, which need one that holds.
///
/// ```
/// use kiosk_id_reader::card::with_check_character;
/// assert_eq!(with_check_character("11010519491231002").as_deref(), Some("11010519491231002X"));
/// ```
#[must_use]
pub fn with_check_character(digits: &str) -> Option<String> {
    let check = kiosk_check_character::of(digits)?;
    Some(format!("{digits}{check}"))
}

fn check_18(text: &str) -> Result<(), NumberError> {
    let wrong = text.chars().take(17).position(|character| !character.is_ascii_digit());
    if let Some(index) = wrong {
        return Err(NumberError::Character { place: index + 1 });
    }
    let last = text.chars().last().map(|character| character.to_ascii_uppercase());
    if !last.is_some_and(|character| character.is_ascii_digit() || character == 'X') {
        return Err(NumberError::Character { place: 18 });
    }
    if text.get(..17).and_then(kiosk_check_character::of) != last {
        return Err(NumberError::CheckCharacter);
    }
    text.get(6..14).and_then(CardDate::parse).map(|_real| ()).ok_or(NumberError::Birth)
}

fn check_foreign(text: &str) -> Result<(), NumberError> {
    let fits = |(index, character): (usize, char)| match index {
        0..3 => character.is_ascii_alphabetic(),
        _ => character.is_ascii_digit(),
    };
    match text.chars().enumerate().position(|at| !fits(at)) {
        Some(index) => Err(NumberError::Character { place: index + 1 }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_examples_of_the_standard_hold() {
        for text in ["11010519491231002X", "440524188001010014", "11010519491231002x"] {
            let number = CardNumber::parse(text).unwrap();
            assert_eq!(number.as_str(), text.to_uppercase());
        }
        let number = CardNumber::parse("11010519491231002X").unwrap();
        assert_eq!(number.birth(), CardDate::parse("19491231"));
        assert_eq!(number.sex(), Sex::Female);
    }

    #[test]
    fn every_fault_is_named() {
        let no_such_day = with_check_character("51082319900230001").unwrap();
        let cases = [
            ("", NumberError::Length { found: 0 }),
            ("510823900307001", NumberError::Character { place: 1 }),
            ("5108231990030700122", NumberError::Length { found: 19 }),
            ("110105194912310021", NumberError::CheckCharacter),
            ("101105194912310021", NumberError::CheckCharacter),
            ("1101O519491231002X", NumberError::Character { place: 5 }),
            ("11010519491231002Y", NumberError::Character { place: 18 }),
            ("1101051949123100２X", NumberError::Character { place: 17 }),
            ("张三张三张三张三张三张三张三张三张三", NumberError::Character { place: 1 }),
            ("XX1510000000001", NumberError::Character { place: 3 }),
            ("XXX51000000000A", NumberError::Character { place: 15 }),
            (&no_such_day, NumberError::Birth),
        ];
        for (text, error) in cases {
            assert_eq!(CardNumber::parse(text), Err(error), "{text}");
        }
    }

    #[test]
    fn each_kind_of_card_has_its_own_numbers() {
        let citizen = "510823199003070012".to_owned();
        let foreign = "XXX510000000001".to_owned();
        let since_2023 = with_check_character("95199919700101001").unwrap();
        let fits = |kind, number: &str| CardNumber::of_kind(kind, number).is_ok();
        for (kind, good) in [
            (CardKind::Citizen, [true, false, true]),
            (CardKind::ResidencePermit, [true, false, true]),
            (CardKind::Foreigner2017, [false, true, false]),
            (CardKind::Foreigner2023, [false, false, true]),
        ] {
            assert_eq!([&citizen, &foreign, &since_2023].map(|number| fits(kind, number)), good, "{kind:?}");
        }
        let number = CardNumber::parse(&foreign).unwrap();
        assert_eq!(number.birth(), None);
    }

    #[test]
    fn prints_masked() {
        assert_eq!(format!("{:?}", CardNumber::parse("440524188001010014").unwrap()), "CardNumber(***)");
    }

    proptest::proptest! {
        /// What the check character is for.
        #[test]
        fn one_wrong_digit_or_two_swapped_are_noticed(
            sequence in 0_u32..1000, place in 0_usize..17, digit in 0_u8..10,
        ) {
            let good = with_check_character(&format!("51082319900307{sequence:03}")).unwrap();
            proptest::prop_assert!(CardNumber::parse(&good).is_ok());
            let mut wrong = good.clone().into_bytes();
            wrong[place] = b'0' + digit;
            let wrong = String::from_utf8(wrong).unwrap();
            proptest::prop_assert_eq!(CardNumber::parse(&wrong).is_ok(), wrong == good);
            let mut swapped = good.clone().into_bytes();
            swapped.swap(place, (place + 1).min(16));
            let swapped = String::from_utf8(swapped).unwrap();
            proptest::prop_assert_eq!(CardNumber::parse(&swapped).is_ok(), swapped == good);
        }

        #[test]
        fn any_text_is_read_or_refused(text in ".{0,24}") {
            let _either = CardNumber::parse(&text);
        }
    }
}
