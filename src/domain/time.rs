//! An instant as the terminal knows it: what the wall clock says, and how long the process has run.

use std::time::Duration;

use jiff::Timestamp;

/// Both clocks, read at one instant and handed in from outside.
///
/// The wall clock may be wrong or jump; the monotonic one only tells how much time has passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Now {
    /// The system's wall clock, UTC.
    pub wall: Timestamp,
    /// Time since the process started, the machine's sleep counted in; never goes back.
    pub mono: Duration,
}
