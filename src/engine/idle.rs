//! Whether somebody is still there: quiet, then a countdown that everybody sees, then home.

use std::time::Duration;

/// How long nobody needs to touch anything, and how long the countdown runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// Before the countdown.
    pub quiet: Duration,
    /// The countdown.
    pub countdown: Duration,
}

impl Patience {
    /// For everybody.
    pub const USUAL: Self = Self { quiet: Duration::from_secs(60), countdown: Duration::from_secs(15) };
    /// In elder mode.
    pub const ELDER: Self = Self { quiet: Duration::from_secs(120), countdown: Duration::from_secs(30) };
}

/// Where the quiet stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quiet {
    /// Somebody is there, or was just now; when the countdown begins.
    Calm {
        /// By the monotonic clock.
        until: Duration,
    },
    /// 您还在吗?
    Counting {
        /// Whole seconds left, at least 1.
        left: u64,
        /// When a second less is left.
        next: Duration,
    },
    /// Nobody is there.
    Over,
}

/// Since when nothing was touched.
#[derive(Clone, Copy, Debug, Default)]
pub struct Idle {
    since: Duration,
}

impl Idle {
    /// Somebody touched something, or a device showed that somebody is there.
    pub fn touched(&mut self, mono: Duration) {
        self.since = mono;
    }

    /// Where the quiet stands.
    #[must_use]
    pub fn state(self, mono: Duration, patience: Patience) -> Quiet {
        let begins = self.since + patience.quiet;
        let ends = begins + patience.countdown;
        if mono < begins {
            return Quiet::Calm { until: begins };
        }
        let left = ends.saturating_sub(mono);
        if left.is_zero() {
            return Quiet::Over;
        }
        let seconds = u64::try_from(left.as_nanos().div_ceil(1_000_000_000)).unwrap_or(u64::MAX);
        Quiet::Counting { left: seconds, next: ends.saturating_sub(Duration::from_secs(seconds - 1)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    #[test]
    fn sixty_seconds_then_fifteen_then_home() {
        let mut idle = Idle::default();
        idle.touched(at(1_000));
        for (mono, quiet) in [
            (1_000, Quiet::Calm { until: at(61_000) }),
            (60_999, Quiet::Calm { until: at(61_000) }),
            (61_000, Quiet::Counting { left: 15, next: at(62_000) }),
            (61_001, Quiet::Counting { left: 15, next: at(62_000) }),
            (62_000, Quiet::Counting { left: 14, next: at(63_000) }),
            (75_999, Quiet::Counting { left: 1, next: at(76_000) }),
            (76_000, Quiet::Over),
        ] {
            assert_eq!(idle.state(at(mono), Patience::USUAL), quiet, "at {mono} ms");
        }
    }

    #[test]
    fn a_touch_begins_the_quiet_anew() {
        let mut idle = Idle::default();
        assert!(matches!(idle.state(at(70_000), Patience::USUAL), Quiet::Counting { .. }));
        idle.touched(at(70_000));
        assert!(matches!(idle.state(at(70_000), Patience::USUAL), Quiet::Calm { .. }));
        assert!(matches!(Idle::default().state(at(100_000), Patience::ELDER), Quiet::Calm { .. }));
    }
}
