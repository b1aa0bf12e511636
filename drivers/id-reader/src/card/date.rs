//! A day as cards write it: eight digits, and a real one.

use std::fmt;

use zeroize::Zeroize;

/// A day of the Gregorian calendar, 1800–2999. Prints masked: it may be somebody's birth date.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Zeroize)]
pub struct CardDate {
    year: u16,
    month: u8,
    day: u8,
}

impl CardDate {
    /// A day by its numbers, `None` where there is no such day.
    #[must_use]
    pub fn new(year: u16, month: u8, day: u8) -> Option<Self> {
        let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
        let days = match month {
            1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
            4 | 6 | 9 | 11 => 30,
            2 if leap => 29,
            2 => 28,
            _ => return None,
        };
        let real = (1800..=2999).contains(&year) && (1..=days).contains(&day);
        real.then_some(Self { year, month, day })
    }

    /// Reads `YYYYMMDD`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() != 8 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        Self::new(text.get(..4)?.parse().ok()?, text.get(4..6)?.parse().ok()?, text.get(6..)?.parse().ok()?)
    }

    /// The year, 1800–2999.
    #[must_use]
    pub fn year(self) -> u16 {
        self.year
    }

    /// The month, 1–12.
    #[must_use]
    pub fn month(self) -> u8 {
        self.month
    }

    /// The day of the month, 1–31.
    #[must_use]
    pub fn day(self) -> u8 {
        self.day
    }

    /// Whole years from this day to `today`, as an age is counted; 0 where this day is still to come.
    #[must_use]
    pub fn years_until(self, today: Self) -> u16 {
        let years = today.year.saturating_sub(self.year);
        let birthday_is_to_come = (today.month, today.day) < (self.month, self.day);
        years.saturating_sub(u16::from(birthday_is_to_come))
    }
}

/// `YYYY-MM-DD`
impl fmt::Display for CardDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

impl fmt::Debug for CardDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CardDate(***)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn real_days_read_and_others_do_not() {
        for good in ["19900307", "20000229", "20240229", "18800101", "20201231"] {
            let date = CardDate::parse(good).unwrap();
            assert_eq!(date.to_string().replace('-', ""), good);
        }
        let wrong = [
            "",
            "1990030",
            "199003071",
            "19900230",
            "19000229",
            "20230229",
            "19901301",
            "19900001",
            "19900100",
            "19900431",
            "17991231",
            "30000101",
            "1990 307",
            "+1990307",
            "１９９０",
            "199003O7",
        ];
        for text in wrong {
            assert_eq!(CardDate::parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn ages_change_on_the_birthday() {
        let born = CardDate::parse("19610315").unwrap();
        let age = |today: &str| born.years_until(CardDate::parse(today).unwrap());
        assert_eq!((age("20260314"), age("20260315"), age("20260316")), (64, 65, 65));
        assert_eq!((age("19610315"), age("19600101")), (0, 0));
    }

    #[test]
    fn days_are_ordered_and_print_masked() {
        let (earlier, later) = (CardDate::parse("20191231").unwrap(), CardDate::parse("20200101").unwrap());
        assert!(earlier < later);
        assert_eq!(format!("{earlier:?}"), "CardDate(***)");
    }
}
