//! From when to when a card is valid.

use super::CardDate;

/// The period of a card's validity. Its end never lies before its beginning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Validity {
    from: CardDate,
    until: Until,
}

/// The end of a card's validity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Until {
    /// The last day on which it is valid.
    Day(CardDate),
    /// 长期: without an end, as the old have it.
    LongTerm,
}

/// What the validity comes to on a certain day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValidityState {
    /// The first day is still to come, or the clock is wrong.
    NotYet,
    /// Valid.
    Valid,
    /// The last day has gone by.
    Expired,
}

impl Validity {
    /// Reads the two fields of a card, `YYYYMMDD` each, the second perhaps 长期.
    pub(super) fn parse(from: &str, to: &str) -> Option<Self> {
        let from = CardDate::parse(from)?;
        let until = match to {
            "长期" => Until::LongTerm,
            day => Until::Day(CardDate::parse(day).filter(|&day| day >= from)?),
        };
        Some(Self { from, until })
    }

    /// The first day.
    #[must_use]
    pub fn from(self) -> CardDate {
        self.from
    }

    /// The end.
    #[must_use]
    pub fn until(self) -> Until {
        self.until
    }

    /// What it comes to on that day.
    #[must_use]
    pub fn on(self, day: CardDate) -> ValidityState {
        match self.until {
            _ if day < self.from => ValidityState::NotYet,
            Until::Day(last) if last < day => ValidityState::Expired,
            Until::Day(_) | Until::LongTerm => ValidityState::Valid,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_and_last_day_are_valid() {
        let on = |to, day| Validity::parse("20200101", to).unwrap().on(CardDate::parse(day).unwrap());
        assert_eq!(on("20300101", "20191231"), ValidityState::NotYet);
        assert_eq!(on("20300101", "20200101"), ValidityState::Valid);
        assert_eq!(on("20300101", "20300101"), ValidityState::Valid);
        assert_eq!(on("20300101", "20300102"), ValidityState::Expired);
        assert_eq!(on("长期", "29991231"), ValidityState::Valid);
        assert_eq!(on("长期", "20191231"), ValidityState::NotYet);
    }

    #[test]
    fn what_is_no_period_does_not_read() {
        for (from, to) in [("", "长期"), ("20200101", ""), ("20200101", "20191231"), ("长期", "长期")] {
            assert_eq!(Validity::parse(from, to), None, "{from} {to}");
        }
    }
}
