//! An event on its way to the platform, and what became of it.
//!
//! An [`Outbound`] is parsed once, where it leaves the store: after that its JSON is known to be whole and its size
//! on the wire is known exactly. Bodies hold personal data: they are wiped when dropped, and `Debug` shows none.

use std::fmt;

use serde::de::IgnoredAny;
use uuid::Uuid;
use zeroize::Zeroizing;

/// One event, ready to be sent.
#[derive(Clone, PartialEq, Eq)]
pub struct Outbound {
    id: Uuid,
    subject: String,
    seq: u64,
    kind: String,
    encoded: Zeroizing<String>,
}

/// Why a stored row is no event.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadEvent {
    /// The body is not a JSON object.
    #[error("the body of event {id} is not a JSON object")]
    Body {
        /// The event.
        id: Uuid,
    },
    /// Subject, kind or time is empty, or the sequence number is 0.
    #[error("event {id} lacks its {what}")]
    Lacks {
        /// The event.
        id: Uuid,
        /// What is missing.
        what: &'static str,
    },
}

impl Outbound {
    /// An event from its stored parts. `seq` counts per subject from 1; `at` is RFC 3339 with offset; `body` is the
    /// text of a JSON object, which is sent byte for byte as it is.
    ///
    /// # Errors
    /// [`BadEvent`] for a row that could never be sent; it belongs to the dead letters.
    pub fn new(
        id: Uuid,
        subject: &str,
        seq: u64,
        kind: &str,
        at: &str,
        body: &str,
    ) -> Result<Self, BadEvent> {
        let missing = [("subject", subject), ("kind", kind), ("time", at)]
            .into_iter()
            .find(|(_, text)| text.is_empty());
        if let Some((what, _)) = missing {
            return Err(BadEvent::Lacks { id, what });
        }
        if seq == 0 {
            return Err(BadEvent::Lacks { id, what: "sequence number" });
        }
        let is_object =
            body.trim_start().starts_with('{') && serde_json::from_str::<IgnoredAny>(body).is_ok();
        if !is_object || !numbers_can_be_held(body) {
            return Err(BadEvent::Body { id });
        }
        let head = format!(
            "{{\"id\":\"{id}\",\"subject\":{},\"seq\":{seq},\"kind\":{},\"at\":{},\"body\":",
            quoted(subject),
            quoted(kind),
            quoted(at)
        );
        // Room for all of it at once, so that no unwiped copy of the body is left behind by growing.
        let mut encoded = Zeroizing::new(String::with_capacity(head.len() + body.len() + 1));
        encoded.push_str(&head);
        encoded.push_str(body);
        encoded.push('}');
        Ok(Self { id, subject: subject.to_owned(), seq, kind: kind.to_owned(), encoded })
    }

    /// The event's id, by which the platform knows it again.
    pub fn id(&self) -> Uuid {
        self.id
    }

    /// What the event is about, `KIND/ID`.
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// The event's place among those of its subject, from 1.
    pub fn seq(&self) -> u64 {
        self.seq
    }

    /// What happened, say `ticket.issued`.
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// The event as it goes on the wire.
    pub fn encoded(&self) -> &str {
        &self.encoded
    }
}

impl fmt::Debug for Outbound {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Outbound")
            .field("id", &self.id)
            .field("subject", &self.subject)
            .field("seq", &self.seq)
            .field("kind", &self.kind)
            .field("bytes", &self.encoded.len())
            .finish_non_exhaustive()
    }
}

/// What became of one event, for good. The outbox records it and never offers the event again by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settlement {
    /// The event.
    pub id: Uuid,
    /// What it was about.
    pub subject: String,
    /// Its place among those of its subject.
    pub seq: u64,
    /// How it ended.
    pub outcome: Outcome,
}

/// How an event ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The platform has it.
    Delivered {
        /// It had it already: an earlier answer was lost.
        duplicate: bool,
    },
    /// The platform refused it, or it can never be sent: it goes to the dead letters.
    Dead(Reason),
}

/// Why an event is dead.
#[derive(Clone, PartialEq, Eq)]
pub struct Reason {
    /// The platform's code as it may stand in logs, or `too_large` for an event that fits into no batch.
    pub code: String,
    /// The platform's words. They may repeat what was sent, so they are not for logs.
    pub message: String,
}

impl fmt::Debug for Reason {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Reason({}, …)", self.code)
    }
}

/// Whether every number of a JSON text is one that a receiver can hold: the grammar allows `1e999`, most programs don't,
/// and would refuse the whole batch for it. The text is looked at where it lies, so that no copy of a person is made.
fn numbers_can_be_held(json: &str) -> bool {
    let (mut in_text, mut escaped) = (false, false);
    let outside = json.split(|c: char| {
        let ends = !in_text && !matches!(c, '0'..='9' | '+' | '-' | '.' | 'e' | 'E');
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = in_text,
            '"' => in_text = !in_text,
            _ => {}
        }
        ends || in_text || c == '"'
    });
    outside
        .filter(|token| token.starts_with(|c: char| c == '-' || c.is_ascii_digit()))
        .all(|number| number.parse::<f64>().is_ok_and(f64::is_finite))
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: Uuid = Uuid::from_u128(0x0192_f000_0000_7000_8000_0000_0000_0001);

    #[test]
    fn the_body_goes_as_it_is_and_debug_hides_it() {
        let body = "{\"by\" : \"T01\", \"resident\":{\"name\":\"测试甲\",\"n\":1.50}}";
        let event =
            Outbound::new(ID, "ticket/\"1\"", 3, "ticket.issued", "2026-11-24T09:00:00+08:00", body).unwrap();
        assert!(event.encoded().ends_with(&format!("\"body\":{body}}}")), "{}", event.encoded());
        let value: serde_json::Value = serde_json::from_str(event.encoded()).unwrap();
        assert_eq!(value["subject"], "ticket/\"1\"");
        assert_eq!(value["seq"], 3);
        assert_eq!(value["id"], ID.to_string());
        let shown = format!("{event:?}");
        assert!(!shown.contains("测试甲") && shown.contains("ticket.issued"), "{shown}");
    }

    #[test]
    fn rows_that_are_no_events_are_refused() {
        let make =
            |subject, seq, body| Outbound::new(ID, subject, seq, "ticket.void", "2026-11-24T09:00:00Z", body);
        for body in ["", "[]", "null", "{", "{}}", "{\"a\":}", "\"x\"", "{} {}", "{\"a\":1},{\"id\":2}"] {
            assert_eq!(make("ticket/1", 1, body), Err(BadEvent::Body { id: ID }), "{body}");
        }
        assert_eq!(make("", 1, "{}"), Err(BadEvent::Lacks { id: ID, what: "subject" }));
        assert_eq!(make("ticket/1", 0, "{}"), Err(BadEvent::Lacks { id: ID, what: "sequence number" }));
        assert!(make("ticket/1", 1, " {}\n").is_ok());
        // Grammar, and more than anybody can hold.
        for number in ["1e999", "-1E999", "0.55999e994", "[1,{\"x\":2e400}]"] {
            let body = format!("{{\"n\":{number}}}");
            let made = Outbound::new(ID, "ticket/1", 1, "ticket.void", "2026-11-24T09:00:00Z", &body);
            assert_eq!(made, Err(BadEvent::Body { id: ID }), "{number}");
        }
        for fine in
            ["1e30", "-0.5", "\"1e999\"", "\"\\\"1e999\"", "\"\\\\\",\"m\":1", "true", "[false,null,12]"]
        {
            let body = format!("{{\"n\":{fine}}}");
            let made = Outbound::new(ID, "ticket/1", 1, "ticket.void", "2026-11-24T09:00:00Z", &body);
            assert!(made.is_ok(), "{fine}");
        }
    }

    #[test]
    fn a_reason_keeps_the_platforms_words_out_of_logs() {
        let reason =
            Reason { code: "bad_resident".to_owned(), message: "测试甲 has no number".to_owned() };
        assert_eq!(format!("{reason:?}"), "Reason(bad_resident, …)");
    }
}
