//! What the uplink tells of itself: whether the platform answers, since when not and why, and what was done so far.

use crate::uplink::client::PlatformClock;
use crate::uplink::error::PlatformError;
use crate::uplink::worker::OutboxError;

/// The uplink's state at one instant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Whether the platform answers.
    pub link: Link,
    /// Events that the platform has, since the start of the program; duplicates are in it.
    pub delivered: u64,
    /// Those of them that it had already.
    pub duplicates: u64,
    /// Events that became dead letters since the start of the program.
    pub dead: u64,
    /// Subjects that are held back now.
    pub held: usize,
    /// The platform's clock as it was learnt last.
    pub platform_clock: Option<PlatformClock>,
}

impl Default for Progress {
    fn default() -> Self {
        Self { link: Link::Untried, delivered: 0, duplicates: 0, dead: 0, held: 0, platform_clock: None }
    }
}

/// Whether the platform answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Link {
    /// Nothing was asked yet.
    Untried,
    /// The last exchange was good.
    Online,
    /// The last exchange failed.
    Offline {
        /// Why.
        cause: Cause,
        /// When it began, by the terminal's wall clock, milliseconds since 1970.
        since_ms: i64,
        /// When it is tried again, by the same clock.
        next_try_ms: i64,
    },
}

/// Why nothing goes up.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Cause {
    /// The line or the platform.
    #[error(transparent)]
    Platform(#[from] PlatformError),
    /// The terminal's own store.
    #[error(transparent)]
    Outbox(#[from] OutboxError),
}

impl Cause {
    /// The technician's next step.
    pub fn advice(&self) -> &'static str {
        match self {
            Self::Platform(error) => error.advice(),
            Self::Outbox(error) => error.advice(),
        }
    }
}
