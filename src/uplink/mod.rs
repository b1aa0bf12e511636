//! The way up to the provincial platform: every committed event goes there, in order per subject, once in effect.
//!
//! | file | what |
//! |---|---|
//! | [`profile`] | what differs between platforms, read from a file |
//! | [`sign`], [`key_file`] | signed text, the two signature algorithms, keys from files |
//! | [`wire`] | the JSON that goes over the wire |
//! | [`outbound`] | an event on its way and what became of it |
//! | [`error`] | why the platform could not be used, and what a technician can do |
//! | [`backoff`], [`retry_after`] | how long to wait before trying again |
//! | [`delivery`], [`held`] | what to send next and when: a pure machine without socket or clock |
//! | [`client`], [`endpoint`] | one signed HTTP exchange, its answer checked before it is believed |
//! | [`worker`], [`progress`] | the thread that joins an outbox, the machine and the client, and what it tells of itself |
//!
//! Nothing here reads a clock or the system's randomness: both come in through [`Surroundings`]. Nothing here logs
//! the body of an event or of an answer, since both may hold personal data.

pub mod backoff;
pub mod client;
pub mod delivery;
pub mod endpoint;
pub mod error;
pub mod held;
pub mod key_file;
pub mod outbound;
pub mod profile;
pub mod progress;
pub mod retry_after;
pub mod sign;
pub mod wire;
pub mod worker;

use std::time::Duration;

/// Time and randomness, brought in from outside so that tests and simulations rule over both.
pub trait Surroundings: Send + Sync {
    /// Time since an origin of the caller's choice (say, the start of the process); it never goes back.
    fn uptime(&self) -> Duration;

    /// The wall clock in milliseconds since 1970-01-01T00:00:00Z. It may be wrong and may jump.
    fn wall_ms(&self) -> i64;

    /// Fills `bytes` with randomness that nobody outside can guess: nonces are made of it.
    fn fill_random(&self, bytes: &mut [u8]);

    /// A number from 0 up to and without 1, for jitter.
    fn fraction(&self) -> f64 {
        let mut bytes = [0_u8; 4];
        self.fill_random(&mut bytes);
        f64::from(u32::from_le_bytes(bytes)) / (f64::from(u32::MAX) + 1.0)
    }
}
