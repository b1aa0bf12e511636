//! The names that people, scripts and assistive technology rely on: exactly these words, on every page.

use std::collections::BTreeSet;

use kiosk::engine::scene::Shown;
use kiosk::screen::headless::Headless;

use crate::hand::{Hall, SCREENS, controls, enabled, name, names, pages, said};
use crate::scenes;

const SERVICES: [(&str, &str); 7] = [
    ("取号", "Take a number"),
    ("打印证明", "Print a certificate"),
    ("办事指南", "Service guide"),
    ("服务评价", "Rate a service"),
    ("办件进度", "My cases"),
    ("预约与代办", "Appointments and help"),
    ("信息公开", "Public information"),
];
const DOCK: [(&str, &str); 6] = [
    ("返回", "Back"),
    ("首页", "Home"),
    ("再听", "Repeat"),
    ("English", "中文"),
    ("关怀模式", "Easy mode"),
    ("高对比", "Contrast"),
];
/// The corner that technicians hold: for assistive technology a button.
const CORNER: (&str, &str) = ("维护菜单", "Service menu");

#[test]
fn the_home_page_has_exactly_the_names_that_were_promised() {
    let mut hall = Hall::open(SCREENS[0]);
    let shown = |hall: &Hall| names(&hall.pages).into_iter().collect::<BTreeSet<_>>();
    let all = || SERVICES.iter().chain(&DOCK).chain([&CORNER]);
    let chinese: BTreeSet<_> = all().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(shown(&hall), chinese);
    hall.press("English");
    let english: BTreeSet<_> = all().map(|(_, name)| (*name).to_owned()).collect();
    assert_eq!(shown(&hall), english);
    hall.press("中文");
    assert_eq!(shown(&hall), chinese);
}

#[test]
fn repeat_is_there_where_the_terminal_has_a_voice_and_says_why_where_it_has_none() {
    let repeat = |pages: &Headless, can_repeat: bool| {
        let (_, mut scene) = scenes::all(false, false).swap_remove(0);
        scene.can_repeat = can_repeat;
        pages.show(&scene);
        let control = controls(pages).into_iter().find(|control| name(control) == "再听").unwrap();
        (enabled(&control), control.accessible_description().unwrap_or_default().to_string())
    };
    let pages = pages(SCREENS[0]);
    assert_eq!(repeat(&pages, true), (true, String::new()));
    assert_eq!(repeat(&pages, false), (false, "这台机器没有声音".to_owned()));
}

#[test]
fn what_is_not_built_is_disabled_and_says_why() {
    let hall = Hall::open(SCREENS[0]);
    for (service, _) in SERVICES {
        let tile = hall.control(service).unwrap();
        assert_eq!(enabled(&tile), service == "取号", "{service}");
        if service != "取号" {
            assert_eq!(tile.accessible_description().unwrap_or_default(), "尚未开通", "{service}");
        }
    }
}

#[test]
fn the_dock_is_on_every_page_and_every_control_has_a_name_of_its_own() {
    for (language, side) in [("zh", 0), ("en", 1)] {
        std::thread::spawn(move || {
            let pages = pages(SCREENS[0]);
            for (which, elder, contrast) in scenes::MANNERS {
                for (page, mut scene) in scenes::all(elder, contrast) {
                    scene.manner.language = language.into();
                    pages.show(&scene);
                    let names = names(&pages);
                    // Technicians have no dock.
                    let service = matches!(scene.page, Shown::Service(_));
                    for slot in DOCK.iter().chain([&CORNER]).map(|slot| [slot.0, slot.1][side]) {
                        let there = names.iter().any(|name| name == slot);
                        let back = slot == ["返回", "Back"][side];
                        assert!(there != service || back && service, "{slot} on {page}, {language}, {which}");
                    }
                    let mut once = BTreeSet::new();
                    for name in &names {
                        assert!(!name.trim().is_empty(), "a control without a name on {page}: {names:?}");
                        assert!(once.insert(name), "{name} twice on {page}, {language}, {which}");
                    }
                    if !matches!(scene.page, Shown::Home(_) | Shown::Help) {
                        let help = ["请人帮忙", "Ask for help"][side];
                        let offers = names.iter().any(|name| name == help);
                        let asks = ["place card", "not printed"].iter().any(|asks| page.starts_with(asks));
                        assert!(offers || !asks, "{help} on {page}");
                    }
                }
            }
        })
        .join()
        .unwrap();
    }
}

#[test]
fn what_lies_under_a_dialog_cannot_be_pressed() {
    let pages = pages(SCREENS[0]);
    let (_, scene) =
        scenes::all(false, false).into_iter().find(|(name, _)| *name == "idle countdown").unwrap();
    pages.show(&scene);
    let live: BTreeSet<_> = controls(&pages).iter().filter(|control| enabled(control)).map(name).collect();
    assert_eq!(live, ["我还在，继续", "不办了，现在清除"].map(str::to_owned).into());
}

#[test]
fn back_and_home_are_disabled_where_they_lead_nowhere() {
    let pages = pages(SCREENS[0]);
    for (page, mut scene) in scenes::all(false, false) {
        if matches!(scene.page, Shown::Service(_)) {
            continue;
        }
        for open in [false, true] {
            (scene.can_back, scene.can_home, scene.can_change_manner) = (open, open, open);
            pages.show(&scene);
            for slot in ["返回", "首页", "English", "关怀模式", "高对比"] {
                let control = controls(&pages).into_iter().find(|control| name(control) == slot).unwrap();
                let live = open && scene.countdown.is_none();
                assert_eq!(enabled(&control), live, "{slot} on {page}");
                // The accessibility bus of Linux has no word for it, so that the page says it.
                let said = control.accessible_description().unwrap_or_default();
                assert_eq!(said, if live { "" } else { "现在不能用" }, "{slot} on {page}");
            }
        }
    }
}

#[test]
fn nothing_on_any_page_is_a_key_without_words() {
    for language in ["zh", "en"] {
        std::thread::spawn(move || {
            let pages = pages(SCREENS[1]);
            for (page, mut scene) in scenes::all(false, false) {
                scene.manner.language = language.into();
                pages.show(&scene);
                for text in said(&pages) {
                    let bare = text.contains('.')
                        && text.chars().all(|c| c.is_ascii_lowercase() || ".-_".contains(c))
                        && !text.ends_with('.');
                    assert!(!bare && !text.contains("{0}"), "{text:?} on {page}");
                }
            }
        })
        .join()
        .unwrap();
    }
}
