//! The sandbox before callers who are wrong, forgetful or malicious.

use std::io::{Read, Write};
use std::net::TcpStream;

use serde_json::Value;

use super::{Place, SECRET, event, true_wall_ms};
use crate::sandbox::{Options, Sandbox, SandboxError};
use crate::uplink::key_file::tests::write_secret;
use crate::uplink::sign::{Keys, answer_text, request_text};
use crate::uplink::wire::batch_body;

/// A signed request, each part of which a test may spoil before it is sent.
struct Call {
    method: &'static str,
    target: String,
    headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
}

fn call(method: &'static str, target: &str, nonce: &str, timestamp: i64, body: &[u8]) -> Call {
    let text = request_text(method, target, &timestamp.to_string(), nonce, body);
    let headers = vec![
        ("X-App-Id", "T01-test".to_owned()),
        ("X-Terminal", "T01".to_owned()),
        ("X-Timestamp", timestamp.to_string()),
        ("X-Nonce", nonce.to_owned()),
        ("X-Sign-Algorithm", "HMAC-SM3".to_owned()),
        ("X-Signature", Keys::hmac(SECRET).unwrap().sign(&text).unwrap()),
    ];
    Call { method, target: target.to_owned(), headers, body: body.to_vec() }
}

impl Call {
    fn set(mut self, name: &str, value: &str) -> Self {
        for header in self.headers.iter_mut().filter(|header| header.0 == name) {
            header.1 = value.to_owned();
        }
        self
    }

    fn without(mut self, name: &str) -> Self {
        self.headers.retain(|header| header.0 != name);
        self
    }

    /// Sends it, checks that the answer is signed for this very request, and gives status and body.
    fn send(&self, place: &Place) -> (u16, Value) {
        let mut request = ureq::http::Request::builder().method(self.method).uri(format!(
            "http://{}{}",
            place.address(),
            self.target
        ));
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        let agent = ureq::Agent::config_builder().http_status_as_error(false).build().new_agent();
        let mut answer = agent.run(request.body(&self.body[..]).unwrap()).unwrap();
        let body = answer.body_mut().read_to_vec().unwrap();
        let status = answer.status().as_u16();
        let header = |name: &str| answer.headers().get(name).unwrap().to_str().unwrap();
        let nonce = self.headers.iter().find(|header| header.0 == "X-Nonce").map_or("", |header| &header.1);
        let text = answer_text(status, header("X-Timestamp"), nonce, &body);
        Keys::hmac(SECRET).unwrap().verify(&text, header("X-Signature")).unwrap();
        (status, serde_json::from_slice(&body).unwrap_or_default())
    }

    /// Status and code.
    fn refusal(&self, place: &Place) -> (u16, String) {
        let (status, body) = self.send(place);
        (status, body["code"].as_str().unwrap_or_default().to_owned())
    }
}

const NONCE: &str = "0123456789abcdef";

fn time(nonce: &str) -> Call {
    call("GET", "/v1/time", nonce, true_wall_ms(), b"")
}

#[test]
fn who_does_not_prove_himself_is_turned_away() {
    let place = Place::new();
    let expect = |call: Call, code: &str| assert_eq!(call.refusal(&place), (401, code.to_owned()));
    for name in ["X-App-Id", "X-Terminal", "X-Timestamp", "X-Nonce", "X-Sign-Algorithm", "X-Signature"] {
        expect(time(NONCE).without(name), "missing_header");
    }
    expect(time("too-short"), "bad_nonce");
    expect(time(&"n".repeat(129)), "bad_nonce");
    expect(time(NONCE).set("X-Sign-Algorithm", "SM2-SM3"), "wrong_algorithm");
    expect(time(NONCE).set("X-Signature", "AAAA"), "bad_signature");
    expect(time(NONCE).set("X-Timestamp", "1"), "bad_signature");
    expect(time(NONCE).set("X-Nonce", "fedcba9876543210"), "bad_signature");
    let mut moved = time(NONCE);
    moved.target = "/v1/time?x=1".to_owned();
    expect(moved, "bad_signature");
    let mut filled = call("POST", "/v1/events", NONCE, true_wall_ms(), b"{}");
    filled.body = b"{ }".to_vec();
    expect(filled, "bad_signature");
    // None of these used the nonce up.
    assert_eq!(time(NONCE).send(&place).0, 200);
    expect(time(NONCE), "nonce_used");
}

#[test]
fn a_nonce_is_used_up_even_across_a_restart() {
    let mut place = Place::new();
    assert_eq!(time(NONCE).send(&place).0, 200);
    place.running = None;
    place.start("127.0.0.1:0".parse().unwrap());
    assert_eq!(time(NONCE).refusal(&place), (401, "nonce_used".to_owned()));
}

#[test]
fn the_clock_may_be_off_by_five_minutes() {
    let place = Place::new();
    for (number, (off_s, good)) in
        [(0_i64, true), (290, true), (-290, true), (310, false), (-310, false)].into_iter().enumerate()
    {
        let nonce = format!("clock-test-{number:08}");
        let off = call("GET", "/v1/notices", &nonce, true_wall_ms() + off_s * 1000, b"");
        let (status, body) = off.send(&place);
        assert_eq!(status == 200, good, "{off_s}");
        if !good {
            assert_eq!((status, body["code"].as_str()), (401, Some("clock_skew")));
            assert!((body["server_time"].as_i64().unwrap() - true_wall_ms()).abs() < 5_000);
        }
    }
    assert_eq!(call("GET", "/v1/time", NONCE, 0, b"").send(&place).0, 200);
    assert_eq!(call("GET", "/v1/notices", "another-nonce-16", i64::MIN, b"").refusal(&place).1, "clock_skew");
}

#[test]
fn what_is_not_offered_is_said_so() {
    let place = Place::new();
    let (status, catalog) = call("GET", "/v1/catalog", "catalog-nonce-01", true_wall_ms(), b"").send(&place);
    assert_eq!(status, 200);
    let version = catalog["version"].as_str().unwrap();
    let same = format!("/v1/catalog?version={version}");
    assert_eq!(call("GET", &same, "catalog-nonce-02", true_wall_ms(), b"").send(&place).0, 304);
    let (_, notices) = call("GET", "/v1/notices", "notices-nonce-01", true_wall_ms(), b"").send(&place);
    assert!(notices[0]["title"].as_str().unwrap().contains("样例"));
    for (method, target, status, code) in [
        ("POST", "/v1/cases/search", 404, "not_offered"),
        ("GET", "/", 404, "not_offered"),
        ("GET", "/v1/events", 405, "method_not_allowed"),
        ("POST", "/v1/time", 405, "method_not_allowed"),
    ] {
        let nonce = format!("{method}-{target}-padding-padding").replace('/', "-");
        let refusal = call(method, target, &nonce, true_wall_ms(), b"").refusal(&place);
        assert_eq!(refusal, (status, code.to_owned()), "{method} {target}");
    }
}

#[test]
fn bodies_are_bounded_and_hostile_ones_refused() {
    let place = Place::new();
    let post = |nonce: &str, body: &[u8]| {
        call("POST", "/v1/events", &format!("{nonce}-0123456789abcdef"), true_wall_ms(), body).refusal(&place)
    };
    assert_eq!(post("large", &vec![b' '; 256 * 1024 + 1]), (413, "too_large".to_owned()));
    assert_eq!(post("garbage", b"\xff\x00{{{"), (400, "bad_request".to_owned()));
    assert_eq!(post("deep", "[".repeat(200_000).as_bytes()), (400, "bad_request".to_owned()));
    let many: Vec<_> = (1..=201).map(|seq| event(1, seq)).collect();
    assert_eq!(post("many", &batch_body("T01", super::SITE, &many)), (413, "too_large".to_owned()));
    assert!(place.accepted().is_empty());
    let full: Vec<_> = (1..=200).map(|seq| event(1, seq)).collect();
    assert_eq!(post("full", &batch_body("T01", super::SITE, &full)).0, 200);
    assert_eq!(place.accepted().len(), 200);
}

#[test]
fn raw_nonsense_on_the_socket_harms_nobody() {
    let place = Place::new();
    for bytes in [
        &b"\x16\x03\x01\x00\xa5\x01\x00"[..],
        b"GET\r\n\r\n",
        b"POST /v1/events HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
    ] {
        let mut stream = TcpStream::connect(place.address()).unwrap();
        stream.write_all(bytes).unwrap();
        let _ = stream.shutdown(std::net::Shutdown::Write);
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        assert!(
            answer.is_empty() || answer.starts_with(b"HTTP/1.1 4"),
            "{}",
            String::from_utf8_lossy(&answer)
        );
    }
    assert_eq!(time(NONCE).send(&place).0, 200);
}

#[test]
fn faults_are_set_over_http_and_never_stop_being_settable() {
    let place = Place::new();
    let url = format!("http://{}/sandbox/faults", place.address());
    let agent = ureq::Agent::config_builder().http_status_as_error(false).build().new_agent();
    let put = |body: &str| agent.put(&url).send(body).unwrap().status().as_u16();
    assert_eq!(put("{\"drop\":true,\"refuse\":500,\"disconnect_after\":1,\"wrong_signature\":true}"), 200);
    assert_eq!(put("{\"dorp\":true}"), 400);
    let now = agent.get(&url).call().unwrap().body_mut().read_to_string().unwrap();
    assert!(now.contains("\"refuse\":500"), "{now}");
    assert_eq!(put("{\"skew_s\":1000}"), 200);
    let (_, body) = time(NONCE).send(&place);
    assert!((body["server_time"].as_i64().unwrap() - true_wall_ms() - 1_000_000).abs() < 5_000);
    assert_eq!(put("{}"), 200);
}

#[test]
fn events_are_listed_after_a_number() {
    let place = Place::new();
    let events: Vec<_> = (1..=3).map(|seq| event(1, seq)).collect();
    place.open_client().send_events(&events).unwrap();
    let list = |query: &str| -> Value {
        let url = format!("http://{}/sandbox/events{query}", place.address());
        serde_json::from_str(&ureq::get(&url).call().unwrap().body_mut().read_to_string().unwrap()).unwrap()
    };
    assert_eq!(list("").as_array().unwrap().len(), 3);
    assert_eq!(list("?after=1&limit=1")[0]["seq"], 2);
    assert_eq!(list("?after=3"), Value::Array(Vec::new()));
    let first = &list("")[0];
    assert_eq!((first["n"].as_u64(), first["terminal"].as_str()), (Some(1), Some("T01")));
    assert_eq!(first["id"].as_str().unwrap(), events[0].id().to_string());
    assert!(ureq::get(format!("http://{}/sandbox/events?after=x", place.address())).call().is_err());
}

#[test]
fn what_keeps_it_from_starting_is_told() {
    let place = Place::new();
    let options = |key: &str, public_key: Option<&str>, listen| Options {
        listen,
        data: place.folder.path().join("other"),
        key: place.folder.path().join(key),
        public_key: public_key.map(|name| place.folder.path().join(name)),
        clock: std::sync::Arc::new(true_wall_ms),
    };
    let any = "127.0.0.1:0".parse().unwrap();
    let failed = |options| Sandbox::start(options).err().unwrap();
    let error = failed(options("platform.key", None, place.address()));
    assert!(matches!(&error, SandboxError::Listen { .. }) && !error.advice().is_empty());
    assert!(matches!(failed(options("none.key", None, any)), SandboxError::Key(_)));
    let error = failed(options("platform.key", Some("x.pub"), any));
    assert!(matches!(error, SandboxError::PublicKeyUnused { .. }));
    write_secret(
        &place.folder.path().join("sm2.key"),
        b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
    );
    assert!(matches!(failed(options("sm2.key", None, any)), SandboxError::Key(_)));
}
