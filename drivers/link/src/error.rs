//! Why a port could not be opened or stopped carrying bytes.

use std::io;

/// Causes that a supervisor can act on.
#[derive(Debug, thiserror::Error)]
pub enum LinkError {
    /// Nothing is there under that name: unplugged, or never plugged in.
    #[error("no device at {port}")]
    NotFound {
        /// The port's URL.
        port: String,
    },
    /// The device is there but this user may not open it.
    #[error("not allowed to open {port}")]
    Denied {
        /// The port's URL.
        port: String,
    },
    /// Another program holds the port.
    #[error("{port} is used by another program")]
    Busy {
        /// The port's URL.
        port: String,
    },
    /// The device is there, and none of its interfaces carries bytes both ways: it is another device, or a printer that
    /// never answers.
    #[error("{port} has no interface that carries bytes both ways")]
    Unsuitable {
        /// The port's URL.
        port: String,
    },
    /// It refused a transfer; it takes the next once it is opened anew.
    #[error("the device refused a transfer (stall)")]
    Stalled,
    /// It was open and went away.
    #[error("the device went away")]
    Gone,
    /// The device did not take the bytes in time.
    #[error("the device did not take the bytes in time")]
    Timeout,
    /// Anything else that the system reported.
    #[error("the port failed: {0}")]
    Io(#[from] io::Error),
}
