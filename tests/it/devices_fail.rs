//! Devices that fail: a clear word for the person in front, nothing lost, and back by themselves.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use kiosk_link::{Link, Pty};
use serde_json::json;

use crate::child::until;
use crate::devices::{Reader, YOUNG};
use crate::terminal::Scene;

#[test]
fn without_paper_a_number_is_given_without_paper_and_paper_comes_back() {
    let mut scene = Scene::set();
    scene.printer.say("paper out");
    scene.terminal.device("ticket_dispenser", "trouble");
    scene.terminal.hand.read("取号机现在打不了纸");
    scene.up_to_confirm("社会保障");
    scene.terminal.press("确认", "not_printed");
    scene.terminal.hand.read("取号机的纸用完了");
    assert!(
        !scene.terminal.labels().concat().contains("A001"),
        "no number is burnt for a paper that can't come"
    );
    scene.terminal.press("不要纸，记住屏幕上的号码", "take_ticket");
    assert_eq!(scene.terminal.ticket(), "A001");
    let issued = scene.platform.bodies("ticket.issued", 1);
    assert_eq!((&issued[0]["number"], &issued[0]["print"]), (&json!("A001"), &json!("paperless")));
    assert_eq!(scene.printer.times("A001"), 0);
    scene.terminal.press("完成", "home");

    scene.printer.say("cover open");
    scene.printer.say("paper ok");
    scene.printer.say("cover closed");
    scene.terminal.device("ticket_dispenser", "ready");
    until("the end of the notice", || (!scene.terminal.labels().concat().contains("打不了纸")).then_some(()));
    assert_eq!(scene.quick_ticket("社会保障"), "A002");
    assert_eq!(scene.printer.times("A002"), 1);
    let issued = scene.platform.bodies("ticket.issued", 2);
    assert_ne!(issued[1]["print"], "paperless");
    scene.platform.assert_once_in_order();
}

#[test]
fn a_roll_that_ends_in_the_middle_voids_the_number_and_a_new_one_is_tried() {
    let mut scene = Scene::set();
    scene.up_to_confirm("社会保障");
    scene.printer.say("paper out-after 3");
    scene.terminal.press("确认", "printing");
    scene.terminal.page("not_printed");
    scene.terminal.hand.read("A001");
    scene.printer.say("cover open");
    scene.printer.say("paper ok");
    scene.printer.say("cover closed");
    scene.terminal.device("ticket_dispenser", "ready");
    scene.terminal.press("换好纸再试一次", "printing");
    assert_eq!(scene.terminal.ticket(), "A002");
    assert_eq!(scene.platform.bodies("ticket.issued", 1)[0]["number"], "A002");
    scene.terminal.outbox_empty();
    let events = scene.platform.events();
    let lost: Vec<_> = events.iter().filter(|event| event["kind"] == "ticket.void").collect();
    assert_eq!(lost.len(), 1, "{events:?}");
    assert_eq!(lost[0]["seq"], 1, "a ticket that nobody holds begins with its end");
    scene.platform.assert_once_in_order();
}

#[test]
fn a_printer_that_is_unplugged_comes_back_by_itself() {
    let mut scene = Scene::set();
    scene.printer.say("unplug");
    scene.terminal.device("ticket_dispenser", "lost");
    scene.terminal.hand.read("取号机现在打不了纸");
    scene.up_to_confirm("社会保障");
    scene.terminal.press("确认", "not_printed");
    scene.terminal.hand.read("取号机没有回应");
    scene.printer.say("plug");
    scene.terminal.device("ticket_dispenser", "ready");
    scene.terminal.press("再试一次", "printing");
    assert_eq!(scene.terminal.ticket(), "A001");
    assert_eq!(scene.printer.times("A001"), 1);
    scene.terminal.press("完成", "home");
    assert!(!scene.terminal.labels().concat().contains("打不了纸"));
}

#[test]
fn a_card_that_does_not_add_up_is_told_and_a_good_one_goes_on() {
    let mut scene = Scene::set();
    scene.terminal.press("取号", "place_card");
    // The last character is wrong, which no real card has.
    let wrong = crate::devices::Person { name: YOUNG.name, number: "510823199003070013" };
    scene.reader.lay(&scene.site, wrong);
    scene.terminal.hand.read("读出来的信息对不上");
    assert_eq!(scene.terminal.status().unwrap()["page"], "place_card");
    let log = scene.site.log();
    assert!(!log.contains(wrong.number) && !log.contains(wrong.name), "personal data in the log");
    scene.reader.lift();
    scene.reader.lay(&scene.site, YOUNG);
    scene.terminal.page("choose_class");
    scene.terminal.hand.read("张**");
}

#[test]
fn a_card_that_is_pulled_away_loses_nothing() {
    let mut scene = Scene::set();
    scene.terminal.press("取号", "place_card");
    for _ in 0..5 {
        // Laid and gone again: read or not, as it falls.
        scene.reader.lay(&scene.site, YOUNG);
        scene.reader.lift();
    }
    scene.terminal.report("a page of the journey", |status| {
        ["place_card", "choose_class"].contains(&status["page"].as_str().unwrap_or_default())
    });
    scene.terminal.device("id_reader", "ready");
    scene.terminal.press("首页", "home");
    scene.reader.lay(&scene.site, YOUNG);
    scene.terminal.page("choose_class");
    scene.reader.lift();
    scene.terminal.press("社会保障", "priority");
    scene.terminal.press("下一步", "confirm");
    scene.terminal.press("确认", "printing");
    assert_eq!(scene.terminal.ticket(), "A001");
}

#[test]
fn a_reader_that_is_gone_leaves_the_other_ways_and_comes_back() {
    let mut scene = Scene::set();
    scene.reader.say("unplug");
    scene.terminal.device("id_reader", "lost");
    scene.terminal.hand.read("读卡器现在用不了");
    scene.terminal.press("取号", "place_card");
    scene.terminal.hand.read("请用下面的办法");
    scene.terminal.press("无证取号", "choose_class");
    scene.terminal.press("首页", "home");
    scene.reader.say("plug");
    scene.terminal.device("id_reader", "ready");
    scene.reader.lay(&scene.site, YOUNG);
    scene.terminal.page("choose_class");
}

#[test]
fn a_printer_that_babbles_loses_no_ticket() {
    let mut scene = Scene::set();
    scene.printer.say("babble on");
    scene.up_to_confirm("社会保障");
    scene.terminal.press("确认", "printing");
    // Its answers may be found amid the garbage or not; either way the resident has a number.
    let ended = scene.terminal.report("an end of printing", |status| {
        ["take_ticket", "not_printed"].contains(&status["page"].as_str().unwrap_or_default())
    });
    if ended["page"] == "not_printed" {
        scene.terminal.press("不要纸，记住屏幕上的号码", "take_ticket");
    }
    let first = scene.terminal.ticket();
    scene.terminal.press("完成", "home");
    scene.printer.say("babble off");
    scene.terminal.device("ticket_dispenser", "ready");
    let second = scene.quick_ticket("社会保障");
    let issued = scene.platform.bodies("ticket.issued", 2);
    assert_eq!((&issued[0]["number"], &issued[1]["number"]), (&json!(first), &json!(second)));
    assert_eq!(scene.printer.times(&second), 1);
    scene.platform.assert_once_in_order();
}

#[test]
fn a_reader_that_sends_garbage_and_broken_frames_harms_nothing() {
    let mut scene = Scene::set();
    // In the reader's place something else answers: noise, a short frame, a long one, a wrong check byte.
    scene.reader.process().close_stdin();
    scene.reader.process().end();
    let stop = Arc::new(AtomicBool::new(false));
    let (link, ending) = (scene.site.path("reader"), Arc::clone(&stop));
    let noise = std::thread::spawn(move || {
        let mut port = Pty::open(&link).unwrap();
        let frames: [&[u8]; 4] = [
            b"\x00\xff\x13\x37 no reader at all \xaa\xaa",
            b"\xaa\xaa\xaa\x96\x69\x00\x04\x00",
            b"\xaa\xaa\xaa\x96\x69\xff\xff\x00\x00\x90\x00",
            b"\xaa\xaa\xaa\x96\x69\x00\x04\x00\x00\x90\x13",
        ];
        let mut heard = [0; 64];
        for frame in frames.iter().cycle() {
            if ending.load(Ordering::Acquire) {
                return;
            }
            // Nobody listens while the terminal opens the port anew.
            let _ = port.receive(&mut heard, Duration::from_millis(50));
            let _ = port.send(frame, Duration::from_millis(50));
        }
    });
    scene
        .terminal
        .report("a reader that is lost", |status| status["devices"]["id_reader"]["state"] != "ready");
    assert_eq!(scene.quick_ticket("社会保障"), "A001");
    stop.store(true, Ordering::Release);
    noise.join().unwrap();
    // A real one in its place is found by itself.
    scene.reader = Reader::plug_in(&scene.site);
    scene.terminal.device("id_reader", "ready");
    scene.reader.lay(&scene.site, YOUNG);
    scene.terminal.page("choose_class");
}
