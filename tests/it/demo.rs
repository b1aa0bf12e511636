//! `kiosk demo`: a morning that plays itself, and a window; nothing is left behind.

use std::path::Path;
use std::process::Stdio;

use rustix::process::Signal;
use serde_json::Value;

use crate::child::{Process, run};
use crate::desktop::Desktop;
use crate::site::kiosk;

fn is_empty(folder: &Path) -> bool {
    std::fs::read_dir(folder).unwrap().next().is_none()
}

#[test]
fn a_headless_morning_holds_its_promises_and_leaves_nothing_behind() {
    let (folder, temporary) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let mut command = kiosk();
    command.args(["demo", "--seed", "7", "--headless"]).arg(folder.path().join("pictures"));
    command.env("TMPDIR", temporary.path());
    let played = run(command);
    assert_eq!(played.code, Some(0), "{played:?}");
    assert!(is_empty(temporary.path()), "something is left in the temporary folder");

    let text = std::fs::read_to_string(folder.path().join("pictures/summary.json")).unwrap();
    let summary: Value = serde_json::from_str(&text).unwrap();
    let promises = summary["promises"].as_object().unwrap();
    assert!(promises.len() >= 5 && promises.values().all(|held| held == true), "{summary}");
    for number in ["tickets", "events", "pictures"] {
        assert!(summary[number].as_u64().unwrap() > 0, "{number} of {summary}");
    }
    assert!(!summary["skipped"].as_array().unwrap().is_empty(), "{summary}");
    let mut pictures: Vec<_> = std::fs::read_dir(folder.path().join("pictures"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.ends_with(".png"))
        .collect();
    pictures.sort();
    assert_eq!(pictures.len() as u64, summary["pictures"].as_u64().unwrap());
    for (place, name) in pictures.iter().enumerate() {
        assert!(name.starts_with(&format!("{:02}-", place + 1)), "{name} is the {}. picture", place + 1);
    }
    assert!(
        pictures.iter().any(|name| name.contains("screen"))
            && pictures.iter().any(|name| name.contains("paper"))
    );
}

#[test]
fn a_morning_that_is_ended_leaves_nothing_behind() {
    let (folder, temporary) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let mut command = kiosk();
    command.args(["demo", "--headless"]).arg(folder.path().join("pictures"));
    command.env("TMPDIR", temporary.path()).stderr(Stdio::null());
    let mut demo = Process::start(command);
    demo.line();
    demo.signal(Signal::TERM);
    demo.end();
    assert!(is_empty(temporary.path()), "something is left in the temporary folder");
}

#[test]
fn without_a_display_it_says_so() {
    let mut command = kiosk();
    command.arg("demo");
    let ended = run(command);
    assert_eq!(ended.code, Some(3), "{ended:?}");
    assert!(ended.err.contains("no display") && ended.err.contains("--headless"), "{}", ended.err);
}

#[test]
fn with_a_display_a_resident_comes_and_a_signal_ends_it() {
    let folder = tempfile::tempdir().unwrap();
    let desktop = Desktop::open(folder.path());
    let temporary = folder.path().join("temporary");
    std::fs::create_dir(&temporary).unwrap();
    let mut command = kiosk();
    command.arg("demo").env("TMPDIR", &temporary);
    desktop.enter(&mut command);
    command.stderr(Stdio::null());
    let mut demo = Process::start(command);
    assert!(demo.line().contains("http://127.0.0.1:"));
    let mut hand = desktop.hand();
    hand.read("取号");
    crate::child::until("the card prompt", || {
        hand.press("取号");
        hand.names().iter().any(|named| named.name == "无证取号").then_some(())
    });
    // A card is laid without anybody's help.
    hand.read("您今天要办什么事");
    demo.signal(Signal::TERM);
    assert_eq!(demo.end().code(), Some(0));
    assert!(is_empty(&temporary), "something is left in the temporary folder");
}
