//! What goes wrong on purpose: `PUT /sandbox/faults` with a JSON object. It replaces all that was set before; a field
//! left out, `null` or `false` is off, and `{}` lets everything go well.
//!
//! | field | value | meaning |
//! |---|---|---|
//! | `latency_ms` | 0…600,000 | the request is handled, its answer is sent so much later |
//! | `refuse` | a dose, or a status 300…599 | nothing is handled; the answer is that status (503 for a dose), signed |
//! | `retry_after` | seconds, or an HTTP date as text | goes as `Retry-After` with every refusal |
//! | `drop` | a dose | the request is handled, then the connection is closed without an answer |
//! | `disconnect_after` | bytes; 0 is off | the connection breaks after so many bytes of the answer, its head included |
//! | `wrong_signature` | a dose | the answer is right, its signature is not |
//! | `skew_s` | −10⁹…10⁹ seconds | the platform's clock is ahead by so much |
//! | `duplicate` | a dose | the request is handled twice, and the second answer is sent: events are `duplicate` |
//! | `torn` | a dose | the request is handled, half of the answer's body is sent, whole and signed for HTTP |
//! | `portal` | a dose | nothing is handled; the answer is a web page without a signature, as a captive portal gives |
//! | `odd` | a dose | the answer to events is in reverse, and has an event nobody sent and a status nobody knows |
//! | `max_bytes` | 1…262,144 | larger bodies are refused with 413 |
//! | `later` | a dose of events | such an event is not taken and told to come `later`, with the rest of its subject |
//! | `reject` | a dose of events | such an event is `rejected` with the code `fault` |
//! | `forget` | a dose of events | such an event is taken, and the answer does not name it |
//! | `path` | text | all this but `skew_s` happens to calls whose path begins so, say `/v1/events` |
//! | `times` | a count | all this but `skew_s` happens to so many requests from now on |
//!
//! A dose is `true` for every request, a whole number for so many requests from now on, or a fraction between 0 and 1
//! for that share of them, evenly spread (0.34 is every third). Doses count requests to the platform's own calls, or
//! events where that is said; the `/sandbox/` calls are never disturbed.

use serde_json::{Map, Value, json};

/// What goes wrong.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Faults {
    /// Milliseconds by which each answer is late.
    pub latency_ms: u64,
    /// Which requests are refused.
    pub refuse: Dose,
    /// The status of a refusal; 503 where none was named.
    pub refuse_status: Option<u16>,
    /// `Retry-After` of a refusal.
    pub retry_after: Option<String>,
    /// Which requests are handled and not answered.
    pub drop: Dose,
    /// Bytes of each answer after which the connection breaks.
    pub disconnect_after: Option<u64>,
    /// Which answers are signed wrongly.
    pub wrong_signature: Dose,
    /// Seconds by which the platform's clock is ahead.
    pub skew_s: i64,
    /// Which requests are handled twice.
    pub duplicate: Dose,
    /// Which answers have half a body.
    pub torn: Dose,
    /// Which requests get a captive portal's page.
    pub portal: Dose,
    /// Which answers to events are in another order and say more than was asked.
    pub odd: Dose,
    /// The largest body that is taken.
    pub max_bytes: Option<u64>,
    /// Which events are told to come later.
    pub later: Dose,
    /// Which events are rejected.
    pub reject: Dose,
    /// Which events the answer does not name.
    pub forget: Dose,
    /// The calls that faults happen to; all where it is empty.
    pub path: String,
    /// How many requests faults happen to from now on.
    pub times: Option<u64>,
}

/// How often a fault happens.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Dose {
    /// Not at all.
    #[default]
    Never,
    /// At every request.
    Always,
    /// At so many requests from now on.
    Next(u64),
    /// At a share of the requests; `owed` is what has gathered since the last one.
    Share {
        /// Between 0 and 1.
        share: f64,
        /// Between 0 and 1.
        owed: f64,
    },
}

/// What happens to one request.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Turn {
    /// Milliseconds by which the answer is late.
    pub latency_ms: u64,
    /// The status to refuse it with.
    pub refuse: Option<u16>,
    /// `Retry-After` of the refusal.
    pub retry_after: Option<String>,
    /// Bytes of the answer after which the connection breaks; 0 for no answer.
    pub cut_after: Option<u64>,
    /// Whether the signature is wrong.
    pub wrong_signature: bool,
    /// Whether it is handled twice.
    pub twice: bool,
    /// Whether the body is cut in half.
    pub torn: bool,
    /// Whether a captive portal answers.
    pub portal: bool,
    /// Whether results are in another order, with more than was asked.
    pub odd: bool,
    /// The largest body that is taken.
    pub max_bytes: Option<u64>,
    /// Whether events of it suffer theirs.
    pub disturbs: bool,
}

/// What goes wrong with one event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventFault {
    /// It is told to come later.
    Later,
    /// It is rejected.
    Reject,
    /// It is taken and not named.
    Forget,
}

impl Dose {
    /// Whether it happens now.
    fn take(&mut self) -> bool {
        match self {
            Self::Never => false,
            Self::Always => true,
            Self::Next(0) => false,
            Self::Next(left) => {
                *left -= 1;
                true
            }
            Self::Share { share, owed } => {
                *owed += *share;
                let due = *owed >= 1.0;
                if due {
                    *owed -= 1.0;
                }
                due
            }
        }
    }

    fn from_json(field: &str, value: &Value) -> Result<Self, String> {
        match value {
            Value::Null | Value::Bool(false) => Ok(Self::Never),
            Value::Bool(true) => Ok(Self::Always),
            Value::Number(number) => match (number.as_u64(), number.as_f64()) {
                (Some(count), _) => Ok(Self::Next(count)),
                (None, Some(share)) if share > 0.0 && share < 1.0 => Ok(Self::Share { share, owed: 0.0 }),
                (None, Some(1.0)) => Ok(Self::Always),
                _ => Err(format!("{field} is a count of requests or a share between 0 and 1")),
            },
            _ => Err(format!("{field} is true, false, a count of requests or a share between 0 and 1")),
        }
    }

    fn to_json(self) -> Value {
        match self {
            Self::Never => Value::Bool(false),
            Self::Always => Value::Bool(true),
            Self::Next(left) => json!(left),
            Self::Share { share, .. } => json!(share),
        }
    }
}

impl Faults {
    /// Reads the body of `PUT /sandbox/faults`.
    ///
    /// # Errors
    /// In words: which field is wrong, and what it may be.
    pub fn from_json(body: &[u8]) -> Result<Self, String> {
        let fields: Map<String, Value> =
            serde_json::from_slice(body).map_err(|error| format!("the body is no JSON object: {error}"))?;
        let mut faults = Self::default();
        for (field, value) in &fields {
            match field.as_str() {
                "latency_ms" => faults.latency_ms = whole(field, value, 600_000)?.unwrap_or(0),
                "refuse" => match value.as_u64() {
                    Some(status @ 300..=599) => {
                        faults.refuse = Dose::Always;
                        faults.refuse_status = u16::try_from(status).ok();
                    }
                    _ => faults.refuse = Dose::from_json(field, value)?,
                },
                "retry_after" => faults.retry_after = retry_after(value)?,
                "drop" => faults.drop = Dose::from_json(field, value)?,
                "disconnect_after" => {
                    faults.disconnect_after = whole(field, value, 1 << 30)?.filter(|n| *n > 0)
                }
                "wrong_signature" => faults.wrong_signature = Dose::from_json(field, value)?,
                "skew_s" => faults.skew_s = seconds(value)?,
                "duplicate" => faults.duplicate = Dose::from_json(field, value)?,
                "torn" => faults.torn = Dose::from_json(field, value)?,
                "portal" => faults.portal = Dose::from_json(field, value)?,
                "odd" => faults.odd = Dose::from_json(field, value)?,
                "max_bytes" => faults.max_bytes = whole(field, value, 262_144)?.filter(|n| *n > 0),
                "later" => faults.later = Dose::from_json(field, value)?,
                "reject" => faults.reject = Dose::from_json(field, value)?,
                "forget" => faults.forget = Dose::from_json(field, value)?,
                "path" => faults.path = path(value)?,
                "times" => faults.times = whole(field, value, u64::MAX)?,
                _ => return Err(format!("there is no fault `{field}`")),
            }
        }
        Ok(faults)
    }

    /// What is set now, as it would be put.
    pub fn to_json(&self) -> Value {
        let refuse = self.refuse_status.map_or_else(|| self.refuse.to_json(), |status| json!(status));
        json!({
            "latency_ms": self.latency_ms,
            "refuse": refuse,
            "retry_after": self.retry_after,
            "drop": self.drop.to_json(),
            "disconnect_after": self.disconnect_after,
            "wrong_signature": self.wrong_signature.to_json(),
            "skew_s": self.skew_s,
            "duplicate": self.duplicate.to_json(),
            "torn": self.torn.to_json(),
            "portal": self.portal.to_json(),
            "odd": self.odd.to_json(),
            "max_bytes": self.max_bytes,
            "later": self.later.to_json(),
            "reject": self.reject.to_json(),
            "forget": self.forget.to_json(),
            "path": self.path,
            "times": self.times,
        })
    }

    /// What happens to the next request, to a call of that path; doses are used up by it.
    pub fn take(&mut self, path: &str) -> Turn {
        if !path.starts_with(&self.path) || self.times == Some(0) {
            return Turn::default();
        }
        self.times = self.times.map(|left| left - 1);
        let refuse = self.refuse.take().then(|| self.refuse_status.unwrap_or(503));
        let dropped = self.drop.take();
        Turn {
            latency_ms: self.latency_ms,
            refuse,
            retry_after: self.retry_after.clone(),
            cut_after: if dropped { Some(0) } else { self.disconnect_after },
            wrong_signature: self.wrong_signature.take(),
            twice: self.duplicate.take(),
            torn: self.torn.take(),
            portal: self.portal.take(),
            odd: self.odd.take(),
            max_bytes: self.max_bytes,
            disturbs: true,
        }
    }

    /// What happens to the next event of a request that faults happen to.
    pub fn take_event(&mut self) -> Option<EventFault> {
        if self.later.take() {
            Some(EventFault::Later)
        } else if self.reject.take() {
            Some(EventFault::Reject)
        } else if self.forget.take() {
            Some(EventFault::Forget)
        } else {
            None
        }
    }
}

fn path(value: &Value) -> Result<String, String> {
    match value {
        Value::Null | Value::Bool(false) => Ok(String::new()),
        Value::String(text) => Ok(text.clone()),
        _ => Err("path is the beginning of a call's path".to_owned()),
    }
}

fn whole(field: &str, value: &Value, most: u64) -> Result<Option<u64>, String> {
    match value {
        Value::Null | Value::Bool(false) => Ok(None),
        _ => match value.as_u64() {
            Some(number) if number <= most => Ok(Some(number)),
            _ => Err(format!("{field} is a whole number from 0 to {most}")),
        },
    }
}

fn seconds(value: &Value) -> Result<i64, String> {
    match value {
        Value::Null | Value::Bool(false) => Ok(0),
        _ => value
            .as_i64()
            .filter(|seconds| seconds.unsigned_abs() <= 1_000_000_000)
            .ok_or_else(|| "skew_s is a whole number of seconds from -1000000000 to 1000000000".to_owned()),
    }
}

fn retry_after(value: &Value) -> Result<Option<String>, String> {
    match value {
        Value::Null | Value::Bool(false) => Ok(None),
        Value::String(text) if text.bytes().all(|byte| (0x20..0x7f).contains(&byte)) => {
            Ok(Some(text.clone()))
        }
        Value::Number(number) if number.is_u64() => Ok(Some(number.to_string())),
        _ => Err("retry_after is a number of seconds or an HTTP date as text".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pattern(dose: &str, turns: usize) -> String {
        let mut faults = Faults::from_json(format!("{{\"drop\":{dose}}}").as_bytes()).unwrap();
        (0..turns).map(|_| if faults.take("/").cut_after == Some(0) { 'x' } else { '.' }).collect()
    }

    #[test]
    fn doses() {
        for (dose, expected) in [
            ("true", "xxxxxx"),
            ("false", "......"),
            ("null", "......"),
            ("0", "......"),
            ("2", "xx...."),
            ("0.5", ".x.x.x"),
            ("0.34", "..x..x"),
            ("1.0", "xxxxxx"),
        ] {
            assert_eq!(pattern(dose, 6), expected, "{dose}");
        }
    }

    #[test]
    fn a_refusal_has_a_status() {
        let refusal = |json: &str| Faults::from_json(json.as_bytes()).unwrap().take("/").refuse;
        assert_eq!(refusal("{\"refuse\":true}"), Some(503));
        assert_eq!(refusal("{\"refuse\":429}"), Some(429));
        assert_eq!(refusal("{\"refuse\":1}"), Some(503));
        assert_eq!(refusal("{}"), None);
    }

    #[test]
    fn what_was_put_can_be_read_and_put_again() {
        let text = "{\"latency_ms\":5,\"refuse\":418,\"retry_after\":7,\"drop\":3,\"disconnect_after\":9,\
                    \"wrong_signature\":true,\"skew_s\":-400,\"duplicate\":0.25}";
        let faults = Faults::from_json(text.as_bytes()).unwrap();
        assert_eq!(Faults::from_json(faults.to_json().to_string().as_bytes()).unwrap(), faults);
        let off = "{\"latency_ms\":0,\"refuse\":false,\"drop\":false,\"disconnect_after\":0,\"wrong_signature\":false,\
                   \"skew_s\":0,\"duplicate\":null}";
        assert_eq!(Faults::from_json(off.as_bytes()).unwrap(), Faults::default());
        let events = "{\"torn\":true,\"portal\":1,\"odd\":2,\"max_bytes\":500,\"later\":1,\"reject\":0.5,\"forget\":3,\
                      \"path\":\"/v1/events\",\"times\":9}";
        let faults = Faults::from_json(events.as_bytes()).unwrap();
        assert_eq!(Faults::from_json(faults.to_json().to_string().as_bytes()).unwrap(), faults);
    }

    #[test]
    fn faults_keep_to_their_path_and_their_times() {
        let mut faults = Faults::from_json(b"{\"refuse\":429,\"path\":\"/v1/ev\",\"times\":2}").unwrap();
        assert_eq!(faults.take("/v1/time"), Turn::default());
        let refused: Vec<_> = (0..4).map(|_| faults.take("/v1/events").refuse).collect();
        assert_eq!(refused, [Some(429), Some(429), None, None]);
        let mut faults = Faults::from_json(b"{\"later\":1,\"reject\":1,\"forget\":0.5}").unwrap();
        let events: Vec<_> = (0..4).map(|_| faults.take_event()).collect();
        assert_eq!(
            events,
            [Some(EventFault::Later), Some(EventFault::Reject), None, Some(EventFault::Forget)]
        );
    }

    #[test]
    fn nonsense_is_named() {
        for (text, word) in [
            ("", "JSON"),
            ("[]", "JSON"),
            ("{\"dorp\":1}", "dorp"),
            ("{\"drop\":\"yes\"}", "drop"),
            ("{\"drop\":-1}", "drop"),
            ("{\"drop\":1.5}", "drop"),
            ("{\"latency_ms\":1e9}", "latency_ms"),
            ("{\"skew_s\":\"1\"}", "skew_s"),
            ("{\"path\":1}", "path"),
            ("{\"times\":-1}", "times"),
            ("{\"max_bytes\":300000}", "max_bytes"),
            ("{\"retry_after\":\"a\\nb\"}", "retry_after"),
        ] {
            let error = Faults::from_json(text.as_bytes()).unwrap_err();
            assert!(error.contains(word), "{text}: {error}");
        }
    }
}
