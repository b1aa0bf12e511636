//! The JSON that goes over the wire: a batch of events and its results, the platform's time, its errors.
//!
//! Unknown fields are ignored, since platforms add some. One odd result among many does not spoil the others: it
//! counts as not given. Texts from the platform are cut to a bound before anything else sees them.

use serde::{Deserialize, Serialize};
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::uplink::outbound::Outbound;

/// The longest code that is kept, in characters.
const MAX_CODE: usize = 64;
/// The most digits in a row that a code has. Numbers of documents, telephones and banks have more: a platform that puts
/// the value it minds into its code does not get it into a log.
const MAX_DIGITS: usize = 8;
/// Stands for a code that is none: too long, or of other characters than letters, digits, `_`, `.` and `-`.
pub const ODD_CODE: &str = "odd_code";
/// Stands for a code that was not given.
pub const NO_CODE: &str = "no_code";
/// The longest message that is kept, in characters.
const MAX_MESSAGE: usize = 500;

/// The body of a batch: `{terminal, site, events:[…]}`, wiped when dropped.
pub fn batch_body(terminal: &str, site: &str, events: &[Outbound]) -> Zeroizing<Vec<u8>> {
    let size =
        batch_overhead(terminal, site) + events.iter().map(|event| event.encoded().len() + 1).sum::<usize>();
    let mut body = Zeroizing::new(Vec::with_capacity(size));
    body.extend_from_slice(batch_head(terminal, site).as_bytes());
    for (position, event) in events.iter().enumerate() {
        if position > 0 {
            body.push(b',');
        }
        body.extend_from_slice(event.encoded().as_bytes());
    }
    body.extend_from_slice(b"]}");
    body
}

/// The bytes of a batch beside its events and one comma for each.
pub fn batch_overhead(terminal: &str, site: &str) -> usize {
    batch_head(terminal, site).len() + 2
}

fn batch_head(terminal: &str, site: &str) -> String {
    let quoted = |text: &str| serde_json::Value::from(text).to_string();
    format!("{{\"terminal\":{},\"site\":{},\"events\":[", quoted(terminal), quoted(site))
}

/// What the platform says of each event of a batch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EventsAnswer {
    /// One for each event, in any order; some may be missing, some may be about events never sent.
    pub results: Vec<EventResult>,
}

/// What the platform says of one event.
#[derive(Clone, PartialEq, Eq)]
pub struct EventResult {
    /// The event.
    pub id: Uuid,
    /// What became of it.
    pub status: EventStatus,
    /// Why, as a code that may stand in logs; [`NO_CODE`] where none was given.
    pub code: String,
    /// Why, in words that are not for logs; empty where none were given.
    pub message: String,
}

impl std::fmt::Debug for EventResult {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{} {:?} {}", self.id, self.status, self.code)
    }
}

/// What became of one event at the platform.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EventStatus {
    /// Taken.
    Accepted,
    /// Taken already, which is as good.
    Duplicate,
    /// Refused for good; its place in the subject's order counts as used.
    Rejected,
    /// Not now: something before it in its subject is missing.
    Later,
}

/// An answer that is not of the agreed shape.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Malformed(pub String);

/// Reads the answer to a batch.
///
/// # Errors
/// [`Malformed`] if there is no list of results at all.
pub fn events_answer(body: &[u8]) -> Result<EventsAnswer, Malformed> {
    #[derive(Deserialize)]
    struct Answer {
        results: Vec<serde_json::Value>,
    }
    #[derive(Deserialize)]
    struct Item {
        id: Uuid,
        status: EventStatus,
        #[serde(default)]
        code: Option<String>,
        #[serde(default)]
        message: Option<String>,
    }
    let answer: Answer = parse(body, "results")?;
    let results = answer.results.into_iter().filter_map(|value| {
        let item = Item::deserialize(value).ok()?;
        let code = code(item.code.as_deref().unwrap_or_default());
        let message = one_line(item.message.as_deref().unwrap_or_default(), MAX_MESSAGE);
        Some(EventResult { id: item.id, status: item.status, code, message })
    });
    Ok(EventsAnswer { results: results.collect() })
}

/// Reads `{server_time}`, in milliseconds since 1970.
///
/// # Errors
/// [`Malformed`] if it is not there, or not between the years 1970 and 9999.
pub fn server_time(body: &[u8]) -> Result<i64, Malformed> {
    #[derive(Deserialize)]
    struct Time {
        server_time: i64,
    }
    let time: Time = parse(body, "server_time")?;
    let plausible = (0..=253_402_300_799_999).contains(&time.server_time);
    if plausible { Ok(time.server_time) } else { Err(Malformed("server_time is out of range".to_owned())) }
}

/// An error answer: `{code, message}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErrorAnswer {
    /// The code, which may stand in logs; [`NO_CODE`] where the answer has none.
    pub code: String,
    /// The words; empty where the answer has none.
    pub message: Words,
}

/// The platform's own words. They may repeat what was sent to it, so `Debug` hides them: they are shown to a
/// technician who asks, and never logged.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Words(String);

impl Words {
    /// The words, for a technician's screen.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Words {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "({} characters)", self.0.chars().count())
    }
}

/// Reads an error answer; whatever is missing or odd is left out, since the HTTP status tells enough.
pub fn error_answer(body: &[u8]) -> ErrorAnswer {
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Answer {
        code: serde_json::Value,
        message: serde_json::Value,
    }
    let answer = serde_json::from_slice::<Answer>(body).unwrap_or_default();
    let text = |value: serde_json::Value| match value {
        serde_json::Value::String(text) => text,
        serde_json::Value::Number(number) => number.to_string(),
        _ => String::new(),
    };
    ErrorAnswer {
        code: code(&text(answer.code)),
        message: Words(one_line(&text(answer.message), MAX_MESSAGE)),
    }
}

/// The platform's code as it may stand in logs and beside a dead letter.
fn code(said: &str) -> String {
    let known = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-');
    let long_number = said.split(|c: char| !c.is_ascii_digit()).any(|digits| digits.len() > MAX_DIGITS);
    if said.is_empty() {
        NO_CODE.to_owned()
    } else if said.len() <= MAX_CODE && said.chars().all(known) && !long_number {
        said.to_owned()
    } else {
        ODD_CODE.to_owned()
    }
}

fn parse<T: serde::de::DeserializeOwned>(body: &[u8], wanted: &str) -> Result<T, Malformed> {
    // serde_json's own words may quote what it read, so only the place is told.
    serde_json::from_slice(body).map_err(|error| {
        Malformed(format!("no `{wanted}` was found (line {}, column {})", error.line(), error.column()))
    })
}

/// The first `most` characters, on one line.
fn one_line(text: &str, most: usize) -> String {
    text.chars().take(most).map(|c| if c.is_control() { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(seq: u64) -> Outbound {
        let id = Uuid::from_u128(u128::from(seq));
        Outbound::new(id, "ticket/1", seq, "ticket.called", "2026-11-24T09:00:00+08:00", "{\"by\":\"1\"}")
            .unwrap()
    }

    #[test]
    fn a_batch_is_one_json_text_of_the_foretold_size() {
        for count in 0..4_u64 {
            let events: Vec<_> = (1..=count).map(event).collect();
            let body = batch_body("T\"1", "510823101000", &events);
            let value: serde_json::Value = serde_json::from_slice(&body).unwrap();
            assert_eq!(value["terminal"], "T\"1");
            assert_eq!(value["site"], "510823101000");
            assert_eq!(value["events"].as_array().unwrap().len() as u64, count);
            let foretold = batch_overhead("T\"1", "510823101000")
                + events.iter().map(|e| e.encoded().len() + 1).sum::<usize>();
            assert!(body.len() <= foretold && foretold <= body.len() + 1);
        }
    }

    #[test]
    fn odd_results_do_not_spoil_the_others() {
        let id = Uuid::from_u128(7);
        let body = format!(
            "{{\"more\":1,\"results\":[{{\"id\":\"{id}\",\"status\":\"rejected\",\"code\":\"a\\nb\",\"message\":null,\"x\":[]}},\
             {{\"id\":\"none\",\"status\":\"accepted\"}},{{\"id\":\"{id}\",\"status\":\"perhaps\"}},3,null]}}"
        );
        let answer = events_answer(body.as_bytes()).unwrap();
        let only = EventResult {
            id,
            status: EventStatus::Rejected,
            code: ODD_CODE.to_owned(),
            message: String::new(),
        };
        assert_eq!(answer.results, [only]);
    }

    #[test]
    fn hostile_answers_are_refused_without_repeating_them() {
        let deep = "[".repeat(100_000);
        for body in
            ["", "{}", "null", "[]", "{\"results\":{}}", "{\"results\":[", "\u{0}\u{1}", "secret", &deep]
        {
            let error = events_answer(body.as_bytes()).unwrap_err();
            assert!(!error.to_string().contains("secret"));
            assert!(server_time(body.as_bytes()).is_err());
            let nothing = ErrorAnswer { code: NO_CODE.to_owned(), message: Words::default() };
            assert_eq!(error_answer(body.as_bytes()), nothing);
        }
        for body in [
            "{\"server_time\":-1}",
            "{\"server_time\":1e30}",
            "{\"server_time\":\"1\"}",
            "{\"server_time\":9e99}",
        ] {
            assert!(server_time(body.as_bytes()).is_err(), "{body}");
        }
        assert_eq!(server_time(b"{\"server_time\":1700000000000,\"zone\":8}"), Ok(1_700_000_000_000));
    }

    #[test]
    fn texts_of_an_error_are_bounded() {
        let long = "长".repeat(10_000);
        let answer = error_answer(format!("{{\"code\":\"{long}\",\"message\":\"{long}\"}}").as_bytes());
        assert_eq!((answer.code.as_str(), answer.message.as_str().chars().count()), (ODD_CODE, MAX_MESSAGE));
        assert_eq!(error_answer(b"{\"code\":300,\"message\":\"no\"}").code, "300");
    }

    #[test]
    fn a_code_holds_nothing_of_what_was_sent() {
        let longest = "a".repeat(MAX_CODE);
        let table = [
            ("bad_body", "bad_body"),
            ("E1040.7-x", "E1040.7-x"),
            ("20261124", "20261124"),
            (&longest, &longest),
            ("", NO_CODE),
            ("bad resident", ODD_CODE),
            ("resident:测试甲", ODD_CODE),
            ("a\nb", ODD_CODE),
            // Made-up numbers of a document and a telephone.
            ("bad_11010519491231002X", ODD_CODE),
            ("13800000000", ODD_CODE),
            (&"a".repeat(MAX_CODE + 1), ODD_CODE),
        ];
        let id = Uuid::from_u128(7);
        for (said, kept) in table {
            assert_eq!(code(said), kept, "{said:?}");
            let result = serde_json::json!({"id": id, "status": "rejected", "code": said});
            let answer = serde_json::json!({"results": [result]}).to_string();
            assert_eq!(events_answer(answer.as_bytes()).unwrap().results[0].code, kept);
            let refusal = serde_json::json!({"code": said}).to_string();
            assert_eq!(error_answer(refusal.as_bytes()).code, kept);
        }
        assert_eq!(error_answer(b"{\"code\":110105194912310021}").code, ODD_CODE);
        assert_eq!(error_answer(b"{\"code\":null}").code, NO_CODE);
    }
}
