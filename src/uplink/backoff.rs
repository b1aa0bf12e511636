//! How long to wait before trying again: exponential with full jitter, or as long as the platform asks.
//!
//! The delay is a pure function of the attempt, the platform's hint and a random fraction. Many terminals lose the
//! same platform at the same instant; jitter keeps them from coming back at the same instant.

use std::time::Duration;

/// The ceiling of the first delay; each further one doubles it.
pub const FIRST: Duration = Duration::from_millis(500);
/// The ceiling that no delay goes beyond, unless the platform asks for more. A hall's line that comes back is used
/// again within this time.
pub const MOST: Duration = Duration::from_secs(60);
/// The least delay, whatever the jitter.
pub const LEAST: Duration = Duration::from_millis(50);

/// The delay after the `attempt`th failure in a row (1 is the first), with `jitter` from 0 up to and without 1.
///
/// Without a hint: `jitter` of a ceiling that begins at [`FIRST`], doubles with each attempt and ends at [`MOST`], and
/// never under [`LEAST`]. With a hint: never before the hint, spread over at most [`FIRST`] after it.
pub fn delay(attempt: u32, hint: Option<Duration>, jitter: f64) -> Duration {
    let jitter = if (0.0..1.0).contains(&jitter) { jitter } else { 0.5 };
    match hint {
        Some(asked) => asked.saturating_add(FIRST.mul_f64(jitter)),
        None => {
            let doublings = attempt.saturating_sub(1).min(16);
            let ceiling = FIRST.saturating_mul(1 << doublings).min(MOST);
            ceiling.mul_f64(jitter).max(LEAST)
        }
    }
}

/// A way that closes after a failure and opens again by time alone. Times are durations since one origin.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Gate {
    failures: u32,
    opens_at: Duration,
}

impl Gate {
    /// When it may be tried again; in the past where it is open.
    pub fn opens_at(&self) -> Duration {
        self.opens_at
    }

    /// Failures since the last success.
    pub fn failures(&self) -> u32 {
        self.failures
    }

    /// Closes it after a failure at `now`.
    pub fn failed(&mut self, now: Duration, hint: Option<Duration>, jitter: f64) {
        self.failures = self.failures.saturating_add(1);
        self.opens_at = now.saturating_add(delay(self.failures, hint, jitter));
    }

    /// Closes it at least as long as a platform asks that otherwise answered well.
    pub fn hold_until(&mut self, moment: Duration) {
        self.opens_at = self.opens_at.max(moment);
    }

    /// Opens it and forgets all failures.
    pub fn succeeded(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(n: u64) -> Duration {
        Duration::from_millis(n)
    }

    #[test]
    fn the_ceiling_doubles_up_to_its_end() {
        let table =
            [(1, 500), (2, 1_000), (3, 2_000), (7, 32_000), (8, 60_000), (40, 60_000), (u32::MAX, 60_000)];
        for (attempt, ceiling) in table {
            assert_eq!(delay(attempt, None, 0.5), ms(ceiling / 2), "attempt {attempt}");
            assert_eq!(delay(attempt, None, 0.0), LEAST);
            assert!(delay(attempt, None, 0.999_999) < ms(ceiling));
        }
    }

    #[test]
    fn a_hint_is_never_undercut() {
        for jitter in [0.0, 0.3, 0.999, 1.0, -1.0, f64::NAN] {
            for asked in [0, 1, 30_000, 86_400_000] {
                let wait = delay(5, Some(ms(asked)), jitter);
                assert!(wait >= ms(asked) && wait <= ms(asked) + FIRST, "{asked} {jitter}: {wait:?}");
            }
        }
    }

    #[test]
    fn a_gate_closes_longer_each_time_and_forgets_on_success() {
        let mut gate = Gate::default();
        gate.failed(ms(1_000), None, 0.5);
        assert_eq!(gate.opens_at(), ms(1_250));
        gate.failed(ms(2_000), None, 0.5);
        assert_eq!((gate.opens_at(), gate.failures()), (ms(2_500), 2));
        gate.hold_until(ms(2_100));
        assert_eq!(gate.opens_at(), ms(2_500));
        gate.succeeded();
        assert_eq!(gate, Gate::default());
    }
}
