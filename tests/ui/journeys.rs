//! A ticket by names alone, in Chinese and in English, and by pointer.

use kiosk::domain::device::{PrintResult, Printer};
use kiosk::domain::id_number::IdNumber;
use kiosk::domain::resident::{PersonName, Resident};
use kiosk::engine::Input;
use kiosk::peripherals::{PrinterNews, ReaderNews};

use crate::hand::{Hall, SCREENS, enabled, said};

/// A made-up number with its check character.
const NUMBER: &str = "510823199003070012";

/// The words of one language on the way.
struct Way {
    switch: Option<&'static str>,
    take: &'static str,
    typed: &'static str,
    without: &'static str,
    wrong: &'static str,
    backspace: &'static str,
    next: &'static str,
    confirm: &'static str,
    done: &'static str,
    no_paper: &'static str,
}

const WAYS: [Way; 2] = [
    Way {
        switch: None,
        take: "取号",
        typed: "输入身份证号",
        without: "无证取号",
        wrong: "号码不对，请检查有没有按错",
        backspace: "退格",
        next: "下一步",
        confirm: "确认",
        done: "完成",
        no_paper: "不要纸，记住屏幕上的号码",
    },
    Way {
        switch: Some("English"),
        take: "Take a number",
        typed: "Type your ID number",
        without: "Go on without a card",
        wrong: "",
        backspace: "Backspace",
        next: "Next",
        confirm: "Confirm",
        done: "Done",
        no_paper: "",
    },
];

fn printed(hall: &mut Hall) -> String {
    let (job, paper) = hall.papers.pop_front().unwrap();
    hall.tell(Input::Printer(
        Printer::Dispenser,
        PrinterNews::Done { job, result: PrintResult::Printed { confirmed: true } },
    ));
    paper.number
}

#[test]
fn a_typed_number_becomes_a_ticket_in_both_languages() {
    for way in WAYS {
        std::thread::spawn(move || {
            let mut hall = Hall::open(SCREENS[0]);
            if let Some(switch) = way.switch {
                hall.press(switch);
            }
            hall.press(way.take);
            assert_eq!(hall.page(), "place_card");
            hall.press(way.typed);
            assert_eq!(hall.page(), "keypad");
            for key in NUMBER[..17].chars() {
                hall.press(&key.to_string());
            }
            assert!(!enabled(&hall.control(way.next).unwrap()), "one is missing");
            hall.press("9");
            hall.press(way.next);
            assert_eq!(hall.page(), "keypad", "the check character is wrong");
            assert!(hall.says(way.wrong));
            hall.press(way.backspace);
            hall.press(&NUMBER[17..]);
            hall.press(way.next);
            assert_eq!(hall.page(), "choose_class");
            hall.press("社会保障");
            hall.press(way.next);
            assert_eq!(hall.page(), "confirm");
            assert!(hall.says("510*************12"));
            hall.press(way.confirm);
            assert_eq!(hall.page(), "printing");
            assert_eq!(printed(&mut hall), "A001");
            assert!(hall.says("A001"));
            hall.press(way.done);
            assert_eq!(hall.page(), "home");
            // The next resident finds the terminal's own language and nothing of the one before.
            assert!(hall.control("取号").is_some());
            assert!(!said(&hall.pages).concat().contains("510*"));
        })
        .join()
        .unwrap();
    }
}

#[test]
fn a_finger_goes_the_same_way() {
    for size in SCREENS {
        std::thread::spawn(move || {
            let mut hall = Hall::open(size);
            for name in ["取号", "无证取号", "医疗保障", "下一步", "确认"] {
                hall.touch(name);
            }
            assert_eq!(hall.page(), "printing", "{size:?}");
            assert_eq!(printed(&mut hall), "B001");
            hall.touch("完成");
            assert_eq!(hall.page(), "home");
        })
        .join()
        .unwrap();
    }
}

#[test]
fn a_card_goes_past_the_prompt_and_is_shown_masked() {
    let mut hall = Hall::open(SCREENS[0]);
    let mut resident = Resident::typed(IdNumber::parse(NUMBER).unwrap());
    resident.name = Some(PersonName::new("欧阳示例"));
    hall.tell(Input::Reader(ReaderNews::Card(resident)));
    assert_eq!(hall.page(), "choose_class");
    assert!(hall.says("欧***") && hall.says("510*************12"));
    let told = said(&hall.pages).concat();
    assert!(!told.contains("欧阳") && !told.contains(NUMBER));
    hall.press("首页");
    assert_eq!(hall.page(), "home");
}

#[test]
fn what_was_not_printed_can_be_had_without_paper() {
    let mut hall = Hall::open(SCREENS[0]);
    for name in [WAYS[0].take, WAYS[0].without, "社会保障", "下一步", "确认"] {
        hall.press(name);
    }
    let (job, _) = hall.papers.pop_front().unwrap();
    let result = PrintResult::NotPrinted(kiosk::domain::device::PaperTrouble::Jam);
    hall.tell(Input::Printer(Printer::Dispenser, PrinterNews::Done { job, result }));
    assert_eq!(hall.page(), "not_printed");
    assert!(hall.says("取号机卡纸了") && hall.says("A001 已作废"));
    hall.press(WAYS[0].no_paper);
    assert_eq!(hall.page(), "take_ticket");
    assert!(hall.says("A002") && hall.says("请记住这个号码"));
}

#[test]
fn help_is_on_the_way_and_leads_back() {
    let mut hall = Hall::open(SCREENS[0]);
    hall.press("取号");
    hall.press("请人帮忙");
    assert_eq!(hall.page(), "help");
    hall.press("返回");
    assert_eq!(hall.page(), "place_card");
    hall.press("返回");
    assert_eq!(hall.page(), "home");
}

#[test]
fn elder_mode_keeps_the_other_services_one_touch_away() {
    let mut hall = Hall::open(SCREENS[0]);
    hall.press("关怀模式");
    assert_eq!(hall.control("关怀模式").unwrap().accessible_checked(), Some(true));
    for name in ["取号", "更多服务", "请人帮忙"] {
        assert!(enabled(&hall.control(name).unwrap()), "{name}");
    }
    assert!(hall.control("办事指南").is_none());
    hall.press("更多服务");
    for name in ["办事指南", "服务评价", "办件进度", "信息公开"] {
        assert!(hall.control(name).is_some(), "{name}");
    }
    hall.press("返回");
    assert!(hall.control("取号").is_some());
}
