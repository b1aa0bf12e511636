//! Characters that the printer's fonts lack, drawn by whoever has fonts, and those that nobody can draw.
//!
//! A text is looked through before it is broken into lines, since what stands for a character may be wider than it.
//! Nothing is ever dropped, and nothing becomes a box or a question mark: a character that nobody can draw is told by
//! its code point, by which whoever reads the paper can look it up or compare it with the card.

use std::fmt::Write as _;

use zeroize::Zeroizing;

use super::Encoder;
use crate::bitmap::Bitmap;
use crate::charset::columns;
use crate::command;
use crate::document::{Align, Size};
use crate::dots::{self, Raster};
use crate::profile::ImageCommand;

/// Height of the band of `ESC * 33`.
const BAND: u32 = 24;

impl Encoder<'_> {
    /// The text with the code point, between brackets, in place of each character that nobody can draw.
    pub(super) fn legible(&mut self, text: &str) -> Zeroizing<String> {
        let mut legible = Zeroizing::new(String::with_capacity(2 * text.len() + 16));
        for c in text.chars() {
            if c.is_control() || self.has(c) || self.inline_glyph(c).is_some() {
                legible.push(c);
            } else {
                self.undrawn += 1;
                let (open, close) = if self.has('〔') { ('〔', '〕') } else { ('[', ']') };
                // Writing to a string can't fail.
                let _ = write!(legible, "{open}U+{:04X}{close}", u32::from(c));
            }
        }
        legible
    }

    fn has(&self, c: char) -> bool {
        self.profile.text.charset.code(c).is_some()
    }

    /// As high as a character of the printer's at size 1, but never higher than the band.
    fn inline_glyph(&self, c: char) -> Option<Bitmap> {
        self.profile.image?;
        self.glyphs.glyph(c, self.profile.text.cell_dots.min(BAND))
    }

    /// A character as a picture in the line, standing where the printer's own characters stand.
    pub(super) fn drawn(&mut self, c: char) {
        let Some(glyph) = self.inline_glyph(c) else {
            self.undrawn += 1;
            return;
        };
        let wide = glyph.width().min(glyph.height() * columns(c) / 2);
        let mut bytes = dots::columns(&glyph, wide, BAND.saturating_sub(glyph.height()));
        if self.profile.live_dle {
            dots::defuse(&mut bytes);
        }
        self.out.extend(command::column_image(u16::try_from(wide).unwrap_or_default()));
        self.out.extend(bytes);
    }

    /// A line of larger letters that holds a character to be drawn: the band of an inline picture has one height, and
    /// would leave it small among the others. So the whole line becomes dots, at the size asked for. False where it
    /// need not, or can't, be.
    pub(super) fn line_as_dots(&mut self, line: &str, align: Align, size: Size, bold: bool) -> bool {
        let raster = self.profile.image == Some(ImageCommand::ColumnAndRaster);
        if size == Size::ONE || !raster || line.chars().all(|c| self.has(c)) {
            return false;
        }
        let Some(mut picture) = self.line_picture(line, size, bold) else { return false };
        if !self.profile.text.align {
            let free = self.profile.paper.dots.saturating_sub(picture.width());
            picture = picture.moved(match align {
                Align::Left => 0,
                Align::Centre => free / 2,
                Align::Right => free,
            });
        }
        self.modes(align, self.size, self.bold);
        self.raster_image(dots::raster(&picture));
        true
    }

    fn line_picture(&self, line: &str, size: Size, bold: bool) -> Option<Bitmap> {
        let paper = &self.profile.paper;
        let high = self.profile.text.cell_dots * u32::from(size.height());
        let wide = |c| columns(c) * (paper.dots / paper.columns) * u32::from(size.width());
        let mut picture = Bitmap::new(line.chars().map(wide).sum(), high);
        let thick = if bold { u32::from(size.width()) } else { 0 };
        let mut left = 0;
        for c in line.chars() {
            if c != ' ' {
                picture.stamp(&self.glyphs.glyph(c, high)?, left, wide(c), thick);
            }
            left += wide(c);
        }
        Some(picture)
    }

    pub(super) fn raster_image(&mut self, mut picture: Raster) {
        if self.profile.live_dle {
            dots::defuse(&mut picture.bytes);
        }
        // A printer that takes a picture in before it prints it must have room for it.
        let row = usize::from(picture.row_bytes.max(1));
        let room = self.profile.room();
        let rows =
            if picture.bytes.len() > room { (room / 2 / row).max(1) } else { usize::from(picture.rows) };
        for band in picture.bytes.chunks(row * rows.max(1)) {
            let rows = u16::try_from(band.len() / row).unwrap_or_default();
            self.out.extend(command::raster_image(picture.row_bytes, rows));
            self.out.extend(band);
            self.dots += u64::from(rows);
            self.stop();
        }
    }
}
