//! Addresses of servers and of printers on the network: `scheme://host[:port][/path]`.
//!
//! Less than a URL may be: no user, no password (those would be secrets in the configuration), no query
//! and no fragment. What is more is refused, never ignored.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};
use std::str::FromStr;

/// The longest address, in bytes.
const LONGEST: usize = 512;

/// The schemes that are read, with their usual port and whether what goes there is encrypted.
const SCHEMES: [(&str, u16, bool); 4] =
    [("https", 443, true), ("http", 80, false), ("ipps", 631, true), ("ipp", 631, false)];

/// An address that is one.
///
/// A closing slash is dropped, so that a path beginning with `/` can be appended.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Url {
    scheme: &'static str,
    encrypted: bool,
    host: String,
    port: u16,
    usual_port: bool,
    path: String,
}

impl Url {
    /// `https`, `http`, `ipps` or `ipp`.
    #[must_use]
    pub fn scheme(&self) -> &'static str {
        self.scheme
    }

    /// Whether the scheme encrypts.
    #[must_use]
    pub fn is_encrypted(&self) -> bool {
        self.encrypted
    }

    /// The host in lower case; an IPv6 address without its brackets.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The port, the scheme's usual one where none is given.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Empty, or `/…` without a closing slash.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Whether the host is this very machine: `localhost`, 127.0.0.0/8 or `::1`.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        self.host == "localhost" || self.host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
    }
}

impl fmt::Display for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let v6 = self.host.contains(':');
        let (open, close) = if v6 { ("[", "]") } else { ("", "") };
        write!(f, "{}://{open}{}{close}", self.scheme, self.host)?;
        if !self.usual_port {
            write!(f, ":{}", self.port)?;
        }
        f.write_str(&self.path)
    }
}

impl FromStr for Url {
    type Err = NotAUrl;

    fn from_str(text: &str) -> Result<Self, NotAUrl> {
        if text.len() > LONGEST || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(NotAUrl::Characters);
        }
        let (scheme, rest) = text.split_once("://").ok_or(NotAUrl::NoScheme)?;
        let known = SCHEMES.iter().find(|(known, ..)| scheme.eq_ignore_ascii_case(known));
        let (scheme, usual, encrypted) = *known.ok_or(NotAUrl::NoScheme)?;
        let (authority, path) = match rest.find('/') {
            Some(slash) => rest.split_at(slash),
            None => (rest, ""),
        };
        if rest.contains(['?', '#', '\\', '"', '<', '>', '{', '}', '|', '^', '`']) {
            return Err(NotAUrl::Extra);
        }
        if authority.contains('@') {
            return Err(NotAUrl::User);
        }
        let (host, port) = match authority.strip_prefix('[') {
            Some(bracketed) => {
                let (host, port) = bracketed.split_once(']').ok_or(NotAUrl::Host)?;
                let address: Ipv6Addr = host.parse().map_err(|_| NotAUrl::Host)?;
                (address.to_string(), (!port.is_empty()).then(|| port.strip_prefix(':').unwrap_or("")))
            }
            None => {
                let (host, port) = authority.split_once(':').map_or((authority, None), |(h, p)| (h, Some(p)));
                (host.to_ascii_lowercase(), port)
            }
        };
        if !host.contains(':') && !is_host_name(&host) {
            return Err(NotAUrl::Host);
        }
        let digits = |port: &str| port.bytes().all(|byte| byte.is_ascii_digit());
        let port = match port {
            None => usual,
            Some(port) if digits(port) => port.parse().ok().filter(|port| *port != 0).ok_or(NotAUrl::Port)?,
            Some(_) => return Err(NotAUrl::Port),
        };
        let path = path.trim_end_matches('/').to_owned();
        Ok(Self { scheme, encrypted, host, port, usual_port: port == usual, path })
    }
}

fn is_host_name(host: &str) -> bool {
    let label = |label: &str| {
        let characters =
            label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
        (1..=63).contains(&label.len()) && characters && !label.starts_with('-') && !label.ends_with('-')
    };
    host.len() <= 253 && host.split('.').all(label)
}

/// Why a text is no address. None of them repeats the text, which may hold a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotAUrl {
    /// Too long, or a blank, a control or a letter beyond ASCII in it.
    #[error("it is longer than 512 bytes, or not plain ASCII without blanks")]
    Characters,
    /// No `://`, or an unknown scheme before it.
    #[error("it does not begin with https://, http://, ipps:// or ipp://")]
    NoScheme,
    /// `user:password@`.
    #[error("it has a user or password in it, and secrets are never in this file")]
    User,
    /// The host is none.
    #[error("its host is no name and no address")]
    Host,
    /// The port is none.
    #[error("its port is not from 1 to 65535")]
    Port,
    /// A query, a fragment, or characters that no path has.
    #[error("it has a query, a fragment or a character that does not belong there")]
    Extra,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn addresses_are_read_and_printed() {
        let table = [
            ("https://platform.example/api", "platform.example", 443, "/api", false),
            ("https://platform.example/api/", "platform.example", 443, "/api", false),
            ("http://127.0.0.1:8080", "127.0.0.1", 8080, "", true),
            ("http://localhost", "localhost", 80, "", true),
            ("http://[::1]:90/x", "::1", 90, "/x", true),
            ("ipp://10.0.0.20/ipp/print", "10.0.0.20", 631, "/ipp/print", false),
        ];
        for (text, host, port, path, loopback) in table {
            let url: Url = text.parse().unwrap();
            assert_eq!((url.host(), url.port(), url.path(), url.is_loopback()), (host, port, path, loopback));
            assert_eq!(url.to_string(), text.trim_end_matches('/'));
        }
    }

    #[test]
    fn what_is_no_address_is_refused_by_its_cause() {
        let table = [
            ("", NotAUrl::NoScheme),
            ("platform.example", NotAUrl::NoScheme),
            ("ftp://a", NotAUrl::NoScheme),
            ("https://", NotAUrl::Host),
            ("https://a..b", NotAUrl::Host),
            ("https://[::1", NotAUrl::Host),
            ("https://a:0", NotAUrl::Port),
            ("https://a:65536", NotAUrl::Port),
            ("https://a:+1", NotAUrl::Port),
            ("https://[::1]x", NotAUrl::Port),
            ("https://u:p@a", NotAUrl::User),
            ("https://a/?q=1", NotAUrl::Extra),
            ("https://a/#f", NotAUrl::Extra),
            ("https://a b", NotAUrl::Characters),
            ("https://政务", NotAUrl::Characters),
        ];
        for (text, cause) in table {
            assert_eq!(text.parse::<Url>(), Err(cause), "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_read_prints_as_itself(text in "(https?|ipps?)://[a-z0-9.\\[\\]:@-]{0,12}(/[a-z/?]{0,6})?|.{0,30}") {
            if let Ok(url) = text.parse::<Url>() {
                prop_assert_eq!(url.to_string().parse::<Url>(), Ok(url));
            }
        }
    }
}
