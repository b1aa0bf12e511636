//! A serial line, 8 data bits, no parity, one stop bit, no flow control.
//!
//! It must work on lines that have no modem signals (a pseudo-terminal answers `ENOTTY` when asked for them), so
//! it never touches one. And it must come back in time from a device that takes no bytes, which is why bytes
//! go over a descriptor of its own: `serialport` sets the line up and locks it, but its writes block.

use std::io;
use std::num::NonZeroU32;
use std::os::fd::{AsFd, OwnedFd};
use std::path::Path;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{Mode, OFlags};
use rustix::io::Errno;
use serialport::{ClearBuffer, ErrorKind, SerialPort, TTYPort};

use crate::clock::Deadline;
use crate::{Link, LinkError, PortUrl};

pub(crate) struct SerialLink {
    line: OwnedFd,
    baud: u32,
    /// Holds the settings and the lock for as long as the line is open.
    _lock: TTYPort,
}

impl SerialLink {
    pub(crate) fn open(path: &Path, baud: u32, url: &PortUrl) -> Result<Self, LinkError> {
        let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::NONBLOCK | OFlags::CLOEXEC;
        // First: once the line is locked it opens for nobody, not even for us.
        let line = rustix::fs::open(path, flags, Mode::empty()).map_err(|errno| why_not_open(errno, url))?;
        let lock = serialport::new(path.to_string_lossy(), baud)
            .data_bits(serialport::DataBits::Eight)
            .parity(serialport::Parity::None)
            .stop_bits(serialport::StopBits::One)
            .flow_control(serialport::FlowControl::None)
            // On Linux the kernel raises DTR by itself where the line has one.
            .preserve_dtr_on_open()
            .exclusive(true)
            .open_native()
            .map_err(|error| why_not_locked(&error, url))?;
        if let Err(error) = lock.clear(ClearBuffer::All) {
            log::debug!("{url} does not clear its buffers: {error}");
        }
        Ok(Self { line, baud, _lock: lock })
    }
}

impl Link for SerialLink {
    fn send(&mut self, bytes: &[u8], within: Duration) -> Result<(), LinkError> {
        send(self.line.as_fd(), bytes, within)
    }

    fn receive(&mut self, into: &mut [u8], within: Duration) -> Result<usize, LinkError> {
        receive(self.line.as_fd(), into, within)
    }

    fn bytes_per_second(&self) -> Option<NonZeroU32> {
        // A start bit, eight of the byte, a stop bit.
        NonZeroU32::new(self.baud / 10)
    }
}

/// Sends all of `bytes` over a non-blocking terminal.
pub(crate) fn send(line: impl AsFd, mut bytes: &[u8], within: Duration) -> Result<(), LinkError> {
    let deadline = Deadline::after(within);
    while !bytes.is_empty() {
        if !ready(line.as_fd(), PollFlags::OUT, &deadline)? {
            return Err(LinkError::Timeout);
        }
        match rustix::io::write(line.as_fd(), bytes) {
            Ok(taken) => bytes = bytes.get(taken..).unwrap_or_default(),
            Err(Errno::INTR) => {}
            // It said that it has room, and has not: a terminal counts in more than one way.
            Err(Errno::AGAIN) if deadline.passed() => return Err(LinkError::Timeout),
            Err(Errno::AGAIN) => std::thread::sleep(Duration::from_millis(1)),
            Err(errno) => return Err(broken(errno)),
        }
    }
    Ok(())
}

/// Waits for bytes from a non-blocking terminal.
pub(crate) fn receive(line: impl AsFd, into: &mut [u8], within: Duration) -> Result<usize, LinkError> {
    if into.is_empty() {
        return Ok(0);
    }
    let deadline = Deadline::after(within);
    while ready(line.as_fd(), PollFlags::IN, &deadline)? {
        match rustix::io::read(line.as_fd(), &mut *into) {
            // Readable and yet nothing there: the other end hung up.
            Ok(0) => return Err(LinkError::Gone),
            Ok(count) => return Ok(count),
            Err(Errno::INTR) => {}
            Err(Errno::AGAIN) if deadline.passed() => return Ok(0),
            Err(Errno::AGAIN) => {}
            Err(errno) => return Err(broken(errno)),
        }
    }
    Ok(0)
}

/// Waits until the terminal is ready for `what`; `false` once the deadline has passed.
fn ready(line: impl AsFd, what: PollFlags, deadline: &Deadline) -> Result<bool, LinkError> {
    loop {
        let left = Timespec::try_from(deadline.left()).map_err(io::Error::other)?;
        match poll(&mut [PollFd::new(&line, what)], Some(&left)) {
            Ok(0) => return Ok(false),
            Ok(_) => return Ok(true),
            Err(Errno::INTR) if !deadline.passed() => {}
            Err(Errno::INTR) => return Ok(false),
            Err(errno) => return Err(broken(errno)),
        }
    }
}

/// `EIO` comes from a pseudo-terminal whose other end closed and from an unplugged adapter, `ENODEV` or `ENXIO`
/// from others.
fn broken(errno: Errno) -> LinkError {
    match errno {
        Errno::IO | Errno::NODEV | Errno::NXIO | Errno::PIPE => LinkError::Gone,
        other => LinkError::Io(other.into()),
    }
}

fn why_not_open(errno: Errno, url: &PortUrl) -> LinkError {
    let port = url.to_string();
    match errno {
        // The last three: the name is there, the device behind it is not.
        Errno::NOENT | Errno::NODEV | Errno::NXIO | Errno::IO => LinkError::NotFound { port },
        Errno::ACCESS | Errno::PERM => LinkError::Denied { port },
        Errno::BUSY => LinkError::Busy { port },
        other => LinkError::Io(other.into()),
    }
}

/// The line has been opened once already, so that what fails here is the lock or the settings.
fn why_not_locked(error: &serialport::Error, url: &PortUrl) -> LinkError {
    match error.kind() {
        ErrorKind::NoDevice => LinkError::Busy { port: url.to_string() },
        ErrorKind::Io(kind) => LinkError::Io(io::Error::new(kind, error.description.clone())),
        _ => LinkError::Io(io::Error::other(error.description.clone())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_that_is_not_there_is_not_found() {
        let port = PortUrl::Serial { path: "/dev/kiosk-no-such-port".into(), baud: 9600 };
        match crate::open(&port) {
            Err(LinkError::NotFound { port: named }) => assert_eq!(named, port.to_string()),
            other => panic!("{:?}", other.err()),
        }
    }

    #[test]
    fn a_file_that_is_no_terminal_is_refused() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let port = PortUrl::Serial { path: file.path().into(), baud: 9600 };
        assert!(matches!(crate::open(&port), Err(LinkError::Io(_))));
    }

    #[test]
    fn causes_are_told_apart() {
        let url = PortUrl::Serial { path: "/dev/null".into(), baud: 9600 };
        for errno in [Errno::NOENT, Errno::NXIO, Errno::NODEV, Errno::IO] {
            assert!(matches!(why_not_open(errno, &url), LinkError::NotFound { .. }), "{errno}");
        }
        assert!(matches!(why_not_open(Errno::ACCESS, &url), LinkError::Denied { .. }));
        assert!(matches!(why_not_open(Errno::BUSY, &url), LinkError::Busy { .. }));
        assert!(matches!(why_not_open(Errno::NOMEM, &url), LinkError::Io(_)));
        let held = serialport::Error::new(ErrorKind::NoDevice, "held");
        assert!(matches!(why_not_locked(&held, &url), LinkError::Busy { .. }));
        assert!(matches!(broken(Errno::IO), LinkError::Gone));
        assert!(matches!(broken(Errno::INVAL), LinkError::Io(_)));
    }
}
