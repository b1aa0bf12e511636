//! A walk through every page by assistive technology alone, in a real window: what a screen reader is told there.
//!
//! On each page: the question can be read, whatever can be pressed has a role and a name of its own, the dock stands
//! where it always stands under the words that were promised, and its switches say whether they are on. Nothing here
//! looks at the program from inside; the control socket only says which page is up.

use std::collections::BTreeSet;

use kiosk::engine::clock::Clock;

use crate::child::{LOOK, PATIENCE, Process, until};
use crate::desktop::Named;
use crate::devices::YOUNG;
use crate::terminal::Scene;

const PIN: &str = "271828";
const ROLES: [&str; 6] = ["push button", "button", "toggle button", "radio button", "check box", "switch"];

/// The words of one language, and the switches that are on.
struct Manner {
    dock: [&'static str; 6],
    corner: &'static str,
    elder: bool,
    contrast: bool,
}

const CHINESE: Manner = Manner {
    dock: ["返回", "首页", "再听", "English", "关怀模式", "高对比"],
    corner: "维护菜单",
    elder: false,
    contrast: false,
};
const CHINESE_ELDER: Manner = Manner { elder: true, ..CHINESE };
const ENGLISH: Manner = Manner {
    dock: ["Back", "Home", "Repeat", "中文", "Easy mode", "Contrast"],
    corner: "Service menu",
    elder: true,
    contrast: true,
};

/// What a page asks, and some of what can be pressed there.
struct Page {
    name: &'static str,
    question: &'static str,
    controls: &'static [&'static str],
}

const fn page(name: &'static str, question: &'static str, controls: &'static [&'static str]) -> Page {
    Page { name, question, controls }
}

/// Reads a page until all is as it should be there, since the tree follows the page a moment later.
fn read(scene: &mut Scene, manner: &Manner, page: &Page) {
    scene.terminal.page(page.name);
    agree(scene, page, |all| {
        let mut wrong = wrong_anywhere(all, page);
        let acting: Vec<_> = all.iter().filter(|thing| thing.acts).collect();
        // The dock comes last, in its order, and nothing else beside it but the corner of technicians.
        let (before, dock) = acting.split_at(acting.len().saturating_sub(manner.dock.len()));
        if !dock.iter().map(|thing| thing.name.as_str()).eq(manner.dock) {
            wrong.push(format!("the dock is {:?}", dock.iter().map(|thing| &thing.name).collect::<Vec<_>>()));
        }
        if before.last().is_none_or(|thing| thing.name != manner.corner) {
            wrong.push("no corner before the dock".into());
        }
        for (name, on) in [(manner.dock[4], manner.elder), (manner.dock[5], manner.contrast)] {
            let told = dock.iter().find(|thing| thing.name == name);
            if told.is_none_or(|told| told.role != "check box" || told.checked != on) {
                wrong.push(format!("{name} does not say that it is {}", if on { "on" } else { "off" }));
            }
        }
        wrong
    });
}

/// The same for a page of the service menu, which has no dock.
fn read_service(scene: &mut Scene, page: &Page) {
    scene.terminal.page(page.name);
    agree(scene, page, |all| {
        let mut wrong = wrong_anywhere(all, page);
        for name in &CHINESE.dock[1..] {
            if all.iter().any(|thing| thing.acts && thing.name == *name) {
                wrong.push(format!("{name} in the service menu"));
            }
        }
        wrong
    });
}

/// What every page owes.
fn wrong_anywhere(all: &[Named], page: &Page) -> Vec<String> {
    let mut wrong = Vec::new();
    let question = close_up(page.question);
    if !all.iter().any(|thing| !thing.acts && close_up(&thing.name) == question) {
        wrong.push(format!("{:?} can't be read", page.question));
    }
    let mut once = BTreeSet::new();
    for thing in all.iter().filter(|thing| thing.acts) {
        if thing.name.trim().is_empty() || !ROLES.contains(&thing.role.as_str()) {
            wrong.push(format!("{thing:?} acts"));
        }
        if thing.enabled && !once.insert(&thing.name) {
            wrong.push(format!("{} twice", thing.name));
        }
    }
    for name in page.controls {
        if !once.iter().any(|there| there == name) {
            wrong.push(format!("{name} can't be pressed"));
        }
    }
    wrong
}

fn agree(scene: &mut Scene, page: &Page, wrong: impl Fn(&[Named]) -> Vec<String>) {
    let clock = Clock::start();
    loop {
        let all = scene.terminal.hand.all();
        let wrong = wrong(&all);
        if wrong.is_empty() {
            return;
        }
        assert!(clock.mono() < PATIENCE, "{}: {wrong:#?}, all told: {all:#?}", page.name);
        std::thread::sleep(LOOK);
    }
}

/// Lines are broken for the eye.
fn close_up(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

/// Waits until that choice or switch says that it is on, or off.
fn switched(scene: &mut Scene, name: &str, on: bool) {
    until(&format!("{name}: {on}"), || {
        let button = scene.terminal.buttons().into_iter().find(|button| button.name == name)?;
        (button.checked == on).then_some(())
    });
}

/// Chooses one of several until it says so: a touch right after a page came up goes nowhere.
fn choose(scene: &mut Scene, name: &str) {
    until(&format!("{name} chosen"), || {
        let chosen = |scene: &mut Scene| {
            let buttons = scene.terminal.buttons();
            buttons.iter().any(|button| button.name == name && button.checked).then_some(())
        };
        chosen(scene).or_else(|| {
            scene.terminal.hand.press(name);
            chosen(scene)
        })
    });
}

/// Types the number with a slip in the last place, mends it and goes on.
fn type_number(scene: &mut Scene, manner: &Manner, words: &Keypad) {
    let typing = page("keypad", words.question, &["1", "2", "3", "4", "5", "6", "7", "8", "9", "0"]);
    read(scene, manner, &typing);
    let (head, last) = YOUNG.number.split_at(17);
    scene.terminal.type_in(head);
    scene.terminal.hand.read(words.all_but_one);
    scene.terminal.type_in(if last == "5" { "6" } else { "5" });
    scene.terminal.hand.read(words.all);
    scene.terminal.press_here(words.next);
    scene.terminal.hand.read(words.wrong);
    read(scene, manner, &typing);
    scene.terminal.press_here(words.backspace);
    scene.terminal.hand.read(words.all_but_one);
    scene.terminal.type_in(last);
    scene.terminal.press(words.next, "choose_class");
}

struct Keypad {
    question: &'static str,
    all_but_one: &'static str,
    all: &'static str,
    wrong: &'static str,
    backspace: &'static str,
    next: &'static str,
}

const KEYPAD: Keypad = Keypad {
    question: "请输入身份证号码",
    all_but_one: "17 / 18 位",
    all: "18 / 18 位",
    wrong: "号码不对，请检查有没有按错",
    backspace: "退格",
    next: "下一步",
};
const ENGLISH_KEYPAD: Keypad = Keypad {
    question: "Type your ID number",
    all_but_one: "17 of 18",
    all: "18 of 18",
    wrong: "That number is not right",
    backspace: "Backspace",
    next: "Next",
};

const HOME: Page = page("home", "您好，请问要办什么事？", &["取号"]);
const PLACE_CARD: Page =
    page("place_card", "请把身份证放在读卡区", &["输入身份证号", "无证取号", "请人帮忙"]);
const CHOOSE_CLASS: Page = page("choose_class", "您今天要办什么事？", &["社会保障", "医疗保障"]);
const PRIORITY: Page = page(
    "priority",
    "您属于下面的优先情况吗？",
    &["军人、退役军人和家属", "残疾人", "孕妇，或带着婴儿", "都不是", "下一步"],
);
const CONFIRM: Page = page("confirm", "请看一看，对不对？", &["确认"]);
const HELP: Page = page("help", "需要有人帮忙吗？", &["知道了"]);

#[test]
fn every_page_is_read_and_walked_in_chinese() {
    let mut scene = Scene::set();
    let mut setting = Process::start(scene.site.command(&["pin", "set"]));
    assert!(setting.ask(PIN).contains("is set"));

    // Around the home page: elder mode keeps the other services and help apart.
    read(&mut scene, &CHINESE, &HOME);
    for (name, why) in [("返回", "现在不能用"), ("打印证明", "尚未开通")] {
        let buttons = scene.terminal.buttons();
        assert!(
            buttons.iter().any(|button| button.name == name && button.description == why),
            "{name}: {why}"
        );
    }
    scene.terminal.press_here("关怀模式");
    read(&mut scene, &CHINESE_ELDER, &page("home", "您好，要办什么事？", &["取号", "请人帮忙", "更多服务"]));
    scene.terminal.press_here("更多服务");
    read(&mut scene, &CHINESE_ELDER, &page("home", "更多服务", &["请人帮忙"]));
    scene.terminal.press("请人帮忙", "help");
    read(&mut scene, &CHINESE_ELDER, &HELP);
    scene.terminal.press("首页", "home");
    read(&mut scene, &CHINESE, &HOME);

    // A number that is typed, with its slip, up to the paper.
    scene.terminal.press("取号", "place_card");
    read(&mut scene, &CHINESE, &PLACE_CARD);
    scene.terminal.press("请人帮忙", "help");
    read(&mut scene, &CHINESE, &HELP);
    scene.terminal.press("知道了", "place_card");
    read(&mut scene, &CHINESE, &PLACE_CARD);
    scene.terminal.press("输入身份证号", "keypad");
    type_number(&mut scene, &CHINESE, &KEYPAD);
    read(&mut scene, &CHINESE, &CHOOSE_CLASS);
    scene.terminal.press("社会保障", "priority");
    read(&mut scene, &CHINESE, &PRIORITY);
    switched(&mut scene, "都不是", true);
    choose(&mut scene, "残疾人");
    switched(&mut scene, "都不是", false);
    choose(&mut scene, "都不是");
    switched(&mut scene, "残疾人", false);
    scene.terminal.press("下一步", "confirm");
    read(&mut scene, &CHINESE, &CONFIRM);
    scene.begin_printing();
    read(&mut scene, &CHINESE, &page("printing", "正在打印号票，请稍等", &[]));
    scene.printer.say("slow 0");
    assert_eq!(scene.terminal.ticket(), "A001");
    read(&mut scene, &CHINESE, &page("take_ticket", "号票已打印，请取走", &["完成"]));
    scene.terminal.press("完成", "home");
    scene.terminal.device("ticket_dispenser", "ready");

    // The same person once more: the ticket is there.
    scene.reader.lay(&scene.site, YOUNG);
    scene.terminal.page("choose_class");
    scene.reader.lift();
    scene.terminal.press("社会保障", "priority");
    scene.terminal.press("下一步", "confirm");
    scene.terminal.press("确认", "live_ticket");
    let live = page("live_ticket", "您已经取过号了", &["知道了，用这个号", "补打号票", "办别的事"]);
    read(&mut scene, &CHINESE, &live);
    scene.terminal.press("知道了，用这个号", "home");

    // No paper: it is told, and a number comes without.
    scene.printer.say("paper out");
    scene.terminal.device("ticket_dispenser", "trouble");
    scene.up_to_confirm("医疗保障");
    scene.terminal.press("确认", "not_printed");
    let not = page("not_printed", "号票没有打出来", &["不要纸，记住屏幕上的号码", "请人帮忙"]);
    read(&mut scene, &CHINESE, &not);
    scene.terminal.press("不要纸，记住屏幕上的号码", "take_ticket");
    read(&mut scene, &CHINESE, &page("take_ticket", "请记住这个号码", &["完成"]));
    scene.terminal.press("完成", "home");

    // Technicians.
    scene.terminal.press("维护菜单", "service_pin");
    read_service(&mut scene, &page("service_pin", "请输入维护密码", &["0", "9", "清空", "退格", "退出"]));
    scene.terminal.type_in(PIN);
    scene.terminal.hand.read("密码，已输入 6 位");
    scene.terminal.press("确认", "service_menu");
    read_service(&mut scene, &page("service_menu", "请选一项", &["设备", "待核实的号", "本机", "退出"]));
    for (place, name) in [
        ("设备", "service_devices"),
        ("待核实的号", "service_doubtful"),
        ("补打号票", "service_issued"),
        ("时间", "service_clock"),
        ("上传", "service_outbox"),
        ("本机", "service_about"),
    ] {
        scene.terminal.press(place, name);
        read_service(&mut scene, &page(name, place, &["返回", "退出"]));
        scene.terminal.press("返回", "service_menu");
    }
    scene.terminal.press("退出", "home");
    read(&mut scene, &CHINESE, &HOME);
}

#[test]
fn the_way_to_a_ticket_is_read_and_walked_in_english_large_and_in_high_contrast() {
    let mut scene = Scene::set();
    scene.terminal.press_here("English");
    scene.terminal.hand.read("Take a number");
    for switch in ["Easy mode", "Contrast"] {
        scene.terminal.press_here(switch);
        switched(&mut scene, switch, true);
    }
    let controls = &["Take a number", "Ask for help", "More services"];
    read(&mut scene, &ENGLISH, &page("home", "Hello. What do you need?", controls));
    scene.terminal.press("Take a number", "place_card");
    let controls = &["Type your ID number", "Go on without a card", "Ask for help"];
    read(&mut scene, &ENGLISH, &page("place_card", "Place your ID card on the reader", controls));
    scene.terminal.press("Ask for help", "help");
    read(&mut scene, &ENGLISH, &page("help", "Do you need help?", &["All right"]));
    scene.terminal.press("Back", "place_card");
    scene.terminal.press("Type your ID number", "keypad");
    type_number(&mut scene, &ENGLISH, &ENGLISH_KEYPAD);
    read(
        &mut scene,
        &ENGLISH,
        &page("choose_class", "What do you need today?", &["社会保障", "Ask for help"]),
    );
    scene.terminal.press("社会保障", "priority");
    let controls = &["Disabled", "None of these", "Next", "Ask for help"];
    read(&mut scene, &ENGLISH, &page("priority", "Does one of these apply to you?", controls));
    scene.terminal.press("Next", "confirm");
    read(&mut scene, &ENGLISH, &page("confirm", "Is this right?", &["Confirm", "Ask for help"]));
    scene.printer.say("slow 300");
    scene.terminal.press("Confirm", "printing");
    read(&mut scene, &ENGLISH, &page("printing", "Printing your ticket, one moment", &["Ask for help"]));
    scene.printer.say("slow 0");
    read(&mut scene, &ENGLISH, &page("take_ticket", "Take your ticket", &["Done", "Ask for help"]));
    scene.terminal.hand.read("A001");
    // The next resident begins in the terminal's own language and looks.
    scene.terminal.press("Done", "home");
    read(&mut scene, &CHINESE, &HOME);
}
