//! The number series of a class in a business day: counted up from the first, none twice, none after the last.

use crate::domain::class::Class;

/// What stands in the way of one more number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exhausted {
    /// The range is used up.
    Numbers,
    /// The site's daily limit is reached.
    DailyLimit,
}

/// The next number of the class, given the highest one of the day (void ones count: their paper may lie
/// somewhere) and how many were issued or are on their way.
pub fn next_number(class: &Class, last: Option<u32>, taken: u32) -> Result<u32, Exhausted> {
    if class.daily_limit.is_some_and(|limit| taken >= limit) {
        return Err(Exhausted::DailyLimit);
    }
    let next = match last {
        // A range whose start was raised during the day goes on from its new start.
        Some(last) => last.saturating_add(1).max(class.numbers.first()),
        None => class.numbers.first(),
    };
    if next > class.numbers.last() { Err(Exhausted::Numbers) } else { Ok(next) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::class::ClassLetter;

    fn class(numbers: &str, daily_limit: Option<u32>) -> Class {
        Class {
            letter: ClassLetter::new('A').unwrap(),
            name: "社会保障".into(),
            numbers: numbers.parse().unwrap(),
            daily_limit,
        }
    }

    #[test]
    fn a_day_starts_at_the_first_and_ends_after_the_last() {
        let class = class("001-003", None);
        assert_eq!(next_number(&class, None, 0), Ok(1));
        assert_eq!(next_number(&class, Some(2), 2), Ok(3));
        assert_eq!(next_number(&class, Some(3), 3), Err(Exhausted::Numbers));
    }

    #[test]
    fn the_limit_counts_issued_tickets_and_not_void_ones() {
        let class = class("001-999", Some(2));
        assert_eq!(next_number(&class, Some(7), 1), Ok(8));
        assert_eq!(next_number(&class, Some(8), 2), Err(Exhausted::DailyLimit));
    }

    proptest! {
        /// Any mix of kept and voided numbers: strictly rising, within the range, the limit never passed.
        #[test]
        fn numbers_rise_and_never_repeat(
            first in 0_u32..500, length in 0_u32..60, limit in prop::option::of(0_u32..40),
            kept in prop::collection::vec(any::<bool>(), 1..120),
        ) {
            let class = class(&format!("{first:03}-{:03}", first + length), limit);
            let (mut last, mut taken) = (None, 0);
            for keep in kept {
                match next_number(&class, last, taken) {
                    Ok(number) => {
                        prop_assert!(last.is_none_or(|last| number > last));
                        prop_assert!((first..=first + length).contains(&number));
                        last = Some(number);
                        taken += u32::from(keep);
                        prop_assert!(limit.is_none_or(|limit| taken <= limit));
                    }
                    Err(Exhausted::Numbers) => prop_assert_eq!(last, Some(first + length)),
                    Err(Exhausted::DailyLimit) => prop_assert!(limit.is_some_and(|limit| taken >= limit)),
                }
            }
        }
    }
}
