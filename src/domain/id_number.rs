//! Identity numbers (公民身份号码 and the permits made alike), checked once when they come in.
//!
//! Eighteen characters: six of region, eight of birth date, three of sequence, one check character by
//! ISO 7064 MOD 11-2 (GB 11643). Residence permits of people from Hong Kong, Macao and Taiwan have the
//! region 810000, 820000 or 830000; the foreigners' permit of 2023 begins with 9; the one of 2017 is three
//! letters and twelve digits. A region that today's list lacks is no fault: old numbers stay valid.

use std::fmt;

use jiff::civil::Date;
use zeroize::Zeroizing;

use super::mask;

/// Whose document the number belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum IdKind {
    /// Citizen's identity card (居民身份证).
    Citizen,
    /// Residence permit of a resident of Hong Kong or Macao (港澳居民居住证).
    HongKongMacao,
    /// Residence permit of a resident of Taiwan (台湾居民居住证).
    Taiwan,
    /// Foreigner's permanent residence card (外国人永久居留身份证), of 2017 or 2023.
    Foreigner,
}

impl IdKind {
    /// All kinds.
    pub const ALL: [Self; 4] = [Self::Citizen, Self::HongKongMacao, Self::Taiwan, Self::Foreigner];

    /// The word in the store; a platform's own code is its profile's business.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Citizen => "citizen",
            Self::HongKongMacao => "hong_kong_macao",
            Self::Taiwan => "taiwan",
            Self::Foreigner => "foreigner",
        }
    }

    /// The kind of that word.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }
}

/// A number whose form, birth date and check character are right.
///
/// Prints masked; the memory is wiped when it is dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct IdNumber {
    kind: IdKind,
    text: Zeroizing<String>,
}

impl IdNumber {
    /// Characters of a number as typed on the keypad.
    pub const LENGTH: usize = 18;

    /// Checks `text` (surrounding blanks are dropped, a small `x` is taken for `X`).
    ///
    /// # Errors
    /// What is wrong with it, in the order in which it was looked at.
    pub fn parse(text: &str) -> Result<Self, WrongIdNumber> {
        let text = Zeroizing::new(text.trim().to_ascii_uppercase());
        if let Some(kind) = old_foreigner(&text) {
            return Ok(Self { kind, text });
        }
        let bytes: &[u8; 18] = text.as_bytes().try_into().map_err(|_| WrongIdNumber::Length)?;
        let digits = text.get(..17).unwrap_or_default();
        let wanted = kiosk_check_character::of(digits).ok_or(WrongIdNumber::Character)?;
        birth_of(bytes).ok_or(WrongIdNumber::BirthDate)?;
        if !text.ends_with(wanted) {
            return Err(WrongIdNumber::Check);
        }
        let kind = match (&bytes[..2], &bytes[..1]) {
            (b"81" | b"82", _) => IdKind::HongKongMacao,
            (b"83", _) => IdKind::Taiwan,
            (_, b"9") => IdKind::Foreigner,
            _ => IdKind::Citizen,
        };
        Ok(Self { kind, text })
    }

    /// Whose document it belongs to.
    #[must_use]
    pub fn kind(&self) -> IdKind {
        self.kind
    }

    /// The whole number; keep it out of anything that is shown, printed or logged.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.text
    }

    /// What others may read of it.
    #[must_use]
    pub fn masked(&self) -> String {
        mask::id_number(&self.text)
    }

    /// The birth date that the number holds; the foreigners' number of 2017 holds none.
    #[must_use]
    pub fn birth(&self) -> Option<Date> {
        birth_of(self.text.as_bytes().try_into().ok()?)
    }
}

impl fmt::Debug for IdNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "IdNumber({})", self.masked())
    }
}

/// Why a text is no identity number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WrongIdNumber {
    /// Too short or too long.
    #[error("an identity number has 18 characters")]
    Length,
    /// Something but digits, or but `X` at the end.
    #[error("an identity number is digits, with a digit or X at the end")]
    Character,
    /// The eight digits of birth are no date.
    #[error("the number's birth date is no date")]
    BirthDate,
    /// The last character does not fit the others: a slip of the finger, mostly.
    #[error("the check character does not fit")]
    Check,
}

fn birth_of(bytes: &[u8; 18]) -> Option<Date> {
    let digits = |from: usize, to: usize| {
        bytes
            .get(from..to)?
            .iter()
            .try_fold(0_i16, |value, byte| byte.is_ascii_digit().then(|| value * 10 + i16::from(byte - b'0')))
    };
    let (year, month, day) = (digits(6, 10)?, digits(10, 12)?, digits(12, 14)?);
    let plausible = (1850..=2200).contains(&year);
    plausible.then(|| Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()).flatten()
}

fn old_foreigner(text: &str) -> Option<IdKind> {
    let (letters, digits) = text.as_bytes().split_at_checked(3)?;
    let fits = text.len() == 15
        && letters.iter().all(u8::is_ascii_uppercase)
        && digits.iter().all(u8::is_ascii_digit);
    fits.then_some(IdKind::Foreigner)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_standards_own_examples_pass() {
        for text in ["11010519491231002X", "440524188001010014", " 11010519491231002x "] {
            assert_eq!(IdNumber::parse(text).unwrap().kind(), IdKind::Citizen);
        }
        assert_eq!(
            IdNumber::parse("11010519491231002X").unwrap().birth(),
            Some(Date::constant(1949, 12, 31))
        );
    }

    #[test]
    fn each_fault_has_its_name() {
        for (text, fault) in [
            ("", WrongIdNumber::Length),
            ("1101051949123100", WrongIdNumber::Length),
            ("11010519491231002XX", WrongIdNumber::Length),
            ("1101051949123100X2", WrongIdNumber::Character),
            ("11010519491231002Ｘ", WrongIdNumber::Length),
            ("110105194902300021", WrongIdNumber::BirthDate),
            ("110105000012310021", WrongIdNumber::BirthDate),
            ("110105194912310021", WrongIdNumber::Check),
            ("110105194912310A2X", WrongIdNumber::Character),
            ("11010519491231002A", WrongIdNumber::Check),
        ] {
            assert_eq!(IdNumber::parse(text).unwrap_err(), fault, "{text}");
        }
    }

    #[test]
    fn permits_are_told_from_citizens() {
        // Made-up numbers with right check characters.
        for (text, kind) in [
            ("810000199408230021", IdKind::HongKongMacao),
            ("830000199201300022", IdKind::Taiwan),
            ("FRA110000000013", IdKind::Foreigner),
        ] {
            assert_eq!(IdNumber::parse(text).map(|n| n.kind()), Ok(kind), "{text}");
        }
    }

    #[test]
    fn nothing_prints_it_whole() {
        let number = IdNumber::parse("11010519491231002X").unwrap();
        assert_eq!(format!("{number:?}"), "IdNumber(110*************2X)");
    }

    proptest! {
        #[test]
        fn one_wrong_digit_is_always_seen(place in 0_usize..17, by in 1_u8..10) {
            let mut bytes = *b"11010519491231002X";
            bytes[place] = b'0' + (bytes[place] - b'0' + by) % 10;
            let text = String::from_utf8(bytes.to_vec()).unwrap();
            prop_assert!(IdNumber::parse(&text).is_err());
        }

        #[test]
        fn any_text_is_answered(text in "\\PC{0,24}") {
            let _ = IdNumber::parse(&text);
        }
    }
}
