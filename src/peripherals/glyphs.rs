//! Characters drawn from the fonts of the system: for a ticket printer whose own fonts lack one (a rare surname),
//! and for pictures of simulated paper.
//!
//! Fontconfig says where the fonts are, their files are mapped and never copied, and nothing at all is opened before
//! the first glyph is asked for: a terminal whose printer has every character never pays for this. A dot is black
//! or white, so strokes are kept from vanishing rather than true to their weight (`coverage`).
//!
//! No glyph is remembered, and no character is named in a log: those that come here are people's names.

mod cell;
mod coverage;

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use fontique::{Blob, Collection, CollectionOptions, FamilyId, GenericFamily, SourceCache};
use kiosk_escpos::{Bitmap, GlyphSource};
use swash::scale::{Render, ScaleContext, Source};
use swash::{CacheKey, FontRef, GlyphId};

use self::cell::Cell;
use self::coverage::Coverage;

/// Its Latin letters are half as wide as its Chinese characters, as those of a printer are.
const HALF_WIDTH_FAMILY: &str = "Noto Sans Mono CJK SC";

/// Asked in this order before any other: the common characters, then three that reach far into the extensions.
const FAMILIES: [&str; 4] = ["Noto Sans CJK SC", "HanaMinA", "HanaMinB", "BabelStone Han"];

/// Blocks of Chinese characters that GB 18030-2022 asks for at its level 3: the first and the last character of each.
const BLOCKS: [(&str, u32, u32); 7] = [
    ("base block", 0x4E00, 0x9FEF),
    ("extension A", 0x3400, 0x4DB5),
    ("extension B", 0x20000, 0x2A6D6),
    ("extension C", 0x2A700, 0x2B734),
    ("extension D", 0x2B740, 0x2B81D),
    ("extension E", 0x2B820, 0x2CEA1),
    ("extension F", 0x2CEB0, 0x2EBE0),
];

/// Least height in dots at which a stroke is still a stroke.
const LEAST_HEIGHT: u32 = 8;

/// Largest height in dots: a cell of 24 or 32 at eightfold size.
const LARGEST_HEIGHT: u32 = 256;

/// The system's fonts as a source of glyphs. A clone shares what the first has opened.
///
/// ASCII is drawn half as wide as high, all other characters as wide as high, as an ESC/POS printer sets them.
/// Heights from 8 to 256 dots are served.
///
/// Private-use characters are never drawn: each font has its own idea of them, and a wrong character in a name is
/// worse than one that is told to be missing. Nor is U+FFFD, whose picture is a question mark.
#[derive(Clone, Default)]
pub struct SystemGlyphs {
    fonts: Arc<Mutex<Option<Fonts>>>,
}

impl GlyphSource for SystemGlyphs {
    fn glyph(&self, c: char, height_dots: u32) -> Option<Bitmap> {
        if c.is_control()
            || is_private(c)
            || c == char::REPLACEMENT_CHARACTER
            || !(LEAST_HEIGHT..=LARGEST_HEIGHT).contains(&height_dots)
        {
            return None;
        }
        // Whoever panicked while drawing left at worst a scratch buffer that the next glyph overwrites.
        let mut fonts = self.fonts.lock().unwrap_or_else(PoisonError::into_inner);
        fonts.get_or_insert_with(Fonts::find).draw(c, Cell::of(c, height_dots))
    }
}

impl SystemGlyphs {
    /// Characters of each block that [`Self::missing_blocks`] tries.
    pub const TRIED: u32 = 48;

    /// Blocks of Chinese characters of which a character can't be drawn: [`Self::TRIED`] of each are tried, spread
    /// evenly from its first to its last, since a font may hold a part of a block.
    #[must_use]
    pub fn missing_blocks(&self) -> Vec<&'static str> {
        let draws = |code| char::from_u32(code).is_some_and(|c| self.glyph(c, 24).is_some());
        let whole = |first: u32, last: u32| {
            (0..Self::TRIED).all(|step| draws(first + (last - first) * step / (Self::TRIED - 1)))
        };
        BLOCKS.iter().filter(|(_, first, last)| !whole(*first, *last)).map(|(name, ..)| *name).collect()
    }
}

impl fmt::Debug for SystemGlyphs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SystemGlyphs").finish_non_exhaustive()
    }
}

/// Unicode's private-use areas.
fn is_private(c: char) -> bool {
    matches!(c, '\u{E000}'..='\u{F8FF}' | '\u{F0000}'..)
}

/// What was found, and opened so far.
struct Fonts {
    collection: Collection,
    files: SourceCache,
    families: Vec<Family>,
    scaling: ScaleContext,
}

struct Family {
    id: FamilyId,
    ascii_only: bool,
    face: Face,
}

/// A family's regular face.
enum Face {
    Unopened,
    Unusable,
    Open { file: Blob<u8>, offset: u32, key: CacheKey },
}

impl Fonts {
    fn find() -> Self {
        let mut collection = Collection::new(CollectionOptions::default());
        let named = |collection: &mut Collection, name, ascii_only| {
            collection.family_id(name).map(|id| Family { id, ascii_only, face: Face::Unopened })
        };
        let mut families: Vec<Family> = named(&mut collection, HALF_WIDTH_FAMILY, true).into_iter().collect();
        families.extend(FAMILIES.iter().filter_map(|name| named(&mut collection, name, false)));
        // Fontconfig's list for a generic family ends with every font that adds a character to those before it.
        for id in collection.generic_families(GenericFamily::SansSerif) {
            if !families.iter().any(|family| family.id == id && !family.ascii_only) {
                families.push(Family { id, ascii_only: false, face: Face::Unopened });
            }
        }
        if families.is_empty() {
            log::warn!("no fonts found: characters that the ticket printer lacks can't be drawn");
        }
        Self { collection, files: SourceCache::default(), families, scaling: ScaleContext::new() }
    }

    fn draw(&mut self, c: char, cell: Cell) -> Option<Bitmap> {
        let Self { collection, files, families, scaling } = self;
        families.iter_mut().filter(|family| c.is_ascii() || !family.ascii_only).find_map(|family| {
            let font = family.open(collection, files)?;
            let glyph = font.charmap().map(c);
            if glyph == 0 { None } else { draw(scaling, font, glyph, c, cell) }
        })
    }
}

impl Family {
    fn open(&mut self, collection: &mut Collection, files: &mut SourceCache) -> Option<FontRef<'_>> {
        if matches!(self.face, Face::Unopened) {
            self.face = Face::open(self.id, collection, files).unwrap_or(Face::Unusable);
        }
        match &self.face {
            Face::Open { file, offset, key } => {
                Some(FontRef { data: file.as_ref(), offset: *offset, key: *key })
            }
            Face::Unopened | Face::Unusable => None,
        }
    }
}

impl Face {
    fn open(id: FamilyId, collection: &mut Collection, files: &mut SourceCache) -> Option<Self> {
        let family = collection.family(id)?;
        let regular = family.default_font()?;
        let file = regular.load(Some(files))?;
        // A collection holds a face for each region, with other shapes of the same characters.
        let font = FontRef::from_index(file.as_ref(), usize::try_from(regular.index()).ok()?)?;
        let (offset, key) = (font.offset, font.key);
        Some(Self::Open { file, offset, key })
    }
}

/// Draws one glyph. `None` where the font has an entry for the character but nothing to be seen, as fonts of coloured pictures do.
fn draw(
    scaling: &mut ScaleContext,
    font: FontRef<'_>,
    glyph: GlyphId,
    c: char,
    cell: Cell,
) -> Option<Bitmap> {
    let mut bitmap = Bitmap::new(cell.wide, cell.high);
    let advance = font.glyph_metrics(&[]).scale(cell.em).advance_width(glyph);
    let mut scaler = scaling.builder(font).size(cell.em).hint(true).build();
    let ink = scaler.scale_outline(glyph)?.bounds();
    if ink.width() <= 0.0 || ink.height() <= 0.0 {
        return c.is_whitespace().then_some(bitmap);
    }
    let mask = Render::new(&[Source::Outline])
        .transform(Some(cell.fit(&ink, advance)))
        .render(&mut scaler, glyph)?;
    let top = cell.baseline as i32 - mask.placement.top;
    let coverage = Coverage { dots: &mask.data, width: mask.placement.width, height: mask.placement.height };
    for (x, y) in coverage.black() {
        let (x, y) = (x.checked_add_signed(mask.placement.left), y.checked_add_signed(top));
        if let (Some(x), Some(y)) = (x, y) {
            bitmap.set(x, y, true);
        }
    }
    Some(bitmap)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn glyph(c: char, height: u32) -> Bitmap {
        SystemGlyphs::default().glyph(c, height).unwrap()
    }

    /// Left, top, right and bottom of what is black; the last two are behind it.
    fn ink(bitmap: &Bitmap) -> Option<(u32, u32, u32, u32)> {
        let all = || (0..bitmap.height()).flat_map(|y| (0..bitmap.width()).map(move |x| (x, y)));
        let black: Vec<_> = all().filter(|&(x, y)| bitmap.get(x, y)).collect();
        let (xs, ys) = (black.iter().map(|at| at.0), black.iter().map(|at| at.1));
        Some((xs.clone().min()?, ys.clone().min()?, xs.max()? + 1, ys.max()? + 1))
    }

    /// Black stretches along the row or column.
    fn strokes(dots: impl Iterator<Item = bool>) -> usize {
        let dots: Vec<bool> = std::iter::once(false).chain(dots).collect();
        dots.windows(2).filter(|pair| !pair[0] && pair[1]).count()
    }

    #[test]
    fn every_character_has_a_cell_of_its_width_with_something_in_it() {
        let glyphs = SystemGlyphs::default();
        // Common ones, GBK, extension A, B (𠮷), U+FA0E to U+FA29, the ends of the extensions, signs.
        for c in "剑阁县普安镇A023张𠮷﨏—、䶮镕㛃𬭚𫖮𰻝𠀁𰀀℃￥①éЖ".chars() {
            for height in [8, 16, 24, 48, 256] {
                let bitmap = glyphs.glyph(c, height).unwrap();
                let width = if c.is_ascii() { height / 2 } else { height };
                assert_eq!((bitmap.width(), bitmap.height()), (width, height), "{c}");
                assert!(ink(&bitmap).is_some(), "{c} at {height} is blank");
            }
        }
        assert_eq!(glyphs.glyph(' ', 24), Some(Bitmap::new(12, 24)));
        assert_eq!(glyphs.glyph('\u{3000}', 24), Some(Bitmap::new(24, 24)));
    }

    #[test]
    fn what_no_font_can_know_is_not_drawn() {
        let glyphs = SystemGlyphs::default();
        for c in [
            '\u{10FFFF}',
            '\u{FFFD}',
            '\u{378}',
            '\u{E000}',
            '\u{F22F}',
            '\u{F0000}',
            '\u{E0FFF}',
            '\0',
            '\n',
            '\u{7F}',
            '\u{9F}',
        ] {
            assert_eq!(glyphs.glyph(c, 24), None, "{c:?}");
        }
        for height in [0, 7, 257, u32::MAX] {
            assert_eq!(glyphs.glyph('张', height), None, "{height}");
        }
    }

    #[test]
    fn every_block_is_here_and_one_that_is_not_is_named() {
        let glyphs = SystemGlyphs::default();
        assert!(glyphs.missing_blocks().is_empty());
        let mut fonts = Fonts::find();
        fonts.families.retain(|family| !family.ascii_only);
        fonts.families.truncate(1);
        *glyphs.fonts.lock().unwrap() = Some(fonts);
        let missing = glyphs.missing_blocks();
        assert!(missing.contains(&"extension F") && !missing.contains(&"base block"), "{missing:?}");
    }

    #[test]
    fn chinese_sits_in_the_middle_and_fills_its_cell() {
        for c in ['国', '圆', '𠮷', '𠀁', '𰀀'] {
            for height in [24, 48] {
                let (left, top, right, bottom) = ink(&glyph(c, height)).unwrap();
                let off = |before: u32, after: u32| before.abs_diff(height - after);
                assert!(off(left, right) <= height / 8 && off(top, bottom) <= height / 8, "{c} at {height}");
                assert!(bottom - top >= height * 2 / 3 && right - left >= height * 2 / 3, "{c} at {height}");
            }
        }
    }

    #[test]
    fn letters_stand_on_one_line_and_none_is_cut() {
        let bottom = |c| ink(&glyph(c, 24)).unwrap().3;
        let line = bottom('A');
        assert!((17..=20).contains(&line), "{line}");
        for c in "0123456789BCDEFHILTXZ".chars() {
            assert!(bottom(c).abs_diff(line) <= 1, "{c}");
        }
        assert!(bottom('g') > line + 2 && bottom('p') > line + 2 && bottom('、') > line);
    }

    #[test]
    fn no_two_letters_look_the_same_at_the_printers_size() {
        let drawn: Vec<(char, Bitmap)> = ('!'..='~').map(|c| (c, glyph(c, 24))).collect();
        for (at, (a, one)) in drawn.iter().enumerate() {
            for (b, other) in &drawn[at + 1..] {
                assert_ne!(one, other, "{a} and {b}");
            }
        }
    }

    #[test]
    fn strokes_neither_run_together_nor_vanish() {
        let across = |c, x| {
            let bitmap = glyph(c, 24);
            strokes((0..24).map(|y| bitmap.get(x, y)))
        };
        assert_eq!([across('三', 12), across('目', 12), across('䷀', 12)], [3, 4, 6]);
        let river = glyph('川', 24);
        assert_eq!(strokes((0..24).map(|x| river.get(x, 10))), 3);
    }

    #[test]
    fn the_shapes_are_those_of_the_mainland() {
        let mut fonts = Fonts::find();
        let ours = fonts.draw('骨', Cell::of('骨', 48)).unwrap();
        let id = fonts.collection.family_id("Noto Sans CJK JP").unwrap();
        fonts.families = vec![Family { id, ascii_only: false, face: Face::Unopened }];
        let japanese = fonts.draw('骨', Cell::of('骨', 48)).unwrap();
        assert_ne!(ours, japanese);
    }

    #[test]
    fn nothing_is_opened_before_a_glyph_is_needed_and_clones_share_it() {
        let glyphs = SystemGlyphs::default();
        let (first, second) = (glyphs.clone(), glyphs.clone());
        assert!(glyphs.glyph('\n', 24).is_none() && glyphs.fonts.lock().unwrap().is_none());
        std::thread::spawn(move || first.glyph('张', 24)).join().unwrap().unwrap();
        let fonts = second.fonts.lock().unwrap();
        let families = &fonts.as_ref().unwrap().families;
        assert_eq!(families.iter().filter(|family| matches!(family.face, Face::Open { .. })).count(), 1);
    }
}
