//! `kiosk outbox`: what the platform refused, seen, sent again and written out, beside a running terminal and without one.

use rustix::process::Signal;
use serde_json::Value;

use crate::site::{Site, run_kiosk};
use crate::terminal::Scene;

/// Runs `kiosk outbox …` on the site; what it printed.
fn outbox(site: &Site, arguments: &[&str], code: i32) -> String {
    let toml = site.path("site.toml").display().to_string();
    let (verb, rest) = arguments.split_first().unwrap();
    let whole = [&["outbox", verb, "--config", &toml][..], rest].concat();
    let ended = run_kiosk(&whole);
    assert_eq!(ended.code, Some(code), "{whole:?}: {ended:?}");
    ended.out + &ended.err
}

fn listed(site: &Site, arguments: &[&str]) -> Vec<Value> {
    serde_json::from_str(&outbox(site, &[&["list", "--json"], arguments].concat(), 0)).unwrap()
}

#[test]
fn a_dead_letter_is_seen_and_sent_again_beside_the_terminal_and_without_it() {
    let mut scene = Scene::set();
    scene.terminal.report("the platform online", |status| status["platform"] == "online");
    scene.platform.faults(r#"{"reject": true}"#);
    scene.quick_ticket("社会保障");
    let status = scene.terminal.report("a dead letter", |status| status["outbox"]["dead"] == 1);
    assert_eq!(status["outbox"]["waiting"], 0, "{status}");
    assert!(status["outbox"]["oldest_dead"].is_string(), "{status}");

    let site = &scene.site;
    let dead = listed(site, &["--dead"]);
    assert_eq!((dead.len(), listed(site, &[]).len()), (1, 1));
    let first = &dead[0];
    assert_eq!((&first["state"], &first["reason"]), (&"dead".into(), &"fault".into()), "{first}");
    assert_eq!((&first["kind"], &first["seq"]), (&"ticket.issued".into(), &1.into()), "{first}");
    let id = first["id"].as_str().unwrap().to_owned();
    let table = outbox(site, &["list"], 0);
    assert!(
        table.contains(&id) && table.contains("dead: fault") && table.ends_with("0 waiting, 1 dead\n"),
        "{table}"
    );

    let checked = site.kiosk(&["check"]);
    assert_eq!(checked.code, Some(1), "{checked:?}");
    assert!(
        checked.out.contains("the platform refused 1") && checked.out.contains("outbox list --dead"),
        "{checked:?}"
    );

    // Not mended yet: it is refused once more, and keeps its place.
    assert_eq!(outbox(site, &["retry", &id, &id], 0), "1 to be sent again\n");
    scene.terminal.report("dead once more", |status| status["outbox"]["dead"] == 1);
    let unknown = "019aa2f0-0000-7000-8000-000000000001";
    let said = outbox(site, &["retry", unknown], 1);
    assert!(said.contains(unknown) && said.contains("outbox list --dead"), "{said}");
    // Mended.
    scene.platform.faults("{}");
    assert_eq!(outbox(site, &["retry", "--all"], 0), "1 to be sent again\n");
    scene
        .terminal
        .report("no dead letter", |status| status["outbox"]["dead"] == 0 && status["outbox"]["waiting"] == 0);
    assert_eq!(scene.platform.bodies("ticket.issued", 1).len(), 1);
    scene.platform.assert_once_in_order();
    assert_eq!(outbox(&scene.site, &["retry", "--all"], 0), "0 to be sent again\n");

    scene.platform.faults(r#"{"reject": true}"#);
    scene.quick_ticket("社会保障");
    scene.terminal.report("another dead letter", |status| status["outbox"]["dead"] == 1);
    scene.terminal.process.signal(Signal::TERM);
    assert!(scene.terminal.process.end().success());
    scene.platform.faults("{}");
    let site = &scene.site;
    let file = site.path("refused.jsonl").display().to_string();
    assert!(outbox(site, &["export", "--dead", &file], 0).starts_with("1 events in "));
    let text = std::fs::read_to_string(&file).unwrap();
    let written: Value = serde_json::from_str(&text).unwrap();
    assert_eq!((&written["body"]["number"], &written["reason"]), (&"A002".into(), &"fault".into()), "{text}");
    assert!(outbox(site, &["export", &file], 3).contains("can't be written"), "it is there already");
    assert_eq!(outbox(site, &["retry", written["id"].as_str().unwrap()], 0), "1 to be sent again\n");
    assert_eq!(listed(site, &[])[0]["state"], "waiting");
    scene.restart();
    scene.terminal.outbox_empty();
    assert_eq!(scene.platform.bodies("ticket.issued", 2).len(), 2);
    scene.platform.assert_once_in_order();
}
