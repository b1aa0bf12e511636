//! The device's end of a port, for simulators: a pseudo-terminal or a TCP listener, that can be unplugged.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::time::Duration;

use crate::clock::Deadline;
use crate::{Link, LinkError, Pty};

/// From one look for a host to the next.
const LOOK: Duration = Duration::from_millis(1);

/// A device's end of a port. While nobody has opened the other end, nothing is received, and what is sent is lost.
pub trait FarEnd: Link {
    /// Puts the port back; does nothing where it is there.
    ///
    /// # Errors
    /// What the system said.
    fn plug(&mut self) -> io::Result<()>;

    /// Takes the port away: who has it open sees the device go.
    fn unplug(&mut self);
}

impl FarEnd for Pty {
    fn plug(&mut self) -> io::Result<()> {
        Self::plug(self)
    }

    fn unplug(&mut self) {
        Self::unplug(self);
    }
}

/// A device on the network that serves one host at a time, as printers on port 9100 do: others are let in and hear
/// nothing until the first has gone.
#[derive(Debug)]
pub struct TcpFarEnd {
    address: SocketAddr,
    listener: Option<TcpListener>,
    host: Option<TcpStream>,
}

impl TcpFarEnd {
    /// Listens at `address`; port 0 is any free one.
    ///
    /// # Errors
    /// What the system said.
    pub fn listen(address: SocketAddr) -> io::Result<Self> {
        let mut end = Self { address, listener: None, host: None };
        end.plug()?;
        Ok(end)
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    fn host(&mut self) -> Result<Option<&mut TcpStream>, LinkError> {
        if self.host.is_none()
            && let Some(listener) = &self.listener
        {
            match listener.accept() {
                Ok((stream, _)) => {
                    stream.set_nodelay(true)?;
                    self.host = Some(stream);
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Err(LinkError::Io(error)),
            }
        }
        Ok(self.host.as_mut())
    }
}

impl Link for TcpFarEnd {
    fn send(&mut self, bytes: &[u8], within: Duration) -> Result<(), LinkError> {
        let Some(host) = self.host()? else { return Err(LinkError::Gone) };
        host.set_write_timeout(Some(within.max(LOOK)))?;
        host.write_all(bytes).map_err(|_| {
            self.host = None;
            LinkError::Gone
        })
    }

    fn receive(&mut self, into: &mut [u8], within: Duration) -> Result<usize, LinkError> {
        let deadline = Deadline::after(within);
        loop {
            if let Some(host) = self.host()? {
                host.set_read_timeout(Some(deadline.left().max(LOOK)))?;
                match host.read(into) {
                    Ok(count) if count > 0 => return Ok(count),
                    Err(error)
                        if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut) => {}
                    // The host has hung up.
                    _ => self.host = None,
                }
            } else {
                std::thread::sleep(LOOK.min(deadline.left()));
            }
            if deadline.passed() {
                return Ok(0);
            }
        }
    }
}

impl FarEnd for TcpFarEnd {
    fn plug(&mut self) -> io::Result<()> {
        if self.listener.is_none() {
            let listener = TcpListener::bind(self.address)?;
            listener.set_nonblocking(true)?;
            self.address = listener.local_addr()?;
            self.listener = Some(listener);
        }
        Ok(())
    }

    fn unplug(&mut self) {
        self.host = None;
        self.listener = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{PortUrl, open};

    const A_WHILE: Duration = Duration::from_secs(5);

    #[test]
    fn hosts_come_and_go_and_the_device_is_unplugged() {
        let mut device = TcpFarEnd::listen("127.0.0.1:0".parse().unwrap()).unwrap();
        let url: PortUrl = format!("tcp://{}", device.address()).parse().unwrap();
        let mut bytes = [0; 8];
        assert_eq!(device.receive(&mut bytes, Duration::ZERO).unwrap(), 0);
        assert!(matches!(device.send(b"x", A_WHILE), Err(LinkError::Gone)));
        for _ in 0..2 {
            let mut host = open(&url).unwrap();
            host.send(b"ask", A_WHILE).unwrap();
            assert_eq!(device.receive(&mut bytes, A_WHILE).unwrap(), 3);
            device.send(b"answer", A_WHILE).unwrap();
            assert_eq!(host.receive(&mut bytes, A_WHILE).unwrap(), 6);
            drop(host);
            assert_eq!(device.receive(&mut bytes, Duration::from_millis(20)).unwrap(), 0);
        }
        let mut host = open(&url).unwrap();
        host.send(b"ask", A_WHILE).unwrap();
        assert_eq!(device.receive(&mut bytes, A_WHILE).unwrap(), 3);
        device.unplug();
        assert!(matches!(host.receive(&mut bytes, A_WHILE), Err(LinkError::Gone)));
        assert!(matches!(open(&url), Err(LinkError::NotFound { .. })));
        device.plug().unwrap();
        assert!(open(&url).is_ok(), "at the same address");
    }
}
