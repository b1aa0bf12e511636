//! Every answer that a platform, a gateway, a line or a liar may give to a batch of events: what the client makes of
//! it, and that afterwards every event arrives once and in order.

use std::sync::Arc;
use std::time::Duration;

use super::front::{Back, Exchange, Front, Spoil, http};
use super::uplink::{Board, assert_once_in_order, mixed};
use super::{Place, SECRET, true_wall_ms};
use crate::uplink::error::PlatformError;
use crate::uplink::profile::Profile;
use crate::uplink::progress::Link;
use crate::uplink::sign::SignatureError;

/// What the client makes of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Made {
    /// It is believed; what it says of each event is for the delivery.
    Answer,
    NoSignature,
    WrongSignature,
    Malformed,
    Skew,
    TooLarge,
    Throttled,
    Unavailable(u16),
    Refused(u16),
    BadAnswer,
    BrokenOff,
    Timeout,
}

fn made(error: &PlatformError) -> Made {
    match error {
        PlatformError::BadSignature { source: SignatureError::Missing, .. } => Made::NoSignature,
        PlatformError::BadSignature { source: SignatureError::Mismatch, .. } => Made::WrongSignature,
        PlatformError::BadSignature { source: SignatureError::Malformed, .. } => Made::Malformed,
        PlatformError::ClockSkew { .. } => Made::Skew,
        PlatformError::TooLarge { .. } => Made::TooLarge,
        PlatformError::Throttled { .. } => Made::Throttled,
        PlatformError::Unavailable { status, .. } => Made::Unavailable(*status),
        PlatformError::Refused { status, .. } => Made::Refused(*status),
        PlatformError::BadAnswer { .. } => Made::BadAnswer,
        PlatformError::BrokenOff { .. } => Made::BrokenOff,
        PlatformError::Timeout { .. } => Made::Timeout,
        other => panic!("{other:?}"),
    }
}

/// One line of the table.
struct Case {
    name: &'static str,
    made: Made,
    spoil: Spoil,
}

fn case(name: &'static str, made: Made, spoil: impl Fn(&Exchange) -> Back + Send + Sync + 'static) -> Case {
    Case { name, made, spoil: Arc::new(spoil) }
}

/// An answer in the platform's own hand.
fn signed(name: &'static str, made: Made, status: u16, more: &'static str, body: &'static str) -> Case {
    case(name, made, move |exchange| Back::Bytes(exchange.signed(status, more, body.as_bytes())))
}

/// Bytes that are no answer of the platform's.
fn raw(name: &'static str, made: Made, bytes: &'static [u8]) -> Case {
    case(name, made, move |_| Back::Bytes(bytes.to_vec()))
}

/// A signed answer to events, of results that are made of the events' ids.
fn results(
    name: &'static str,
    made: Made,
    body: impl Fn(&[String]) -> String + Send + Sync + 'static,
) -> Case {
    case(name, made, move |exchange| {
        let results = body(&exchange.ids());
        Back::Bytes(exchange.signed(200, "", format!("{{\"results\":[{results}]}}").as_bytes()))
    })
}

fn each(ids: &[String], status: &str) -> String {
    let result = |id: &String| format!("{{\"id\":\"{id}\",\"status\":\"{status}\"}}");
    ids.iter().map(result).collect::<Vec<_>>().join(",")
}

const ERROR: &str = "{\"code\":\"busy\",\"message\":\"come back\"}";
const HTML: &str = "<!DOCTYPE html><html><body>502 Bad Gateway</body></html>";

fn statuses() -> Vec<Case> {
    vec![
        signed("413", Made::TooLarge, 413, "", ERROR),
        signed("429 for some seconds", Made::Throttled, 429, "Retry-After: 0\r\n", ERROR),
        signed(
            "429 until a date gone by",
            Made::Throttled,
            429,
            "Retry-After: Thu, 01 Jan 1970 00:00:00 GMT\r\n",
            "",
        ),
        signed("429 for nonsense", Made::Throttled, 429, "Retry-After: soon\r\n", "{"),
        signed("503 for some seconds", Made::Unavailable(503), 503, "Retry-After: 0\r\n", ERROR),
        case("503 until a date", Made::Unavailable(503), |exchange| {
            // Told by the platform's clock, which is an hour ahead: the wait is what counts.
            let at = true_wall_ms() + 3_600_000;
            let date = jiff::Timestamp::from_millisecond(at).unwrap().strftime("%a, %d %b %Y %H:%M:%S GMT");
            let header = format!("Retry-After: {date}\r\n");
            Back::Bytes(exchange.signed_for(&exchange.nonce, at, 503, &header, b"{}"))
        }),
        signed("500", Made::Unavailable(500), 500, "", HTML),
        signed("502 without words", Made::Unavailable(502), 502, "", ""),
        signed("599", Made::Unavailable(599), 599, "", ERROR),
        signed("400", Made::Refused(400), 400, "", ERROR),
        signed("401 of another kind", Made::Refused(401), 401, "", ERROR),
        signed("403", Made::Refused(403), 403, "", ERROR),
        signed("404", Made::Refused(404), 404, "", HTML),
        signed("409", Made::Refused(409), 409, "", ERROR),
        signed("418", Made::Refused(418), 418, "", "null"),
        signed("304", Made::Refused(304), 304, "", ""),
        signed("301 elsewhere", Made::Refused(301), 301, "Location: http://127.0.0.1:1/\r\n", ""),
        signed("307 to itself", Made::Refused(307), 307, "Location: /v1/events\r\n", ""),
        case("401 for the clock", Made::Skew, |exchange| {
            let body = format!("{{\"code\":\"clock_skew\",\"server_time\":{}}}", true_wall_ms());
            Back::Bytes(exchange.signed(401, "", body.as_bytes()))
        }),
        signed("401 for the clock without a time", Made::BadAnswer, 401, "", "{\"code\":\"clock_skew\"}"),
        signed(
            "401 for a clock beyond all years",
            Made::BadAnswer,
            401,
            "",
            "{\"code\":\"clock_skew\",\"server_time\":9e18}",
        ),
        case("103 before the answer", Made::Answer, |exchange| {
            Back::Bytes([b"HTTP/1.1 103 Early Hints\r\nLink: </>\r\n\r\n", &exchange.pass_on()[..]].concat())
        }),
    ]
}

fn bodies() -> Vec<Case> {
    vec![
        signed("204", Made::BadAnswer, 204, "", ""),
        signed("200 without words", Made::BadAnswer, 200, "", ""),
        signed("HTML in place of JSON", Made::BadAnswer, 200, "Content-Type: text/html\r\n", HTML),
        signed("another JSON", Made::BadAnswer, 200, "", "[{\"results\":[]}]"),
        signed("half of the JSON", Made::BadAnswer, 200, "", "{\"results\":[{\"id\":\"0192f000-0000-70"),
        signed("bytes that are no text", Made::BadAnswer, 200, "", "\u{0}\u{fffd}\u{7f}"),
        case("JSON without a floor", Made::BadAnswer, |exchange| {
            Back::Bytes(exchange.signed(200, "", "[".repeat(200_000).as_bytes()))
        }),
        case("an answer without an end", Made::BadAnswer, |exchange| {
            Back::Bytes(exchange.signed(200, "", &vec![b' '; 3 << 20]))
        }),
        case("an answer without an end in pieces", Made::BadAnswer, |_| {
            let mut bytes = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec();
            for _ in 0..50 {
                bytes.extend_from_slice(b"10000\r\n");
                bytes.resize(bytes.len() + 0x1_0000, b' ');
                bytes.extend_from_slice(b"\r\n");
            }
            Back::Bytes(bytes)
        }),
        results("no results", Made::Answer, |_| String::new()),
        results("nobody's results", Made::Answer, |_| {
            "{\"id\":\"0192f000-0000-7000-8000-00000000ffff\",\"status\":\"accepted\"}".to_owned()
        }),
        results("later for all", Made::Answer, |ids| each(ids, "later")),
        results("a status that nobody knows", Made::Answer, |ids| each(ids, "pondered")),
        results("numbers in place of texts", Made::Answer, |ids| {
            ids.iter()
                .map(|id| format!("{{\"id\":\"{id}\",\"status\":7}},null,3"))
                .collect::<Vec<_>>()
                .join(",")
        }),
        results("each told twice and differently", Made::Answer, |ids| {
            format!("{},{}", each(ids, "accepted"), each(ids, "rejected"))
        }),
        case("taken, in reverse and with more than was asked", Made::Answer, |exchange| {
            let answer = String::from_utf8(exchange.pass_on()).unwrap();
            assert!(answer.contains("\"accepted\""));
            let mut ids = exchange.ids();
            ids.reverse();
            let body = format!(
                "{{\"x\":1,\"results\":[{{\"id\":\"0192f000-0000-7000-8000-00000000ffff\",\"status\":\"later\"}},{}]}}",
                each(&ids, "accepted")
            );
            Back::Bytes(exchange.signed(200, "X-More: y\r\n", body.as_bytes()))
        }),
        case("taken, and every second one not named", Made::Answer, |exchange| {
            exchange.pass_on();
            let ids: Vec<_> = exchange.ids().into_iter().step_by(2).collect();
            let body = format!("{{\"results\":[{}]}}", each(&ids, "accepted"));
            Back::Bytes(exchange.signed(200, "", body.as_bytes()))
        }),
        case("taken twice", Made::Answer, |exchange| {
            exchange.pass_on();
            // The same request again has a nonce that was used: the platform answers, and not with results.
            let again = exchange.pass_on();
            assert!(again.starts_with(b"HTTP/1.1 401"));
            let body = format!("{{\"results\":[{}]}}", each(&exchange.ids(), "duplicate"));
            Back::Bytes(exchange.signed(200, "", body.as_bytes()))
        }),
    ]
}

fn forgeries() -> Vec<Case> {
    let all_well = |exchange: &Exchange| format!("{{\"results\":[{}]}}", each(&exchange.ids(), "accepted"));
    vec![
        case("no signature", Made::NoSignature, move |exchange| {
            Back::Bytes(http(200, "X-Timestamp: 1\r\n", all_well(exchange).as_bytes()))
        }),
        case("no timestamp", Made::NoSignature, move |exchange| {
            Back::Bytes(http(200, "X-Signature: AAAA\r\n", all_well(exchange).as_bytes()))
        }),
        case("a signature that is none", Made::Malformed, move |exchange| {
            let headers = "X-Timestamp: 1\r\nX-Signature: ~~~\r\n";
            Back::Bytes(http(200, headers, all_well(exchange).as_bytes()))
        }),
        case("somebody's signature", Made::WrongSignature, move |exchange| {
            let headers = format!("X-Timestamp: 1\r\nX-Signature: {}\r\n", "A".repeat(43) + "=");
            Back::Bytes(http(200, &headers, all_well(exchange).as_bytes()))
        }),
        case("signed for another question", Made::WrongSignature, move |exchange| {
            let (nonce, at) = ("0123456789abcdef0123456789abcdef", true_wall_ms());
            Back::Bytes(exchange.signed_for(nonce, at, 200, "", all_well(exchange).as_bytes()))
        }),
        case("signed with another status", Made::WrongSignature, move |exchange| {
            let bytes = exchange.signed(503, "", all_well(exchange).as_bytes());
            let text = String::from_utf8(bytes).unwrap();
            Back::Bytes(text.replacen("HTTP/1.1 503", "HTTP/1.1 200", 1).into_bytes())
        }),
        case("signed with another body", Made::WrongSignature, move |exchange| {
            let bytes = exchange.signed(200, "", each(&exchange.ids(), "rejected").as_bytes());
            Back::Bytes(String::from_utf8(bytes).unwrap().replace("rejected", "accepted").into_bytes())
        }),
        case("signed at another time than it says", Made::WrongSignature, move |exchange| {
            let (at, nonce) = (true_wall_ms(), &exchange.nonce);
            let bytes = exchange.signed_for(nonce, at, 200, "", all_well(exchange).as_bytes());
            let text = String::from_utf8(bytes).unwrap();
            Back::Bytes(
                text.replacen(&format!("X-Timestamp: {at}"), &format!("X-Timestamp: {}", at - 1), 1)
                    .into_bytes(),
            )
        }),
        // The nonce was drawn for this question, so that an answer to it can't be an old one, whatever its clock says.
        case("signed by a clock of long ago", Made::Answer, |exchange| {
            exchange.pass_on();
            let body = format!("{{\"results\":[{}]}}", each(&exchange.ids(), "accepted"));
            Back::Bytes(exchange.signed_for(&exchange.nonce, 1, 200, "", body.as_bytes()))
        }),
        case("a captive portal", Made::NoSignature, |_| Back::Bytes(http(200, "", HTML.as_bytes()))),
        case("a portal's redirect", Made::NoSignature, |_| {
            Back::Bytes(http(302, "Location: http://login.invalid/\r\n", b""))
        }),
        case("a gateway's 413", Made::NoSignature, |_| Back::Bytes(http(413, "", HTML.as_bytes()))),
        case("a gateway's 502", Made::NoSignature, |_| {
            Back::Bytes(http(502, "Retry-After: 9\r\n", HTML.as_bytes()))
        }),
    ]
}

fn lines() -> Vec<Case> {
    vec![
        case("taken, and no answer", Made::BrokenOff, |exchange| {
            exchange.pass_on();
            Back::Bytes(Vec::new())
        }),
        case("taken, and half of the head", Made::BrokenOff, |exchange| {
            Back::Bytes(exchange.pass_on().into_iter().take(30).collect())
        }),
        case("taken, and all but the last byte", Made::BrokenOff, |exchange| {
            let mut bytes = exchange.pass_on();
            bytes.pop();
            Back::Bytes(bytes)
        }),
        case("reset", Made::BrokenOff, |_| Back::Reset),
        raw("nothing of HTTP", Made::BadAnswer, b"SSH-2.0-OpenSSH_9.2\r\n\r\n"),
        raw("a status that is none", Made::BadAnswer, b"HTTP/1.1 9999 ?\r\n\r\n"),
        raw("a header that is none", Made::BadAnswer, b"HTTP/1.1 200 OK\r\n\x01\x02: \xff\r\n\r\n"),
        raw("a length that is none", Made::BadAnswer, b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n"),
        raw(
            "pieces without a size",
            Made::BadAnswer,
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        ),
        case("a head without an end", Made::BadAnswer, |_| {
            Back::Bytes([b"HTTP/1.1 200 OK\r\nX-A: ", &[b'a'; 100_000][..]].concat())
        }),
        case("more than it says", Made::Answer, |exchange| {
            let mut bytes = exchange.pass_on();
            bytes.extend_from_slice(b"HTTP/1.1 500 and more");
            Back::Bytes(bytes)
        }),
        case("a byte now and then", Made::Timeout, |exchange| {
            Back::Drip(exchange.pass_on(), Duration::from_millis(40))
        }),
        case("silence", Made::Timeout, |_| Back::Silence(Duration::from_secs(3))),
    ]
}

/// How long an exchange may take: short where that is what is tried, else more than a busy machine needs.
fn whole(expected: Made) -> Duration {
    if expected == Made::Timeout { Duration::from_millis(700) } else { Duration::from_secs(30) }
}

fn client(place: &Place, front: &Front, expected: Made) -> crate::uplink::client::Client {
    place.client_at(front.address, Profile::shipped("open").unwrap(), SECRET, whole(expected))
}

#[test]
fn every_status_is_told_apart_and_got_over() {
    walk(statuses());
}

#[test]
fn every_body_is_told_apart_and_got_over() {
    walk(bodies());
}

#[test]
fn every_forgery_is_told_apart_and_got_over() {
    walk(forgeries());
}

#[test]
fn every_break_of_the_line_is_told_apart_and_got_over() {
    walk(lines());
}

fn walk(cases: Vec<Case>) {
    for Case { name, made: expected, spoil } in cases {
        let place = Place::new();
        let front = Front::before(place.address());
        front.spoil(1, Arc::clone(&spoil));
        let found = client(&place, &front, expected).send_events(&mixed(2));
        let found = found.map_or_else(|error| made(&error), |_| Made::Answer);
        assert_eq!(found, expected, "{name}");

        // Twice in a row in the middle of a backlog; then the platform is itself again.
        let place = Place::new();
        let front = Front::before(place.address());
        front.spoil(2, spoil);
        let board = Board::with(mixed(7));
        let uplink = board.start(client(&place, &front, expected), &place.surroundings);
        board.wait_until(name, |seen| seen.pending.is_empty() && seen.progress.link == Link::Online);
        uplink.stop();
        assert_once_in_order(&place.accepted(), 7);
        assert_eq!(board.dead(), 0, "{name}");
        assert!(front.asked() < 20, "{name}: asked {} times", front.asked());
    }
}

#[test]
fn every_fault_on_demand_is_got_over() {
    for (faults, dead) in [
        ("{\"torn\":true,\"times\":2}", 0),
        ("{\"portal\":true,\"times\":2}", 0),
        ("{\"odd\":true}", 0),
        ("{\"later\":5,\"path\":\"/v1/events\"}", 0),
        ("{\"forget\":0.34,\"times\":2}", 0),
        ("{\"reject\":2}", 2),
        ("{\"max_bytes\":700}", 0),
        ("{\"refuse\":301,\"times\":2}", 0),
        ("{\"refuse\":429,\"retry_after\":0,\"times\":3}", 0),
    ] {
        let place = Place::new();
        place.faults(faults);
        let board = Board::with(mixed(7));
        board.drain(&place, place.open_client());
        assert_eq!((board.dead(), place.accepted().len()), (dead, 21 - dead), "{faults}");
        if dead == 0 {
            assert_once_in_order(&place.accepted(), 7);
        }
    }
}

#[test]
fn a_wish_to_wait_holds_for_its_own_path() {
    let place = Place::new();
    place.faults("{\"refuse\":503,\"retry_after\":3600,\"path\":\"/v1/events\"}");
    let board = Board::with(mixed(1));
    // The clock is read each few moments: it goes on while events wait.
    let uplink =
        board.start_reading_time(place.open_client(), &place.surroundings, Duration::from_millis(20));
    board.wait_until("events are refused", |seen| matches!(seen.progress.link, Link::Offline { .. }));
    let learnt = || board.change(|seen| seen.progress.platform_clock);
    let before = learnt();
    board.wait_until("the clock is read all the same", |seen| seen.progress.platform_clock != before);
    assert!(matches!(board.change(|seen| seen.progress.link.clone()), Link::Offline { .. }));
    place.faults("{\"refuse\":503,\"retry_after\":3600,\"path\":\"/v1/time\"}");
    uplink.stop();
    // And the other way round: a clock that is out of order keeps no event.
    let uplink = board.start(place.open_client(), &place.surroundings);
    board.wait_until("events go", |seen| seen.pending.is_empty());
    uplink.stop();
    assert_once_in_order(&place.accepted(), 1);
}
