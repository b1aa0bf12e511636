//! The drivers' only reading of the time.
//!
//! Sessions are handed the time as a [`Duration`] since their runner began, so that tests can hand them any
//! time they like. Nothing else below `drivers/` may ask the system what time it is.

use std::time::{Duration, Instant};

/// A stopwatch that was started once and never stops.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    started: Instant,
}

impl Default for Clock {
    fn default() -> Self {
        Self::start()
    }
}

impl Clock {
    /// Starts at zero.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "this is the one place where drivers read the clock")]
    pub fn start() -> Self {
        Self { started: Instant::now() }
    }

    /// Time since the start; never goes back.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }
}

/// The end of a wait that may take several steps.
#[derive(Clone, Copy, Debug)]
pub struct Deadline {
    clock: Clock,
    within: Duration,
}

impl Deadline {
    /// Ends `within` from now.
    #[must_use]
    pub fn after(within: Duration) -> Self {
        Self { clock: Clock::start(), within }
    }

    /// What is left of it, zero once it has passed.
    #[must_use]
    pub fn left(&self) -> Duration {
        self.within.saturating_sub(self.clock.elapsed())
    }

    /// Whether nothing is left.
    #[must_use]
    pub fn passed(&self) -> bool {
        self.left().is_zero()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deadline_of_nothing_has_passed_and_a_long_one_has_not() {
        assert!(Deadline::after(Duration::ZERO).passed());
        let long = Deadline::after(Duration::from_secs(3600));
        assert!(!long.passed());
        assert!(long.left() <= Duration::from_secs(3600));
    }

    #[test]
    fn the_clock_does_not_go_back() {
        let clock = Clock::start();
        let first = clock.elapsed();
        assert!(clock.elapsed() >= first);
    }
}
