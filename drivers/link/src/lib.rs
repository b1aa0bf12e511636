//! Byte pipes to devices: serial line, USB bulk, TCP, and what tests and simulators need of them.
//!
//! A link moves bytes and knows when they did not move. It never knows what the bytes mean;
//! framing, commands and sessions are the drivers' own.
//!
//! | module | holds |
//! |---|---|
//! | [`PortUrl`] | the URL of a port, as `site.toml` writes it |
//! | [`open`] | from the URL to a [`Link`] |
//! | [`clock`] | the one place where drivers read the time |
//! | [`Pty`], [`TcpFarEnd`] | the device's end of a pseudo-terminal or of a TCP port, for simulators |
//! | [`ScriptedLink`] | a strict partner for tests |
//! | [`RecordedUsb`] | a USB device made of a record of its transfers, for tests |

#![deny(missing_docs, clippy::indexing_slicing)]

pub mod clock;
mod error;
mod far_end;
mod open;
mod pty;
mod scripted;
mod serial;
mod tcp;
mod url;
mod usb;

use std::num::NonZeroU32;
use std::time::Duration;

pub use error::LinkError;
pub use far_end::{FarEnd, TcpFarEnd};
pub use open::open;
pub use pty::Pty;
pub use scripted::ScriptedLink;
pub use url::{PortUrl, PortUrlError, UsbWhich};
pub use usb::{RecordError, RecordedUsb};

/// A byte pipe to one device, owned by the one thread that talks to it.
pub trait Link: Send {
    /// Sends all of `bytes`, or fails once `within` has passed.
    ///
    /// # Errors
    /// [`LinkError::Timeout`] where the device did not take the bytes in time (some may have gone),
    /// else what the port reported. After any error the link is opened anew.
    fn send(&mut self, bytes: &[u8], within: Duration) -> Result<(), LinkError>;

    /// Waits up to `within` for bytes and puts them at the front of `into`; `Ok(0)` is silence, not an end.
    ///
    /// # Errors
    /// [`LinkError::Gone`] where the device went away, else what the port reported.
    fn receive(&mut self, into: &mut [u8], within: Duration) -> Result<usize, LinkError>;

    /// Bytes a second that it takes, where its speed is set and not the device's own.
    fn bytes_per_second(&self) -> Option<NonZeroU32> {
        None
    }
}
