//! `[hall]`: where the hall's pages are served; a site without the table serves none.

use std::net::SocketAddr;
use std::path::Path;

use super::error::{Fault, Refusal};
use super::files::{NamedFile, optional_file};
use super::reader::Section;
use super::values::parsed;

/// The hall's web server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hall {
    /// Address and port; port 0 is any free one.
    pub listen: SocketAddr,
    /// The site's own certificate; without one, one is made at the first start.
    pub tls: Option<TlsFiles>,
}

/// A certificate and its key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsFiles {
    /// Certificate chain, PEM.
    pub cert: NamedFile,
    /// Private key, PEM, mode 0600.
    pub key: NamedFile,
}

const LISTEN: &str = "an address and a port, as in \"0.0.0.0:8443\" or \"[::]:8443\"";

pub(super) fn read(mut hall: Section<'_>, base: &Path) -> Option<Hall> {
    let listen = hall.required("listen", LISTEN, parsed(LISTEN));
    let cert = optional_file(&mut hall, "tls_cert", base);
    let key = optional_file(&mut hall, "tls_key", base);
    for (there, lacking) in [("tls_cert", "tls_key"), ("tls_key", "tls_cert")] {
        if hall.has(there) && !hall.has(lacking) {
            let expected =
                format!("it beside {there}, or neither: then a certificate is made at the first start");
            hall.refuse(lacking, Refusal::new(Fault::Missing, expected));
        }
    }
    hall.finish();
    let tls = cert.zip(key).map(|(cert, key)| TlsFiles { cert, key });
    Some(Hall { listen: listen?, tls })
}
