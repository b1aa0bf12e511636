//! From a port's URL to a link: the only place that knows all kinds of port.

use crate::serial::SerialLink;
use crate::tcp::TcpLink;
use crate::{Link, LinkError, PortUrl, usb};

/// Opens the port, for this program alone where the system can promise that.
///
/// What lay in the port's buffer from before is thrown away. Takes up to two seconds where the port is on the
/// network, longer where a host's name has to be looked up.
///
/// # Errors
/// [`LinkError::NotFound`], [`LinkError::Denied`], [`LinkError::Busy`] or [`LinkError::Unsuitable`] with the port's URL, else
/// [`LinkError::Io`] with what the system said.
pub fn open(port: &PortUrl) -> Result<Box<dyn Link>, LinkError> {
    log::debug!("opening {port}");
    match port {
        PortUrl::Serial { path, baud } => Ok(Box::new(SerialLink::open(path, *baud, port)?)),
        PortUrl::Usb { vendor, product, which } => Ok(Box::new(usb::open((*vendor, *product), which, port)?)),
        PortUrl::Tcp { host, port: number } => Ok(Box::new(TcpLink::connect(host, *number, port)?)),
    }
}
