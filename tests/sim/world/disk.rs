//! The store's files under a program that ends: killed, cut off in the midst of a commit, or ended as it was asked to;
//! and writes that fail.

use std::path::Path;

use kiosk_escpos::simulator::Knob;
use rusqlite::Connection;

use super::{World, new_folder};
use crate::mishaps::Write;
use crate::promises::Broken;

/// What a disk writes at once, or not at all.
const SECTOR: usize = 512;
const FILES: [&str; 2] = ["kiosk.db", "kiosk.db-wal"];

/// The store's files at an instant.
#[derive(PartialEq, Eq)]
pub struct Disk {
    base: Vec<u8>,
    log: Vec<u8>,
}

impl Disk {
    pub fn of(folder: &Path) -> Self {
        let [base, log] = FILES.map(|file| std::fs::read(folder.join(file)).unwrap_or_default());
        Self { base, log }
    }

    fn write(&self, folder: &Path) {
        for (file, bytes) in FILES.into_iter().zip([&self.base, &self.log]) {
            std::fs::write(folder.join(file), bytes).unwrap();
        }
    }
}

impl World {
    /// Ends the program as a power cut would: the next one finds the disk as it was at this instant.
    pub(super) fn kill(&mut self) -> Result<(), Broken> {
        if self.terminal.is_none() {
            return Ok(());
        }
        self.look()?;
        let disk = Disk::of(self.folder.path());
        self.end_with(&disk)
    }

    /// If anything was written since `before`: the mains failed meanwhile, and each sector is the old or the new one.
    /// Nobody was told of what was written, so either is right; nothing else may be lost.
    pub(super) fn torn(&mut self, before: &Disk) -> Result<bool, Broken> {
        let mut after = Disk::of(self.folder.path());
        if after.log == before.log {
            return Ok(false);
        }
        self.tear = false;
        self.note("mishap", "the mains fail in the midst of a commit");
        // Where the log went into the file meanwhile, its commit was whole before.
        if after.base == before.base {
            for (place, sector) in after.log.chunks_mut(SECTOR).enumerate() {
                let from = place * SECTOR;
                let old = before.log.get(from..).unwrap_or_default();
                let old = &old[..old.len().min(sector.len())];
                let differs = !sector.starts_with(old) || old.len() < sector.len();
                if differs && self.dice.happens(0.5) {
                    sector.fill(0);
                    sector[..old.len()].copy_from_slice(old);
                }
            }
        }
        self.end_with(&after)?;
        self.printer.turn(Knob::Power(false), self.times.now);
        self.printer.turn(Knob::Power(true), self.times.now);
        self.reader.reader.restart();
        Ok(true)
    }

    /// Ends it as it was asked to, with nothing on its way to paper.
    pub(super) fn stop(&mut self) -> Result<(), Broken> {
        self.note("program", "ends as it was asked to");
        while let Some((_, out)) = self.terminal.as_mut().and_then(|terminal| terminal.outs.pop_front()) {
            self.carry_out(out)?;
        }
        self.look()?;
        self.promises.look_away();
        self.terminal = None;
        let disk = Disk::of(self.folder.path());
        if !disk.log.is_empty() {
            return Err(Broken::new("a clean end leaves a log beside the store", "kiosk.db-wal"));
        }
        self.dark()
    }

    fn end_with(&mut self, disk: &Disk) -> Result<(), Broken> {
        self.promises.look_away();
        let left = new_folder();
        disk.write(left.path());
        self.terminal = None;
        self.folder = left;
        self.dark()
    }

    fn dark(&mut self) -> Result<(), Broken> {
        self.printer.hang_up();
        self.reader.hang_up();
        self.platform.hang_up();
        self.page = "dark";
        self.promises.disturb(self.times.now);
        let after = self.dice.ms(1_500, 30_000);
        self.starts_at = Some(self.times.now + after);
        self.hear()?;
        self.no_one_on_disk()
    }

    /// From now on writes of that kind fail, each with its whole transaction.
    pub(super) fn fail_store(&mut self, write: Write) -> Result<(), Broken> {
        self.mend_store()?;
        let Write { verb, table } = write;
        if let Some(store) = self.beside()? {
            store.execute_batch(&format!(
                "CREATE TRIGGER no_writes BEFORE {verb} ON {table} BEGIN SELECT RAISE(ABORT, 'no room'); END;"
            ))?;
            self.store_fails = true;
        }
        Ok(())
    }

    /// Writes succeed again.
    pub(super) fn mend_store(&mut self) -> Result<(), Broken> {
        if let Some(store) = self.beside()? {
            store.execute_batch("DROP TRIGGER IF EXISTS no_writes;")?;
        }
        self.store_fails = false;
        Ok(())
    }

    fn beside(&self) -> Result<Option<Connection>, Broken> {
        let file = self.folder.path().join(FILES[0]);
        Ok(if file.exists() { Some(Connection::open(file)?) } else { None })
    }
}
