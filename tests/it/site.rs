//! A site of its own for one test: a folder that goes with it, `site.toml`, keys.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use crate::child::{Ended, run};

/// A small hall: two classes, two windows, both devices, a platform.
const SITE: &str = include_str!("../fixtures/site.toml");

pub struct Site {
    folder: TempDir,
    environment: RefCell<BTreeMap<&'static str, OsString>>,
}

impl Site {
    /// A site of which nothing but `site.toml` is there; nobody listens at its platform's address yet.
    pub fn bare() -> Self {
        Self::of(SITE)
    }

    /// A site with that configuration; `FOLDER` stands for its folder.
    pub fn of(text: &str) -> Self {
        let site = Self {
            folder: tempfile::Builder::new().prefix("kiosk-it-").tempdir().unwrap(),
            environment: RefCell::default(),
        };
        site.write("site.toml", &text.replace("FOLDER", &site.folder.path().display().to_string()));
        site
    }

    /// The same with keys.
    pub fn new() -> Self {
        let site = Self::bare();
        site.make_keys();
        site
    }

    pub fn make_keys(&self) {
        let made = self.kiosk(&["keys", "make"]);
        assert_eq!(made.code, Some(0), "{made:?}");
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn data(&self) -> PathBuf {
        self.path("data")
    }

    pub fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).unwrap();
    }

    /// Changes the configuration.
    pub fn edit(&self, from: &str, to: &str) {
        let text = std::fs::read_to_string(self.path("site.toml")).unwrap();
        assert!(text.contains(from), "site.toml has no {from:?}");
        self.write("site.toml", &text.replacen(from, to, 1));
    }

    /// Keeps the folder after the test; where it is.
    pub fn keep(&mut self) -> &Path {
        self.folder.disable_cleanup(true);
        self.folder.path()
    }

    /// Sets a variable for every command on this site from now on.
    pub fn set(&self, variable: &'static str, value: impl Into<OsString>) {
        self.environment.borrow_mut().insert(variable, value.into());
    }

    /// Runs a command on this site to its end.
    pub fn kiosk(&self, arguments: &[&str]) -> Ended {
        run(self.command(arguments))
    }

    /// A command on this site.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = kiosk();
        command.args(arguments).arg("--config").arg(self.path("site.toml"));
        command.envs(&*self.environment.borrow());
        command
    }

    /// What the terminal wrote into its log so far.
    pub fn log(&self) -> String {
        let folder = std::fs::read_dir(self.data().join("log")).unwrap();
        folder.map(|entry| std::fs::read_to_string(entry.unwrap().path()).unwrap()).collect()
    }

    /// Every byte that the terminal keeps on disk.
    pub fn kept(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        read_all(&self.data(), &mut bytes);
        bytes
    }
}

/// The binary, with nothing of the machine's desktop.
pub fn kiosk() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kiosk"));
    for name in
        ["DISPLAY", "WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS", "SLINT_BACKEND", "CREDENTIALS_DIRECTORY"]
    {
        command.env_remove(name);
    }
    // Whatever loudspeaker the machine has is left in peace.
    command.env("ALSA_CONFIG_PATH", "/dev/null");
    command
}

/// Runs it without a site.
pub fn run_kiosk(arguments: &[&str]) -> Ended {
    let mut command = kiosk();
    command.args(arguments);
    run(command)
}

fn read_all(folder: &Path, bytes: &mut Vec<u8>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            read_all(&path, bytes);
        } else if path.is_file() {
            bytes.extend(std::fs::read(&path).unwrap());
        }
    }
}
