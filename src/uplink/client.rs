//! One signed HTTP exchange with the platform at a time, its answer believed only after its signature was checked.
//!
//! Redirects are not followed and no proxy is taken from the environment: what was signed goes where the
//! configuration says. Bodies are never logged.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use ureq::Agent;
use ureq::http::{HeaderMap, Method, Request, Response};
use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, parse_pem};

use crate::uplink::Surroundings;
use crate::uplink::endpoint::BaseUrl;
use crate::uplink::error::PlatformError;
use crate::uplink::outbound::Outbound;
use crate::uplink::profile::{Profile, Recipe, WirePath};
use crate::uplink::retry_after;
use crate::uplink::sign::{Keys, SignatureError, answer_text, request_text};
use crate::uplink::wire::{self, EventsAnswer};

/// The largest answer that is read, in bytes: 200 results of a batch have some 40 KiB.
const MAX_ANSWER_BYTES: u64 = 1024 * 1024;
/// The largest head of an answer, in bytes.
const MAX_HEAD_BYTES: usize = 16 * 1024;
/// Random bytes in a nonce; it is written as twice as many hex characters.
const NONCE_BYTES: usize = 16;

/// Who calls, where, and how.
#[derive(Debug)]
pub struct ClientSettings {
    /// What the platform calls things.
    pub profile: Profile,
    /// Where the platform is.
    pub base: BaseUrl,
    /// Who the caller is at the platform.
    pub app_id: String,
    /// The terminal within the site.
    pub terminal: String,
    /// The site's code.
    pub site: String,
    /// The keys of both sides.
    pub keys: Keys,
    /// A PEM file of the only roots to trust; without it the public ones.
    pub ca_file: Option<PathBuf>,
    /// How long anything may take.
    pub timeouts: Timeouts,
}

/// How long an exchange may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// From looking up the name to a TLS connection.
    pub connect: Duration,
    /// All of it, the answer's last byte included.
    pub whole: Duration,
}

impl Timeouts {
    /// For a check that somebody waits for: 5 s to connect, 8 s for all.
    pub const SHORT: Self = Self { connect: Duration::from_secs(5), whole: Duration::from_secs(8) };
}

impl Default for Timeouts {
    /// 5 s to connect, 30 s for all.
    fn default() -> Self {
        Self { connect: Duration::from_secs(5), whole: Duration::from_secs(30) }
    }
}

/// Why there is no client.
#[derive(Clone, Debug, thiserror::Error)]
pub enum ClientError {
    /// The file of roots could not be read, or holds no certificate.
    #[error("the CA file {} cannot be used: {reason}", path.display())]
    CaFile {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
}

impl ClientError {
    /// The technician's next step.
    pub fn advice(&self) -> &'static str {
        match self {
            Self::CaFile { .. } => "put the platform's root certificate as PEM into [platform] ca_file",
        }
    }
}

/// The platform's clock, as it was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimeReading {
    /// The platform's clock, milliseconds since 1970.
    pub server_time_ms: i64,
    /// The platform's clock less the terminal's, in milliseconds; good to half of the exchange's duration.
    pub offset_ms: i64,
}

/// What the platform's clock said, and when that was by the terminal's uptime.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlatformClock {
    /// Milliseconds since 1970.
    pub server_ms: i64,
    /// The uptime at which it said so.
    pub learnt_at: Duration,
}

impl PlatformClock {
    /// What it says at that uptime.
    #[must_use]
    pub fn at(self, uptime: Duration) -> i64 {
        let passed = uptime.saturating_sub(self.learnt_at).as_millis();
        self.server_ms.saturating_add(i64::try_from(passed).unwrap_or(i64::MAX))
    }
}

/// The client; it keeps its connection.
pub struct Client {
    settings: ClientSettings,
    agent: Agent,
    surroundings: Arc<dyn Surroundings>,
    learnt: Option<PlatformClock>,
}

impl Client {
    /// A client. No connection is made yet.
    ///
    /// # Errors
    /// [`ClientError`] if the file of roots is of no use.
    pub fn new(settings: ClientSettings, surroundings: Arc<dyn Surroundings>) -> Result<Self, ClientError> {
        let roots = match &settings.ca_file {
            Some(path) => RootCerts::from(certificates(path)?),
            None => RootCerts::WebPki,
        };
        let agent = Agent::config_builder()
            .tls_config(TlsConfig::builder().root_certs(roots).build())
            .timeout_connect(Some(settings.timeouts.connect))
            .timeout_global(Some(settings.timeouts.whole))
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .max_response_header_size(MAX_HEAD_BYTES)
            .max_idle_connections(1)
            .proxy(None)
            .user_agent(concat!("kiosk/", env!("CARGO_PKG_VERSION")))
            .build()
            .new_agent();
        Ok(Self { settings, agent, surroundings, learnt: None })
    }

    /// What the profile lets one batch of this client hold, its envelope taken off.
    pub fn limits(&self) -> crate::uplink::delivery::Limits {
        let batch = self.settings.profile.batch;
        let envelope = wire::batch_overhead(&self.settings.terminal, &self.settings.site);
        crate::uplink::delivery::Limits {
            events: batch.max_events.get(),
            bytes: batch.max_bytes.get().saturating_sub(envelope),
        }
    }

    /// The platform's clock as it was learnt last; the terminal's own wall clock has no part in it.
    pub fn platform_clock(&self) -> Option<PlatformClock> {
        self.learnt
    }

    fn learn(&mut self, server_ms: i64) {
        self.learnt = Some(PlatformClock { server_ms, learnt_at: self.surroundings.uptime() });
    }

    /// Sends a batch.
    ///
    /// # Errors
    /// Any [`PlatformError`]; after most of them nobody knows whether the platform took the events.
    pub fn send_events(&mut self, events: &[Outbound]) -> Result<EventsAnswer, PlatformError> {
        let body = wire::batch_body(&self.settings.terminal, &self.settings.site, events);
        let path = self.settings.profile.paths.events.clone();
        let answer = self.exchange(Method::POST, &path, &body)?;
        wire::events_answer(&answer).map_err(|malformed| PlatformError::BadAnswer { reason: malformed.0 })
    }

    /// Reads the platform's clock, and from now on signs by it.
    ///
    /// # Errors
    /// Any [`PlatformError`].
    pub fn time(&mut self) -> Result<TimeReading, PlatformError> {
        let (uptime, wall) = (self.surroundings.uptime(), self.surroundings.wall_ms());
        let path = self.settings.profile.paths.time.clone();
        let answer = self.exchange(Method::GET, &path, b"")?;
        let server_time_ms = wire::server_time(&answer)
            .map_err(|malformed| PlatformError::BadAnswer { reason: malformed.0 })?;
        // The platform read its clock somewhere between question and answer: half of that time is the best guess.
        let half_ms =
            i64::try_from(self.surroundings.uptime().saturating_sub(uptime).as_millis() / 2).unwrap_or(0);
        let offset_ms = server_time_ms.saturating_sub(wall.saturating_add(half_ms));
        self.learn(server_time_ms.saturating_add(half_ms));
        Ok(TimeReading { server_time_ms, offset_ms })
    }

    /// One exchange: signs, sends, reads, checks the signature, then looks at the status.
    fn exchange(&mut self, method: Method, path: &WirePath, body: &[u8]) -> Result<Vec<u8>, PlatformError> {
        let nonce = self.nonce();
        let request = self.request(method, path, &nonce, body)?;
        let mut answer = self.agent.run(request).map_err(|error| failure(&error))?;
        let read = answer.body_mut().with_config().limit(MAX_ANSWER_BYTES).read_to_vec();
        let body = read.map_err(|error| failure(&error))?;
        let status = answer.status().as_u16();
        let timestamp = self.verified(&answer, status, &nonce, &body)?;
        if answer.status().is_success() {
            return Ok(body);
        }
        Err(self.refusal(status, timestamp, answer.headers(), &body))
    }

    fn request<'a>(
        &self,
        method: Method,
        path: &WirePath,
        nonce: &str,
        body: &'a [u8],
    ) -> Result<Request<&'a [u8]>, PlatformError> {
        let ClientSettings { profile, base, keys, .. } = &self.settings;
        // Counted on from what the platform said: a wall clock that jumps meanwhile does not matter.
        let uptime = self.surroundings.uptime();
        let now_ms = self.learnt.map_or_else(|| self.surroundings.wall_ms(), |clock| clock.at(uptime)).max(0);
        let (timestamp, target) = (now_ms.to_string(), base.target(path));
        let text = match profile.signing.recipe {
            Recipe::LinesSm3 => request_text(method.as_str(), &target, &timestamp, nonce, body),
        };
        let bad_request = |reason: String| PlatformError::BadRequest { reason };
        let signature = keys
            .sign(&text)
            .ok_or_else(|| bad_request("the key refuses this nonce; try again".to_owned()))?;
        let headers = &profile.headers;
        let mut request = Request::builder()
            .uri(base.url(&target))
            .header(headers.app_id.as_str(), &self.settings.app_id)
            .header(headers.terminal.as_str(), &self.settings.terminal)
            .header(headers.timestamp.as_str(), timestamp)
            .header(headers.nonce.as_str(), nonce)
            .header(headers.algorithm.as_str(), keys.algorithm().name())
            .header(headers.signature.as_str(), signature);
        if method == Method::POST {
            request = request.header("Content-Type", "application/json; charset=utf-8");
        }
        request.method(method).body(body).map_err(|error| bad_request(error.to_string()))
    }

    /// The answer's timestamp, if the platform signed it for this very request.
    fn verified(
        &self,
        answer: &Response<ureq::Body>,
        status: u16,
        nonce: &str,
        body: &[u8],
    ) -> Result<i64, PlatformError> {
        let headers = &self.settings.profile.headers;
        let text_of = |name: &str| answer.headers().get(name).and_then(|value| value.to_str().ok());
        let refused = |source| PlatformError::BadSignature { status, source };
        let timestamp =
            text_of(headers.timestamp.as_str()).ok_or_else(|| refused(SignatureError::Missing))?;
        let signature =
            text_of(headers.signature.as_str()).ok_or_else(|| refused(SignatureError::Missing))?;
        let text = match self.settings.profile.signing.recipe {
            Recipe::LinesSm3 => answer_text(status, timestamp, nonce, body),
        };
        self.settings.keys.verify(&text, signature).map_err(refused)?;
        timestamp.parse().map_err(|_| refused(SignatureError::Malformed))
    }

    /// What a believed answer other than success means.
    fn refusal(&mut self, status: u16, timestamp: i64, headers: &HeaderMap, body: &[u8]) -> PlatformError {
        let retry_after = headers.get("Retry-After").and_then(|value| value.to_str().ok());
        let retry_after = retry_after.and_then(|value| retry_after::parse(value, timestamp));
        let said = wire::error_answer(body);
        match status {
            401 if said.code == "clock_skew" => match wire::server_time(body) {
                Ok(server_time) => {
                    self.learn(server_time);
                    PlatformError::ClockSkew { server_time }
                }
                Err(malformed) => PlatformError::BadAnswer { reason: malformed.0 },
            },
            413 => PlatformError::TooLarge { retry_after },
            429 => PlatformError::Throttled { retry_after },
            500..=599 => PlatformError::Unavailable { status, retry_after },
            _ => PlatformError::Refused { status, code: said.code, message: said.message, retry_after },
        }
    }

    fn nonce(&self) -> String {
        let mut bytes = [0_u8; NONCE_BYTES];
        self.surroundings.fill_random(&mut bytes);
        format!("{:032x}", u128::from_be_bytes(bytes))
    }
}

/// The cause behind an exchange without an answer.
fn failure(error: &ureq::Error) -> PlatformError {
    use std::io::ErrorKind;
    use ureq::{Error, Timeout};
    let reason = error.to_string();
    match error {
        Error::HostNotFound
        | Error::ConnectionFailed
        | Error::Timeout(Timeout::Resolve | Timeout::Connect) => PlatformError::Unreachable { reason },
        // The system's resolver has no kind of its own for "there is no such name".
        Error::Io(io) if io.to_string().contains("lookup address") => PlatformError::Unreachable { reason },
        Error::Timeout(phase) => PlatformError::Timeout { phase: words(*phase).to_owned() },
        Error::Io(io) => match io.kind() {
            ErrorKind::ConnectionRefused
            | ErrorKind::HostUnreachable
            | ErrorKind::NetworkUnreachable
            | ErrorKind::NetworkDown
            | ErrorKind::AddrNotAvailable => PlatformError::Unreachable { reason },
            // A failed TLS handshake comes wrapped like this.
            ErrorKind::InvalidData => PlatformError::Untrusted { reason },
            _ => PlatformError::BrokenOff { reason },
        },
        Error::Rustls(_) | Error::Tls(_) | Error::Pem(_) | Error::TlsRequired => {
            PlatformError::Untrusted { reason }
        }
        Error::BadUri(_) | Error::Http(_) | Error::RequireHttpsOnly(_) => {
            PlatformError::BadRequest { reason }
        }
        _ => PlatformError::BadAnswer { reason },
    }
}

/// Which part of an exchange took too long, for a technician.
fn words(phase: ureq::Timeout) -> &'static str {
    use ureq::Timeout;
    match phase {
        Timeout::SendRequest | Timeout::SendBody => "it did not take the request",
        Timeout::RecvResponse => "it took the request and said nothing",
        Timeout::RecvBody => "its answer did not come to an end",
        _ => "the exchange as a whole took too long",
    }
}

fn certificates(path: &Path) -> Result<Vec<Certificate<'static>>, ClientError> {
    let wrong = |reason: String| ClientError::CaFile { path: path.to_owned(), reason };
    let pem = std::fs::read(path).map_err(|error| wrong(error.to_string()))?;
    let mut found = Vec::new();
    for item in parse_pem(&pem) {
        if let PemItem::Certificate(certificate) = item.map_err(|error| wrong(error.to_string()))? {
            found.push(certificate);
        }
    }
    if found.is_empty() { Err(wrong("it holds no certificate".to_owned())) } else { Ok(found) }
}
