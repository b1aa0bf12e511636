//! The platform over TLS: certificates by a root of its own, and every way in which another end gives itself away.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, IsCa, Issuer, KeyPair, date_time_ymd,
};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use super::uplink::{Board, assert_once_in_order, mixed};
use super::{Place, SECRET};
use crate::uplink::client::{Client, ClientError};
use crate::uplink::error::PlatformError;
use crate::uplink::profile::Profile;
use crate::uplink::sign::Keys;

/// A made-up root.
struct Root {
    issuer: Issuer<'static, KeyPair>,
    certificate: CertificateDer<'static>,
}

impl Root {
    fn new() -> Self {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let mut name = DistinguishedName::new();
        name.push(DnType::CommonName, "made-up root");
        params.distinguished_name = name;
        let certificate = params.self_signed(&key).unwrap().der().clone();
        Self { issuer: Issuer::new(params, key), certificate }
    }

    fn pem(&self) -> String {
        format!(
            "-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n",
            STANDARD.encode(&self.certificate)
        )
    }

    /// A server's end for that name, its certificate valid to the end of that year.
    fn server(&self, name: &str, last_year: i32) -> Arc<ServerConfig> {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        params.not_before = date_time_ymd(2020, 1, 1);
        params.not_after = date_time_ymd(last_year, 12, 31);
        let certificate = params.signed_by(&key, &self.issuer).unwrap().der().clone();
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate], key)
            .unwrap();
        Arc::new(config)
    }
}

/// Stands before the sandbox and speaks TLS; one exchange a connection. Gives its port.
fn tls_before(place: &Place, config: Arc<ServerConfig>) -> u16 {
    let (platform, listener) = (place.address(), TcpListener::bind("127.0.0.1:0").unwrap());
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let config = Arc::clone(&config);
            std::thread::spawn(move || {
                let session = ServerConnection::new(config).unwrap();
                let mut outside = StreamOwned::new(session, stream.unwrap());
                let mut inside = TcpStream::connect(platform).unwrap();
                inside.set_read_timeout(Some(Duration::from_millis(300))).unwrap();
                let mut buffer = vec![0; 64 * 1024];
                // A refused handshake ends here. Requests are small: a read holds a head, the next one its body.
                while let Ok(count @ 1..) = outside.read(&mut buffer) {
                    inside.write_all(&buffer[..count]).unwrap();
                    if let Ok(count) = inside.read(&mut buffer)
                        && outside.write_all(&buffer[..count]).is_err()
                    {
                        return;
                    }
                }
            });
        }
    });
    port
}

fn client(place: &Place, url: &str, ca_file: Option<PathBuf>) -> Client {
    let keys = Keys::hmac(SECRET).unwrap();
    place.client_for(url, ca_file, Profile::shipped("open").unwrap(), keys, Duration::from_secs(5))
}

fn ca_file(place: &Place, root: &Root) -> PathBuf {
    let path = place.folder.path().join("ca.pem");
    std::fs::write(&path, root.pem()).unwrap();
    path
}

#[test]
fn a_root_of_the_sites_own_is_enough() {
    let (place, root) = (Place::new(), Root::new());
    let port = tls_before(&place, root.server("localhost", 2099));
    let client = client(&place, &format!("https://localhost:{port}"), Some(ca_file(&place, &root)));
    let board = Board::with(mixed(3));
    let progress = board.drain(&place, client);
    assert_eq!(progress.delivered, 9);
    assert_once_in_order(&place.accepted(), 3);
}

#[test]
fn whoever_is_not_the_platform_is_not_told_anything() {
    let (place, root, other) = (Place::new(), Root::new(), Root::new());
    let own = Some(ca_file(&place, &root));
    let table = [
        ("another root", tls_before(&place, other.server("localhost", 2099)), own.clone()),
        ("no root of its own", tls_before(&place, root.server("localhost", 2099)), None),
        ("a certificate that has ended", tls_before(&place, root.server("localhost", 2021)), own.clone()),
        ("another host's", tls_before(&place, root.server("platform.example", 2099)), own.clone()),
        ("no TLS at all", place.address().port(), own),
    ];
    for (name, port, ca_file) in table {
        let error = client(&place, &format!("https://localhost:{port}"), ca_file).time().unwrap_err();
        assert!(matches!(error, PlatformError::Untrusted { .. }), "{name}: {error:?}");
        assert!(error.concerns_the_whole_platform() && error.advice().contains("clock"));
    }
    assert!(place.accepted().is_empty());
}

#[test]
fn who_is_not_there_is_told_apart_from_who_is_not_trusted() {
    let place = Place::new();
    let refused = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    for url in
        [format!("http://{refused}"), format!("https://{refused}"), "https://nowhere.invalid".to_owned()]
    {
        let error = client(&place, &url, None).time().unwrap_err();
        assert!(matches!(error, PlatformError::Unreachable { .. }), "{url}: {error:?}");
    }
    // Takes the connection and does not speak.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let keys = Keys::hmac(SECRET).unwrap();
    let profile = Profile::shipped("open").unwrap();
    let url = format!("https://{}", silent.local_addr().unwrap());
    let error = place.client_for(&url, None, profile, keys, Duration::from_millis(300)).time().unwrap_err();
    assert!(matches!(error, PlatformError::Timeout { .. }), "{error:?}");
}

#[test]
fn a_file_that_holds_no_root_is_named() {
    let place = Place::new();
    let path = place.folder.path().join("ca.pem");
    for text in [
        "",
        "-----BEGIN CERTIFICATE-----\n",
        "made up",
        "-----BEGIN CERTIFICATE-----\n!!\n-----END CERTIFICATE-----\n",
    ] {
        std::fs::write(&path, text).unwrap();
        let error = place.try_client(Some(path.clone())).err().unwrap();
        let ClientError::CaFile { path: named, .. } = &error;
        assert!(*named == path && !error.advice().is_empty(), "{text:?}");
    }
    let missing = place.folder.path().join("none.pem");
    assert!(place.try_client(Some(missing)).is_err());
}
