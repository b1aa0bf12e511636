//! Where the platform is: the base URL of the configuration, parsed once.
//!
//! What goes over a line that others can read must be encrypted: plain http is taken to this machine itself only,
//! or where the site says outright that it is meant.

use std::net::IpAddr;

use ureq::http::Uri;

use crate::uplink::profile::WirePath;

/// A base URL below which all calls lie.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BaseUrl {
    /// Scheme and authority, without a slash at the end.
    origin: String,
    /// The path below which the profile's paths lie; empty, or `/…` without a slash at the end.
    path: String,
}

/// Why a URL is no base URL.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EndpointError {
    /// It is not a URL of the form `https://HOST[:PORT][/PATH]`.
    #[error("`{url}` is not a URL of the form https://HOST[:PORT][/PATH]: {reason}")]
    Malformed {
        /// The text.
        url: String,
        /// What is wrong.
        reason: &'static str,
    },
    /// Plain http to another machine.
    #[error("`{url}` is plain http to another machine")]
    Insecure {
        /// The text.
        url: String,
    },
}

impl EndpointError {
    /// The technician's next step.
    pub fn advice(&self) -> &'static str {
        match self {
            Self::Malformed { .. } => {
                "write [platform] url as the platform's operator gave it, without `?` and `#`"
            }
            Self::Insecure { .. } => {
                "use https, or set insecure = true in [platform] if the line itself is protected"
            }
        }
    }
}

impl BaseUrl {
    /// Reads a base URL; `insecure` allows plain http to other machines.
    ///
    /// # Errors
    /// Any [`EndpointError`].
    pub fn parse(url: &str, insecure: bool) -> Result<Self, EndpointError> {
        let malformed = |reason| EndpointError::Malformed { url: url.to_owned(), reason };
        if url.contains(['?', '#']) {
            return Err(malformed("it has a query or a fragment"));
        }
        let uri: Uri = url.parse().map_err(|_| malformed("it cannot be parsed"))?;
        let authority = uri.authority().ok_or_else(|| malformed("there is no host"))?;
        if authority.as_str().contains('@') {
            return Err(malformed("it has a user name, which would end in logs"));
        }
        match uri.scheme_str() {
            Some("https") => {}
            Some("http") if insecure || is_loopback(authority.host()) => {}
            Some("http") => return Err(EndpointError::Insecure { url: url.to_owned() }),
            _ => return Err(malformed("the scheme is not https")),
        }
        let scheme = uri.scheme_str().unwrap_or("https");
        Ok(Self {
            origin: format!("{scheme}://{authority}"),
            path: uri.path().trim_end_matches('/').to_owned(),
        })
    }

    /// What stands in the request line, and so what is signed: the base's own path, then the call's.
    pub fn target(&self, path: &WirePath) -> String {
        format!("{}{}", self.path, path.as_str())
    }

    /// The whole URL of a target.
    pub fn url(&self, target: &str) -> String {
        format!("{}{target}", self.origin)
    }
}

fn is_loopback(host: &str) -> bool {
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost")
        || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base_paths_are_kept_and_signed() {
        let path = WirePath::try_from("/v1/time".to_owned()).unwrap();
        let table = [
            ("https://platform.example/api", "/api/v1/time", "https://platform.example/api/v1/time"),
            ("https://platform.example/api/", "/api/v1/time", "https://platform.example/api/v1/time"),
            ("https://platform.example:8443", "/v1/time", "https://platform.example:8443/v1/time"),
            ("http://127.0.0.1:9000/", "/v1/time", "http://127.0.0.1:9000/v1/time"),
            ("http://[::1]:9000", "/v1/time", "http://[::1]:9000/v1/time"),
            ("http://localhost", "/v1/time", "http://localhost/v1/time"),
        ];
        for (url, target, whole) in table {
            let base = BaseUrl::parse(url, false).unwrap();
            assert_eq!(base.target(&path), target);
            assert_eq!(base.url(target), whole);
        }
    }

    #[test]
    fn what_is_no_base_is_refused() {
        for url in [
            "",
            "platform.example",
            "/api",
            "ftp://x/",
            "https://",
            "https://x/?a",
            "https://x/#a",
            "https://u:p@x/",
        ] {
            let error = BaseUrl::parse(url, true).unwrap_err();
            assert!(matches!(error, EndpointError::Malformed { .. }), "{url}");
        }
        for url in [
            "http://platform.example",
            "http://10.0.0.1:80/api",
            "http://127.0.0.1.example/",
            "http://[::2]/",
        ] {
            let error = BaseUrl::parse(url, false).unwrap_err();
            assert!(matches!(&error, EndpointError::Insecure { .. }) && !error.advice().is_empty(), "{url}");
            assert!(BaseUrl::parse(url, true).is_ok());
        }
    }
}
