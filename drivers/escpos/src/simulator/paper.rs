//! What lies on a printed paper.

use super::picture::{GreyImage, Press};
use crate::bitmap::{Bitmap, GlyphSource};
use crate::document::{Align, Size};
use crate::profile::Profile;

/// A piece of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Run {
    /// Characters of the printer's fonts.
    Text {
        /// Which.
        text: String,
        /// How large.
        size: Size,
        /// Bold.
        bold: bool,
    },
    /// Dots.
    Picture(Bitmap),
    /// What follows begins so many dots from the left.
    Position(u32),
}

/// A thing on the paper, from top to bottom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Item {
    /// A line, perhaps empty.
    Line {
        /// Where it stands.
        align: Align,
        /// Its pieces.
        runs: Vec<Run>,
    },
    /// A code.
    Qr {
        /// Where it stands.
        align: Align,
        /// What it holds.
        data: Vec<u8>,
        /// Dots a module.
        module: u32,
        /// 0 to 3 for L, M, Q, H.
        level: u8,
    },
    /// Dots between the lines.
    Picture {
        /// Where it stands.
        align: Align,
        /// The dots.
        bitmap: Bitmap,
    },
    /// Empty paper, dots.
    Feed(u32),
}

/// Where a paper is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// Being printed, not cut.
    InPrinter,
    /// Cut, or fed out to be torn off.
    Cut,
    /// At the presenter's mouth.
    Shown,
    /// Somebody took it from there.
    Taken,
    /// It went back into the machine.
    TakenBack,
    /// It was pushed out.
    PushedOut,
    /// It was pulled out with the cover open, half printed.
    TornOut,
}

/// One paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrintedPaper {
    /// From top to bottom.
    pub items: Vec<Item>,
    /// Where it is.
    pub fate: Fate,
}

impl PrintedPaper {
    pub(super) fn new() -> Self {
        Self { items: Vec::new(), fate: Fate::InPrinter }
    }

    /// Its text line by line; a jump within a line is two spaces, a picture is `▣`.
    #[must_use]
    pub fn text(&self) -> Vec<String> {
        let piece = |run: &Run| match run {
            Run::Text { text, .. } => text.clone(),
            Run::Picture(_) => "▣".to_owned(),
            Run::Position(_) => "  ".to_owned(),
        };
        let line = |item: &Item| match item {
            Item::Line { runs, .. } => Some(runs.iter().map(piece).collect()),
            _ => None,
        };
        self.items.iter().filter_map(line).collect()
    }

    /// Draws it as it comes out of the printer that `profile` describes.
    #[must_use]
    pub fn render(&self, profile: &Profile, glyphs: &dyn GlyphSource) -> GreyImage {
        Press::new(self, profile, glyphs).run()
    }
}
