//! A byte stream over the network: printers that listen on port 9100, serial lines behind a device server.

use std::io::{self, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::time::Duration;

use crate::clock::Deadline;
use crate::{Link, LinkError, PortUrl};

const CONNECT_WITHIN: Duration = Duration::from_secs(2);
/// Zero would mean "for ever" to the socket.
const SHORTEST_WAIT: Duration = Duration::from_millis(1);

pub(crate) struct TcpLink {
    stream: TcpStream,
}

impl TcpLink {
    pub(crate) fn connect(host: &str, port: u16, url: &PortUrl) -> Result<Self, LinkError> {
        let not_found = || LinkError::NotFound { port: url.to_string() };
        let deadline = Deadline::after(CONNECT_WITHIN);
        let mut last = None;
        for address in (host, port).to_socket_addrs().map_err(|_unknown_host| not_found())? {
            match TcpStream::connect_timeout(&address, deadline.left().max(SHORTEST_WAIT)) {
                Ok(stream) => {
                    // Frames are small and waited for: they must not be held back to be joined.
                    stream.set_nodelay(true)?;
                    return Ok(Self { stream });
                }
                Err(error) => last = Some(error),
            }
        }
        Err(match last {
            Some(error) if error.kind() == io::ErrorKind::PermissionDenied => {
                LinkError::Denied { port: url.to_string() }
            }
            Some(error) if !unreachable(error.kind()) => LinkError::Io(error),
            _ => not_found(),
        })
    }
}

impl Link for TcpLink {
    fn send(&mut self, mut bytes: &[u8], within: Duration) -> Result<(), LinkError> {
        let deadline = Deadline::after(within);
        while !bytes.is_empty() {
            self.stream.set_write_timeout(Some(deadline.left().max(SHORTEST_WAIT)))?;
            match self.stream.write(bytes) {
                Ok(taken) => bytes = bytes.get(taken..).unwrap_or_default(),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if silent(error.kind()) => return Err(LinkError::Timeout),
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
        loop {
            self.stream.set_read_timeout(Some(deadline.left().max(SHORTEST_WAIT)))?;
            match self.stream.read(into) {
                Ok(0) => return Err(LinkError::Gone),
                Ok(count) => return Ok(count),
                Err(error) if error.kind() == io::ErrorKind::Interrupted && !deadline.passed() => {}
                Err(error) if error.kind() == io::ErrorKind::Interrupted || silent(error.kind()) => {
                    return Ok(0);
                }
                Err(error) => return Err(broken(error)),
            }
        }
    }
}

fn silent(kind: io::ErrorKind) -> bool {
    matches!(kind, io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut)
}

fn unreachable(kind: io::ErrorKind) -> bool {
    use io::ErrorKind as K;
    matches!(
        kind,
        K::ConnectionRefused | K::HostUnreachable | K::NetworkUnreachable | K::NetworkDown | K::TimedOut
    )
}

fn broken(error: io::Error) -> LinkError {
    use io::ErrorKind as K;
    match error.kind() {
        K::BrokenPipe | K::ConnectionReset | K::ConnectionAborted | K::NotConnected => LinkError::Gone,
        kind if unreachable(kind) => LinkError::Gone,
        _ => LinkError::Io(error),
    }
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    const A_WHILE: Duration = Duration::from_secs(5);

    fn pair() -> (Box<dyn Link>, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let link = crate::open(&PortUrl::Tcp { host: "127.0.0.1".into(), port }).unwrap();
        (link, listener.accept().unwrap().0)
    }

    #[test]
    fn bytes_go_both_ways_and_silence_is_no_end() {
        let (mut link, mut far) = pair();
        let mut buffer = [0; 16];
        assert_eq!(link.receive(&mut buffer, Duration::ZERO).unwrap(), 0);
        link.send(b"ask", A_WHILE).unwrap();
        let mut asked = [0; 3];
        far.read_exact(&mut asked).unwrap();
        assert_eq!(&asked, b"ask");
        far.write_all(b"answer").unwrap();
        assert_eq!(link.receive(&mut buffer, A_WHILE).unwrap(), 6);
        assert_eq!(&buffer[..6], b"answer");
    }

    #[test]
    fn a_far_end_that_closes_is_gone() {
        let (mut link, far) = pair();
        drop(far);
        assert!(matches!(link.receive(&mut [0; 16], A_WHILE), Err(LinkError::Gone)));
    }

    #[test]
    fn a_far_end_that_takes_nothing_is_a_timeout() {
        let (mut link, _far) = pair();
        let much = vec![0; 64 << 20];
        assert!(matches!(link.send(&much, Duration::from_millis(50)), Err(LinkError::Timeout)));
    }

    #[test]
    fn nobody_listening_is_not_found() {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let url = PortUrl::Tcp { host: "127.0.0.1".into(), port };
        assert!(matches!(crate::open(&url), Err(LinkError::NotFound { .. })));
    }
}
