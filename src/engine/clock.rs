//! The clocks: the one place where the kiosk reads them.
//!
//! Time passed is read from the clock that goes on while the machine sleeps (`CLOCK_BOOTTIME`, see clock_gettime(2)):
//! what the platform said in the evening is counted on through the night, whether the terminal slept or not.

use std::time::Duration;

use jiff::Timestamp;
use rustix::time::{ClockId, clock_gettime};

use crate::domain::time::Now;

/// The machine's clocks, counted from when this was made.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    started: Duration,
}

impl Clock {
    /// Starts to count.
    #[must_use]
    pub fn start() -> Self {
        Self { started: since_boot() }
    }

    /// Both clocks at this instant.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "the one place where the clocks are read")]
    pub fn now(&self) -> Now {
        Now { wall: Timestamp::now(), mono: self.mono() }
    }

    /// Time passed alone.
    #[must_use]
    pub fn mono(&self) -> Duration {
        since_boot().saturating_sub(self.started)
    }
}

/// Time since the machine started, asleep or awake; it never goes back.
fn since_boot() -> Duration {
    // Neither part is ever below zero for this clock.
    Duration::try_from(clock_gettime(ClockId::Boottime)).unwrap_or_default()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_passes_as_the_machine_counts_it() {
        let clock = Clock::start();
        let (first, second) = (clock.mono(), clock.now().mono);
        assert!(first <= second && second < Duration::from_secs(60));
        // As /proc/uptime has it, which counts sleep too: seconds with two places.
        let text = std::fs::read_to_string("/proc/uptime").unwrap();
        let uptime: f64 = text.split(' ').next().unwrap().parse().unwrap();
        assert!((since_boot().as_secs_f64() - uptime).abs() < 5.0);
    }
}
