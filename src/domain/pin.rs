//! The technician's PIN (维护密码): six to twelve digits that open the service menu.
//!
//! It is whole in memory for as long as it is typed and tried, printed by nobody, and stands on disk only as what
//! [`crate::store`] makes of it.

use std::fmt;

use zeroize::Zeroizing;

/// Digits on their way to being a PIN: no more than the longest takes, wiped when dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct Digits(Zeroizing<String>);

impl Default for Digits {
    fn default() -> Self {
        // Room for all of it at once, so that no copy is left behind by growing.
        Self(Zeroizing::new(String::with_capacity(Pin::LONGEST)))
    }
}

impl Digits {
    /// Takes a digit where there is room for one more; anything else is left out.
    pub fn push(&mut self, key: char) {
        if key.is_ascii_digit() && self.count() < Pin::LONGEST {
            self.0.push(key);
        }
    }

    /// Takes the last digit away.
    pub fn pop(&mut self) {
        self.0.pop();
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// Whether they are enough to be tried.
    #[must_use]
    pub fn may_be_tried(&self) -> bool {
        self.count() >= Pin::SHORTEST
    }

    /// Takes all of them away to be tried. Whether they would do as a new PIN is not asked here.
    #[must_use]
    pub fn take(&mut self) -> Pin {
        Pin(std::mem::take(self).0)
    }
}

impl fmt::Debug for Digits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Digits(…)")
    }
}

/// A PIN, right or wrong.
#[derive(Clone, PartialEq, Eq)]
pub struct Pin(Zeroizing<String>);

impl Pin {
    /// The fewest digits.
    pub const SHORTEST: usize = 6;
    /// The most digits.
    pub const LONGEST: usize = 12;

    /// A new PIN, if nobody would guess it among the first.
    ///
    /// # Errors
    /// [`WeakPin`] says what is wrong with it.
    pub fn choose(text: &str) -> Result<Self, WeakPin> {
        if !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(WeakPin::NotDigits);
        }
        if !(Self::SHORTEST..=Self::LONGEST).contains(&text.len()) {
            return Err(WeakPin::Length);
        }
        if is_trivial(text.as_bytes()) {
            return Err(WeakPin::Trivial);
        }
        Ok(Self(Zeroizing::new(text.to_owned())))
    }

    /// The digits, for what makes its hash.
    #[must_use]
    pub fn reveal(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl fmt::Debug for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pin(…)")
    }
}

/// One or two different digits (`000000`, `121212`), a run up or down the keys (`123456`, `987654`), or one block twice
/// and more (`123123`).
fn is_trivial(digits: &[u8]) -> bool {
    let mut kinds = digits.to_vec();
    kinds.sort_unstable();
    kinds.dedup();
    let run = |step: u8| {
        digits.windows(2).all(|pair| match pair {
            [a, b] => (b - b'0') == (a - b'0' + step) % 10,
            _ => false,
        })
    };
    let repeats = |block: usize| {
        digits.len().is_multiple_of(block) && digits.chunks(block).all(|chunk| digits.starts_with(chunk))
    };
    kinds.len() <= 2 || run(1) || run(9) || (2..=digits.len() / 2).any(repeats)
}

/// Why digits make no PIN.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WeakPin {
    /// Something else than digits.
    #[error("a PIN is made of digits alone")]
    NotDigits,
    /// Too short or too long.
    #[error("a PIN has {} to {} digits", Pin::SHORTEST, Pin::LONGEST)]
    Length,
    /// Among the first that anybody tries.
    #[error("this PIN is too easy to guess")]
    Trivial,
}

impl WeakPin {
    /// The technician's next step.
    #[must_use]
    pub fn advice(self) -> &'static str {
        match self {
            Self::NotDigits | Self::Length => "choose 6 to 12 digits, since the screen has no other keys",
            Self::Trivial => "no run like 123456, no repetition like 123123, at least three different digits",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_anybody_tries_first_is_refused() {
        for trivial in [
            "000000",
            "123456",
            "654321",
            "890123",
            "210987",
            "121212",
            "112211",
            "123123",
            "12341234",
            "135135135",
        ] {
            assert_eq!(Pin::choose(trivial), Err(WeakPin::Trivial), "{trivial}");
        }
        for fine in ["271828", "135790", "123457", "001122", "908172635445"] {
            assert!(Pin::choose(fine).is_ok(), "{fine}");
        }
        assert_eq!(Pin::choose("27182"), Err(WeakPin::Length));
        assert_eq!(Pin::choose("2718281828459"), Err(WeakPin::Length));
        assert_eq!(Pin::choose(""), Err(WeakPin::Length));
        for other in ["27182x", "２７１８２８", " 271828", "-27182"] {
            assert_eq!(Pin::choose(other), Err(WeakPin::NotDigits), "{other}");
        }
    }

    #[test]
    fn digits_are_taken_once_and_print_nothing() {
        let mut digits = Digits::default();
        for key in "27x1828182845904523".chars() {
            digits.push(key);
        }
        assert_eq!((digits.count(), digits.may_be_tried()), (12, true));
        digits.pop();
        let said = format!("{digits:?}");
        let pin = digits.take();
        assert_eq!((pin.reveal(), digits.count()), (b"27182818284".as_slice(), 0));
        for said in [said, format!("{pin:?}")] {
            assert!(!said.chars().any(|c| c.is_ascii_digit()), "{said}");
        }
    }
}
