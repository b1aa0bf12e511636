//! A wrong `site.toml`: exit code 2, and a line that names file, line, key, what is expected and the nearest key.

use crate::site::Site;

/// `from` becomes `to`; the fault is told at the last line that begins with `line`, with these words.
const BROKEN: &[(&str, &str, &str, &[&str])] = &[
    (
        "data_dir = ",
        "data_dri = ",
        "data_dri",
        &["terminal.data_dri: is unknown", "did you mean \"data_dir\"?"],
    ),
    ("[queue]", "[quue]", "[quue]", &["quue: is unknown", "did you mean \"queue\"?"]),
    ("kind = \"center\"", "kind = \"centre\"", "kind", &["site.kind: ", "expected", "center"]),
    ("id = \"T01\"\n", "", "[terminal]", &["terminal.id: is missing; expected"]),
    (
        "letter = \"B\"",
        "letter = \"A\"",
        "letter = \"A\"\nname = \"医",
        &["class[2].letter: is there twice, first in line"],
    ),
    (
        "number = 3",
        "number = 1",
        "number = 1\nname = \"社",
        &["window[2].number: is there twice, first in line"],
    ),
    (
        "number = 3",
        "number = \"3\"",
        "number = \"3\"",
        &["window[2].number: is a text; expected a whole number"],
    ),
    (
        "code = \"510823101000\"",
        "code = 510823101000",
        "code",
        &["site.code: is a whole number; expected the 12 digits"],
    ),
    (
        "numbers = \"001-002\"",
        "numbers = \"002-001\"",
        "numbers = \"002",
        &["class[2].numbers: ", "expected"],
    ),
    ("classes = [\"*\"]", "classes = [\"A\"]", "letter = \"B\"", &["class[2]", "no window"]),
    ("sign = \"HMAC-SM3\"", "sign = \"HMAC-SM\"", "sign", &["platform.sign: ", "did you mean \"HMAC-SM3\"?"]),
    (
        "profile = \"vkp80\"",
        "profile = \"vkp8\"",
        "profile = \"vkp8",
        &["devices.ticket_dispenser.profile: ", "did you mean \"vkp80\"?"],
    ),
    ("/printer?baud", "/reader?baud", "port", &["port: ", "devices.id_reader"]),
    (
        "url = \"http://127.0.0.1:1\"",
        "url = \"http://platform.example\"",
        "url",
        &["platform.url: is plain http to another machine"],
    ),
    (
        "retention_days = 30",
        "retention_days = -1",
        "retention_days",
        &["privacy.retention_days: ", "expected a whole number"],
    ),
    ("[site]", "[site", "[site", &["is not TOML"]),
    (
        "ticket_without_card = true",
        "ticket_without_card = \"yes\"",
        "ticket_without_card",
        &["queue.ticket_without_card: is a text; expected true or false"],
    ),
];

#[test]
fn every_fault_is_told_with_file_line_key_and_expectation() {
    for (from, to, line, words) in BROKEN {
        let site = Site::bare();
        site.edit(from, to);
        let text = std::fs::read_to_string(site.path("site.toml")).unwrap();
        let place = text.rfind(&format!("\n{line}")).unwrap_or_else(|| panic!("{line:?}")) + 1;
        let number = text[..place].matches('\n').count() + 1;
        for command in ["run", "check", "status"] {
            let ended = site.kiosk(&[command]);
            assert_eq!(ended.code, Some(2), "{to:?}: {ended:?}");
            let told = format!("site.toml:{number}: ");
            assert!(ended.err.contains(&told), "{to:?}: {told} in {}", ended.err);
            for word in *words {
                assert!(ended.err.contains(word), "{to:?}: {word} in {}", ended.err);
            }
            assert!(ended.err.contains("→"), "{to:?}: what to do in {}", ended.err);
        }
    }
}

#[test]
fn all_faults_are_told_at_once() {
    let site = Site::bare();
    site.edit("kind = \"center\"", "kind = \"hall\"");
    site.edit("data_dir", "folder");
    let ended = site.kiosk(&["check"]);
    assert_eq!(ended.code, Some(2));
    for word in ["site.kind", "terminal.folder", "terminal.data_dir: is missing"] {
        assert!(ended.err.contains(word), "{word} in {}", ended.err);
    }
}

#[test]
fn a_file_that_is_not_there_or_no_text_is_told() {
    let site = Site::bare();
    std::fs::remove_file(site.path("site.toml")).unwrap();
    let ended = site.kiosk(&["check"]);
    assert_eq!(ended.code, Some(2), "{ended:?}");
    assert!(ended.err.contains("site.toml:1: cannot be read"), "{}", ended.err);
    std::fs::write(site.path("site.toml"), [0xFF, 0xFE, 0x00]).unwrap();
    let ended = site.kiosk(&["check"]);
    assert_eq!(ended.code, Some(2), "{ended:?}");
    assert!(ended.err.contains("site.toml:1: "), "{}", ended.err);
}

#[test]
fn a_secret_in_the_wrong_place_is_not_repeated() {
    let site = Site::bare();
    site.edit("key_file = \"secrets/platform.key\"", "key = \"hunter2\"");
    let ended = site.kiosk(&["check"]);
    assert_eq!(ended.code, Some(2));
    assert!(
        ended.err.contains("platform.key: is unknown") && ended.err.contains("did you mean \"key_file\"?")
    );
    assert!(!ended.err.contains("hunter2"), "{}", ended.err);
}
