//! The HTTP side: who may call, what is answered, and every answer of the platform signed.
//!
//! Checks come in this order: signature, clock, nonce; only a caller who proved himself can use up a nonce. The
//! `/sandbox/` calls are for whoever tries the terminal out: they need no signature and suffer no faults.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::Response;
use serde_json::{Value, json};

use crate::sandbox::WallClock;
use crate::sandbox::events::{self, BatchError};
use crate::sandbox::faults::{Faults, Turn};
use crate::sandbox::line::{CuttableListener, Scissors};
use crate::sandbox::sample;
use crate::sandbox::store::{Store, StoreError};
use crate::uplink::sign::{Keys, answer_text, request_text};

/// The largest body that is taken, in bytes.
const MAX_BODY: usize = 256 * 1024;
/// The largest body that is read at all: up to here a too large one is still answered with a signature.
const MAX_READ: usize = 4 * 1024 * 1024;
/// How far a request's timestamp may be off, in milliseconds.
const MAX_SKEW_MS: i64 = 300_000;

/// The platform behind the server.
pub struct Platform {
    keys: Keys,
    store: Store,
    faults: Faults,
    clock: WallClock,
}

/// An answer before it is signed.
struct Reply {
    status: StatusCode,
    body: Vec<u8>,
    retry_after: Option<String>,
}

/// What a captive portal answers to everything.
const PORTAL: &str = "<!DOCTYPE html><title>请登录</title><p>请先登录网络。";

impl Reply {
    fn json(status: StatusCode, body: &Value) -> Self {
        Self { status, body: body.to_string().into_bytes(), retry_after: None }
    }

    /// The same with half of its body.
    fn torn(mut self) -> Self {
        self.body.truncate(self.body.len() / 2);
        self
    }

    /// An answer to events in reverse, with one that nobody sent and one of a status that nobody knows.
    fn odd(mut self) -> Self {
        if let Ok(Value::Object(mut answer)) = serde_json::from_slice(&self.body)
            && let Some(results) = answer.get_mut("results").and_then(Value::as_array_mut)
        {
            results.push(json!({"id": "0192f000-0000-7000-8000-000000000000", "status": "accepted"}));
            results
                .push(json!({"id": "0192f000-0000-7000-8000-000000000001", "status": "pondered", "why": {}}));
            results.reverse();
            answer.insert("since".to_owned(), json!([1, null]));
            self.body = Value::Object(answer).to_string().into_bytes();
        }
        self
    }

    fn ok(body: &Value) -> Self {
        Self::json(StatusCode::OK, body)
    }

    fn error(status: StatusCode, code: &str, message: &str) -> Self {
        Self::json(status, &json!({"code": code, "message": message}))
    }
}

impl From<StoreError> for Reply {
    fn from(error: StoreError) -> Self {
        log::error!("{error}");
        Self::error(StatusCode::INTERNAL_SERVER_ERROR, "store_failed", "the sandbox's store failed")
    }
}

/// What the signature and its companions say.
struct Caller<'a> {
    app_id: &'a str,
    nonce: &'a str,
}

impl Platform {
    /// A platform without faults.
    pub fn new(keys: Keys, store: Store, clock: WallClock) -> Self {
        Self { keys, store, faults: Faults::default(), clock }
    }

    /// Sets what goes wrong from now on.
    pub fn set_faults(&mut self, faults: Faults) {
        self.faults = faults;
    }

    /// How many events were accepted.
    ///
    /// # Errors
    /// [`StoreError`] if the store cannot be read.
    pub fn accepted(&self) -> Result<u64, StoreError> {
        self.store.accepted()
    }

    fn now_ms(&self) -> i64 {
        (self.clock)().saturating_add(self.faults.skew_s.saturating_mul(1000))
    }

    fn handle(&mut self, parts: &Parts, body: &[u8], turn: &Turn, is_repeat: bool) -> Reply {
        let caller = match self.caller(parts, body) {
            Ok(caller) => caller,
            Err(reply) => return reply,
        };
        if !is_repeat {
            match self.store.use_nonce(caller.app_id, caller.nonce, self.now_ms()) {
                Ok(true) => {}
                Ok(false) => return unauthorized("nonce_used", "this nonce was used before"),
                Err(error) => return error.into(),
            }
        }
        match (parts.uri.path(), &parts.method) {
            ("/v1/time", &Method::GET) => Reply::ok(&json!({"server_time": self.now_ms()})),
            ("/v1/events", &Method::POST) => self.events(caller.app_id, body, turn),
            ("/v1/notices", &Method::GET) => Reply::ok(&sample::notices()),
            ("/v1/catalog", &Method::GET) => catalog(parts.uri.query()),
            ("/v1/time" | "/v1/events" | "/v1/notices" | "/v1/catalog", _) => Reply::error(
                StatusCode::METHOD_NOT_ALLOWED,
                "method_not_allowed",
                "this call has another method",
            ),
            _ => Reply::error(StatusCode::NOT_FOUND, "not_offered", "the sandbox does not offer this call"),
        }
    }

    fn caller<'a>(&self, parts: &'a Parts, body: &[u8]) -> Result<Caller<'a>, Reply> {
        let header = |name: &str| {
            let value = parts.headers.get(name).and_then(|value| value.to_str().ok());
            value.filter(|value| !value.is_empty()).ok_or_else(|| {
                unauthorized("missing_header", &format!("the header {name} is missing or not plain text"))
            })
        };
        let (app_id, _terminal, timestamp) =
            (header("X-App-Id")?, header("X-Terminal")?, header("X-Timestamp")?);
        let (nonce, algorithm) = (header("X-Nonce")?, header("X-Sign-Algorithm")?);
        let signature = header("X-Signature")?;
        if !(16..=128).contains(&nonce.len()) {
            return Err(unauthorized("bad_nonce", "a nonce has 16 to 128 characters"));
        }
        if algorithm != self.keys.algorithm().name() {
            return Err(unauthorized("wrong_algorithm", "this platform uses another signature algorithm"));
        }
        let target = parts.uri.path_and_query().map_or("/", |target| target.as_str());
        let text = request_text(parts.method.as_str(), target, timestamp, nonce, body);
        self.keys
            .verify(&text, signature)
            .map_err(|error| unauthorized("bad_signature", &error.to_string()))?;
        let sent_ms: i64 = timestamp
            .parse()
            .map_err(|_| unauthorized("bad_timestamp", "X-Timestamp is not milliseconds"))?;
        let now_ms = self.now_ms();
        let skewed = now_ms.saturating_sub(sent_ms).unsigned_abs() > MAX_SKEW_MS.unsigned_abs();
        if skewed && parts.uri.path() != "/v1/time" {
            let body = json!({"code": "clock_skew", "message": "X-Timestamp is more than 300 s off",
                              "server_time": now_ms});
            return Err(Reply::json(StatusCode::UNAUTHORIZED, &body));
        }
        Ok(Caller { app_id, nonce })
    }

    fn events(&mut self, app_id: &str, body: &[u8], turn: &Turn) -> Reply {
        let most = turn.max_bytes.and_then(|most| usize::try_from(most).ok()).unwrap_or(MAX_BODY);
        if body.len() > most {
            return too_large(&format!("a batch has at most {most} bytes"));
        }
        let now_ms = self.now_ms();
        let faults = &mut self.faults;
        let mut fault = || if turn.disturbs { faults.take_event() } else { None };
        match events::take(&mut self.store, app_id, now_ms, body, &mut fault) {
            Ok(results) => Reply::ok(&results),
            Err(BatchError::TooMany) => too_large("a batch has at most 200 events"),
            Err(BatchError::Malformed(what)) => Reply::error(StatusCode::BAD_REQUEST, "bad_request", &what),
            Err(BatchError::Store(error)) => error.into(),
        }
    }

    /// Signs a reply for the request with this nonce.
    fn sign(&self, reply: Reply, nonce: &str, wrongly: bool) -> Response {
        let timestamp = self.now_ms().to_string();
        let signed_nonce = if wrongly { "a nonce of nobody" } else { nonce };
        let text = answer_text(reply.status.as_u16(), &timestamp, signed_nonce, &reply.body);
        let mut response = plain(reply);
        let signature = self.keys.sign(&text).unwrap_or_default();
        for (name, value) in [("X-Timestamp", timestamp), ("X-Signature", signature)] {
            if let Ok(value) = HeaderValue::from_str(&value) {
                response.headers_mut().insert(name, value);
            }
        }
        response
    }

    fn control(&mut self, parts: &Parts, body: &[u8]) -> Reply {
        match (parts.uri.path(), &parts.method) {
            ("/sandbox/events", &Method::GET) => {
                let number = |name| query(parts.uri.query(), name).map(str::parse::<i64>).transpose();
                let (Ok(after), Ok(limit)) = (number("after"), number("limit")) else {
                    return Reply::error(
                        StatusCode::BAD_REQUEST,
                        "bad_request",
                        "after and limit are numbers",
                    );
                };
                match self.store.events_json(after.unwrap_or(0), limit.unwrap_or(i64::MAX)) {
                    Ok(json) => Reply { status: StatusCode::OK, body: json.into_bytes(), retry_after: None },
                    Err(error) => error.into(),
                }
            }
            ("/sandbox/faults", &Method::GET) => Reply::ok(&self.faults.to_json()),
            ("/sandbox/faults", &Method::PUT) => match Faults::from_json(body) {
                Ok(faults) => {
                    self.faults = faults;
                    Reply::ok(&self.faults.to_json())
                }
                Err(what) => Reply::error(StatusCode::BAD_REQUEST, "bad_request", &what),
            },
            ("/sandbox/events" | "/sandbox/faults", _) => Reply::error(
                StatusCode::METHOD_NOT_ALLOWED,
                "method_not_allowed",
                "this call has another method",
            ),
            _ => Reply::error(StatusCode::NOT_FOUND, "not_offered", "there is no such call"),
        }
    }
}

/// Serves until the future is dropped.
pub async fn serve(listener: CuttableListener, platform: Arc<Mutex<Platform>>) {
    let router = Router::new().fallback(answer).with_state(platform);
    let service = router.into_make_service_with_connect_info::<Scissors>();
    if let Err(error) = axum::serve(listener, service).await {
        log::error!("the sandbox's server ended: {error}");
    }
}

/// The platform is small and quick: it is used under one lock on the server's own thread, never across an await.
async fn answer(
    State(platform): State<Arc<Mutex<Platform>>>,
    ConnectInfo(scissors): ConnectInfo<Scissors>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    scissors.leave_whole();
    let nonce = parts.headers.get("X-Nonce").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let Ok(body) = to_bytes(body, MAX_READ).await else {
        return lock(&platform).sign(too_large("the body is far too large"), nonce, false);
    };
    if parts.uri.path().starts_with("/sandbox/") {
        return plain(lock(&platform).control(&parts, &body));
    }
    let (reply, turn) = {
        let mut platform = lock(&platform);
        let turn = platform.faults.take(parts.uri.path());
        if turn.portal {
            return portal();
        }
        let reply = match turn.refuse.and_then(|status| StatusCode::from_u16(status).ok()) {
            Some(status) => {
                let mut reply = Reply::error(status, "fault", "the sandbox was told to refuse");
                reply.retry_after.clone_from(&turn.retry_after);
                reply
            }
            None => {
                let mut reply = platform.handle(&parts, &body, &turn, false);
                if turn.twice {
                    reply = platform.handle(&parts, &body, &turn, true);
                }
                let reply = if turn.odd { reply.odd() } else { reply };
                if turn.torn { reply.torn() } else { reply }
            }
        };
        (reply, turn)
    };
    if turn.latency_ms > 0 {
        tokio::time::sleep(Duration::from_millis(turn.latency_ms)).await;
    }
    if let Some(bytes) = turn.cut_after {
        scissors.cut_after(bytes);
    }
    lock(&platform).sign(reply, nonce, turn.wrong_signature)
}

fn lock(platform: &Mutex<Platform>) -> MutexGuard<'_, Platform> {
    platform.lock().unwrap_or_else(PoisonError::into_inner)
}

fn plain(reply: Reply) -> Response {
    let mut response = Response::new(Body::from(reply.body));
    *response.status_mut() = reply.status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"));
    if let Some(value) = reply.retry_after.and_then(|text| HeaderValue::from_str(&text).ok()) {
        headers.insert(header::RETRY_AFTER, value);
    }
    response
}

fn portal() -> Response {
    let mut response = Response::new(Body::from(PORTAL));
    let html = HeaderValue::from_static("text/html; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, html);
    response
}

fn unauthorized(code: &str, message: &str) -> Reply {
    Reply::error(StatusCode::UNAUTHORIZED, code, message)
}

fn too_large(message: &str) -> Reply {
    Reply::error(StatusCode::PAYLOAD_TOO_LARGE, "too_large", message)
}

fn catalog(query_text: Option<&str>) -> Reply {
    if query(query_text, "version") == Some(sample::CATALOG_VERSION) {
        return Reply { status: StatusCode::NOT_MODIFIED, body: Vec::new(), retry_after: None };
    }
    Reply::ok(&sample::catalog())
}

/// A query's value, as it stands: the values that are used here need no decoding.
fn query<'a>(query: Option<&'a str>, name: &str) -> Option<&'a str> {
    query?
        .split('&')
        .find_map(|pair| pair.split_once('=').filter(|(key, _)| *key == name).map(|(_, value)| value))
}
