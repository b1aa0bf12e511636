//! An identity number while it is typed: whole in memory, nowhere else.

use std::fmt;

use zeroize::Zeroizing;

use crate::domain::id_number::IdNumber;

/// What is shown of a typed number at its two ends.
const SHOWN_HEAD: usize = 3;
const SHOWN_TAIL: usize = 2;

/// Characters of a number so far; prints how many, wiped when dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct Typed(Zeroizing<String>);

impl Default for Typed {
    fn default() -> Self {
        // Room for all of it at once, so that no copy is left behind by growing.
        Self(Zeroizing::new(String::with_capacity(IdNumber::LENGTH)))
    }
}

impl Typed {
    /// Takes a key where it has a place: digits anywhere, `X` only as the last of eighteen.
    pub fn push(&mut self, key: char) {
        let place = self.count();
        let fits = key.is_ascii_digit() || (key == 'X' && place + 1 == IdNumber::LENGTH);
        if place < IdNumber::LENGTH && fits {
            self.0.push(key);
        }
    }

    /// Takes the last character away.
    pub fn pop(&mut self) {
        self.0.pop();
    }

    /// How many characters there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// Whether all of them are there.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.count() == IdNumber::LENGTH
    }

    /// The characters; for the check and for the one who holds 按住看.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// The same with its middle hidden: first three and, of a whole number, last two.
    #[must_use]
    pub fn dotted(&self) -> Self {
        let hidden = |place: usize| place >= SHOWN_HEAD && place + SHOWN_TAIL < IdNumber::LENGTH;
        let dotted = self.0.chars().enumerate().map(|(place, c)| if hidden(place) { '•' } else { c });
        Self(Zeroizing::new(dotted.collect()))
    }
}

impl fmt::Debug for Typed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Typed({} characters)", self.0.chars().count())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_have_their_places() {
        let mut typed = Typed::default();
        for key in "X5108231956021400X9X1".chars() {
            typed.push(key);
        }
        assert_eq!(typed.reveal(), "51082319560214009X");
        assert!(typed.is_complete());
        assert_eq!(typed.dotted().reveal(), "510•••••••••••••9X");
        assert_eq!(format!("{typed:?}"), "Typed(18 characters)");
        typed.pop();
        assert_eq!((typed.count(), typed.is_complete()), (17, false));
    }
}
