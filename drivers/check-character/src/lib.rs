//! The check character of identity numbers: GB 11643, which is ISO 7064 MOD 11-2 over seventeen digits.
//!
//! A crate of its own, since both the card driver and the terminal's keypad need this one table and neither may
//! know the other. It holds no data and does no I/O.

#![deny(missing_docs, clippy::indexing_slicing)]

/// Weights of the seventeen digits, from the left: 2^(17-i) mod 11.
const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
/// The character for each weighted sum mod 11.
const CHARACTERS: [char; 11] = ['1', '0', 'X', '9', '8', '7', '6', '5', '4', '3', '2'];

/// The character that seventeen digits ask for; `None` where they are not seventeen digits.
///
/// ```
/// // The example in GB 11643.
/// assert_eq!(kiosk_check_character::of("11010519491231002"), Some('X'));
/// assert_eq!(kiosk_check_character::of("1101051949123100"), None);
/// ```
#[must_use]
pub fn of(digits: &str) -> Option<char> {
    if digits.chars().count() != WEIGHTS.len() {
        return None;
    }
    let mut sum = 0;
    for (digit, weight) in digits.chars().zip(WEIGHTS) {
        sum += digit.to_digit(10)? * weight;
    }
    CHARACTERS.into_iter().nth(usize::try_from(sum % 11).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_standards_own_examples() {
        assert_eq!(of("11010519491231002"), Some('X'));
        assert_eq!(of("44052418800101001"), Some('4'));
    }

    #[test]
    fn anything_but_seventeen_digits_has_none() {
        for text in ["", "1101051949123100", "110105194912310021", "1101051949123100X", "１1010519491231002"]
        {
            assert_eq!(of(text), None, "{text}");
        }
    }
}
