//! Bulk endpoints of a USB device: ID-card readers without a serial adapter, printers of the printer class.
//!
//! The transfers stand behind [`BulkPipe`], so that what an error means is tested without hardware, and whole
//! conversations are played from records ([`RecordedUsb`]).

mod device;
mod recorded;
mod setting;

use std::time::Duration;

pub(crate) use device::open;
pub use recorded::{RecordError, RecordedUsb};

use crate::clock::Deadline;
use crate::{Link, LinkError};

/// Zero would mean "for ever" to libusb.
const SHORTEST_WAIT: Duration = Duration::from_millis(1);
/// What one read can bring. A transfer that does not fit is an error to libusb, so there is room for the longest
/// answer of any device here, in whole packets of every speed (64, 512, 1024 bytes).
const TRANSFER: usize = 8192;

/// One bulk endpoint in, one out.
pub(crate) trait BulkPipe: Send {
    fn read(&mut self, into: &mut [u8], within: Duration) -> Result<usize, rusb::Error>;
    fn write(&mut self, bytes: &[u8], within: Duration) -> Result<usize, rusb::Error>;
    /// A stalled endpoint takes and gives nothing until this.
    fn clear_halts(&mut self);
}

/// Keeps what a transfer brought beyond what was asked for.
pub(crate) struct UsbLink<P> {
    pipe: P,
    buffer: Box<[u8]>,
    unread: std::ops::Range<usize>,
}

impl<P: BulkPipe> UsbLink<P> {
    pub(crate) fn over(pipe: P) -> Self {
        Self { pipe, buffer: vec![0; TRANSFER].into_boxed_slice(), unread: 0..0 }
    }

    /// A stall is cleared for whoever opens the device next. Nothing is sent once more here: what was taken of it
    /// before nobody knows.
    fn failed(&mut self, error: rusb::Error) -> LinkError {
        if error == rusb::Error::Pipe {
            self.pipe.clear_halts();
        }
        broken(error)
    }

    /// Hands over what is left of the last transfer, and wipes it here: it may be a person's data.
    fn take_unread(&mut self, into: &mut [u8]) -> usize {
        let count = self.unread.len().min(into.len());
        let end = self.unread.start + count;
        if let (Some(from), Some(to)) = (self.buffer.get_mut(self.unread.start..end), into.get_mut(..count)) {
            to.copy_from_slice(from);
            from.fill(0);
        }
        self.unread.start = end;
        count
    }
}

impl<P: BulkPipe> Link for UsbLink<P> {
    fn send(&mut self, mut bytes: &[u8], within: Duration) -> Result<(), LinkError> {
        let deadline = Deadline::after(within);
        while !bytes.is_empty() {
            match self.pipe.write(bytes, deadline.left().max(SHORTEST_WAIT)) {
                Ok(taken) => bytes = bytes.get(taken..).unwrap_or_default(),
                Err(rusb::Error::Interrupted) => {}
                Err(rusb::Error::Timeout) => return Err(LinkError::Timeout),
                Err(error) => return Err(self.failed(error)),
            }
            if !bytes.is_empty() && deadline.passed() {
                return Err(LinkError::Timeout);
            }
        }
        Ok(())
    }

    fn receive(&mut self, into: &mut [u8], within: Duration) -> Result<usize, LinkError> {
        if into.is_empty() {
            return Ok(0);
        }
        let deadline = Deadline::after(within);
        while self.unread.is_empty() {
            match self.pipe.read(&mut self.buffer, deadline.left().max(SHORTEST_WAIT)) {
                Ok(count) => self.unread = 0..count.min(self.buffer.len()),
                Err(rusb::Error::Timeout | rusb::Error::Interrupted) => {}
                Err(error) => return Err(self.failed(error)),
            }
            if deadline.passed() {
                break;
            }
        }
        Ok(self.take_unread(into))
    }
}

/// An unplugged device answers "no device", or "input/output error" while the system has not noticed yet.
fn broken(error: rusb::Error) -> LinkError {
    match error {
        rusb::Error::NoDevice | rusb::Error::NotFound | rusb::Error::Io => LinkError::Gone,
        rusb::Error::Pipe => LinkError::Stalled,
        other => LinkError::Io(std::io::Error::other(other)),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;

    use super::*;

    /// Answers each transfer with the next of its list; takes at most `takes` bytes a write.
    struct Listed {
        reads: VecDeque<Result<Vec<u8>, rusb::Error>>,
        takes: Result<usize, rusb::Error>,
        written: Vec<u8>,
        cleared: usize,
    }

    impl BulkPipe for Listed {
        fn read(&mut self, into: &mut [u8], within: Duration) -> Result<usize, rusb::Error> {
            assert!(!within.is_zero(), "zero waits for ever");
            let bytes = self.reads.pop_front().unwrap_or(Err(rusb::Error::Timeout))?;
            into[..bytes.len()].copy_from_slice(&bytes);
            Ok(bytes.len())
        }

        fn write(&mut self, bytes: &[u8], within: Duration) -> Result<usize, rusb::Error> {
            assert!(!within.is_zero(), "zero waits for ever");
            let taken = self.takes?.min(bytes.len());
            self.written.extend(&bytes[..taken]);
            Ok(taken)
        }

        fn clear_halts(&mut self) {
            self.cleared += 1;
        }
    }

    fn link(
        reads: impl IntoIterator<Item = Result<Vec<u8>, rusb::Error>>,
        takes: Result<usize, rusb::Error>,
    ) -> UsbLink<Listed> {
        UsbLink::over(Listed { reads: reads.into_iter().collect(), takes, written: Vec::new(), cleared: 0 })
    }

    const A_WHILE: Duration = Duration::from_secs(5);

    #[test]
    fn a_transfer_larger_than_asked_for_is_handed_over_in_parts() {
        let mut link = link([Ok(b"abcdef".to_vec())], Ok(1));
        let mut part = [0; 4];
        assert_eq!(link.receive(&mut part, A_WHILE).unwrap(), 4);
        assert_eq!(&part, b"abcd");
        assert_eq!(link.receive(&mut part, A_WHILE).unwrap(), 2);
        assert_eq!(&part[..2], b"ef");
        assert!(link.buffer.iter().all(|&byte| byte == 0), "what was handed over is wiped");
    }

    #[test]
    fn empty_packets_and_silence_are_no_end() {
        let mut link = link([Ok(Vec::new()), Err(rusb::Error::Timeout), Ok(vec![7])], Ok(1));
        let mut byte = [0];
        assert_eq!(link.receive(&mut byte, A_WHILE).unwrap(), 1);
        assert_eq!(byte, [7]);
        assert_eq!(link.receive(&mut byte, Duration::ZERO).unwrap(), 0);
    }

    #[test]
    fn errors_mean_what_a_supervisor_needs() {
        for error in [rusb::Error::NoDevice, rusb::Error::Io, rusb::Error::NotFound] {
            let mut link = link([Err(error)], Err(error));
            assert!(matches!(link.receive(&mut [0], A_WHILE), Err(LinkError::Gone)), "{error}");
            assert!(matches!(link.send(b"x", A_WHILE), Err(LinkError::Gone)), "{error}");
        }
        for error in [rusb::Error::Overflow, rusb::Error::Other] {
            let mut link = link([Err(error)], Err(error));
            assert!(matches!(link.receive(&mut [0], A_WHILE), Err(LinkError::Io(_))), "{error}");
            assert!(matches!(link.send(b"x", A_WHILE), Err(LinkError::Io(_))), "{error}");
        }
        let mut stalled = link([Err(rusb::Error::Pipe)], Err(rusb::Error::Pipe));
        assert!(matches!(stalled.receive(&mut [0], A_WHILE), Err(LinkError::Stalled)));
        assert!(matches!(stalled.send(b"x", A_WHILE), Err(LinkError::Stalled)));
        assert_eq!(stalled.pipe.cleared, 2);
        assert!(matches!(link([], Err(rusb::Error::Timeout)).send(b"x", A_WHILE), Err(LinkError::Timeout)));
    }

    #[test]
    fn a_write_taken_in_parts_is_finished_or_times_out() {
        let mut slow = link([], Ok(2));
        slow.send(b"abcde", A_WHILE).unwrap();
        assert_eq!(slow.pipe.written, b"abcde");
        let mut stuck = link([], Ok(0));
        assert!(matches!(stuck.send(b"x", Duration::from_millis(1)), Err(LinkError::Timeout)));
    }
}
