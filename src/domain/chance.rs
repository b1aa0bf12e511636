//! Randomness from outside, so that a whole day can be played again from its seed.

/// A source of random bytes.
pub trait Chance: Send {
    /// Fills `bytes`.
    fn fill(&mut self, bytes: &mut [u8]);
}

/// An array of random bytes.
pub fn bytes<const N: usize>(chance: &mut dyn Chance) -> [u8; N] {
    let mut bytes = [0; N];
    chance.fill(&mut bytes);
    bytes
}
