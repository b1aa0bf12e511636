//! What the sandbox says of events, good and bad, one by one and again.

use super::*;

const SITE: &str = "510823101000";

struct Place {
    _folder: tempfile::TempDir,
    store: Store,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("data")).unwrap();
        Self { _folder: folder, store }
    }

    fn take(&mut self, events: &[Value]) -> Result<Value, BatchError> {
        let body = json!({"terminal": "T01", "site": SITE, "events": events}).to_string();
        take(&mut self.store, "T01-test", 1_700_000_000_000, body.as_bytes(), &mut || None)
    }

    /// Status, and code where there is one, of each event.
    fn said(&mut self, events: &[Value]) -> Vec<String> {
        let answer = self.take(events).unwrap();
        let results = answer["results"].as_array().unwrap();
        assert_eq!(results.len(), events.len());
        results
            .iter()
            .zip(events)
            .map(|(result, event)| {
                assert_eq!(result["id"], event["id"]);
                let status = result["status"].as_str().unwrap().to_owned();
                result["code"].as_str().map_or(status.clone(), |code| format!("{status} {code}"))
            })
            .collect()
    }
}

fn id(number: u64) -> String {
    uuid::Builder::from_unix_timestamp_millis(
        1_700_000_000_000,
        &number.to_be_bytes().repeat(2)[..10].try_into().unwrap(),
    )
    .into_uuid()
    .to_string()
}

fn event(number: u64, subject: &str, seq: u64) -> Value {
    json!({"id": id(number), "subject": subject, "seq": seq, "kind": "ticket.called",
           "at": "2026-11-24T09:00:00+08:00", "body": {"by": "1", "window": 1}})
}

#[test]
fn each_once_and_in_order() {
    let mut place = Place::new();
    let (first, second, third) = (event(1, "ticket/a", 1), event(2, "ticket/a", 2), event(3, "ticket/a", 3));
    assert_eq!(place.said(&[second.clone(), third.clone()]), ["later gap", "later gap"]);
    assert_eq!(
        place.said(&[third.clone(), first.clone(), second.clone()]),
        ["later gap", "accepted", "accepted"]
    );
    assert_eq!(place.said(&[first, second, third]), ["duplicate", "duplicate", "accepted"]);
    let listed: Value = serde_json::from_str(&place.store.events_json(1, i64::MAX).unwrap()).unwrap();
    let seqs: Vec<_> =
        listed.as_array().unwrap().iter().map(|event| event["seq"].as_u64().unwrap()).collect();
    assert_eq!(seqs, [2, 3]);
    assert_eq!(listed[0]["site"], SITE);
    assert_eq!(listed[0]["body"], json!({"by": "1", "window": 1}));
}

#[test]
fn an_id_is_used_once() {
    let mut place = Place::new();
    assert_eq!(place.said(&[event(1, "ticket/a", 1)]), ["accepted"]);
    let mut other = event(1, "ticket/a", 1);
    other["body"]["window"] = json!(2);
    assert_eq!(place.said(&[other]), ["rejected id_reused"]);
    assert_eq!(place.said(&[event(2, "ticket/a", 1)]), ["rejected seq_used"]);
    assert_eq!(place.said(&[event(1, "ticket/a", 1)]), ["duplicate"]);
    assert_eq!(place.store.accepted().unwrap(), 1);
}

#[test]
fn a_rejected_event_uses_its_place_and_may_come_again_after_a_fix() {
    let mut place = Place::new();
    let mut bad = event(1, "ticket/a", 1);
    bad["body"] = json!({"by": "1"});
    assert_eq!(place.said(&[bad.clone(), event(2, "ticket/a", 2)]), ["rejected bad_body", "accepted"]);
    assert_eq!(place.said(&[bad]), ["rejected bad_body"]);
    assert_eq!(place.said(&[event(1, "ticket/a", 1), event(1, "ticket/a", 1)]), ["accepted", "duplicate"]);
}

#[test]
fn strict_about_each_field() {
    let mut place = Place::new();
    for (field, value, expected) in [
        ("id", json!("1"), "rejected bad_id"),
        ("id", json!("00000000-0000-4000-8000-000000000001"), "rejected bad_id"),
        ("subject", json!("person/1"), "rejected bad_subject"),
        ("subject", json!(7), "rejected bad_subject"),
        ("seq", json!(0), "rejected bad_seq"),
        ("seq", json!("1"), "rejected bad_seq"),
        ("seq", json!(1.5), "rejected bad_seq"),
        ("seq", json!(u64::MAX), "rejected bad_seq"),
        ("seq", json!(i64::MAX), "later gap"),
        ("kind", json!("ticket.lost"), "rejected unknown_kind"),
        ("at", json!("2026-11-24T09:00:00"), "rejected bad_at"),
        ("at", json!("yesterday"), "rejected bad_at"),
        ("body", json!([]), "rejected bad_body"),
        ("body", Value::Null, "rejected bad_body"),
    ] {
        let number = place.store.accepted().unwrap() + 10;
        let mut wrong = event(number, &format!("ticket/{field}-{value}").replace('"', ""), 1);
        wrong[field] = value.clone();
        assert_eq!(place.said(&[wrong]), [expected], "{field} {value}");
    }
    assert_eq!(place.store.accepted().unwrap(), 0);
}

#[test]
fn hostile_batches_leave_nothing_behind() {
    let mut place = Place::new();
    let good = event(1, "ticket/a", 1);
    let nameless = json!({"subject": "ticket/b"});
    assert!(matches!(place.take(&[good.clone(), nameless]), Err(BatchError::Malformed(_))));
    let many: Vec<_> = (0..201).map(|number| event(number, "ticket/a", number + 1)).collect();
    assert!(matches!(place.take(&many), Err(BatchError::TooMany)));
    let deep = format!("{{\"terminal\":\"T01\",\"site\":\"{SITE}\",\"events\":{}", "[".repeat(50_000));
    let texts = [
        "",
        "null",
        "[]",
        "{}",
        "{\"terminal\":1}",
        "\u{0}",
        &deep,
        "{\"terminal\":\"T\",\"site\":\"1\",\"events\":[]}",
    ];
    for text in texts {
        let answer = take(&mut place.store, "a", 0, text.as_bytes(), &mut || None);
        assert!(matches!(answer, Err(BatchError::Malformed(_))), "{text}");
    }
    let body = json!({"terminal": "T01", "site": SITE, "events": [good]}).to_string();
    for end in 0..body.len() {
        assert!(
            take(&mut place.store, "a", 0, &body.as_bytes()[..end], &mut || None).is_err(),
            "cut at {end}"
        );
    }
    assert_eq!(place.store.accepted().unwrap(), 0);
    assert_eq!(place.said(&[event(1, "ticket/a", 1)]), ["accepted"]);
}

#[test]
fn nonces_are_used_once_for_as_long_as_they_matter() {
    let mut place = Place::new();
    assert!(place.store.use_nonce("a", "n", 1_000).unwrap());
    assert!(!place.store.use_nonce("a", "n", 600_000).unwrap());
    assert!(place.store.use_nonce("b", "n", 600_000).unwrap());
    assert!(place.store.use_nonce("a", "n", 2_000_000).unwrap());
}
