//! What a printed paper looks like: the very dots that the bytes asked for, in grey.

use embedded_graphics::pixelcolor::{Gray8, GrayColor};
use embedded_graphics::prelude::{DrawTarget, OriginDimensions, Pixel, Size as Extent};
use qrcode::{EcLevel, QrCode};

use super::paper::{Item, PrintedPaper, Run};
use crate::bitmap::{Bitmap, GlyphSource};
use crate::charset::columns;
use crate::document::Align;
use crate::profile::Profile;

/// A grey picture, one byte a dot, 0 black to 255 white, row after row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GreyImage {
    width: u32,
    height: u32,
    pixels: Vec<u8>,
}

impl GreyImage {
    fn new(width: u32, height: u32, grey: u8) -> Self {
        Self { width, height, pixels: vec![grey; width as usize * height as usize] }
    }

    /// Dots a row.
    #[must_use]
    pub fn width(&self) -> u32 {
        self.width
    }

    /// Rows.
    #[must_use]
    pub fn height(&self) -> u32 {
        self.height
    }

    /// The dots, row after row.
    #[must_use]
    pub fn pixels(&self) -> &[u8] {
        &self.pixels
    }

    fn set(&mut self, x: u32, y: u32, grey: u8) {
        if x < self.width
            && let Some(dot) = self.pixels.get_mut(y as usize * self.width as usize + x as usize)
        {
            *dot = grey;
        }
    }
}

impl OriginDimensions for GreyImage {
    fn size(&self) -> Extent {
        Extent::new(self.width, self.height)
    }
}

impl DrawTarget for GreyImage {
    type Color = Gray8;
    type Error = core::convert::Infallible;

    fn draw_iter<I: IntoIterator<Item = Pixel<Gray8>>>(&mut self, pixels: I) -> Result<(), Self::Error> {
        for Pixel(at, colour) in pixels {
            if let (Ok(x), Ok(y)) = (u32::try_from(at.x), u32::try_from(at.y)) {
                self.set(x, y, colour.luma());
            }
        }
        Ok(())
    }
}

const INK: u8 = 0x14;
const WHITE: u8 = 0xFF;
const DESK: u8 = 0xDA;
const TOP: u32 = 40;
const TOOTH: u32 = 12;

pub(super) struct Press<'a> {
    paper: &'a PrintedPaper,
    profile: &'a Profile,
    glyphs: &'a dyn GlyphSource,
    left: u32,
    image: GreyImage,
}

impl<'a> Press<'a> {
    pub(super) fn new(paper: &'a PrintedPaper, profile: &'a Profile, glyphs: &'a dyn GlyphSource) -> Self {
        let spec = &profile.paper;
        let width = (spec.width_mm * spec.dots_per_mm).max(spec.dots);
        let image = GreyImage::new(width, 0, WHITE);
        Self { paper, profile, glyphs, left: (width - spec.dots) / 2, image }
    }

    pub(super) fn run(mut self) -> GreyImage {
        let height: u32 = self.paper.items.iter().map(|item| self.height(item)).sum();
        self.image = GreyImage::new(self.image.width, TOP + height + TOP + TOOTH, WHITE);
        let mut y = TOP;
        for item in &self.paper.items {
            self.item(item, y);
            y += self.height(item);
        }
        self.tear();
        self.image
    }

    fn height(&self, item: &Item) -> u32 {
        let text = &self.profile.text;
        match item {
            Item::Line { runs, .. } => {
                let factor =
                    runs.iter().map(|run| if let Run::Text { size, .. } = run { size.height() } else { 1 });
                text.cell_dots * u32::from(factor.max().unwrap_or(1)) + (text.line_dots - text.cell_dots)
            }
            Item::Qr { data, module, level, .. } => {
                modules(data, *level).map_or(0, |(side, _)| side * module)
            }
            Item::Picture { bitmap, .. } => bitmap.height(),
            Item::Feed(dots) => *dots,
        }
    }

    fn item(&mut self, item: &Item, y: u32) {
        match item {
            Item::Line { align, runs } => self.line(*align, runs, y, self.height(item)),
            Item::Qr { align, data, module, level } => {
                let Some((side, dark)) = modules(data, *level) else { return };
                let x = self.begin(*align, side * module);
                for at in 0..side * side * module * module {
                    let (dx, dy) = (at % (side * module), at / (side * module));
                    let module = (dy / module * side + dx / module) as usize;
                    if dark.get(module).copied().unwrap_or(false) {
                        self.image.set(x + dx, y + dy, INK);
                    }
                }
            }
            Item::Picture { align, bitmap } => {
                let x = self.begin(*align, bitmap.width());
                self.stamp(bitmap, x, y, bitmap.width(), false);
            }
            Item::Feed(_) => {}
        }
    }

    fn begin(&self, align: Align, width: u32) -> u32 {
        let free = self.profile.paper.dots.saturating_sub(width);
        self.left
            + match align {
                Align::Left => 0,
                Align::Centre => free / 2,
                Align::Right => free,
            }
    }

    fn column(&self) -> u32 {
        self.profile.paper.dots / self.profile.paper.columns
    }

    fn line(&mut self, align: Align, runs: &[Run], y: u32, height: u32) {
        let cell = self.profile.text.cell_dots;
        let foot = y + height - (self.profile.text.line_dots - cell);
        let width = runs.iter().map(|run| width(run, self.column())).sum();
        let origin = self.begin(align, width);
        let mut x = origin;
        for run in runs {
            match run {
                Run::Position(dots) => x = origin + dots,
                Run::Picture(bitmap) => {
                    self.stamp(bitmap, x, foot.saturating_sub(bitmap.height()), bitmap.width(), false);
                    x += bitmap.width();
                }
                Run::Text { text, size, bold } => {
                    let high = cell * u32::from(size.height());
                    for c in text.chars() {
                        let wide = columns(c) * self.column() * u32::from(size.width());
                        if c != ' ' {
                            let glyph = self.glyphs.glyph(c, high).unwrap_or_else(|| frame(wide, high));
                            self.stamp(&glyph, x, foot.saturating_sub(high), wide, *bold);
                        }
                        x += wide;
                    }
                }
            }
        }
    }

    /// Draws a bitmap, stretched or narrowed to `wide`.
    fn stamp(&mut self, bitmap: &Bitmap, x: u32, y: u32, wide: u32, bold: bool) {
        let thick = if bold { (bitmap.height() / 24).max(1) } else { 0 };
        for dy in 0..bitmap.height() {
            for dx in 0..wide {
                if bitmap.get(dx * bitmap.width() / wide.max(1), dy) {
                    (0..=thick).for_each(|more| self.image.set(x + dx + more, y + dy, INK));
                }
            }
        }
    }

    /// The lower edge as the cutter or a hand leaves it.
    fn tear(&mut self) {
        for x in 0..self.image.width {
            let in_tooth = x % (2 * TOOTH);
            let depth = if in_tooth < TOOTH { in_tooth } else { 2 * TOOTH - in_tooth };
            let end = self.image.height;
            (0..depth).for_each(|up| self.image.set(x, end - 1 - up, DESK));
        }
    }
}

/// A character that nobody can draw.
fn frame(width: u32, height: u32) -> Bitmap {
    let mut bitmap = Bitmap::new(width, height);
    for x in 1..width.saturating_sub(1) {
        for y in 1..height.saturating_sub(1) {
            bitmap.set(x, y, x == 1 || y == 1 || x == width - 2 || y == height - 2);
        }
    }
    bitmap
}

fn width(run: &Run, column: u32) -> u32 {
    match run {
        Run::Text { text, size, .. } => {
            text.chars().map(columns).sum::<u32>() * column * u32::from(size.width())
        }
        Run::Picture(bitmap) => bitmap.width(),
        Run::Position(_) => 0,
    }
}

/// Side of a code in modules, and which are dark.
fn modules(data: &[u8], level: u8) -> Option<(u32, Vec<bool>)> {
    let level = match level {
        0 => EcLevel::L,
        1 => EcLevel::M,
        2 => EcLevel::Q,
        _ => EcLevel::H,
    };
    let code = QrCode::with_error_correction_level(data, level).ok()?;
    let dark = code.to_colors().into_iter().map(|colour| colour == qrcode::Color::Dark).collect();
    Some((u32::try_from(code.width()).ok()?, dark))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bitmap::tests::Frames;
    use crate::document::Size;
    use crate::profile::tests::shipped;
    use crate::simulator::Fate;

    #[test]
    fn a_paper_is_drawn_where_the_printer_would() {
        let text = |text: &str| Run::Text { text: text.into(), size: Size::square(2), bold: false };
        let items = vec![
            Item::Line { align: Align::Centre, runs: vec![text("好")] },
            Item::Feed(10),
            Item::Qr { align: Align::Centre, data: b"A023".to_vec(), module: 4, level: 1 },
        ];
        let paper = PrintedPaper { items, fate: Fate::Cut };
        let image = paper.render(&shipped("epson-tm"), &Frames);
        assert_eq!((image.width(), image.height()), (640, TOP + 54 + 10 + 84 + TOP + TOOTH));
        let at = |x: u32, y: u32| image.pixels()[(y * image.width() + x) as usize];
        // The frame of a 48-dot character in the middle of 640, and nothing left of it.
        assert_eq!((at(296, TOP), at(343, TOP + 47), at(295, TOP), at(344, TOP)), (INK, INK, WHITE, WHITE));
        // The code's finder begins in the middle too: 21 modules of 4 dots.
        assert_eq!((at(278, TOP + 64), at(277, TOP + 64), at(282, TOP + 68)), (INK, WHITE, WHITE));
        assert_eq!((at(0, image.height() - 1), at(12, image.height() - 1)), (WHITE, DESK));
    }

    #[test]
    fn a_character_without_a_glyph_is_seen_to_be_missing() {
        let run = Run::Text { text: "好".into(), size: Size::ONE, bold: false };
        let paper =
            PrintedPaper { items: vec![Item::Line { align: Align::Left, runs: vec![run] }], fate: Fate::Cut };
        let image = paper.render(&shipped("generic-58mm"), &crate::bitmap::NoGlyphs);
        assert!(image.pixels().contains(&INK));
    }
}
