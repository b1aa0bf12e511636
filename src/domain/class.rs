//! Service classes (业务类别) and the numbers that their tickets carry.

use std::fmt;
use std::str::FromStr;

/// The letter of a service class, `A`…`Z`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClassLetter(u8);

impl ClassLetter {
    /// The class of that letter, where it is one of `A`…`Z`.
    #[must_use]
    pub fn new(letter: char) -> Option<Self> {
        u8::try_from(letter).ok().filter(u8::is_ascii_uppercase).map(Self)
    }

    /// The letter itself.
    #[must_use]
    pub fn letter(self) -> char {
        char::from(self.0)
    }
}

impl fmt::Display for ClassLetter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.letter())
    }
}

impl FromStr for ClassLetter {
    type Err = NotAClassLetter;

    fn from_str(text: &str) -> Result<Self, NotAClassLetter> {
        let mut chars = text.chars();
        match (chars.next().and_then(Self::new), chars.next()) {
            (Some(letter), None) => Ok(letter),
            _ => Err(NotAClassLetter),
        }
    }
}

/// A class is named by one capital letter, and this was something else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a class is one capital letter, A to Z")]
pub struct NotAClassLetter;

/// The numbers that a class gives out in one business day: `001-999`, first to last, both included.
///
/// The width of the text is the width on paper: `001-999` prints `A007`, `1-99` prints `A7`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NumberRange {
    first: u32,
    last: u32,
    width: u8,
}

impl NumberRange {
    /// First number of the day.
    #[must_use]
    pub fn first(self) -> u32 {
        self.first
    }

    /// Last number of the day; after it the class is full.
    #[must_use]
    pub fn last(self) -> u32 {
        self.last
    }

    /// Digits on paper, padded with zeros on the left.
    #[must_use]
    pub fn width(self) -> u8 {
        self.width
    }
}

impl FromStr for NumberRange {
    type Err = NotANumberRange;

    fn from_str(text: &str) -> Result<Self, NotANumberRange> {
        let digits = |part: &str| {
            let part = part.trim();
            (1..=6).contains(&part.len()).then_some(())?;
            part.bytes().all(|b| b.is_ascii_digit()).then_some(())?;
            Some((part.parse::<u32>().ok()?, u8::try_from(part.len()).ok()?))
        };
        let (first, last) = text.split_once('-').ok_or(NotANumberRange)?;
        let (Some((first, width)), Some((last, _))) = (digits(first), digits(last)) else {
            return Err(NotANumberRange);
        };
        if first > last {
            return Err(NotANumberRange);
        }
        Ok(Self { first, last, width })
    }
}

/// The text names no range of numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a range of numbers is FIRST-LAST, at most six digits each, FIRST not above LAST, as in 001-999")]
pub struct NotANumberRange;

/// A class as the site configures it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Class {
    /// Its letter, unique in the site.
    pub letter: ClassLetter,
    /// What residents read: 社会保障.
    pub name: String,
    /// The numbers of one business day.
    pub numbers: NumberRange,
    /// Most tickets issued in one business day, where the site sets a limit below the range.
    pub daily_limit: Option<u32>,
}

/// What a ticket is called: letter and number, `A023`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TicketNumber {
    /// The class.
    pub class: ClassLetter,
    /// The number in the class and business day.
    pub number: u32,
    /// Digits on paper.
    pub width: u8,
}

impl fmt::Display for TicketNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{:0width$}", self.class, self.number, width = usize::from(self.width))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_is_one_capital() {
        assert_eq!("A".parse::<ClassLetter>().unwrap().letter(), 'A');
        for wrong in ["", "a", "AB", "1", "社", " A"] {
            assert_eq!(wrong.parse::<ClassLetter>(), Err(NotAClassLetter), "{wrong:?}");
        }
    }

    #[test]
    fn a_range_keeps_the_width_of_its_first_number() {
        let range: NumberRange = "001-999".parse().unwrap();
        assert_eq!((range.first(), range.last(), range.width()), (1, 999, 3));
        let number = TicketNumber { class: ClassLetter::new('A').unwrap(), number: 7, width: range.width() };
        assert_eq!(number.to_string(), "A007");
        for wrong in ["", "1", "9-1", "-5", "1-", "a-b", "0000001-2", "1-2-3", "１-２"] {
            assert_eq!(wrong.parse::<NumberRange>(), Err(NotANumberRange), "{wrong:?}");
        }
    }
}
