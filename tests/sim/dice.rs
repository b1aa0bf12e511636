//! Chance from a seed: whatever is random in a simulated day is drawn here, so that the seed is the whole day.

use std::time::Duration;

use kiosk::domain::chance::Chance;

/// A source of chance of its own for each part of the day: one that draws more does not change the others.
#[derive(Debug)]
pub struct Dice(fastrand::Rng);

impl Dice {
    /// The dice of one part of the day.
    pub fn new(seed: u64, part: &str) -> Self {
        Self(fastrand::Rng::with_seed(seed ^ fingerprint([part])))
    }

    /// Whether something of that probability happens.
    pub fn happens(&mut self, probability: f64) -> bool {
        self.0.f64() < probability
    }

    /// A time between the two, milliseconds.
    pub fn ms(&mut self, least: u64, most: u64) -> Duration {
        Duration::from_micros(self.0.u64(least * 1_000..=most * 1_000))
    }

    /// A number between the two, both included.
    pub fn number(&mut self, least: u64, most: u64) -> u64 {
        self.0.u64(least..=most)
    }

    /// One of them.
    pub fn pick<T: Clone>(&mut self, from: &[T]) -> T {
        from[self.0.usize(0..from.len())].clone()
    }

    /// From 0 up to and without 1.
    pub fn fraction(&mut self) -> f64 {
        self.0.f64()
    }
}

impl Chance for Dice {
    fn fill(&mut self, bytes: &mut [u8]) {
        self.0.fill(bytes);
    }
}

/// FNV-1a over the lines: tells two days apart.
pub fn fingerprint<'l>(lines: impl IntoIterator<Item = &'l str>) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for line in lines {
        for byte in line.bytes().chain([b'\n']) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    hash
}
