//! Bulk endpoints of a USB device: ID-card readers without a serial adapter, printers of the printer class.
//!
//! The transfers stand behind [`BulkPipe`], so that what an error means is tested without hardware.

use std::time::Duration;

use rusb::{Device, DeviceHandle, Direction, GlobalContext, TransferType};

use crate::clock::Deadline;
use crate::{Link, LinkError, PortUrl};

/// Zero would mean "for ever" to libusb.
const SHORTEST_WAIT: Duration = Duration::from_millis(1);
/// What one read can bring. A transfer that does not fit is an error to libusb, so there is room for the longest
/// answer of any device here, in whole packets of every speed (64, 512, 1024 bytes).
const TRANSFER: usize = 8192;

/// One bulk endpoint in, one out.
pub(crate) trait BulkPipe: Send {
    fn read(&mut self, into: &mut [u8], within: Duration) -> Result<usize, rusb::Error>;
    fn write(&mut self, bytes: &[u8], within: Duration) -> Result<usize, rusb::Error>;
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
                Err(error) => return Err(broken(error)),
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
                Err(error) => return Err(broken(error)),
            }
            if deadline.passed() {
                break;
            }
        }
        Ok(self.take_unread(into))
    }
}

/// Opens the first device of that vendor and product.
pub(crate) fn open(vendor: u16, product: u16, url: &PortUrl) -> Result<UsbLink<Bulk>, LinkError> {
    let why_not = |error| why_not_open(error, url);
    let devices = rusb::devices().map_err(why_not)?;
    let mut devices = devices.iter();
    let wanted = |device: &Device<GlobalContext>| {
        device.device_descriptor().is_ok_and(|d| d.vendor_id() == vendor && d.product_id() == product)
    };
    let device = devices.find(wanted).ok_or_else(|| LinkError::NotFound { port: url.to_string() })?;
    let endpoints = bulk_endpoints(&device).map_err(why_not)?;
    let (interface, input, output) = endpoints.ok_or_else(|| why_not(rusb::Error::NotSupported))?;
    let handle = device.open().map_err(why_not)?;
    // The kernel's printer driver may hold the interface; it gets it back when the handle is dropped.
    if let Err(error) = handle.set_auto_detach_kernel_driver(true) {
        log::debug!("{url}: the kernel's driver is not detached by itself: {error}");
    }
    handle.claim_interface(interface).map_err(why_not)?;
    Ok(UsbLink::over(Bulk { handle, interface, input, output }))
}

/// The first interface that has a bulk endpoint each way: its number, in, out.
///
/// The vendor's own readers have two pairs, and programs for them in the field move whole frames over the first.
fn bulk_endpoints(device: &Device<GlobalContext>) -> Result<Option<(u8, u8, u8)>, rusb::Error> {
    let config = device.active_config_descriptor().or_else(|_| device.config_descriptor(0))?;
    for interface in config.interfaces() {
        // Alternate settings beyond the first would have to be chosen first; none of our devices needs one.
        let Some(setting) = interface.descriptors().next() else { continue };
        let bulk = |direction| {
            let mut endpoints = setting.endpoint_descriptors();
            let found =
                endpoints.find(|e| e.transfer_type() == TransferType::Bulk && e.direction() == direction);
            found.map(|endpoint| endpoint.address())
        };
        if let (Some(input), Some(output)) = (bulk(Direction::In), bulk(Direction::Out)) {
            return Ok(Some((interface.number(), input, output)));
        }
    }
    Ok(None)
}

pub(crate) struct Bulk {
    handle: DeviceHandle<GlobalContext>,
    interface: u8,
    input: u8,
    output: u8,
}

impl BulkPipe for Bulk {
    fn read(&mut self, into: &mut [u8], within: Duration) -> Result<usize, rusb::Error> {
        self.handle.read_bulk(self.input, into, within)
    }

    fn write(&mut self, bytes: &[u8], within: Duration) -> Result<usize, rusb::Error> {
        self.handle.write_bulk(self.output, bytes, within)
    }
}

impl Drop for Bulk {
    fn drop(&mut self) {
        // Fails where the device has been unplugged, and then there is nothing to give back.
        if let Err(error) = self.handle.release_interface(self.interface) {
            log::debug!("a USB interface is not released: {error}");
        }
    }
}

fn why_not_open(error: rusb::Error, url: &PortUrl) -> LinkError {
    let port = url.to_string();
    match error {
        rusb::Error::NoDevice | rusb::Error::NotFound => LinkError::NotFound { port },
        rusb::Error::Access => LinkError::Denied { port },
        rusb::Error::Busy => LinkError::Busy { port },
        other => LinkError::Io(std::io::Error::other(other)),
    }
}

/// An unplugged device answers "no device", or "input/output error" while the system has not noticed yet.
fn broken(error: rusb::Error) -> LinkError {
    match error {
        rusb::Error::NoDevice | rusb::Error::NotFound | rusb::Error::Io => LinkError::Gone,
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
    }

    fn link(
        reads: impl IntoIterator<Item = Result<Vec<u8>, rusb::Error>>,
        takes: Result<usize, rusb::Error>,
    ) -> UsbLink<Listed> {
        UsbLink::over(Listed { reads: reads.into_iter().collect(), takes, written: Vec::new() })
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
        for error in [rusb::Error::Pipe, rusb::Error::Overflow, rusb::Error::Other] {
            let mut link = link([Err(error)], Err(error));
            assert!(matches!(link.receive(&mut [0], A_WHILE), Err(LinkError::Io(_))), "{error}");
            assert!(matches!(link.send(b"x", A_WHILE), Err(LinkError::Io(_))), "{error}");
        }
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

    #[test]
    fn why_it_does_not_open() {
        let url = PortUrl::Usb { vendor: 0x0400, product: 0xc35a };
        assert!(matches!(why_not_open(rusb::Error::Access, &url), LinkError::Denied { .. }));
        assert!(matches!(why_not_open(rusb::Error::Busy, &url), LinkError::Busy { .. }));
        assert!(matches!(why_not_open(rusb::Error::NoDevice, &url), LinkError::NotFound { .. }));
        assert!(matches!(why_not_open(rusb::Error::NoMem, &url), LinkError::Io(_)));
    }
}
