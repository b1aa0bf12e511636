//! The time: the true one, and what the terminal's wall clock makes of it.

use std::time::Duration;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use kiosk::domain::time::Now;

/// All clocks of a day.
#[derive(Debug)]
pub struct Times {
    /// Since the day began; moved by the world alone.
    pub now: Duration,
    /// What the wall clock says above the true time.
    pub wrong_by: SignedDuration,
    /// Whether the wall clock was ever wrong.
    pub ever_wrong: bool,
    origin: Timestamp,
}

impl Times {
    /// A day that begins at that true time.
    pub fn begin(origin: Timestamp) -> Self {
        Self { now: Duration::ZERO, wrong_by: SignedDuration::ZERO, ever_wrong: false, origin }
    }

    /// The true time.
    pub fn truth(&self) -> Timestamp {
        self.origin + SignedDuration::try_from(self.now).unwrap()
    }

    /// The true time, milliseconds since 1970.
    pub fn true_ms(&self) -> i64 {
        self.truth().as_millisecond()
    }

    /// What the wall clock says.
    pub fn wall(&self) -> Timestamp {
        self.truth() + self.wrong_by
    }

    /// Sets the wall clock.
    pub fn set_wall(&mut self, to: Timestamp) {
        self.wrong_by = self.truth().duration_until(to);
        self.ever_wrong |= self.wrong_by != SignedDuration::ZERO;
    }

    /// What a program sees that was started at `started`.
    pub fn seen(&self, started: Duration) -> Now {
        Now { wall: self.wall(), mono: self.now - started }
    }

    /// The date in the hall.
    pub fn date(&self) -> Date {
        self.truth().to_zoned_datetime(zone()).date()
    }
}

/// The hall's time zone.
pub fn zone() -> TimeZone {
    TimeZone::get("Asia/Shanghai").unwrap()
}
