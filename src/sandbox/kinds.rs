//! Which events there are, and what the body of each must hold: the platform's table, as data.
//!
//! Fields beside those named are allowed and kept. A body holds who did it (`by`) and, where a resident is named,
//! `{name, id_type, id_number}` or one sealed string.

use serde_json::{Map, Value};

/// What a field must be.
#[derive(Clone, Copy, Debug)]
enum Shape {
    /// A text that is not empty.
    Text,
    /// A text that is not empty, or a number.
    Label,
    /// A whole number from 0.
    Count,
    /// A whole number from 1 to 5.
    Level,
    /// A day as YYYY-MM-DD.
    Day,
    /// One of these texts.
    OneOf(&'static [&'static str]),
}

use Shape::{Count, Day, Label, Level, OneOf, Text};

/// A kind of event and the fields that its body must hold beside `by`.
type Rule = (&'static str, &'static [(&'static str, Shape)]);

const WINDOW: &[(&str, Shape)] = &[("window", Label)];

const RULES: &[Rule] = &[
    (
        "ticket.issued",
        &[
            ("number", Text),
            ("class", Text),
            ("business_day", Day),
            ("channel", OneOf(&["card", "typed", "none", "code", "staff"])),
            ("people_ahead", Count),
            ("print", OneOf(&["confirmed", "likely", "paperless", "reinstated"])),
        ],
    ),
    ("ticket.called", WINDOW),
    ("ticket.recalled", WINDOW),
    ("ticket.serving", WINDOW),
    ("ticket.no_show", &[]),
    ("ticket.returned", &[]),
    ("ticket.held", &[]),
    ("ticket.resumed", &[]),
    ("ticket.transferred", &[("to", Label)]),
    ("ticket.finished", &[]),
    ("ticket.cancelled", &[]),
    ("ticket.expired", &[]),
    ("ticket.void", &[]),
    ("ticket.reinstated", &[]),
    ("ticket.reprinted", &[]),
    ("ticket.undone", &[("undoes", Text)]),
    ("case.accepted", &[("number", Label), ("matter", Text)]),
    ("case.handed_over", &[]),
    ("case.finished", &[("outcome", Text)]),
    ("review.made", &[("service", Text), ("channel", Text), ("level", Level)]),
    ("review.expired", &[]),
    ("review.followed_up", &[("action", Text), ("result", Text)]),
    (
        "certificate.printed",
        &[("certificate", Label), ("issue_id", Label), ("pages", Count), ("copies", Count)],
    ),
    ("certificate.spoiled", &[("certificate", Label), ("issue_id", Label)]),
    ("seal.used", &[("number", Label), ("digest", Text), ("purpose", Text)]),
    ("request.made", &[("what", OneOf(&["appointment", "agency", "home_visit", "extended_hours"]))]),
    ("request.withdrawn", &[]),
    ("request.done", &[]),
    ("notice.printed", &[]),
    ("terminal.health", &[]),
];

/// Why an event is rejected: a code for machines and words that repeat nothing of the body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejection {
    /// The code.
    pub code: &'static str,
    /// The words.
    pub message: String,
}

impl Rejection {
    /// A rejection.
    pub fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }
}

/// Checks a subject: `KIND/ID` of a known kind, the id without blanks, 200 characters at most.
///
/// # Errors
/// `bad_subject`.
pub fn check_subject(subject: &str) -> Result<(), Rejection> {
    let wrong = || Rejection::new("bad_subject", "subject is not KIND/ID of a known kind");
    let (kind, id) = subject.split_once('/').ok_or_else(wrong)?;
    let known = RULES.iter().any(|(rule, _)| belongs(rule, kind));
    let good_id = !id.is_empty() && subject.len() <= 200 && id.bytes().all(|byte| byte.is_ascii_graphic());
    if known && good_id { Ok(()) } else { Err(wrong()) }
}

/// Checks that the kind is known, belongs to the subject, and that the body holds what the kind asks for.
///
/// # Errors
/// `unknown_kind`, `wrong_subject` or `bad_body`.
pub fn check_event(subject: &str, kind: &str, body: &Map<String, Value>) -> Result<(), Rejection> {
    let rule = RULES.iter().find(|(name, _)| *name == kind);
    let (_, fields) = rule.ok_or_else(|| Rejection::new("unknown_kind", "there is no event of this kind"))?;
    if !subject.split_once('/').is_some_and(|(of, _)| belongs(kind, of)) {
        return Err(Rejection::new("wrong_subject", "the kind does not belong to the subject"));
    }
    for (field, shape) in std::iter::once(&("by", Label)).chain(*fields) {
        let good = body.get(*field).is_some_and(|value| fits(value, *shape));
        if !good {
            return Err(Rejection::new("bad_body", format!("body.{field} is missing or wrong")));
        }
    }
    match body.get("resident") {
        Some(resident) if !is_resident(resident) => Err(Rejection::new("bad_body", "body.resident is wrong")),
        _ => Ok(()),
    }
}

fn belongs(kind: &str, subject_kind: &str) -> bool {
    kind.split_once('.').is_some_and(|(of, _)| of == subject_kind)
}

fn fits(value: &Value, shape: Shape) -> bool {
    let text = value.as_str().filter(|text| !text.trim().is_empty());
    match shape {
        Text => text.is_some(),
        Label => text.is_some() || value.is_number(),
        Count => value.is_u64(),
        Level => value.as_u64().is_some_and(|level| (1..=5).contains(&level)),
        Day => text.is_some_and(|day| day.len() == 10 && day.parse::<jiff::civil::Date>().is_ok()),
        OneOf(words) => text.is_some_and(|text| words.contains(&text)),
    }
}

fn is_resident(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(sealed) => sealed.len() > 4 && sealed.starts_with("sm2:"),
        Value::Object(fields) => {
            let text = |field: &str| fields.get(field).is_some_and(|value| fits(value, Text));
            // Who typed a number instead of laying a card has told no name.
            let name_fits = text("name") || fields.get("name").is_some_and(Value::is_null);
            name_fits && text("id_type") && text("id_number")
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn issued() -> Value {
        json!({"by": "T01", "number": "A001", "class": "A", "business_day": "2026-11-24", "channel": "card",
               "people_ahead": 0, "print": "confirmed",
               "resident": {"name": "测试甲", "id_type": "111", "id_number": "000000000000000000"}})
    }

    fn check(kind: &str, subject: &str, body: &Value) -> Result<(), &'static str> {
        check_event(subject, kind, body.as_object().unwrap()).map_err(|rejection| rejection.code)
    }

    #[test]
    fn a_ticket_as_it_should_be() {
        assert_eq!(check("ticket.issued", "ticket/1", &issued()), Ok(()));
        assert_eq!(check("ticket.called", "ticket/1", &json!({"by": 3, "window": 3, "more": []})), Ok(()));
    }

    #[test]
    fn each_field_counts() {
        for (field, wrong) in [
            ("by", json!("")),
            ("number", json!(1)),
            ("class", Value::Null),
            ("business_day", json!("2026-02-30")),
            ("business_day", json!("20261124")),
            ("channel", json!("walk")),
            ("people_ahead", json!(-1)),
            ("print", json!(true)),
            ("resident", json!({"name": "测试甲"})),
            ("resident", json!("plain")),
            ("resident", json!({"id_type": "111", "id_number": "000000000000000000"})),
        ] {
            let mut body = issued();
            body[field] = wrong;
            assert_eq!(check("ticket.issued", "ticket/1", &body), Err("bad_body"), "{field}");
        }
        let mut typed = issued();
        typed["resident"]["name"] = Value::Null;
        assert_eq!(check("ticket.issued", "ticket/1", &typed), Ok(()));
        let mut sealed = issued();
        sealed["resident"] = json!("sm2:BAAA");
        assert_eq!(check("ticket.issued", "ticket/1", &sealed), Ok(()));
    }

    #[test]
    fn kinds_belong_to_their_subjects() {
        assert_eq!(check("ticket.lost", "ticket/1", &issued()), Err("unknown_kind"));
        assert_eq!(check("ticket.issued", "case/1", &issued()), Err("wrong_subject"));
        for level in [json!(0), json!(6), json!(2.5), json!("5")] {
            let body = json!({"by": 1, "service": "x", "channel": "pad", "level": level});
            assert_eq!(check("review.made", "review/1", &body), Err("bad_body"));
        }
        for (subject, good) in [
            ("ticket/01", true),
            ("seal/a-b", true),
            ("ticket/", false),
            ("ticket", false),
            ("person/1", false),
            ("ticket/a b", false),
            ("/1", false),
        ] {
            assert_eq!(check_subject(subject).is_ok(), good, "{subject}");
        }
    }
}
