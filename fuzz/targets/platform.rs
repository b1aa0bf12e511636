//! The platform's answers, keys from files, events on their way.

use std::time::Duration;

use kiosk::uplink::delivery::{Delivery, Limits, Step};
use kiosk::uplink::outbound::Outbound;
use kiosk::uplink::sign::Keys;
use kiosk::uplink::{retry_after, wire};
use uuid::Uuid;

/// Bodies and headers of answers: bounded texts, plausible times, or a refusal.
pub fn answers(bytes: &[u8]) {
    if let Ok(answer) = wire::events_answer(bytes) {
        for result in answer.results {
            assert!(result.code.len() <= 64 && !result.code.is_empty());
            assert!(result.message.chars().count() <= 500 && !result.message.contains('\n'));
        }
    }
    if let Ok(time) = wire::server_time(bytes) {
        assert!(time >= 0);
    }
    let error = wire::error_answer(bytes);
    assert!(error.code.len() <= 64 && error.message.as_str().chars().count() <= 500);
    if let Ok(text) = std::str::from_utf8(bytes) {
        let wait = retry_after::parse(text, 1_700_000_000_000);
        assert!(wait.is_none_or(|wait| wait <= retry_after::LONGEST));
    }
}

/// What stands for `{"id":"…"}` of the first events in an input, so that a fuzzer need not find 36 characters.
fn with_ids(text: &str, events: &[Outbound]) -> String {
    events.iter().enumerate().fold(text.to_owned(), |text, (number, event)| {
        text.replace(&format!("#{number}"), &event.id().to_string())
    })
}

/// Answers of any platform to batches: settled once each, in order per subject, whatever was said.
pub fn delivery(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let make = |number: u64| {
        let id = Uuid::from_u128(u128::from(number) + 1);
        let (subject, seq) = (format!("ticket/{}", number % 2), number / 2 + 1);
        Outbound::new(id, &subject, seq, "ticket.called", "2026-11-24T09:00:00+08:00", "{\"by\":\"T01\"}")
    };
    let mut pending: Vec<Outbound> = (0..4).filter_map(|number| make(number).ok()).collect();
    let all = pending.clone();
    let mut delivery = Delivery::new(Limits { events: 3, bytes: 4096 });
    let (mut now, mut last) = (Duration::ZERO, [0_u64; 2]);
    for said in text.split('\n').take(64) {
        if let Step::WaitUntil(moment) = delivery.step(now) {
            now = moment;
        }
        let held = delivery.held(now);
        let offered = pending.iter().filter(|event| !held.contains(event.subject())).cloned().collect();
        let Some(batch) = delivery.plan(offered, now).batch else {
            now = delivery.first_hold_ends(now).unwrap_or(now);
            continue;
        };
        let answer = wire::events_answer(with_ids(said, &all).as_bytes());
        let answer = answer.map_err(|malformed| kiosk::uplink::error::PlatformError::BadAnswer {
            reason: malformed.to_string(),
        });
        for settled in delivery.answered(batch, answer, now, &mut || 0.5).settled {
            let last = &mut last[usize::from(settled.subject == "ticket/1")];
            assert_eq!(settled.seq, *last + 1, "settled once and in order");
            *last = settled.seq;
            pending.retain(|event| event.id() != settled.id);
        }
    }
}

/// Keys from files: read or refused. A signature is believed by the key that made it alone.
pub fn keys(bytes: &[u8]) {
    if let Some(keys) = Keys::hmac(bytes) {
        let signature = keys.sign("text").unwrap_or_default();
        assert!(keys.verify("text", &signature).is_ok() && keys.verify("texT", &signature).is_err());
    }
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    // A private key, then the other side's public key; and the private key's text as a signature.
    let (own, other) = text.split_once('\u{c}').unwrap_or((text, text));
    if let Some(keys) = Keys::sm2(own, other, "1234567812345678") {
        let _ = keys.verify("text", other);
    }
    if let Some(keys) = Keys::hmac(b"made-up") {
        let _ = keys.verify("text", own);
    }
}

/// A stored body joins an event only where it is one JSON object, and the event is JSON then.
pub fn outbound(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let (subject, body) = text.split_once('\n').unwrap_or(("ticket/1", text));
    if let Ok(event) = Outbound::new(Uuid::from_u128(1), subject, 1, "ticket.called", "now", body) {
        let parsed: Result<serde_json::Value, _> = serde_json::from_str(event.encoded());
        let members = parsed.as_ref().ok().and_then(|value| value.as_object()).map(serde_json::Map::len);
        assert_eq!(members, Some(6), "{event:?}");
        let batch = wire::batch_body("T01", "510823101000", &[event]);
        assert!(serde_json::from_slice::<serde_json::Value>(&batch).is_ok());
    }
}
