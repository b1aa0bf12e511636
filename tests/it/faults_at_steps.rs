//! Every device unplugged, silent, slow, babbling or lying at every step of taking a number, before the real binary.
//!
//! However it comes: the screen answers, there is a way on, no ticket without its paper and no paper without its
//! ticket, and when the fault ends everything is as before, by itself. One terminal bears many faults, one after the
//! other; at the end rows, papers and the platform's events are compared.

use std::time::Duration;

use kiosk::engine::clock::Clock;
use kiosk_escpos::Paper;
use kiosk_escpos::simulator::{Knob, Lie};
use serde_json::Value;

use crate::bench::Bench;
use crate::books::Books;
use crate::desktop::Desktop;
use crate::devices::{Reader, YOUNG};
use crate::platform::Platform;
use crate::site::Site;
use crate::terminal::Terminal;

/// The terminal's answer to a question of how it does: its engine's, which draws the pages.
const ANSWERS: Duration = Duration::from_millis(1_500);

/// A fault of the printer, and what ends it.
struct PrinterFault {
    name: &'static str,
    begins: &'static [Knob],
    ends: &'static [Knob],
}

const fn fault(name: &'static str, begins: &'static [Knob], ends: &'static [Knob]) -> PrinterFault {
    PrinterFault { name, begins, ends }
}

const PRINTER: [PrinterFault; 13] = [
    fault("unplugged", &[Knob::Plugged(false)], &[Knob::Plugged(true)]),
    fault("switched off", &[Knob::Power(false)], &[Knob::Power(true)]),
    fault("silent", &[Knob::Silent(true)], &[Knob::Silent(false)]),
    fault("silent while it moves", &[Knob::SilentWhileMoving(true)], &[Knob::SilentWhileMoving(false)]),
    fault("slow", &[Knob::Slow(Duration::from_millis(700))], &[Knob::Slow(Duration::ZERO)]),
    fault("babbling", &[Knob::Babble(true)], &[Knob::Babble(false)]),
    fault("lying that all is fine", &[Knob::Lie(Some(Lie::Fine))], &[Knob::Lie(None)]),
    fault("lying that there is no paper", &[Knob::Lie(Some(Lie::Empty))], &[Knob::Lie(None)]),
    fault("lying that it has printed", &[Knob::Lie(Some(Lie::Printed))], &[Knob::Lie(None)]),
    fault(
        "out of paper",
        &[Knob::Paper(Paper::Out)],
        &[Knob::CoverOpen(true), Knob::Paper(Paper::Ok), Knob::CoverOpen(false)],
    ),
    fault("open", &[Knob::CoverOpen(true)], &[Knob::CoverOpen(false)]),
    fault("jammed", &[Knob::Jam], &[Knob::CoverOpen(true), Knob::CoverOpen(false)]),
    fault(
        "not relieved of its ticket",
        &[Knob::TakeAfter(None)],
        &[Knob::Take, Knob::TakeAfter(Some(TAKEN))],
    ),
];

const TAKEN: Duration = Duration::from_millis(300);

/// Where on the way the fault comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    /// On the home page, before anybody came.
    Home,
    /// While the resident reads the last question.
    Confirm,
    /// So long after the touch that orders the paper.
    Printing(Duration),
    /// With the ticket in the mouth.
    Taking,
}

impl Step {
    /// What shows itself only while something is printed is tried there; so that the table stays quick.
    fn is_like_another(self, fault: &str) -> bool {
        let shows_late = fault.starts_with("lying that it") || fault.starts_with("silent while");
        match self {
            Self::Home => {
                shows_late
                    || ["slow", "lying that all is fine", "not relieved of its ticket"].contains(&fault)
            }
            Self::Taking => shows_late || fault == "slow",
            Self::Confirm | Self::Printing(_) => false,
        }
    }
}

struct Hall {
    terminal: Terminal,
    printer: Bench,
    reader: Reader,
    platform: Platform,
    _desktop: Desktop,
    site: Site,
}

impl Hall {
    fn open() -> Self {
        let site = Site::bare();
        site.make_keys();
        let platform = Platform::start(&site);
        let reader = Reader::plug_in(&site);
        let printer = Bench::plug_in(&site.path("printer"));
        printer.turn(Knob::TakeAfter(Some(TAKEN)));
        let desktop = Desktop::open(&site.path(""));
        let terminal = Terminal::start(&site, &desktop);
        terminal.page("home");
        terminal.device("ticket_dispenser", "ready");
        terminal.device("id_reader", "ready");
        Self { terminal, printer, reader, platform, _desktop: desktop, site }
    }

    /// How it does, and that it says so at once.
    fn status(&self, what: &str) -> Value {
        let clock = Clock::start();
        let status = self.terminal.status().unwrap_or_else(|| panic!("{what}: the terminal does not answer"));
        assert!(clock.mono() < ANSWERS, "{what}: the terminal is held for {:?}", clock.mono());
        status
    }

    fn turn(&self, knobs: &[Knob]) {
        for knob in knobs {
            self.printer.turn(*knob);
        }
    }

    /// Takes a number with that fault at that step, and goes on whichever way the page offers.
    fn bear(&mut self, what: &str, fault: &PrinterFault, step: Step) {
        if step == Step::Home {
            self.printer_begins(fault);
        }
        let terminal = &mut self.terminal;
        terminal.press("取号", "place_card");
        terminal.press("无证取号", "choose_class");
        terminal.press("社会保障", "priority");
        terminal.press("下一步", "confirm");
        if step == Step::Confirm {
            self.printer_begins(fault);
        }
        self.terminal.press("确认", "printing");
        if let Step::Printing(after) = step {
            std::thread::sleep(after);
            self.printer_begins(fault);
        }
        let page = self.ends_somewhere(what);
        if page == "not_printed" {
            self.terminal.press("不要纸，记住屏幕上的号码", "take_ticket");
        } else if step == Step::Taking {
            self.printer_begins(fault);
        }
        self.terminal.press("完成", "home");
        self.status(what);
        self.turn(fault.ends);
        self.terminal.device("ticket_dispenser", "ready");
    }

    fn printer_begins(&self, fault: &PrinterFault) {
        self.turn(fault.begins);
    }

    /// Looks until the ticket's fate is on the screen.
    fn ends_somewhere(&self, what: &str) -> String {
        let clock = Clock::start();
        loop {
            let page = self.status(what)["page"].as_str().unwrap_or_default().to_owned();
            if ["take_ticket", "not_printed"].contains(&page.as_str()) {
                return page;
            }
            assert!(clock.mono() < Duration::from_secs(60), "{what}: the page stays {page}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// The next resident after a fault gets a number on paper.
    fn as_before(&mut self, what: &str) {
        self.terminal.press("取号", "place_card");
        self.terminal.press("无证取号", "choose_class");
        self.terminal.press("社会保障", "priority");
        self.terminal.press("下一步", "confirm");
        self.terminal.press("确认", "printing");
        assert_eq!(self.ends_somewhere(what), "take_ticket", "{what}: it does not recover");
        self.terminal.press("完成", "home");
        self.terminal.device("ticket_dispenser", "ready");
    }

    /// All that was issued is on paper or paperless, all papers have their row, and the platform has it once.
    fn books(&mut self) {
        self.terminal.outbox_empty();
        let papers = self.printer.papers();
        let books = Books::read(&self.site.data()).unwrap();
        books.check(&papers).unwrap();
        books.agree_with(&self.platform.events(), &papers).unwrap();
    }
}

fn all_at(step: Step) {
    let mut hall = Hall::open();
    for fault in PRINTER.iter().filter(|fault| !step.is_like_another(fault.name)) {
        let what = format!("a printer {} at {step:?}", fault.name);
        hall.bear(&what, fault, step);
    }
    hall.as_before("after all faults");
    hall.books();
}

#[test]
fn a_printer_that_fails_before_anybody_came() {
    all_at(Step::Home);
}

#[test]
fn a_printer_that_fails_before_the_last_touch() {
    all_at(Step::Confirm);
}

#[test]
fn a_printer_that_fails_right_after_the_touch() {
    all_at(Step::Printing(Duration::from_millis(30)));
}

#[test]
fn a_printer_that_fails_in_the_midst_of_the_ticket() {
    all_at(Step::Printing(Duration::from_millis(450)));
}

#[test]
fn a_printer_that_fails_with_the_ticket_in_its_mouth() {
    all_at(Step::Taking);
}

/// Faults of the reader, by the simulator's words, and what ends them.
const READER: [(&str, &str); 9] = [
    ("unplug", "plug"),
    ("silent on", "silent off"),
    ("babble on", "babble off"),
    ("slow 900", "slow 0"),
    ("lie number", "lie off"),
    ("lie blank", "lie off"),
    ("lie mixed", "lie off"),
    ("lie code 41", "lie off"),
    ("lie code 60", "lie off"),
];

#[test]
fn a_reader_that_fails_at_any_step_leaves_a_way_on_and_comes_back() {
    let mut hall = Hall::open();
    for (place, (begins, ends)) in READER.into_iter().enumerate() {
        for step in ["home", "place_card", "choose_class"] {
            let what = format!("reader: {begins} at {step}");
            if step == "home" {
                hall.reader.say(begins);
            }
            hall.terminal.press("取号", "place_card");
            if step == "place_card" {
                hall.reader.say(begins);
                hall.reader.lay(&hall.site, YOUNG);
            }
            // Read or not, by the fault; without a card there is always a way.
            if hall.status(&what)["page"] == "place_card" {
                hall.terminal.press_either("无证取号", "choose_class");
            }
            hall.terminal.page("choose_class");
            if step == "choose_class" {
                hall.reader.say(begins);
            }
            hall.status(&what);
            hall.terminal.press("首页", "home");
            hall.reader.lift();
            hall.reader.say(ends);
            hall.terminal.device("id_reader", "ready");
        }
        // Once in a while the next resident is read as before.
        if place % 3 == 0 {
            hall.reader.lay(&hall.site, YOUNG);
            hall.terminal.page("choose_class");
            hall.terminal.hand.read("张**");
            hall.reader.lift();
            hall.terminal.press("首页", "home");
        }
    }
    hall.books();
}
