//! `kiosk run` amid its devices, its platform and a desktop.

use std::fs::File;
use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::time::Duration;

use kiosk::engine::clock::Clock;
use rustix::process::Signal;
use serde_json::Value;

use crate::child::{LOOK, PATIENCE, Process, until, until_soon};
use crate::desktop::{Desktop, Hand, Named};
use crate::devices::{Printer, Reader};
use crate::platform::Platform;
use crate::site::Site;

/// A touch that led nowhere is repeated after this: one right after a page came up is taken as meant for the page
/// before.
const AGAIN: Duration = Duration::from_millis(400);

/// The whole scene of a test.
pub struct Scene {
    pub terminal: Terminal,
    pub reader: Reader,
    pub printer: Printer,
    pub platform: Platform,
    pub desktop: Desktop,
    pub site: Site,
}

impl Scene {
    /// Everything, with devices that are ready and the home page in view.
    pub fn set() -> Self {
        Self::set_with(|_| {})
    }

    /// The same on a site that was changed before.
    pub fn set_with(change: impl FnOnce(&Site)) -> Self {
        let site = Site::bare();
        change(&site);
        site.make_keys();
        let platform = Platform::start(&site);
        let reader = Reader::plug_in(&site);
        let printer = Printer::plug_in(&site);
        let desktop = Desktop::open(&site.path(""));
        let terminal = Terminal::start(&site, &desktop);
        terminal.page("home");
        terminal.device("id_reader", "ready");
        terminal.device("ticket_dispenser", "ready");
        Self { terminal, reader, printer, platform, desktop, site }
    }

    /// Starts the terminal anew after its end.
    pub fn restart(&mut self) {
        self.terminal = Terminal::start(&self.site, &self.desktop);
        self.terminal.page("home");
        self.terminal.device("ticket_dispenser", "ready");
    }

    /// 无证取号 up to the confirmation.
    pub fn up_to_confirm(&mut self, class: &str) {
        self.terminal.press("取号", "place_card");
        self.terminal.press("无证取号", "choose_class");
        self.terminal.press(class, "priority");
        self.terminal.press("下一步", "confirm");
    }

    /// Confirms, and comes back while the printer, which takes its time now, is at it.
    pub fn begin_printing(&mut self) {
        self.printer.say("slow 300");
        self.terminal.press("确认", "printing");
        assert_eq!(self.terminal.status().unwrap()["page"], "printing", "the ticket is done already");
    }

    /// A ticket without a card, in the hand; its number.
    pub fn quick_ticket(&mut self, class: &str) -> String {
        self.up_to_confirm(class);
        self.terminal.press("确认", "printing");
        let number = self.terminal.ticket();
        self.terminal.press("完成", "home");
        self.terminal.device("ticket_dispenser", "ready");
        number
    }
}

/// The running terminal.
pub struct Terminal {
    pub process: Process,
    pub hand: Hand,
    socket: PathBuf,
    err: PathBuf,
}

impl Terminal {
    pub fn start(site: &Site, desktop: &Desktop) -> Self {
        let hand = desktop.hand();
        let socket = site.data().join("control.sock");
        Self { process: run(site, desktop), hand, socket, err: site.path(ERR) }
    }

    /// Starts it once more after its end, for the same hand.
    pub fn again(&mut self, site: &Site, desktop: &Desktop) {
        self.process = run(site, desktop);
    }

    /// What it wrote to standard error so far.
    pub fn errors(&self) -> String {
        std::fs::read_to_string(&self.err).unwrap_or_default()
    }

    /// What it says of itself over its control socket.
    pub fn status(&self) -> Option<Value> {
        let mut stream = UnixStream::connect(&self.socket).ok()?;
        stream.set_read_timeout(Some(PATIENCE)).ok()?;
        stream.write_all(b"status\n").ok()?;
        let mut text = String::new();
        stream.read_to_string(&mut text).ok()?;
        serde_json::from_str(&text).ok()
    }

    /// Waits until its report is as it should be.
    pub fn report(&self, what: &str, like: impl Fn(&Value) -> bool) -> Value {
        let mut last = Value::Null;
        let clock = Clock::start();
        while clock.mono() < PATIENCE {
            if let Some(status) = self.status() {
                if like(&status) {
                    return status;
                }
                last = status;
            }
            std::thread::sleep(LOOK);
        }
        let err = self.errors();
        panic!("waited in vain for {what}; the terminal says {last}; {err}")
    }

    /// Waits for that page.
    pub fn page(&self, page: &str) {
        self.report(page, |status| status["page"] == page);
    }

    /// The same, and looks so often that hardly a moment is lost.
    pub fn page_soon(&self, page: &str) {
        until_soon(page, || self.status().filter(|status| status["page"] == page));
    }

    /// Waits for that state of a device.
    pub fn device(&self, device: &str, state: &str) {
        self.report(&format!("{device} {state}"), |status| status["devices"][device]["state"] == state);
    }

    /// Waits until nothing waits for the platform.
    pub fn outbox_empty(&self) -> Value {
        self.report("an empty outbox", |status| status["outbox"]["waiting"] == 0)
    }

    /// Presses a button until it has led to that page, or through it: what passes quickly may be missed.
    pub fn press(&mut self, name: &str, page: &str) {
        let from = self.status().unwrap_or_default()["page"].clone();
        let clock = Clock::start();
        loop {
            let pressed = self.hand.press(name);
            let touched = Clock::start();
            while pressed == "ok" && touched.mono() < AGAIN {
                let now = self.status().unwrap_or_default()["page"].clone();
                if now == page || (now != from && page == "printing" && now != "confirm") {
                    return;
                }
                std::thread::sleep(LOOK / 5);
            }
            assert!(
                clock.mono() < PATIENCE,
                "pressed {name} in vain for {page} ({pressed}); names: {:?}",
                self.labels()
            );
        }
    }

    /// The same where the page may come by itself meanwhile.
    pub fn press_either(&mut self, name: &str, page: &str) {
        until(page, || {
            let there = self.status().is_some_and(|status| status["page"] == page);
            if !there {
                self.hand.press(name);
            }
            there.then_some(())
        });
    }

    /// Presses a button that leads to no other page.
    pub fn press_here(&mut self, name: &str) {
        until(&format!("the button {name}"), || (self.hand.press(name) == "ok").then_some(()));
    }

    /// Waits for the ticket's page; its number.
    pub fn ticket(&mut self) -> String {
        self.page("take_ticket");
        until("a number on the screen", || {
            let names = self.hand.names();
            // The screen comes after the report: the page before it may have told a number too.
            names.iter().find(|named| named.name == "完成")?;
            names.iter().find_map(|named| number_in(&named.name))
        })
    }

    /// Types each character on the keypad.
    pub fn type_in(&mut self, keys: &str) {
        for key in keys.chars() {
            self.press_here(&key.to_string());
        }
    }

    pub fn labels(&mut self) -> Vec<String> {
        self.hand.names().into_iter().map(|named| named.name).collect()
    }

    /// The buttons in view.
    pub fn buttons(&mut self) -> Vec<Named> {
        self.hand.names().into_iter().filter(|named| named.acts).collect()
    }

    /// Asks it to end; its exit code.
    pub fn terminate(&mut self) -> Option<i32> {
        self.process.signal(Signal::TERM);
        self.process.end().code()
    }
}

/// Where a terminal's standard error goes.
const ERR: &str = "terminal.err";

fn run(site: &Site, desktop: &Desktop) -> Process {
    let mut command = site.command(&["run"]);
    desktop.enter(&mut command);
    let err = File::options().create(true).append(true).open(site.path(ERR)).unwrap();
    command.stderr(err);
    Process::start(command)
}

/// `A023` anywhere in a text.
fn number_in(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    let place = bytes
        .windows(4)
        .position(|part| part[0].is_ascii_uppercase() && part[1..].iter().all(u8::is_ascii_digit))?;
    Some(text[place..place + 4].to_owned())
}
