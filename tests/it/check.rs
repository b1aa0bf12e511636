//! `kiosk check`: a line a check, and what to do about each that fails.

use serde_json::Value;

use crate::devices::{Printer, Reader};
use crate::platform::Platform;
use crate::site::Site;

/// The lines of `check --json` by their names.
fn lines(out: &str) -> Vec<(String, bool, bool)> {
    let lines: Value = serde_json::from_str(out).unwrap();
    let line = |line: &Value| {
        assert!(!line["found"].as_str().unwrap().is_empty(), "{line}");
        (
            line["check"].as_str().unwrap().to_owned(),
            line["fine"].as_bool().unwrap(),
            line["next"].is_string(),
        )
    };
    lines.as_array().unwrap().iter().map(line).collect()
}

#[test]
fn with_nothing_there_each_failing_line_says_what_to_do() {
    let site = Site::bare();
    let checked = site.kiosk(&["check"]);
    assert_eq!(checked.code, Some(1), "{checked:?}");
    for check in ["key files", "id_reader", "ticket_dispenser", "platform"] {
        let line = checked.out.lines().position(|line| line.starts_with("FAIL") && line.contains(check));
        let line = line.unwrap_or_else(|| panic!("{check} in {}", checked.out));
        let next = checked.out.lines().nth(line + 1).unwrap_or_default();
        assert!(next.trim_start().starts_with('→'), "what to do about {check}: {next:?}");
    }
    assert!(!site.path("secrets").exists(), "a check makes no keys");

    let checked = site.kiosk(&["check", "--json"]);
    assert_eq!(checked.code, Some(1), "{checked:?}");
    for (check, fine, next) in lines(&checked.out) {
        assert_eq!(fine, !next, "{check}: what to do where it fails, and only there");
        let there = ["configuration", "fonts", "store", "speaker", "voice"];
        assert_eq!(fine, there.contains(&check.as_str()), "{check}");
    }
}

#[test]
fn with_everything_there_all_is_fine() {
    let site = Site::new();
    let platform = Platform::start(&site);
    let (_reader, mut printer) = (Reader::plug_in(&site), Printer::plug_in(&site));
    let checked = site.kiosk(&["check", "--json"]);
    assert_eq!(checked.code, Some(0), "{checked:?}");
    let names: Vec<_> = lines(&checked.out).into_iter().map(|(name, ..)| name).collect();
    let expected = [
        "configuration",
        "key files",
        "fonts",
        "store",
        "id_reader",
        "ticket_dispenser",
        "speaker",
        "voice",
        "platform",
    ];
    assert_eq!(names, expected);
    assert_eq!(printer.times("A0"), 0, "nothing is printed by a check");

    // One device in trouble, and only its line tells.
    printer.say("paper out");
    let checked = site.kiosk(&["check", "--json"]);
    assert_eq!(checked.code, Some(1), "{checked:?}");
    for (name, fine, _) in lines(&checked.out) {
        assert_eq!(fine, name != "ticket_dispenser", "{name}");
    }
    printer.say("cover open");
    printer.say("paper ok");
    printer.say("cover closed");

    // A platform that signs with another key is no platform.
    platform.faults(r#"{"wrong_signature": true}"#);
    let checked = site.kiosk(&["check"]);
    assert_eq!(checked.code, Some(1), "{checked:?}");
    assert!(
        checked.out.lines().any(|line| line.starts_with("FAIL") && line.contains("platform")),
        "{}",
        checked.out
    );
}
