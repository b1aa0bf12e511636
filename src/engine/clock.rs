//! The clocks: the one place where the kiosk reads them.

use std::time::{Duration, Instant};

use jiff::Timestamp;

use crate::domain::time::Now;

/// The machine's clocks, counted from when this was made.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    started: Instant,
}

impl Clock {
    /// Starts to count.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "the one place where the monotonic clock is read")]
    pub fn start() -> Self {
        Self { started: Instant::now() }
    }

    /// Both clocks at this instant.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "the one place where the clocks are read")]
    pub fn now(&self) -> Now {
        Now { wall: Timestamp::now(), mono: self.started.elapsed() }
    }

    /// The monotonic clock alone.
    #[must_use]
    pub fn mono(&self) -> Duration {
        self.started.elapsed()
    }
}

/// Randomness of the operating system.
#[derive(Clone, Copy, Debug)]
pub struct OsChance;

impl crate::domain::chance::Chance for OsChance {
    fn fill(&mut self, bytes: &mut [u8]) {
        if let Err(error) = getrandom::fill(bytes) {
            // Without randomness there are no ids and no nonces: nothing that could be done right.
            log::error!("the system gives no randomness: {error}");
            std::process::abort();
        }
    }
}
