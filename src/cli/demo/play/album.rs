//! The demo's pictures: numbered PNG files and the summary beside them.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use kiosk_escpos::simulator::PrintedPaper;

use crate::cli::demo::stage::PROFILES;
use crate::domain::device::Printer;
use crate::peripherals::glyphs::SystemGlyphs;
use crate::peripherals::printer_profiles;
use crate::screen::headless::{Headless, save};

/// A folder of pictures.
pub(super) struct Album {
    folder: PathBuf,
    count: usize,
    glyphs: SystemGlyphs,
}

impl Album {
    /// Makes the folder; pictures of an earlier demo in it are replaced.
    pub(super) fn open(folder: &Path) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            let numbered = name.len() > 3 && name.as_bytes().iter().take(2).all(u8::is_ascii_digit);
            if (numbered && name.ends_with(".png")) || name == "summary.json" {
                fs::remove_file(&path)?;
            }
        }
        Ok(Self { folder: folder.to_path_buf(), count: 0, glyphs: SystemGlyphs::default() })
    }

    pub(super) fn count(&self) -> usize {
        self.count
    }

    /// The screen as it is.
    pub(super) fn screen(&mut self, screen: &Headless, name: &str) -> io::Result<()> {
        let file = self.next(&format!("screen-{name}"));
        screen.picture().save(&file)
    }

    /// A paper as it came out: drawn from the bytes that the printer got.
    pub(super) fn paper(&mut self, paper: &PrintedPaper, printer: Printer, name: &str) -> io::Result<()> {
        let profile = printer_profiles::shipped(PROFILES.of(printer)).map_err(io::Error::other)?;
        let picture = paper.render(&profile, &self.glyphs);
        let file = self.next(&format!("paper-{name}"));
        save(&file, picture.width(), picture.height(), png::ColorType::Grayscale, picture.pixels())
    }

    /// Writes summary.json.
    pub(super) fn summary(&self, summary: &serde_json::Value) -> io::Result<()> {
        fs::write(self.folder.join("summary.json"), format!("{summary:#}\n"))
    }

    fn next(&mut self, name: &str) -> PathBuf {
        self.count += 1;
        self.folder.join(format!("{:02}-{name}.png", self.count))
    }
}
