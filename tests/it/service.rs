//! The service menu at a window on a display: PIN, tickets in doubt, a test slip, and what it keeps to itself.

use std::process::Stdio;

use rustix::process::Signal;
use serde_json::json;

use crate::child::{Process, run, until};
use crate::devices::YOUNG;
use crate::site::Site;
use crate::terminal::{Scene, Terminal};

const PIN: &str = "271828";

/// `kiosk pin set`, the PIN on its standard input.
fn set_pin(site: &Site, pin: &str) {
    let mut setting = Process::start(site.command(&["pin", "set"]));
    let said = setting.ask(pin);
    assert!(said.contains("is set"), "{said}");
    assert!(setting.end().success());
}

/// Opens the menu as assistive technology does, and types a PIN.
fn type_pin(terminal: &mut Terminal, pin: &str) {
    terminal.page("service_pin");
    terminal.type_in(pin);
    terminal.hand.read(&format!("密码，已输入 {} 位", pin.len()));
}

/// Presses a button that leads to no other page until something is said: a touch on a page that has just come up is
/// taken as meant for the page before it.
fn press_for(terminal: &mut Terminal, name: &str, said: &[&str]) {
    until(&format!("{said:?} after {name}"), || {
        let there = |terminal: &mut Terminal| {
            let labels = terminal.labels().concat();
            said.iter().any(|said| labels.contains(said)).then_some(())
        };
        there(terminal).or_else(|| {
            terminal.hand.press(name);
            there(terminal)
        })
    });
}

/// Neither whole nor in part nor masked.
fn says_nothing_of_anybody(said: &str) {
    let given_name: String = YOUNG.name.chars().skip(1).collect();
    let (office, birth) = (&YOUNG.number[..6], &YOUNG.number[6..14]);
    for part in [given_name.as_str(), "张*", office, birth, "510*"] {
        assert!(!said.contains(part), "{part} stands there: {said}");
    }
}

fn enter(terminal: &mut Terminal) {
    terminal.press("维护菜单", "service_pin");
    type_pin(terminal, PIN);
    terminal.press("确认", "service_menu");
}

#[test]
fn a_ticket_cut_off_by_power_comes_back_from_the_paper_in_a_hand() {
    let mut scene = Scene::set();
    set_pin(&scene.site, PIN);
    scene.reader.lay(&scene.site, YOUNG);
    scene.terminal.page("choose_class");
    scene.reader.lift();
    scene.terminal.press("社会保障", "priority");
    scene.terminal.press("下一步", "confirm");
    scene.begin_printing();
    scene.terminal.process.signal(Signal::KILL);
    scene.terminal.process.end();
    scene.printer.say("slow 0");
    scene.restart();
    assert_eq!(scene.terminal.status().unwrap()["queue"]["A"]["waiting"], 0);

    enter(&mut scene.terminal);
    scene.terminal.press("待核实的号", "service_doubtful");
    scene.terminal.press("A001", "service_doubtful_ticket");
    scene.terminal.hand.read("正打时断电");
    let said = scene.terminal.labels().concat();
    says_nothing_of_anybody(&said);
    press_for(&mut scene.terminal, "居民手里有这张票，恢复", &["恢复 A001 号？"]);
    scene.terminal.press("确认", "service_doubtful");
    scene.terminal.hand.read("A001 号已恢复");
    scene.terminal.hand.read("今天没有待核实的号");

    let issued = scene.platform.bodies("ticket.issued", 1);
    assert_eq!((&issued[0]["number"], &issued[0]["print"]), (&json!("A001"), &json!("reinstated")));
    assert_eq!(issued[0]["resident"]["id_number"], YOUNG.number);
    let reinstated = scene.platform.bodies("ticket.reinstated", 1);
    assert_eq!((&reinstated[0]["by"], &reinstated[0]["reason"]), (&json!("T01"), &json!("paper_shown")));
    scene.platform.assert_once_in_order();
    let status = scene.terminal.outbox_empty();
    assert_eq!((&status["queue"]["A"]["waiting"], &status["queue"]["A"]["last"]), (&json!(1), &json!(1)));

    // Its paper is illegible: once more, as staff do it, with the masked person on it.
    let before = scene.printer.times("A001");
    scene.terminal.press("返回", "service_menu");
    scene.terminal.press("补打号票", "service_issued");
    scene.terminal.press("A001", "service_issued_ticket");
    press_for(&mut scene.terminal, "补打这张号票", &["正在补打", "补打好了"]);
    scene.terminal.hand.read("A001 号补打好了");
    assert_eq!((scene.printer.times("A001"), scene.printer.times("补打")), (before + 1, 1));
    assert!(scene.printer.times("510*************12") >= 1);
    scene.platform.bodies("ticket.reprinted", 1);
    scene.terminal.press("退出", "home");
    assert_eq!(scene.terminal.terminate(), Some(0));
    assert!(!scene.site.log().contains(PIN), "the PIN in the log");
    assert!(!scene.site.kept().windows(PIN.len()).any(|part| part == PIN.as_bytes()), "the PIN on disk");
}

#[test]
fn devices_are_tried_and_say_nothing_of_anybody() {
    let mut scene = Scene::set();
    set_pin(&scene.site, PIN);
    // Over a visit: what it knew is wiped first.
    scene.reader.lay(&scene.site, YOUNG);
    scene.terminal.page("choose_class");
    scene.reader.lift();
    enter(&mut scene.terminal);
    says_nothing_of_anybody(&scene.terminal.labels().concat());
    scene.terminal.press("设备", "service_devices");
    scene.terminal.press("取号机", "service_device");
    press_for(&mut scene.terminal, "试打一张", &["正在试打", "试打好了"]);
    scene.terminal.hand.read("试打好了");
    assert_eq!(scene.printer.times("这不是号票"), 1);
    scene.terminal.press("返回", "service_devices");
    scene.terminal.press("读卡器", "service_device");
    scene.reader.lay(&scene.site, YOUNG);
    scene.terminal.hand.read("读好了，读卡器正常");
    let said = scene.terminal.labels().concat();
    says_nothing_of_anybody(&said);
    scene.reader.lift();
    scene.terminal.press("退出", "home");
    assert_eq!(scene.quick_ticket("社会保障"), "A001", "a test takes no number");
}

#[test]
fn wrong_pins_are_counted_and_a_restart_forgets_none() {
    let mut scene = Scene::set();
    // Nobody set one: nothing opens, and the page says how.
    scene.terminal.press("维护菜单", "service_no_pin");
    scene.terminal.hand.read("kiosk pin set --config site.toml");
    scene.terminal.press("退出", "home");
    set_pin(&scene.site, PIN);
    scene.terminal.press("维护菜单", "service_pin");
    for left in (1..5).rev() {
        type_pin(&mut scene.terminal, "314159");
        scene.terminal.press_here("确认");
        scene.terminal.hand.read(&format!("还可以试 {left} 次"));
    }
    type_pin(&mut scene.terminal, "314159");
    scene.terminal.press_here("确认");
    scene.terminal.hand.read("密码错得太多");
    scene.terminal.press("退出", "home");
    scene.terminal.process.signal(Signal::KILL);
    scene.terminal.process.end();
    scene.restart();
    scene.terminal.press("维护菜单", "service_pin");
    scene.terminal.hand.read("密码错得太多");
    let shut = scene.terminal.buttons().into_iter().filter(|button| button.name == "5").count();
    assert_eq!(shut, 1);
    // From the command line it is set anew, and the pause is over.
    set_pin(&scene.site, "161803");
    until("the end of the pause", || {
        let names = scene.terminal.labels();
        (!names.concat().contains("密码错得太多")).then_some(())
    });
    type_pin(&mut scene.terminal, "161803");
    scene.terminal.press("确认", "service_menu");
    let log = scene.site.log();
    for pin in [PIN, "314159", "161803"] {
        assert!(!log.contains(pin), "a PIN in the log");
    }
}

#[test]
fn a_pin_is_set_without_a_terminal_too_and_a_weak_one_is_refused() {
    // Where none ever ran there is no store, and none is made: it would not be the terminal's own.
    let never = Site::new();
    let refused = run(never.command(&["pin", "set"]));
    assert_eq!(refused.code, Some(3), "{refused:?}");
    assert!(refused.err.contains("start the terminal once first"), "{refused:?}");
    assert!(!never.data().exists());

    let mut scene = Scene::set();
    assert_eq!(scene.terminal.terminate(), Some(0));
    let site = &scene.site;
    set_pin(site, PIN);
    let kept = site.kept();
    assert!(!kept.windows(PIN.len()).any(|part| part == PIN.as_bytes()));
    for (weak, why) in [
        ("123456\n", "too easy"),
        ("27182\n", "6 to 12 digits"),
        ("letters\n", "digits alone"),
        ("", "6 to 12"),
    ] {
        site.write("typed", weak);
        let mut command = site.command(&["pin", "set"]);
        command.stdin(Stdio::from(std::fs::File::open(site.path("typed")).unwrap()));
        let ended = command.output().unwrap();
        let said = String::from_utf8(ended.stderr).unwrap();
        assert_eq!(ended.status.code(), Some(2), "{said}");
        assert!(said.contains(why) && said.contains("→"), "{said}");
    }
    assert_eq!(run(site.command(&["pin", "set"])).code, Some(2), "nothing on standard input");
}
