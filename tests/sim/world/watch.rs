//! What is looked at after every step: papers, rows, the log, and whether anything of anybody is left.

use std::time::Duration;

use super::World;
use crate::diary::heard;
use crate::people::leak;
use crate::promises::Broken;

/// After so long without a sign of anybody nothing of anybody is left.
const ALL_WIPED: Duration = Duration::from_secs(240);

impl World {
    /// What the program logged goes into the diary, once it was searched for people.
    pub(super) fn hear(&mut self) -> Result<(), Broken> {
        for (level, line) in heard() {
            if let Some(what) = leak(line.as_bytes(), &self.residents.people) {
                return Err(Broken::new("a person stands whole in the log", what));
            }
            if level <= log::Level::Info {
                self.note("log", &format!("{level} {line}"));
            }
        }
        Ok(())
    }

    pub(super) fn look(&mut self) -> Result<(), Broken> {
        for paper in self.promises.read_papers(self.printer.printer.papers(), self.times.now) {
            self.note("mouth", &paper);
        }
        let rows_changed = self.promises.check_rows(&self.platform, &self.times)?;
        self.promises.check_papers(rows_changed)
    }

    pub(super) fn all_wiped(&mut self) -> Result<(), Broken> {
        let Some(terminal) = &self.terminal else { return Ok(()) };
        let quiet = self.times.now - self.last_sign.max(terminal.started);
        if quiet < ALL_WIPED || terminal.engine.is_printing() {
            return Ok(());
        }
        if terminal.engine.page_name() != "home" || !format!("{:?}", terminal.engine).contains("visit: None")
        {
            return Err(Broken::new(
                "nobody is there and something of somebody is left",
                terminal.engine.page_name(),
            ));
        }
        Ok(())
    }

    /// Nothing of a person stands in the store's files.
    pub fn no_one_on_disk(&self) -> Result<(), Broken> {
        for entry in std::fs::read_dir(self.folder.path()).unwrap() {
            let file = entry.unwrap().path();
            if let Some(what) = leak(&std::fs::read(&file).unwrap(), &self.residents.people) {
                return Err(Broken::new("a person stands in the clear on disk", what));
            }
        }
        Ok(())
    }
}
