//! What stands before the sandbox and spoils its answers below HTTP, as lines, gateways and liars do.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::{SECRET, true_wall_ms};
use crate::uplink::sign::{Keys, answer_text};

/// One request as it came, and the platform behind.
pub(super) struct Exchange {
    pub nonce: String,
    pub body: Vec<u8>,
    target: String,
    raw: Vec<u8>,
    platform: SocketAddr,
}

/// What goes back.
pub(super) enum Back {
    /// These bytes, then the connection is closed.
    Bytes(Vec<u8>),
    /// These bytes one by one, a pause before each.
    Drip(Vec<u8>, Duration),
    /// Nothing: the connection is reset.
    Reset,
    /// Nothing, and the connection stays open for that long.
    Silence(Duration),
}

/// How an exchange is spoilt.
pub(super) type Spoil = Arc<dyn Fn(&Exchange) -> Back + Send + Sync>;

/// The front: spoils so many exchanges of the events' path, and passes everything else on.
pub(super) struct Front {
    pub address: SocketAddr,
    spoil: Arc<Mutex<(usize, Option<Spoil>)>>,
    asked: Arc<AtomicUsize>,
}

impl Front {
    pub(super) fn before(platform: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let spoil: Arc<Mutex<(usize, Option<Spoil>)>> = Arc::default();
        let asked = Arc::<AtomicUsize>::default();
        let (spoiling, counted) = (Arc::clone(&spoil), Arc::clone(&asked));
        // It ends with the process: nobody waits for it.
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let (spoil, asked) = (Arc::clone(&spoiling), Arc::clone(&counted));
                std::thread::spawn(move || {
                    let Ok(stream) = stream else { return };
                    let Some(exchange) = Exchange::read(&stream, platform) else { return };
                    let spoil = {
                        let mut spoil = spoil.lock().unwrap();
                        let now = exchange.target == "/v1/events" && spoil.0 > 0;
                        spoil.0 -= usize::from(now);
                        now.then(|| spoil.1.clone()).flatten()
                    };
                    asked.fetch_add(usize::from(exchange.target == "/v1/events"), Ordering::Relaxed);
                    let back =
                        spoil.map_or_else(|| Back::Bytes(exchange.pass_on()), |spoil| spoil(&exchange));
                    give(stream, back);
                });
            }
        });
        Self { address, spoil, asked }
    }

    /// Spoils the next `times` batches of events.
    pub(super) fn spoil(&self, times: usize, spoil: Spoil) {
        *self.spoil.lock().unwrap() = (times, Some(spoil));
    }

    /// Batches that came so far.
    pub(super) fn asked(&self) -> usize {
        self.asked.load(Ordering::Relaxed)
    }
}

/// Whoever asks may have gone: what it does not read is its own.
fn give(mut stream: TcpStream, back: Back) {
    match back {
        Back::Bytes(bytes) => {
            let _ = stream.write_all(&bytes);
        }
        Back::Drip(bytes, pause) => {
            for byte in bytes {
                std::thread::sleep(pause);
                if stream.write_all(&[byte]).is_err() {
                    return;
                }
            }
        }
        // What was received and not read makes the system reset the connection when it is closed.
        Back::Reset => {}
        Back::Silence(time) => std::thread::sleep(time),
    }
}

impl Exchange {
    /// Reads one request; all but its last byte, so that closing without an answer is a reset.
    fn read(stream: &TcpStream, platform: SocketAddr) -> Option<Self> {
        let mut reader = BufReader::with_capacity(1, stream);
        let (mut raw, mut length, mut nonce) = (Vec::new(), 0, String::new());
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line).ok()? == 0 {
                return None;
            }
            let lower = line.to_ascii_lowercase();
            if let Some(value) = lower.strip_prefix("content-length:") {
                length = value.trim().parse().ok()?;
            }
            if lower.starts_with("x-nonce:") {
                nonce = line.split_once(':')?.1.trim().to_owned();
            }
            // Each exchange has its own connection, so that none is spoilt by the one before it.
            if line == "\r\n" {
                raw.extend_from_slice(b"connection: close\r\n\r\n");
                break;
            }
            raw.extend_from_slice(line.as_bytes());
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body).ok()?;
        let target = String::from_utf8_lossy(&raw).split(' ').nth(1)?.to_owned();
        raw.extend_from_slice(&body);
        Some(Self { nonce, body, target, raw, platform })
    }

    /// The platform's whole answer, head and body; it has handled the request.
    pub(super) fn pass_on(&self) -> Vec<u8> {
        let mut platform = TcpStream::connect(self.platform).unwrap();
        platform.write_all(&self.raw).unwrap();
        let mut answer = Vec::new();
        platform.read_to_end(&mut answer).unwrap();
        answer
    }

    /// The ids of the events in the request.
    pub(super) fn ids(&self) -> Vec<String> {
        let batch: serde_json::Value = serde_json::from_slice(&self.body).unwrap();
        let id = |event: &serde_json::Value| event["id"].as_str().unwrap().to_owned();
        batch["events"].as_array().unwrap().iter().map(id).collect()
    }

    /// An answer of the platform's own hand.
    pub(super) fn signed(&self, status: u16, more: &str, body: &[u8]) -> Vec<u8> {
        self.signed_for(&self.nonce, true_wall_ms(), status, more, body)
    }

    /// An answer signed for some nonce at some time.
    pub(super) fn signed_for(&self, nonce: &str, at: i64, status: u16, more: &str, body: &[u8]) -> Vec<u8> {
        let text = answer_text(status, &at.to_string(), nonce, body);
        let signature = Keys::hmac(SECRET).unwrap().sign(&text).unwrap();
        http(status, &format!("X-Timestamp: {at}\r\nX-Signature: {signature}\r\n{more}"), body)
    }
}

/// A whole answer with these header lines.
pub(super) fn http(status: u16, headers: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let head =
        format!("HTTP/1.1 {status} X\r\nContent-Length: {length}\r\nConnection: close\r\n{headers}\r\n");
    [head.as_bytes(), body].concat()
}
