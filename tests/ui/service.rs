//! The service menu by names and by a held corner, in both languages.

use std::time::Duration;

use i_slint_backend_testing::ElementHandle;
use kiosk::domain::device::PrintResult;
use kiosk::domain::device::Printer;
use kiosk::domain::pin::Pin;
use kiosk::engine::Input;
use kiosk::peripherals::PrinterNews;
use kiosk::store::{PinHash, StoreKey};

use crate::hand::{Hall, SCREENS, enabled, said};

const PIN: &str = "271828";

fn with_pin(size: (u32, u32)) -> Hall {
    let mut hall = Hall::open(size);
    let hash = PinHash::new(&StoreKey::from_bytes([1; 32]), &Pin::choose(PIN).unwrap(), [7; 16]).unwrap();
    let (sender, set) = std::sync::mpsc::channel();
    hall.tell(Input::SetPin(hash, sender));
    set.recv().unwrap().unwrap();
    hall
}

fn middle(control: &ElementHandle) -> (f32, f32) {
    let (place, size) = (control.absolute_position(), control.size());
    (place.x + size.width / 2.0, place.y + size.height / 2.0)
}

#[test]
fn the_corner_opens_when_it_is_held_for_three_seconds_and_not_before() {
    for size in SCREENS {
        std::thread::spawn(move || {
            let mut hall = with_pin(size);
            let (x, y) = middle(&hall.control("维护菜单").unwrap());
            for (held, page) in [(2_900, "home"), (3_100, "service_pin")] {
                hall.pages.press(x, y);
                for _ in 0..held / 100 {
                    hall.pages.pass(Duration::from_millis(100));
                }
                hall.look();
                assert_eq!(hall.page(), page, "held for {held} ms");
                hall.pages.release(x, y);
                hall.look();
            }
            // Nothing is held any more: the menu does not open on the menu, and the corner is gone.
            assert!(hall.control("维护菜单").is_none());
        })
        .join()
        .unwrap();
    }
}

#[test]
fn by_names_alone_in_both_languages() {
    let ways: [(Option<&str>, [&str; 9]); 2] = [
        (
            None,
            [
                "维护菜单",
                "确认",
                "待核实的号",
                "居民手里有这张票，恢复",
                "确认",
                "返回",
                "本机",
                "退出",
                "已恢复",
            ],
        ),
        (
            Some("English"),
            [
                "Service menu",
                "Confirm",
                "Tickets in doubt",
                "They hold it: restore it",
                "Confirm",
                "Back",
                "This machine",
                "Leave",
                "is restored",
            ],
        ),
    ];
    for (switch, [corner, confirm, doubtful, reinstate, agree, back, about, leave, restored]) in ways {
        std::thread::spawn(move || {
            let mut hall = with_pin(SCREENS[0]);
            for name in ["取号", "无证取号", "社会保障", "下一步", "确认"] {
                hall.press(name);
            }
            let (job, _) = hall.papers.pop_front().unwrap();
            let result = PrintResult::Doubtful(kiosk::domain::device::PaperTrouble::NoAnswer);
            hall.tell(Input::Printer(Printer::Dispenser, PrinterNews::Done { job, result }));
            hall.press("首页");
            if let Some(switch) = switch {
                hall.press(switch);
            }
            hall.press(corner);
            assert!(!enabled(&hall.control(confirm).unwrap()), "nothing was typed");
            for digit in PIN.chars() {
                hall.press(&digit.to_string());
            }
            assert!(!said(&hall.pages).concat().contains(PIN), "only dots are told");
            hall.press(confirm);
            assert_eq!(hall.page(), "service_menu");
            hall.press(doubtful);
            hall.press("A001");
            hall.press(reinstate);
            assert!(!enabled(&hall.control(back).unwrap()), "dead beneath the question");
            hall.press(agree);
            assert!(hall.says(restored));
            hall.press(back);
            hall.press(about);
            assert_eq!(hall.page(), "service_about");
            hall.press(leave);
            assert_eq!(hall.page(), "home");
            assert!(hall.control("取号").is_some(), "in the terminal's own language");
        })
        .join()
        .unwrap();
    }
}

#[test]
fn a_long_list_is_turned_by_sheets_and_found_where_it_was_left() {
    let mut hall = with_pin(SCREENS[0]);
    for _ in 0..14 {
        for name in ["取号", "无证取号", "社会保障", "下一步", "确认"] {
            hall.press(name);
        }
        let (job, _) = hall.papers.pop_front().unwrap();
        let result = PrintResult::Printed { confirmed: true };
        hall.tell(Input::Printer(Printer::Dispenser, PrinterNews::Done { job, result }));
        hall.press("完成");
    }
    hall.press("维护菜单");
    for digit in PIN.chars() {
        hall.press(&digit.to_string());
    }
    hall.press("确认");
    hall.press("补打号票");
    assert!(hall.control("A014").is_some() && hall.control("A001").is_none());
    assert!(!enabled(&hall.control("上一页").unwrap()));
    hall.press("下一页");
    assert!(hall.control("A014").is_none());
    hall.press("A001");
    assert_eq!(hall.page(), "service_issued_ticket");
    hall.press("返回");
    assert!(hall.control("A001").is_some(), "the same sheet");
    hall.press("返回");
    hall.press("补打号票");
    assert!(hall.control("A014").is_some(), "a list that is entered begins at its first sheet");
}
