//! The URL of a port, as `site.toml` writes it.
//!
//! Parsed once, at the edge; what parses can be opened, as far as words can tell. It says nothing of whether a
//! device is there.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// Where a device is plugged in.
///
/// | kind | text |
/// |---|---|
/// | serial line, 8 data bits, no parity, 1 stop bit | `serial:///dev/ttyUSB0?baud=115200` |
/// | USB device by vendor and product (4 hexadecimal digits each) | `usb://0400:c35a` |
/// | one of several of that model, by its serial number or by its socket | `usb://04b8:0e20?serial=X123`, `…?path=1-2.3` |
/// | TCP, port 9100 where none is given | `tcp://10.0.0.9:9100`, `tcp://[fe80::1]:9100` |
///
/// ```
/// use kiosk_link::PortUrl;
/// let port: PortUrl = "tcp://10.0.0.9".parse()?;
/// assert_eq!(port, PortUrl::Tcp { host: "10.0.0.9".into(), port: 9100 });
/// assert_eq!(port.to_string(), "tcp://10.0.0.9:9100");
/// # Ok::<(), kiosk_link::PortUrlError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum PortUrl {
    /// A serial line, or anything that behaves like one.
    Serial {
        /// Absolute path of the device file.
        path: PathBuf,
        /// Bits a second, 300–4,000,000.
        baud: u32,
    },
    /// Bulk endpoints of a USB device.
    Usb {
        /// Vendor number.
        vendor: u16,
        /// Product number.
        product: u16,
        /// Which of several.
        which: UsbWhich,
    },
    /// A byte stream over the network.
    Tcp {
        /// Name or address, an IPv6 address without its brackets.
        host: String,
        /// Port, 1–65535.
        port: u16,
    },
}

/// Which of several USB devices of one model.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub enum UsbWhich {
    /// The first that is found.
    #[default]
    First,
    /// The one with this serial number.
    Serial(String),
    /// The one in this socket, as the kernel names it: `1-2.3` is bus 1, port 2 of the root, port 3 of the hub there.
    Path {
        /// Bus.
        bus: u8,
        /// Ports from the root to the device, at most seven.
        ports: Vec<u8>,
    },
}

/// What is wrong with a port's URL, and what would be right.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PortUrlError {
    /// It begins with no known kind of port.
    #[error("expected serial://, usb:// or tcp://, found {found:?}")]
    Scheme {
        /// What stands there.
        found: String,
    },
    /// The path of a serial line is not absolute.
    #[error(
        "expected an absolute path after serial://, as in serial:///dev/ttyUSB0?baud=115200, found {found:?}"
    )]
    Path {
        /// What stands there.
        found: String,
    },
    /// The speed of a serial line is missing.
    #[error("expected the speed after the path, as in ?baud=115200")]
    NoBaud,
    /// The speed of a serial line is no usable number.
    #[error("expected baud=300…4000000, found {found:?}")]
    Baud {
        /// What stands there.
        found: String,
    },
    /// A parameter that is not known, or stands there twice.
    #[error("the only parameter is baud, once; found {found:?}")]
    Parameter {
        /// What stands there.
        found: String,
    },
    /// The numbers of a USB device do not read.
    #[error(
        "expected vendor and product as four hexadecimal digits each, as in usb://0400:c35a, found {found:?}"
    )]
    UsbNumbers {
        /// What stands there.
        found: String,
    },
    /// What follows the numbers of a USB device does not read.
    #[error("expected ?serial=… or ?path=1-2.3 (one of them) after the numbers, or nothing; found {found:?}")]
    UsbWhich {
        /// What stands there.
        found: String,
    },
    /// The host's name is missing or holds what no host's name holds.
    #[error("expected a host, as in tcp://10.0.0.9:9100, found {found:?}")]
    Host {
        /// What stands there.
        found: String,
    },
    /// The TCP port is no usable number.
    #[error("expected a port of 1…65535 after the host, found {found:?}")]
    TcpPort {
        /// What stands there.
        found: String,
    },
}

/// The port on which network printers listen.
const RAW_PRINTING_PORT: u16 = 9100;
const BAUD: std::ops::RangeInclusive<u32> = 300..=4_000_000;

impl FromStr for PortUrl {
    type Err = PortUrlError;

    fn from_str(text: &str) -> Result<Self, PortUrlError> {
        match text.split_once("://") {
            Some(("serial", rest)) => serial(rest),
            Some(("usb", rest)) => usb(rest),
            Some(("tcp", rest)) => tcp(rest),
            _ => Err(PortUrlError::Scheme { found: text.to_owned() }),
        }
    }
}

impl fmt::Display for PortUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Serial { path, baud } => write!(f, "serial://{}?baud={baud}", path.display()),
            Self::Usb { vendor, product, which } => write!(f, "usb://{vendor:04x}:{product:04x}{which}"),
            Self::Tcp { host, port } if host.contains(':') => write!(f, "tcp://[{host}]:{port}"),
            Self::Tcp { host, port } => write!(f, "tcp://{host}:{port}"),
        }
    }
}

impl fmt::Display for UsbWhich {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::First => Ok(()),
            Self::Serial(serial) => write!(f, "?serial={serial}"),
            Self::Path { bus, ports } => {
                let ports: Vec<String> = ports.iter().map(u8::to_string).collect();
                write!(f, "?path={bus}-{}", ports.join("."))
            }
        }
    }
}

fn serial(rest: &str) -> Result<PortUrl, PortUrlError> {
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    if !Path::new(path).is_absolute() || path.ends_with('/') || path.contains('\0') {
        return Err(PortUrlError::Path { found: path.to_owned() });
    }
    let mut baud = None;
    for parameter in query.split('&').filter(|parameter| !parameter.is_empty()) {
        match parameter.split_once('=') {
            Some(("baud", value)) if baud.is_none() => {
                let number = decimal::<u32>(value).filter(|number| BAUD.contains(number));
                baud = Some(number.ok_or_else(|| PortUrlError::Baud { found: value.to_owned() })?);
            }
            _ => return Err(PortUrlError::Parameter { found: parameter.to_owned() }),
        }
    }
    Ok(PortUrl::Serial { path: PathBuf::from(path), baud: baud.ok_or(PortUrlError::NoBaud)? })
}

fn usb(rest: &str) -> Result<PortUrl, PortUrlError> {
    let (device, query) = rest.split_once('?').unwrap_or((rest, ""));
    let numbers = device.split_once(':').and_then(|(vendor, product)| Some((hex(vendor)?, hex(product)?)));
    let (vendor, product) = numbers.ok_or_else(|| PortUrlError::UsbNumbers { found: device.to_owned() })?;
    let which = usb_which(query).ok_or_else(|| PortUrlError::UsbWhich { found: query.to_owned() })?;
    Ok(PortUrl::Usb { vendor, product, which })
}

fn usb_which(query: &str) -> Option<UsbWhich> {
    /// As deep as hubs may be plugged into each other.
    const DEEPEST: usize = 7;
    /// The longest string that a descriptor holds.
    const LONGEST: usize = 126;
    match query.split_once('=') {
        None if query.is_empty() => Some(UsbWhich::First),
        Some(("serial", serial)) => {
            let plain = serial.chars().all(|c| c.is_ascii_graphic() && c != '&' || c == ' ');
            (plain && (1..=LONGEST).contains(&serial.len())).then(|| UsbWhich::Serial(serial.to_owned()))
        }
        Some(("path", path)) => {
            let (bus, ports) = path.split_once('-')?;
            let ports = ports.split('.').map(decimal::<u8>).collect::<Option<Vec<u8>>>()?;
            let right = ports.len() <= DEEPEST && ports.iter().all(|port| *port > 0);
            Some(UsbWhich::Path { bus: decimal(bus)?, ports }).filter(|_| right)
        }
        _ => None,
    }
}

fn tcp(rest: &str) -> Result<PortUrl, PortUrlError> {
    let bad_host = || PortUrlError::Host { found: rest.to_owned() };
    let (host, port) = match rest.strip_prefix('[') {
        Some(bracketed) => {
            let (host, after) = bracketed.split_once(']').ok_or_else(bad_host)?;
            if host.parse::<std::net::Ipv6Addr>().is_err() {
                return Err(bad_host());
            }
            match after.strip_prefix(':') {
                Some(port) => (host, Some(port)),
                None if after.is_empty() => (host, None),
                None => return Err(bad_host()),
            }
        }
        None => match rest.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (rest, None),
        },
    };
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | ':');
    if host.is_empty() || !host.chars().all(plain) {
        return Err(bad_host());
    }
    let port = match port {
        None => RAW_PRINTING_PORT,
        Some(text) => decimal::<u16>(text)
            .filter(|&number| number != 0)
            .ok_or_else(|| PortUrlError::TcpPort { found: text.to_owned() })?,
    };
    Ok(PortUrl::Tcp { host: host.to_owned(), port })
}

/// Digits only: the standard parsers take a sign, which no port has.
fn decimal<N: FromStr>(text: &str) -> Option<N> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
}

fn hex(text: &str) -> Option<u16> {
    let four_digits = text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    four_digits.then(|| u16::from_str_radix(text, 16).ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_of_every_kind_read() {
        let cases = [
            (
                "serial:///dev/ttyUSB0?baud=115200",
                PortUrl::Serial { path: "/dev/ttyUSB0".into(), baud: 115_200 },
            ),
            ("usb://0400:c35a", PortUrl::Usb { vendor: 0x0400, product: 0xc35a, which: UsbWhich::First }),
            (
                "usb://04B8:0E20?serial=J3 X=1?",
                PortUrl::Usb { vendor: 0x04b8, product: 0x0e20, which: UsbWhich::Serial("J3 X=1?".into()) },
            ),
            (
                "usb://04b8:0e20?path=1-2.13",
                PortUrl::Usb {
                    vendor: 0x04b8,
                    product: 0x0e20,
                    which: UsbWhich::Path { bus: 1, ports: vec![2, 13] },
                },
            ),
            ("tcp://10.0.0.9:9101", PortUrl::Tcp { host: "10.0.0.9".into(), port: 9101 }),
            ("tcp://printer.hall", PortUrl::Tcp { host: "printer.hall".into(), port: 9100 }),
            ("tcp://[fe80::1]:9102", PortUrl::Tcp { host: "fe80::1".into(), port: 9102 }),
            ("tcp://[::1]", PortUrl::Tcp { host: "::1".into(), port: 9100 }),
        ];
        for (text, port) in cases {
            assert_eq!(text.parse::<PortUrl>(), Ok(port.clone()), "{text}");
            assert_eq!(port.to_string().parse::<PortUrl>(), Ok(port), "{text}");
        }
    }

    #[test]
    fn every_fault_is_named() {
        let found = |text: &str| text.to_owned();
        let cases = [
            ("", PortUrlError::Scheme { found: found("") }),
            ("/dev/ttyUSB0", PortUrlError::Scheme { found: found("/dev/ttyUSB0") }),
            ("http://10.0.0.9", PortUrlError::Scheme { found: found("http://10.0.0.9") }),
            ("serial://ttyUSB0?baud=9600", PortUrlError::Path { found: found("ttyUSB0") }),
            ("serial://?baud=9600", PortUrlError::Path { found: found("") }),
            ("serial:///dev/ttyUSB0", PortUrlError::NoBaud),
            ("serial:///dev/ttyUSB0?", PortUrlError::NoBaud),
            ("serial:///dev/ttyUSB0?baud=fast", PortUrlError::Baud { found: found("fast") }),
            ("serial:///dev/ttyUSB0?baud=", PortUrlError::Baud { found: found("") }),
            ("serial:///dev/ttyUSB0?baud=+9600", PortUrlError::Baud { found: found("+9600") }),
            ("serial:///dev/ttyUSB0?baud=0", PortUrlError::Baud { found: found("0") }),
            ("serial:///dev/ttyUSB0?baud=99999999999", PortUrlError::Baud { found: found("99999999999") }),
            (
                "serial:///dev/ttyUSB0?baud=9600&baud=9600",
                PortUrlError::Parameter { found: found("baud=9600") },
            ),
            ("serial:///dev/ttyUSB0?speed=9600", PortUrlError::Parameter { found: found("speed=9600") }),
            ("usb://0400", PortUrlError::UsbNumbers { found: found("0400") }),
            ("usb://400:c35a", PortUrlError::UsbNumbers { found: found("400:c35a") }),
            ("usb://0400:c35g", PortUrlError::UsbNumbers { found: found("0400:c35g") }),
            ("usb://0400:c35a?serial=", PortUrlError::UsbWhich { found: found("serial=") }),
            (
                "usb://0400:c35a?serial=a&path=1-1",
                PortUrlError::UsbWhich { found: found("serial=a&path=1-1") },
            ),
            ("usb://0400:c35a?path=2", PortUrlError::UsbWhich { found: found("path=2") }),
            ("usb://0400:c35a?path=1-0", PortUrlError::UsbWhich { found: found("path=1-0") }),
            (
                "usb://0400:c35a?path=1-1.1.1.1.1.1.1.1",
                PortUrlError::UsbWhich { found: found("path=1-1.1.1.1.1.1.1.1") },
            ),
            ("usb://0400:c35a?baud=9600", PortUrlError::UsbWhich { found: found("baud=9600") }),
            ("tcp://", PortUrlError::Host { found: found("") }),
            ("tcp://:9100", PortUrlError::Host { found: found(":9100") }),
            ("tcp://a b:9100", PortUrlError::Host { found: found("a b:9100") }),
            ("tcp://[::1", PortUrlError::Host { found: found("[::1") }),
            ("tcp://[printer]:1", PortUrlError::Host { found: found("[printer]:1") }),
            ("tcp://10.0.0.9:0", PortUrlError::TcpPort { found: found("0") }),
            ("tcp://10.0.0.9:65536", PortUrlError::TcpPort { found: found("65536") }),
            ("tcp://10.0.0.9:", PortUrlError::TcpPort { found: found("") }),
        ];
        for (text, error) in cases {
            assert_eq!(text.parse::<PortUrl>(), Err(error), "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "(serial|usb|tcp)?(://)?.{0,40}") {
            if let Ok(port) = text.parse::<PortUrl>() {
                proptest::prop_assert_eq!(port.to_string().parse::<PortUrl>(), Ok(port));
            }
        }
    }
}
