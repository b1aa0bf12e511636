//! All waiting of a session: one enum, one table.
//!
//! | timer | set when | runs out after | then |
//! |---|---|---|---|
//! | `Poll` | a round of questions ended | [`POLL_IDLE`], or [`POLL_BUSY`] while a job or paper is watched | the next round |
//! | `Answer` | a round was asked | [`ANSWER`] | a silence; [`SILENCES`] in a row: lost (while the printer may be too busy printing to answer, silences don't count) |
//! | `Printed` | a job's bytes were given out | the time that the line takes, and the paper at the profile's speed | status-only: ask and believe; all: silences count from here on |
//! | `Room` | a piece of a large job went to a printer that answers no question behind it | the time it takes, and a quarter | the next piece |
//! | `Job` | a job's bytes were given out | twice that and [`JOB_SLACK`] | the job ends unconfirmed |
//! | `Clear` | buffers are told to be cleared, or a probe was sent while clearing up | [`CLEAR`], [`PROBE`] | go on; probe again |
//! | `Quiet` | the probe was answered | [`QUIET`] without another queued answer | ready |
//! | `NotTaken` | paper lies at the mouth | [`NOT_TAKEN`] | it is called out |
//! | `TakeBack` | paper lies at the mouth | the profile's time | it is taken back |
//! | `TakenBack` | it was told to; no job is taken meanwhile | [`TAKEN_BACK`] | stuck, and no job until it is gone |

use std::time::Duration;

/// Between rounds while nothing happens.
pub(crate) const POLL_IDLE: Duration = Duration::from_millis(1000);
/// Between rounds while something happens.
pub(crate) const POLL_BUSY: Duration = Duration::from_millis(200);
/// For all answers of a round, once what was given out before has gone over the line. At 9600 baud question and
/// answers take 13 ms.
pub(crate) const ANSWER: Duration = Duration::from_millis(500);
/// So many silences in a row mean that the printer is lost.
pub(crate) const SILENCES: u8 = 3;
/// Beyond twice the printing time.
pub(crate) const JOB_SLACK: Duration = Duration::from_millis(4000);
/// For the answer to a cleared buffer.
pub(crate) const CLEAR: Duration = Duration::from_millis(500);
/// For the answer to a probe.
pub(crate) const PROBE: Duration = Duration::from_millis(2000);
/// Without late answers before a printer counts as ready.
pub(crate) const QUIET: Duration = Duration::from_millis(100);
/// Until paper at the mouth is called out.
pub(crate) const NOT_TAKEN: Duration = Duration::from_secs(10);
/// Until paper that was told to go back must be gone.
pub(crate) const TAKEN_BACK: Duration = Duration::from_secs(5);
/// A status older than this is not known any more: a job is refused rather than risked.
pub(crate) const FRESH: Duration = Duration::from_millis(3000);

/// What is waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Timer {
    Poll,
    Answer,
    Printed,
    Room,
    Job,
    Clear,
    Quiet,
    NotTaken,
    TakeBack,
    TakenBack,
}

const ALL: [Timer; 10] = [
    Timer::Answer,
    Timer::Clear,
    Timer::Quiet,
    Timer::Printed,
    Timer::Room,
    Timer::Job,
    Timer::Poll,
    Timer::NotTaken,
    Timer::TakeBack,
    Timer::TakenBack,
];

/// When each runs out, as the time since the session's origin.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Deadlines([Option<Duration>; ALL.len()]);

impl Deadlines {
    fn slot(&mut self, timer: Timer) -> Option<&mut Option<Duration>> {
        self.0.get_mut(timer as usize)
    }

    pub(crate) fn set(&mut self, timer: Timer, at: Duration) {
        if let Some(slot) = self.slot(timer) {
            *slot = Some(at);
        }
    }

    pub(crate) fn stop(&mut self, timer: Timer) {
        if let Some(slot) = self.slot(timer) {
            *slot = None;
        }
    }

    pub(crate) fn is_set(&self, timer: Timer) -> bool {
        self.0.get(timer as usize).is_some_and(Option::is_some)
    }

    /// The next to run out.
    pub(crate) fn next(&self) -> Option<Duration> {
        self.0.iter().flatten().min().copied()
    }

    /// One that has run out by `now`, earliest first; it is stopped.
    pub(crate) fn expired(&mut self, now: Duration) -> Option<Timer> {
        let due =
            ALL.into_iter().filter_map(|timer| Some((self.0.get(timer as usize).copied().flatten()?, timer)));
        let (at, timer) = due.min_by_key(|(at, _)| *at)?;
        if at > now {
            return None;
        }
        self.stop(timer);
        Some(timer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timers_run_out_in_order_and_once() {
        let mut deadlines = Deadlines::default();
        assert_eq!(deadlines.next(), None);
        deadlines.set(Timer::Poll, Duration::from_secs(3));
        deadlines.set(Timer::Answer, Duration::from_secs(2));
        deadlines.set(Timer::Job, Duration::from_secs(9));
        deadlines.stop(Timer::Job);
        assert_eq!(deadlines.next(), Some(Duration::from_secs(2)));
        assert_eq!(deadlines.expired(Duration::from_secs(1)), None);
        assert_eq!(deadlines.expired(Duration::from_secs(5)), Some(Timer::Answer));
        assert_eq!(deadlines.expired(Duration::from_secs(5)), Some(Timer::Poll));
        assert_eq!(deadlines.expired(Duration::from_secs(50)), None);
    }
}
