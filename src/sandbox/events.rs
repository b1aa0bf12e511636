//! `POST /v1/events`: each event is accepted, known already, rejected for good, or told to come later.
//!
//! An id is accepted once: the same event again is a `duplicate`, another event under the same id is `rejected`. Of a
//! subject the places are used without gaps, so an event ahead of its turn comes `later`; a rejected one uses its place.

use serde::Deserialize;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::sandbox::faults::EventFault;
use crate::sandbox::kinds::{self, Rejection};
use crate::sandbox::store::{Accepted, BatchStore, Sender, Store, StoreError};
use crate::uplink::sign::sm3_hex;
use crate::uplink::wire::EventStatus;

/// The most events in one batch.
pub const MAX_EVENTS: usize = 200;

/// Why a batch as a whole is not taken.
#[derive(Debug)]
pub enum BatchError {
    /// It is not of the agreed shape.
    Malformed(String),
    /// It has too many events.
    TooMany,
    /// The store failed; nothing of the batch was taken.
    Store(StoreError),
}

impl From<StoreError> for BatchError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

#[derive(Deserialize)]
struct Batch {
    terminal: String,
    site: String,
    events: Vec<Map<String, Value>>,
}

/// Takes a batch in one transaction and gives the body of the answer. `fault` says of each event in turn what goes
/// wrong with it.
///
/// # Errors
/// Any [`BatchError`].
pub fn take(
    store: &mut Store,
    app_id: &str,
    received_ms: i64,
    body: &[u8],
    fault: &mut dyn FnMut() -> Option<EventFault>,
) -> Result<Value, BatchError> {
    let batch: Batch = serde_json::from_slice(body).map_err(|error| {
        BatchError::Malformed(format!(
            "no batch was found (line {}, column {})",
            error.line(),
            error.column()
        ))
    })?;
    if batch.terminal.is_empty() {
        return Err(BatchError::Malformed("terminal is empty".to_owned()));
    }
    if batch.site.len() != 12 || !batch.site.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(BatchError::Malformed("site is not a code of 12 digits".to_owned()));
    }
    if batch.events.len() > MAX_EVENTS {
        return Err(BatchError::TooMany);
    }
    let sender = Sender { app_id, terminal: &batch.terminal, site: &batch.site, received_ms };
    let transaction = store.batch()?;
    let mut results = Vec::with_capacity(batch.events.len());
    for event in &batch.events {
        // Without its id no result could name the event.
        let id = event.get("id").and_then(Value::as_str);
        let id = id.ok_or_else(|| BatchError::Malformed("an event has no id".to_owned()))?;
        let fault = fault();
        let verdict = judge(&transaction, id, event, sender, fault)?;
        if fault == Some(EventFault::Forget) {
            continue;
        }
        results.push(match verdict {
            Verdict::Taken(status) => json!({"id": id, "status": status}),
            Verdict::Later => json!({"id": id, "status": EventStatus::Later, "code": "gap",
                                     "message": "an earlier event of the subject is missing"}),
            Verdict::Rejected(Rejection { code, message }) => {
                json!({"id": id, "status": EventStatus::Rejected, "code": code, "message": message})
            }
        });
    }
    transaction.commit()?;
    Ok(json!({ "results": results }))
}

enum Verdict {
    Taken(EventStatus),
    Later,
    Rejected(Rejection),
}

fn judge(
    store: &BatchStore<'_>,
    id: &str,
    event: &Map<String, Value>,
    sender: Sender<'_>,
    fault: Option<EventFault>,
) -> Result<Verdict, StoreError> {
    if fault == Some(EventFault::Later) {
        return Ok(Verdict::Later);
    }
    let Some(id) = Uuid::try_parse(id).ok().filter(|id| id.get_version_num() == 7) else {
        return Ok(Verdict::Rejected(Rejection::new("bad_id", "id is not a UUID of version 7")));
    };
    let text = |field: &str| event.get(field).and_then(Value::as_str).unwrap_or_default();
    let (subject, kind, at) = (text("subject"), text("kind"), text("at"));
    let seq = event.get("seq").and_then(Value::as_i64).unwrap_or(0);
    let body = event.get("body").map(Value::to_string).unwrap_or_default();
    let digest = sm3_hex(format!("{subject}\n{seq}\n{kind}\n{at}\n{body}").as_bytes());
    if let Some(known) = store.digest(id)? {
        return Ok(if known == digest {
            Verdict::Taken(EventStatus::Duplicate)
        } else {
            Verdict::Rejected(Rejection::new("id_reused", "another event was accepted under this id"))
        });
    }
    if let Err(rejection) = kinds::check_subject(subject) {
        return Ok(Verdict::Rejected(rejection));
    }
    if seq < 1 {
        return Ok(Verdict::Rejected(Rejection::new("bad_seq", "seq is not a whole number from 1")));
    }
    let last = store.last_seq(subject)?;
    if seq > last.saturating_add(1) {
        return Ok(Verdict::Later);
    }
    // A rejected event may be sent again after a fix, in its old place.
    if seq <= last && !store.was_rejected(id, subject, seq)? {
        return Ok(Verdict::Rejected(Rejection::new(
            "seq_used",
            "another event has this place in the subject",
        )));
    }
    let checked = match fault {
        Some(EventFault::Reject) => Err(Rejection::new("fault", "the sandbox was told to reject it")),
        _ => check(subject, kind, at, event.get("body")),
    };
    match checked {
        Ok(()) => {
            let accepted = Accepted { id, subject, seq, kind, at, body: &body, digest: &digest };
            store.accept(&accepted, sender)?;
            Ok(Verdict::Taken(EventStatus::Accepted))
        }
        Err(rejection) => {
            store.reject(id, subject, seq, rejection.code)?;
            Ok(Verdict::Rejected(rejection))
        }
    }
}

fn check(subject: &str, kind: &str, at: &str, body: Option<&Value>) -> Result<(), Rejection> {
    // A timestamp without an offset does not parse as an instant.
    if at.parse::<jiff::Timestamp>().is_err() {
        return Err(Rejection::new("bad_at", "at is not RFC 3339 with an offset"));
    }
    let body =
        body.and_then(Value::as_object).ok_or_else(|| Rejection::new("bad_body", "body is no object"))?;
    kinds::check_event(subject, kind, body)
}

#[cfg(test)]
#[path = "events_tests.rs"]
mod tests;
