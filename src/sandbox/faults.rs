//! What goes wrong on purpose: `PUT /sandbox/faults` with a JSON object. It replaces all that was set before; a field
//! left out, `null` or `false` is off, and `{}` lets everything go well.
//!
//! | field | value | meaning |
//! |---|---|---|
//! | `latency_ms` | 0…600,000 | the request is handled, its answer is sent so much later |
//! | `refuse` | a dose, or a status 400…599 | nothing is handled; the answer is that status (503 for a dose), signed |
//! | `retry_after` | seconds, or an HTTP date as text | goes as `Retry-After` with every refusal |
//! | `drop` | a dose | the request is handled, then the connection is closed without an answer |
//! | `disconnect_after` | bytes; 0 is off | the connection breaks after so many bytes of the answer, its head included |
//! | `wrong_signature` | a dose | the answer is right, its signature is not |
//! | `skew_s` | −10⁹…10⁹ seconds | the platform's clock is ahead by so much |
//! | `duplicate` | a dose | the request is handled twice, and the second answer is sent: events are `duplicate` |
//!
//! A dose is `true` for every request, a whole number for so many requests from now on, or a fraction between 0 and 1
//! for that share of them, evenly spread (0.34 is every third). Doses count requests to the platform's own calls;
//! the `/sandbox/` calls are never disturbed.

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
#[derive(Clone, Debug, PartialEq)]
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
                    Some(status @ 400..=599) => {
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
        })
    }

    /// What happens to the next request; doses are used up by it.
    pub fn take(&mut self) -> Turn {
        let refuse = self.refuse.take().then(|| self.refuse_status.unwrap_or(503));
        let dropped = self.drop.take();
        Turn {
            latency_ms: self.latency_ms,
            refuse,
            retry_after: self.retry_after.clone(),
            cut_after: if dropped { Some(0) } else { self.disconnect_after },
            wrong_signature: self.wrong_signature.take(),
            twice: self.duplicate.take(),
        }
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
        (0..turns).map(|_| if faults.take().cut_after == Some(0) { 'x' } else { '.' }).collect()
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
        let refusal = |json: &str| Faults::from_json(json.as_bytes()).unwrap().take().refuse;
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
            ("{\"retry_after\":\"a\\nb\"}", "retry_after"),
        ] {
            let error = Faults::from_json(text.as_bytes()).unwrap_err();
            assert!(error.contains(word), "{text}: {error}");
        }
    }
}
