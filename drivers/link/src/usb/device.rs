//! Finding a device, taking its interface from the kernel, and real transfers.

use std::time::Duration;

use rusb::{Device, DeviceHandle, GlobalContext, TransferType};

use super::setting::{self, Choice, Setting};
use super::{BulkPipe, UsbLink};
use crate::url::UsbWhich;
use crate::{LinkError, PortUrl};

/// Opens the device of that vendor and product: the one that `which` names, else the first.
pub(crate) fn open(
    (vendor, product): (u16, u16),
    which: &UsbWhich,
    url: &PortUrl,
) -> Result<UsbLink<Bulk>, LinkError> {
    let why_not = |error| why_not_open(error, url);
    let devices = rusb::devices().map_err(why_not)?;
    let wanted = |device: &Device<GlobalContext>| {
        device.device_descriptor().is_ok_and(|d| d.vendor_id() == vendor && d.product_id() == product)
    };
    let mut last = rusb::Error::NotFound;
    let mut found = None;
    let mut more = 0;
    for device in devices.iter().filter(wanted) {
        match is_named(&device, which) {
            Ok(true) if found.is_none() => found = Some(device),
            Ok(true) => more += 1,
            Ok(false) => {}
            // One that may not be asked for its number is not the one, but perhaps why it isn't found.
            Err(error) => last = error,
        }
    }
    let device = found.ok_or_else(|| why_not(last))?;
    if more > 0 {
        log::warn!("{url}: {more} more of that model are plugged in; name one by ?serial= or ?path=");
    }
    let choice = setting::choose(&settings(&device).map_err(why_not)?)
        .ok_or_else(|| LinkError::Unsuitable { port: url.to_string() })?;
    let handle = device.open().map_err(why_not)?;
    // The kernel's printer driver may hold the interface; it gets it back when the handle is dropped.
    if let Err(error) = handle.set_auto_detach_kernel_driver(true) {
        log::debug!("{url}: the kernel's driver is not detached by itself: {error}");
    }
    handle.claim_interface(choice.interface).map_err(why_not)?;
    let bulk = Bulk { handle, choice };
    if choice.alternate != 0 {
        bulk.handle.set_alternate_setting(choice.interface, choice.alternate).map_err(why_not)?;
    }
    Ok(UsbLink::over(bulk))
}

fn is_named(device: &Device<GlobalContext>, which: &UsbWhich) -> Result<bool, rusb::Error> {
    Ok(match which {
        UsbWhich::First => true,
        UsbWhich::Path { bus, ports } => {
            device.bus_number() == *bus && device.port_numbers().is_ok_and(|numbers| numbers == *ports)
        }
        UsbWhich::Serial(wanted) => {
            let descriptor = device.device_descriptor()?;
            if descriptor.serial_number_string_index().is_none() {
                return Ok(false);
            }
            device.open()?.read_serial_number_string_ascii(&descriptor)? == *wanted
        }
    })
}

fn settings(device: &Device<GlobalContext>) -> Result<Vec<Setting>, rusb::Error> {
    let config = device.active_config_descriptor().or_else(|_| device.config_descriptor(0))?;
    let all = config.interfaces().flat_map(|interface| interface.descriptors().collect::<Vec<_>>());
    Ok(all
        .map(|descriptor| Setting {
            interface: descriptor.interface_number(),
            alternate: descriptor.setting_number(),
            class: descriptor.class_code(),
            protocol: descriptor.protocol_code(),
            bulk: descriptor
                .endpoint_descriptors()
                .filter(|endpoint| endpoint.transfer_type() == TransferType::Bulk)
                .map(|endpoint| endpoint.address())
                .collect(),
        })
        .collect())
}

/// Bulk transfers of a real device.
pub(crate) struct Bulk {
    handle: DeviceHandle<GlobalContext>,
    choice: Choice,
}

impl BulkPipe for Bulk {
    fn read(&mut self, into: &mut [u8], within: Duration) -> Result<usize, rusb::Error> {
        self.handle.read_bulk(self.choice.input, into, within)
    }

    fn write(&mut self, bytes: &[u8], within: Duration) -> Result<usize, rusb::Error> {
        self.handle.write_bulk(self.choice.output, bytes, within)
    }

    fn clear_halts(&mut self) {
        for endpoint in [self.choice.input, self.choice.output] {
            if let Err(error) = self.handle.clear_halt(endpoint) {
                log::debug!("endpoint {endpoint:02x} stays stalled: {error}");
            }
        }
    }
}

impl Drop for Bulk {
    fn drop(&mut self) {
        // Fails where the device has been unplugged, and then there is nothing to give back.
        if let Err(error) = self.handle.release_interface(self.choice.interface) {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn why_it_does_not_open() {
        let url: PortUrl = "usb://0400:c35a".parse().unwrap();
        assert!(matches!(why_not_open(rusb::Error::Access, &url), LinkError::Denied { .. }));
        assert!(matches!(why_not_open(rusb::Error::Busy, &url), LinkError::Busy { .. }));
        assert!(matches!(why_not_open(rusb::Error::NoDevice, &url), LinkError::NotFound { .. }));
        assert!(matches!(why_not_open(rusb::Error::NoMem, &url), LinkError::Io(_)));
    }

    #[test]
    fn a_device_that_is_not_there_is_not_found_whoever_it_would_be() {
        for url in ["usb://fffe:fffe", "usb://fffe:fffe?serial=1", "usb://fffe:fffe?path=1-1"] {
            let port: PortUrl = url.parse().unwrap();
            // A machine without any USB says so in other words.
            let Err(error) = crate::open(&port) else { panic!("{url} is there") };
            assert!(matches!(error, LinkError::NotFound { .. } | LinkError::Io(_)), "{url}: {error}");
        }
    }
}
