//! A platform that is away, slow or wrong: tickets go on, and every event arrives once and in order.

use std::net::TcpListener;
use std::time::Duration;

use kiosk::engine::clock::Clock;

use crate::site::Site;
use crate::terminal::Scene;

#[test]
fn tickets_go_on_without_the_platform_and_arrive_when_it_is_back() {
    let mut scene = Scene::set();
    scene.terminal.report("the platform online", |status| status["platform"] == "online");
    scene.platform.stop();
    assert_eq!(scene.quick_ticket("社会保障"), "A001");
    assert_eq!(scene.quick_ticket("社会保障"), "A002");
    let status = scene.terminal.report("a platform that is away", |status| {
        status["platform"].as_str().is_some_and(|platform| platform.starts_with("offline"))
    });
    assert_eq!(status["outbox"]["waiting"], 2, "{status}");
    assert!(status["outbox"]["oldest"].is_string(), "{status}");
    scene.platform.restart();
    scene.terminal.outbox_empty();
    let issued = scene.platform.bodies("ticket.issued", 2);
    assert_eq!((&issued[0]["number"], &issued[1]["number"]), (&"A001".into(), &"A002".into()));
    scene.platform.assert_once_in_order();
}

#[test]
fn a_check_waits_less_than_ten_seconds_for_a_platform_that_says_nothing() {
    let site = Site::new();
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    site.edit("http://127.0.0.1:1", &format!("http://{}", silent.local_addr().unwrap()));
    let clock = Clock::start();
    let checked = site.kiosk(&["check", "--json"]);
    assert!(clock.mono() < Duration::from_secs(25), "{:?} with devices that are not there", clock.mono());
    assert_eq!(checked.code, Some(1), "{checked:?}");
    let lines: serde_json::Value = serde_json::from_str(&checked.out).unwrap();
    let platform = lines.as_array().unwrap().iter().find(|line| line["check"] == "platform").unwrap();
    let found = platform["found"].as_str().unwrap();
    assert!(found.starts_with("the platform did not answer in time") && !found.contains("global"), "{found}");
}

#[test]
fn lost_answers_wrong_signatures_and_repeats_make_no_event_twice() {
    let mut scene = Scene::set();
    for faults in [
        r#"{"drop": 2}"#,
        r#"{"wrong_signature": 1, "duplicate": true}"#,
        r#"{"refuse": 2, "latency_ms": 50}"#,
        r#"{"disconnect_after": 20}"#,
    ] {
        scene.platform.faults(faults);
        scene.quick_ticket("社会保障");
        if faults.contains("disconnect_after") {
            scene.platform.faults("{}");
        }
        scene.terminal.outbox_empty();
    }
    let issued = scene.platform.bodies("ticket.issued", 4);
    let numbers: Vec<_> = issued.iter().map(|body| body["number"].as_str().unwrap()).collect();
    assert_eq!(numbers, ["A001", "A002", "A003", "A004"]);
    scene.platform.assert_once_in_order();
}
