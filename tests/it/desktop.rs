//! A desktop of its own for a test: a display in memory, a session bus, and the hand that presses buttons by their
//! accessible names.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Mutex, PoisonError};

use rustix::process::Signal;

use serde::Deserialize;

use crate::child::{Process, until};

/// Servers that look for a free display at the same time may find the same one.
static LOOKING: Mutex<()> = Mutex::new(());

/// Display and buses. What they start goes with them.
pub struct Desktop {
    display: String,
    bus: String,
    runtime: PathBuf,
    xvfb: Process,
    _session: Process,
    accessibility: Option<Process>,
}

impl Desktop {
    /// Starts it in that folder.
    pub fn open(folder: &Path) -> Self {
        let runtime = folder.join("runtime");
        std::fs::create_dir(&runtime).unwrap();
        let mut command = Command::new("Xvfb");
        // A free display is found by the server itself, and told.
        command
            .args(["-displayfd", "1", "-screen", "0", "540x960x24", "-nolisten", "tcp"])
            .stderr(Stdio::null());
        let (xvfb, display) = {
            let _one_at_a_time = LOOKING.lock().unwrap_or_else(PoisonError::into_inner);
            let xvfb = Process::start(command);
            let display = format!(":{}", xvfb.line());
            (xvfb, display)
        };
        let mut command = Command::new("dbus-daemon");
        command.args(["--session", "--nofork", "--print-address"]).stderr(Stdio::null());
        command.env("XDG_RUNTIME_DIR", &runtime).env("DISPLAY", &display);
        let session = Process::start(command);
        let bus = session.line();
        let mut command = Command::new("/usr/libexec/at-spi-bus-launcher");
        command.arg("--launch-immediately").stderr(Stdio::null());
        let mut desktop = Self { display, bus, runtime, xvfb, _session: session, accessibility: None };
        desktop.enter(&mut command);
        desktop.accessibility = Some(Process::start(command));
        desktop
    }

    /// Makes a command run on this desktop.
    pub fn enter(&self, command: &mut Command) {
        command.env("DISPLAY", &self.display);
        command.env("DBUS_SESSION_BUS_ADDRESS", &self.bus);
        command.env("XDG_RUNTIME_DIR", &self.runtime);
        command.env("SLINT_BACKEND", "winit-software");
    }

    /// A hand on this desktop, once its accessibility bus is there.
    pub fn hand(&self) -> Hand {
        let mut command = Command::new("/usr/bin/python3");
        command.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/press.py")).stderr(Stdio::null());
        self.enter(&mut command);
        let process = Process::start(command);
        assert_eq!(process.line(), "ready");
        Hand { process }
    }
}

impl Drop for Desktop {
    fn drop(&mut self) {
        self.accessibility = None;
        // It clears its lock away, so that nobody finds a display that is only half gone.
        self.xvfb.signal(Signal::TERM);
        self.xvfb.end();
    }
}

/// Presses buttons by their names.
pub struct Hand {
    process: Process,
}

/// A named thing of the window.
#[derive(Debug, Deserialize)]
pub struct Named {
    pub name: String,
    pub role: String,
    pub checked: bool,
    pub enabled: bool,
    pub description: String,
    pub acts: bool,
}

impl Hand {
    /// Everything with a name that the window shows.
    pub fn names(&mut self) -> Vec<Named> {
        self.told_twice("names")
    }

    /// The same with what can be pressed and has no name, if there is any.
    pub fn all(&mut self) -> Vec<Named> {
        self.told_twice("all")
    }

    fn told_twice(&mut self, question: &str) -> Vec<Named> {
        let mut before = String::new();
        until("the window's names", || {
            // A page that changes while it is read is told half old, half new: what is told twice is true.
            let told = self.process.ask(question);
            let again = std::mem::replace(&mut before, told.clone());
            let names: Vec<Named> = serde_json::from_str(&told).ok()?;
            (told == again && !names.is_empty()).then_some(names)
        })
    }

    /// Presses once; `ok`, or why not.
    pub fn press(&mut self, name: &str) -> String {
        self.process.ask(&format!("press {name}"))
    }

    /// Waits until the window says that somewhere; a line break in it counts as nothing.
    pub fn read(&mut self, text: &str) -> String {
        until(&format!("{text:?} on the screen"), || {
            let names = self.names();
            names.into_iter().map(|named| named.name.replace('\n', "")).find(|name| name.contains(text))
        })
    }
}
