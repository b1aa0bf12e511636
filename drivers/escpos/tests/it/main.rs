//! The driver over every kind of port: a line, the network, recorded USB transfers.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

#[cfg(test)]
mod bench;
#[cfg(test)]
mod pty;
#[cfg(test)]
mod tcp;
#[cfg(test)]
mod usb;
