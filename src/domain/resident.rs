//! The person in front of the terminal, as far as the terminal knows.

use std::fmt;

use jiff::civil::Date;
use zeroize::Zeroizing;

use super::id_number::IdNumber;
use super::mask;
use super::priority::Priority;

/// A name; prints masked, wiped when dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct PersonName(Zeroizing<String>);

impl PersonName {
    /// The name as the card has it, surrounding blanks dropped.
    #[must_use]
    pub fn new(whole: &str) -> Self {
        Self(Zeroizing::new(whole.trim().to_owned()))
    }

    /// The whole name; keep it out of anything that is shown, printed or logged.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// What others may read of it.
    #[must_use]
    pub fn masked(&self) -> String {
        mask::name(&self.0)
    }
}

impl fmt::Debug for PersonName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PersonName({})", self.masked())
    }
}

/// Who takes a ticket. Prints masked: a birth date is what the masked number hides.
#[derive(Clone, PartialEq, Eq)]
pub struct Resident {
    /// From the card; a typed number brings none.
    pub name: Option<PersonName>,
    /// The identity number.
    pub id: IdNumber,
    /// Birth date, from the card or from the number.
    pub birth: Option<Date>,
    /// Last day on which the card is valid; `None` where it has none (长期) or where none was read.
    pub valid_until: Option<Date>,
}

impl fmt::Debug for Resident {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Resident").field("name", &self.name).field("id", &self.id).finish_non_exhaustive()
    }
}

impl Resident {
    /// A resident known by a typed number alone.
    #[must_use]
    pub fn typed(id: IdNumber) -> Self {
        Self { name: None, birth: id.birth(), id, valid_until: None }
    }

    /// Whole years on that day, where the birth date is known.
    #[must_use]
    pub fn age_on(&self, day: Date) -> Option<i16> {
        let birth = self.birth?;
        let before_birthday = (day.month(), day.day()) < (birth.month(), birth.day());
        Some(day.year() - birth.year() - i16::from(before_birthday))
    }

    /// Whether age alone gives priority on that day.
    #[must_use]
    pub fn is_elder_on(&self, day: Date) -> bool {
        self.age_on(day).is_some_and(|age| age >= Priority::ELDER_AGE)
    }

    /// Whether the card had run out by that day.
    #[must_use]
    pub fn expired_on(&self, day: Date) -> bool {
        self.valid_until.is_some_and(|until| until < day)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn age_counts_birthdays() {
        let someone = Resident::typed(IdNumber::parse("11010519491231002X").unwrap());
        for (day, age) in [((2014, 12, 30), 64), ((2014, 12, 31), 65), ((2015, 1, 1), 65)] {
            let day = Date::new(day.0, day.1, day.2).unwrap();
            assert_eq!(someone.age_on(day), Some(age));
            assert_eq!(someone.is_elder_on(day), age >= 65);
        }
    }

    #[test]
    fn a_card_is_valid_on_its_last_day() {
        let mut someone = Resident::typed(IdNumber::parse("11010519491231002X").unwrap());
        let last = Date::constant(2026, 11, 24);
        assert!(!someone.expired_on(last));
        someone.valid_until = Some(last);
        assert!(!someone.expired_on(last));
        assert!(someone.expired_on(last.tomorrow().unwrap()));
    }

    #[test]
    fn debug_shows_no_one() {
        let mut someone = Resident::typed(IdNumber::parse("11010519491231002X").unwrap());
        someone.name = Some(PersonName::new("张三"));
        let text = format!("{someone:?}");
        assert!(text.contains("张*") && !text.contains("张三") && !text.contains("19491231002"), "{text}");
        assert!(!text.contains("1949"), "{text}");
    }
}
