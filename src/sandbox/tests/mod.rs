//! The sandbox as others meet it: over HTTP, by the real uplink and by hostile hands.

mod answers;
mod front;
mod hostile;
mod tls;
mod uplink;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use uuid::Uuid;

use crate::sandbox::{Options, Running, Sandbox};
use crate::uplink::Surroundings;
use crate::uplink::client::{Client, ClientError, ClientSettings, Timeouts};
use crate::uplink::endpoint::BaseUrl;
use crate::uplink::key_file::tests::write_secret;
use crate::uplink::outbound::Outbound;
use crate::uplink::profile::Profile;
use crate::uplink::sign::Keys;
use crate::uplink::sign::tests::{OTHER_PUBLIC, PKCS8};

const SECRET: &[u8] = b"made-up-shared-secret\n";
const SITE: &str = "510823101000";

/// A sandbox in a folder of its own.
struct Place {
    folder: tempfile::TempDir,
    running: Option<Running>,
    surroundings: Arc<RealTime>,
}

/// The real clocks, the wall clock off by as much as a test wants; no jitter.
struct RealTime {
    start: Instant,
    wall_error_ms: AtomicI64,
}

impl RealTime {
    #[expect(
        clippy::disallowed_methods,
        reason = "these tests go over real sockets, so real time is in them"
    )]
    fn new() -> Self {
        Self { start: Instant::now(), wall_error_ms: AtomicI64::new(0) }
    }
}

/// The true time, milliseconds since 1970.
#[expect(clippy::disallowed_methods, reason = "these tests go over real sockets, so real time is in them")]
fn true_wall_ms() -> i64 {
    jiff::Timestamp::now().as_millisecond()
}

impl Surroundings for RealTime {
    fn uptime(&self) -> Duration {
        self.start.elapsed()
    }

    fn wall_ms(&self) -> i64 {
        true_wall_ms() + self.wall_error_ms.load(Ordering::Relaxed)
    }

    fn fill_random(&self, bytes: &mut [u8]) {
        getrandom::fill(bytes).unwrap();
    }

    fn fraction(&self) -> f64 {
        0.0
    }
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        write_secret(&folder.path().join("platform.key"), SECRET);
        let mut place = Self { folder, running: None, surroundings: Arc::new(RealTime::new()) };
        place.start("127.0.0.1:0".parse().unwrap());
        place
    }

    /// A sandbox that signs by SM2; the terminal's public key is [`OTHER_PUBLIC`].
    fn with_sm2() -> Self {
        let folder = tempfile::tempdir().unwrap();
        write_secret(&folder.path().join("platform.key"), PKCS8.as_bytes());
        std::fs::write(folder.path().join("terminal.pub"), OTHER_PUBLIC).unwrap();
        let mut place = Self { folder, running: None, surroundings: Arc::new(RealTime::new()) };
        place.start("127.0.0.1:0".parse().unwrap());
        place
    }

    fn start(&mut self, listen: SocketAddr) {
        let public_key = Some(self.folder.path().join("terminal.pub")).filter(|path| path.exists());
        let options = Options {
            listen,
            data: self.folder.path().join("data"),
            key: self.key_path(),
            public_key,
            clock: Arc::new(true_wall_ms),
        };
        self.running = Some(Sandbox::start(options).unwrap());
    }

    fn key_path(&self) -> PathBuf {
        self.folder.path().join("platform.key")
    }

    fn running(&self) -> &Running {
        self.running.as_ref().unwrap()
    }

    fn address(&self) -> SocketAddr {
        self.running().address()
    }

    fn faults(&self, json: &str) {
        self.running().set_faults(crate::sandbox::faults::Faults::from_json(json.as_bytes()).unwrap());
    }

    fn client(&self, profile: Profile, secret: &[u8]) -> Client {
        self.client_within(profile, secret, Duration::from_secs(20))
    }

    fn client_within(&self, profile: Profile, secret: &[u8], whole: Duration) -> Client {
        self.client_with_keys(profile, Keys::hmac(secret).unwrap(), whole)
    }

    fn client_with_keys(&self, profile: Profile, keys: Keys, whole: Duration) -> Client {
        self.client_for(&format!("http://{}", self.address()), None, profile, keys, whole)
    }

    /// A client of what stands before the platform.
    fn client_at(&self, front: SocketAddr, profile: Profile, secret: &[u8], whole: Duration) -> Client {
        self.client_for(&format!("http://{front}"), None, profile, Keys::hmac(secret).unwrap(), whole)
    }

    fn client_for(
        &self,
        url: &str,
        ca_file: Option<PathBuf>,
        profile: Profile,
        keys: Keys,
        whole: Duration,
    ) -> Client {
        self.try_client_for(url, ca_file, profile, keys, whole).unwrap()
    }

    /// A client with that file of roots, if it is of use.
    fn try_client(&self, ca_file: Option<PathBuf>) -> Result<Client, ClientError> {
        let (profile, keys) = (Profile::shipped("open").unwrap(), Keys::hmac(SECRET).unwrap());
        self.try_client_for("https://localhost", ca_file, profile, keys, Duration::from_secs(5))
    }

    fn try_client_for(
        &self,
        url: &str,
        ca_file: Option<PathBuf>,
        profile: Profile,
        keys: Keys,
        whole: Duration,
    ) -> Result<Client, ClientError> {
        let settings = ClientSettings {
            profile,
            base: BaseUrl::parse(url, false).unwrap(),
            app_id: "T01-510823101000".to_owned(),
            terminal: "T01".to_owned(),
            site: SITE.to_owned(),
            keys,
            ca_file,
            timeouts: Timeouts { connect: Duration::from_secs(5), whole },
        };
        Client::new(settings, Arc::clone(&self.surroundings) as Arc<dyn Surroundings>)
    }

    fn open_client(&self) -> Client {
        self.client(Profile::shipped("open").unwrap(), SECRET)
    }

    /// The accepted events as `subject seq`, in order.
    fn accepted(&self) -> Vec<String> {
        let url = format!("http://{}/sandbox/events?after=0", self.address());
        let text =
            ureq::get(&url).call().unwrap().body_mut().with_config().limit(1 << 30).read_to_string().unwrap();
        let events: Vec<serde_json::Value> = serde_json::from_str(&text).unwrap();
        events
            .iter()
            .map(|event| format!("{} {}", event["subject"].as_str().unwrap(), event["seq"]))
            .collect()
    }
}

/// The `seq`th event of a ticket.
fn event(ticket: u32, seq: u64) -> Outbound {
    event_with(ticket, seq, "{\"by\":\"T01\",\"window\":1}")
}

fn event_with(ticket: u32, seq: u64, body: &str) -> Outbound {
    let mut random = [0_u8; 10];
    random[..4].copy_from_slice(&ticket.to_be_bytes());
    random[4..].copy_from_slice(&seq.to_be_bytes()[2..]);
    let id: Uuid = uuid::Builder::from_unix_timestamp_millis(1_700_000_000_000, &random).into_uuid();
    let at = "2026-11-24T09:00:00+08:00";
    Outbound::new(id, &format!("ticket/{ticket}"), seq, "ticket.called", at, body).unwrap()
}
