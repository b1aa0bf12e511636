//! A hall that is killed again and again: its terminal, its devices, its platform, and residents who never stop.

use std::os::unix::process::ExitStatusExt;
use std::sync::mpsc::{Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use kiosk::engine::clock::Clock;
use kiosk_escpos::Paper;
use kiosk_escpos::simulator::Knob;
use kiosk_id_reader::card::with_check_character;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};

use super::figures::Noted;
use super::plan::{Also, Plan, When};
use crate::bench::Bench;
use crate::books::{Books, Totals};
use crate::desktop::Desktop;
use crate::devices::Reader;
use crate::platform::Platform;
use crate::site::Site;
use crate::terminal::Terminal;

/// Between two looks at the page.
const LOOK: Duration = Duration::from_millis(8);
/// A touch on a page counts after this.
const SETTLED: Duration = Duration::from_millis(255);
/// A round in which nobody got as far as planned is ended by then.
const LATEST: Duration = Duration::from_secs(6);
/// Rows and papers may need this long to be seen both.
const SEEN: Duration = Duration::from_secs(4);

/// The hall.
pub struct Hall {
    terminal: Terminal,
    reader: Reader,
    printer: Bench,
    platform: Platform,
    desktop: Desktop,
    site: Site,
    people: u32,
    laid: bool,
    platform_away: bool,
    /// Numbers that a resident saw done.
    told: Vec<String>,
    diary: Vec<String>,
}

impl Hall {
    /// A hall of its own, its terminal at the home page.
    pub fn open(seed: u64) -> Self {
        let site = Site::bare();
        site.edit("001-002", "001-999");
        site.make_keys();
        let platform = Platform::start(&site);
        let reader = Reader::plug_in(&site);
        let printer = Bench::plug_in(&site.path("printer"));
        let desktop = Desktop::open(&site.path(""));
        let terminal = Terminal::start(&site, &desktop);
        terminal.page("home");
        terminal.device("ticket_dispenser", "ready");
        let people = u32::try_from(seed % 10_000).unwrap() * 97;
        Self {
            terminal,
            reader,
            printer,
            platform,
            desktop,
            site,
            people,
            laid: false,
            platform_away: false,
            told: Vec::new(),
            diary: Vec::new(),
        }
    }

    /// One round: load, kill, start, look.
    pub fn round(&mut self, plan: &Plan) -> Result<Noted, String> {
        self.diary.push(format!("round: {:?}, {:?}", plan.when, plan.also));
        let (before, was_away) = (self.told.len(), self.platform_away);
        self.go_wrong(plan.also);
        let executioner = Executioner::wait_for(self.terminal.process.id(), plan.when);
        let page = self.crowd(plan, &executioner);
        executioner.join();
        let end = self.terminal.process.end();
        if end.signal() != Some(9) {
            return Err(format!("on {page} it ended by itself: {end}"));
        }
        self.goes_with_it(plan.also);
        std::thread::sleep(plan.dark);
        if let When::Started(after) = plan.when {
            // It is killed while it starts, too.
            self.terminal.again(&self.site, &self.desktop);
            std::thread::sleep(after);
            self.terminal.process.signal(Signal::KILL);
            self.terminal.process.end();
        }
        let clock = Clock::start();
        self.terminal.again(&self.site, &self.desktop);
        self.terminal.page_soon("home");
        let start = clock.mono();
        self.look()?;
        if was_away {
            self.platform_back();
        }
        self.put_right(plan.also);
        self.diary.push(format!("killed on {page}; told so far: {}", self.told.join(" ")));
        Ok(Noted { page, also: format!("{:?}", plan.also), told: self.told.len() - before, start })
    }

    /// Everything is right again: all is sent, the terminal ends cleanly, and the books agree.
    pub fn evening(&mut self) -> Result<Totals, String> {
        self.platform_back();
        self.terminal.outbox_empty();
        let code = self.terminal.terminate();
        if code != Some(0) {
            return Err(format!("asked to end it ends with {code:?}"));
        }
        let checked = self.site.kiosk(&["check", "--json"]);
        let lines: Value = serde_json::from_str(&checked.out).unwrap_or_default();
        let lines = lines.as_array().cloned().unwrap_or_default();
        if !lines.iter().any(|line| line["check"] == "store" && line["fine"] == true) {
            return Err(format!("check finds the store not fine: {checked:?}"));
        }
        let papers = self.printer.papers();
        let books = Books::read(&self.site.data()).map_err(|error| error.to_string())?;
        books.check(&papers)?;
        books.agree_with(&self.platform.events(), &papers)
    }

    /// Keeps the folder, with what came out of the printer and what was done.
    pub fn keep(&mut self, seed: u64, plan: &Plan) {
        let papers: String = self.printer.papers().iter().map(|paper| format!("{paper:#?}\n")).collect();
        self.site.write("papers.txt", &papers);
        self.site.write("diary.txt", &format!("seed {seed}: {plan:?}\n{}\n", self.diary.join("\n")));
        println!("kept: {}", self.site.keep().display());
    }

    /// Residents take numbers without pause until the terminal is dead; the page that they saw last.
    fn crowd(&mut self, plan: &Plan, executioner: &Executioner) -> String {
        let mut dice = plan.dice.clone();
        let (mut page, mut letter, clock) = (String::new(), 'A', Clock::start());
        while self.terminal.process.is_running() {
            let Some(status) = self.terminal.status() else {
                std::thread::sleep(LOOK);
                continue;
            };
            if status["page"] != page {
                page = status["page"].as_str().unwrap_or_default().to_owned();
                self.diary.push(format!("  {:>5} {page}", clock.mono().as_millis()));
                if !["home", "printing"].contains(&page.as_str()) {
                    // Before that a touch is taken as meant for the page before.
                    std::thread::sleep(SETTLED);
                }
                if page == "confirm" {
                    executioner.confirmed();
                }
            }
            match page.as_str() {
                "home" => self.next_card(),
                "choose_class" => {
                    let class = dice.bool();
                    letter = if class { 'A' } else { 'B' };
                    self.press(if class { "社会保障" } else { "医疗保障" }, &page);
                }
                "priority" => self.press("下一步", &page),
                "confirm" => self.press("确认", &page),
                "take_ticket" => {
                    let last = &status["queue"][letter.to_string()]["last"];
                    let number = format!("{letter}{:03}", last.as_u64().unwrap_or(0));
                    if self.told.last() != Some(&number) {
                        self.told.push(number);
                    }
                    self.press("完成", &page);
                }
                "not_printed" if dice.bool() => self.press("再试一次", &page),
                "not_printed" => self.press("不取号了", &page),
                "printing" => std::thread::sleep(LOOK),
                _ => self.press("首页", &page),
            }
        }
        page
    }

    /// Presses once, and looks until the page has changed or a while has passed.
    fn press(&mut self, name: &str, page: &str) {
        // A process that dies under the hand is what this is about.
        if self.terminal.hand.press(name) == "ok" {
            self.changed(page);
        }
    }

    fn changed(&mut self, page: &str) {
        let clock = Clock::start();
        while clock.mono() < Duration::from_millis(400) && self.terminal.process.is_running() {
            if self.terminal.status().is_none_or(|status| status["page"] != page) {
                return;
            }
            std::thread::sleep(LOOK);
        }
    }

    /// The next resident, with a card.
    fn next_card(&mut self) {
        if std::mem::take(&mut self.laid) {
            self.reader.lift();
        }
        self.people += 1;
        let (year, day) = (1940 + self.people % 70, 1 + self.people / 1_000 % 28);
        let number =
            with_check_character(&format!("510823{year}03{day:02}{:03}", self.people % 1_000)).unwrap();
        let card = json!({
            "kind": "citizen", "name": "张样本", "number": number, "address": "四川省某县样本镇示例路1号",
            "issuer": "某县公安局", "valid_from": "20200101", "valid_until": "20400101",
        });
        self.site.write("card.json", &card.to_string());
        self.reader.say(&format!("put {}", self.site.path("card.json").display()));
        self.laid = true;
        self.changed("home");
    }

    /// What goes wrong before the kill.
    fn go_wrong(&self, also: Also) {
        match also {
            Also::PaperOut(lines) => self.printer.turn(Knob::PaperOutAfter(lines)),
            Also::NotTaken => self.printer.turn(Knob::TakeAfter(None)),
            Also::LostAnswers if !self.platform_away => self.platform.faults(r#"{"drop": 3}"#),
            _ => {}
        }
    }

    /// What goes wrong at the kill.
    fn goes_with_it(&mut self, also: Also) {
        match also {
            Also::Platform if !self.platform_away => {
                self.platform.kill();
                self.platform_away = true;
            }
            Also::PrinterOff => {
                self.printer.turn(Knob::Power(false));
                self.printer.turn(Knob::Power(true));
            }
            Also::PrinterUnplugged => self.printer.turn(Knob::Plugged(false)),
            Also::Reader => self.reader.process().signal(Signal::KILL),
            _ => {}
        }
    }

    fn put_right(&mut self, also: Also) {
        match also {
            Also::Reader => {
                self.laid = false;
                self.reader = Reader::plug_in(&self.site);
            }
            Also::PrinterUnplugged => self.printer.turn(Knob::Plugged(true)),
            Also::PaperOut(_) => {
                self.printer.turn(Knob::CoverOpen(true));
                self.printer.turn(Knob::Paper(Paper::Ok));
                self.printer.turn(Knob::CoverOpen(false));
            }
            Also::NotTaken => {
                self.printer.turn(Knob::Take);
                self.printer.turn(Knob::TakeAfter(Some(Duration::from_secs(2))));
            }
            _ => {}
        }
    }

    fn platform_back(&mut self) {
        if std::mem::take(&mut self.platform_away) {
            self.platform.restart();
        }
    }

    /// Rows, papers, and what was told.
    fn look(&self) -> Result<(), String> {
        let clock = Clock::start();
        loop {
            let books = Books::read(&self.site.data()).map_err(|error| error.to_string())?;
            let lost = self.told.iter().find(|number| !books.has_issued(number));
            let seen = match lost {
                Some(number) => Err(format!("{number} was told done and is not")),
                None => books.check(&self.printer.papers()),
            };
            if seen.is_ok() || clock.mono() > SEEN {
                return seen;
            }
            std::thread::sleep(LOOK);
        }
    }
}

/// Kills the terminal at the instant that the plan says.
struct Executioner {
    confirmed: Sender<()>,
    thread: JoinHandle<()>,
}

impl Executioner {
    fn wait_for(terminal: Pid, when: When) -> Self {
        let (confirmed, told) = channel();
        let thread = std::thread::spawn(move || {
            let after = match when {
                When::Begun(after) | When::Started(after) => after,
                When::Confirmed(touch, after) => {
                    let all = (0..=touch).all(|_| told.recv_timeout(LATEST).is_ok());
                    if all { after } else { Duration::ZERO }
                }
            };
            std::thread::sleep(after);
            // It may have ended by itself, which the round finds.
            let _ = kill_process(terminal, Signal::KILL);
        });
        Self { confirmed, thread }
    }

    /// A resident is about to touch 确认.
    fn confirmed(&self) {
        // It may be on its way already.
        let _ = self.confirmed.send(());
    }

    fn join(self) {
        drop(self.confirmed);
        self.thread.join().unwrap();
    }
}
