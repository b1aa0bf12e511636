//! Keeps the arrows of the house: reads what each file of `src/` and `drivers/` names, and which way that points.
//!
//! `cli → wiring → screen, uplink, engine → visit, desk, peripherals → store → domain`; a crate of `drivers/` knows
//! nothing of the kiosk. What is compiled for tests alone is left out.

#![expect(clippy::unwrap_used, reason = "a test that can't go on says where")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// A module of `src/`, and the modules that it may name beside itself.
const ARROWS: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("words", &[]),
    ("logging", &[]),
    ("signals", &[]),
    ("secret_file", &[]),
    ("store", &["domain", "secret_file"]),
    ("desk", &["domain", "store"]),
    ("visit", &["domain"]),
    ("service", &["domain"]),
    ("peripherals", &["domain", "words"]),
    ("config", &["domain", "secret_file"]),
    ("engine", &["domain", "store", "desk", "visit", "service", "peripherals"]),
    ("uplink", &["domain", "secret_file"]),
    ("sandbox", &["uplink"]),
    ("screen", &["domain", "visit", "service", "engine", "words"]),
    ("voice", &["domain", "visit", "engine", "words"]),
    ("control", &["domain", "store", "engine"]),
    (
        "wiring",
        &[
            "domain",
            "words",
            "store",
            "desk",
            "peripherals",
            "config",
            "engine",
            "uplink",
            "voice",
            "control",
        ],
    ),
    (
        "cli",
        &[
            "domain",
            "words",
            "logging",
            "signals",
            "secret_file",
            "store",
            "visit",
            "peripherals",
            "config",
            "engine",
            "uplink",
            "sandbox",
            "screen",
            "voice",
            "control",
            "wiring",
        ],
    ),
];

/// A crate from outside, and the only places that may name it.
const OUTSIDE: &[(&str, &[&str])] = &[
    ("slint", &["screen"]),
    ("kiosk_ui", &["screen"]),
    ("fontique", &["peripherals"]),
    ("swash", &["peripherals"]),
    ("embedded_graphics", &["peripherals"]),
    ("rusqlite", &["store", "sandbox"]),
    ("aes_gcm", &["store"]),
    ("argon2", &["store"]),
    ("axum", &["sandbox"]),
    ("tokio", &["sandbox"]),
    ("ureq", &["uplink", "cli/demo/play"]),
    ("sm2", &["uplink"]),
    ("clap", &["cli"]),
    ("alsa", &["voice"]),
    ("flexi_logger", &["logging"]),
    ("signal_hook", &["signals"]),
    ("serialport", &[]),
    ("rusb", &[]),
    ("kiosk_link", &["peripherals", "config", "wiring", "cli/simulate", "cli/demo", "engine/clock"]),
    ("kiosk_id_reader", &["peripherals", "cli/simulate", "cli/demo"]),
    ("kiosk_escpos", &["peripherals", "wiring", "cli/simulate", "cli/demo"]),
];

/// Words of the trade that no driver knows. A queue is no such word: printers have one of their own.
const TRADE: &[&str] = &["ticket", "resident", "outbox", "visit", "hall", "desk", "kiosk"];

/// The program's own words of one file: no comments, no texts, nothing that is compiled for tests alone.
fn words_of(text: &str) -> Vec<String> {
    let program = text.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
    let mut words = Vec::new();
    let mut rest = program;
    while let Some(first) = rest.chars().next() {
        if rest.starts_with("//") {
            rest = rest.split_once('\n').map_or("", |(_, rest)| rest);
        } else if first == '"' {
            rest = after_text(&rest[1..]);
        } else if rest.starts_with("'\"'") {
            rest = &rest[3..];
        } else if first.is_alphabetic() || first == '_' {
            let end =
                rest.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':')).unwrap_or(rest.len());
            words.push(rest[..end].to_owned());
            rest = &rest[end..];
        } else {
            rest = &rest[first.len_utf8()..];
        }
    }
    words
}

fn after_text(mut rest: &str) -> &str {
    loop {
        match rest.find(['"', '\\']) {
            None => return "",
            Some(at) if rest[at..].starts_with('"') => return &rest[at + 1..],
            Some(at) => {
                let escaped = rest[at + 1..].chars().next().map_or(0, char::len_utf8);
                rest = &rest[at + 1 + escaped..];
            }
        }
    }
}

/// Every `.rs` file below, without those that hold only tests, by its path below the folder.
fn files(folder: &str) -> BTreeMap<String, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut found = BTreeMap::new();
    walk(&root, &mut |path| {
        let name = path.strip_prefix(&root).unwrap().to_str().unwrap().to_owned();
        let stem = path.file_stem().unwrap().to_str().unwrap();
        let only_tests =
            stem == "tests" || stem.ends_with("_tests") || name.contains("tests/") || stem == "chaos";
        if name.ends_with(".rs") && !only_tests {
            found.insert(name, std::fs::read_to_string(path).unwrap());
        }
    });
    assert!(found.len() > 5, "no files below {folder}");
    found
}

fn walk(folder: &Path, found: &mut impl FnMut(&PathBuf)) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { walk(&path, found) } else { found(&path) }
    }
}

/// `engine` of `engine/clock.rs` and of `engine.rs`.
fn module_of(file: &str) -> &str {
    file.split('/').next().unwrap_or_default().trim_end_matches(".rs")
}

#[test]
fn arrows_point_one_way() {
    let arrows: BTreeMap<_, BTreeSet<_>> =
        ARROWS.iter().map(|(module, may)| (*module, may.iter().copied().collect())).collect();
    let mut wrong = Vec::new();
    for (file, text) in files("src") {
        let module = module_of(&file);
        if ["lib", "main"].contains(&module) {
            continue;
        }
        let may =
            arrows.get(module).unwrap_or_else(|| panic!("{file}: draw the arrows of {module} in this test"));
        for word in words_of(&text) {
            let Some(named) = word.strip_prefix("crate::") else { continue };
            let named = named.split("::").next().unwrap_or_default();
            assert!(
                !named.is_empty(),
                "{file}: name one module a line after crate::, so that this test can read it"
            );
            if named != module && !may.contains(named) && arrows.contains_key(named) {
                wrong.push(format!("{file} names {named}"));
            }
        }
    }
    assert!(wrong.is_empty(), "against the arrows:\n{}", wrong.join("\n"));
}

#[test]
fn the_arrows_have_no_circle() {
    let mut done = BTreeSet::new();
    while done.len() < ARROWS.len() {
        let before = done.len();
        for (module, may) in ARROWS {
            if may.iter().all(|named| done.contains(named)) {
                done.insert(*module);
            }
        }
        assert!(done.len() > before, "a circle among those beside {done:?}");
    }
}

#[test]
fn every_crate_from_outside_has_its_place() {
    let mut wrong = Vec::new();
    for (file, text) in files("src") {
        for word in words_of(&text) {
            let Some((_, places)) = OUTSIDE.iter().find(|(name, _)| word.starts_with(&format!("{name}::")))
            else {
                continue;
            };
            let at_home =
                |place: &str| file.strip_prefix(place).is_some_and(|rest| rest.starts_with(['/', '.']));
            if !places.iter().any(|place| at_home(place)) {
                wrong.push(format!("{file} names {word}"));
            }
        }
    }
    assert!(wrong.is_empty(), "outside of their places:\n{}", wrong.join("\n"));
}

#[test]
fn drivers_know_nothing_of_the_kiosk() {
    let mut wrong = Vec::new();
    for (file, text) in files("drivers") {
        if !file.contains("/src/") {
            continue;
        }
        for word in words_of(&text) {
            // The crates of drivers/ name each other, and how a user names them is no word of the trade.
            let ours = ["kiosk_link", "kiosk_check_character", "kiosk_id_reader", "kiosk_escpos"];
            let word = ours.iter().fold(word.clone(), |word, name| word.replace(name, ""));
            let parts = word.split(['_', ':']).flat_map(humps);
            if let Some(part) =
                parts.map(|part| part.to_lowercase()).find(|part| TRADE.contains(&part.as_str()))
            {
                wrong.push(format!("{file} says {part} ({word})"));
            }
        }
    }
    assert!(wrong.is_empty(), "words of the trade in drivers:\n{}", wrong.join("\n"));
}

/// `Paper`, `Out` of `PaperOut`.
fn humps(word: &str) -> Vec<String> {
    let mut humps: Vec<String> = Vec::new();
    for c in word.chars() {
        match humps.last_mut() {
            Some(hump) if !c.is_uppercase() => hump.push(c),
            _ => humps.push(c.to_string()),
        }
    }
    humps
}

#[test]
fn drivers_depend_on_no_screen_store_or_runtime() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("drivers");
    for entry in std::fs::read_dir(root).unwrap() {
        let file = entry.unwrap().path().join("Cargo.toml");
        let manifest: toml::Table = toml::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap();
        let Some(needs) = manifest.get("dependencies").and_then(toml::Value::as_table) else { continue };
        for name in needs.keys() {
            let never =
                ["kiosk", "kiosk-ui", "slint", "tokio", "async-std", "smol", "rusqlite", "axum", "ureq"];
            assert!(!never.contains(&name.as_str()), "{} needs {name}", file.display());
        }
    }
}

#[test]
fn the_reader_of_this_test_reads_what_it_ought_to() {
    let text = "use crate::desk; // crate::screen\nlet a = \"crate::cli \\\" x\"; kiosk_ui::App; '\"'; b\n#[cfg(test)]\nmod t;";
    assert_eq!(words_of(text), ["use", "crate::desk", "let", "a", "kiosk_ui::App", "b"]);
    assert_eq!(humps("PaperOut"), ["Paper", "Out"]);
}
