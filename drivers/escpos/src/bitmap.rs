//! One-bit pictures of single characters, and where they come from.
//!
//! A driver has no fonts: whoever has them gives them through [`GlyphSource`]. A [`Bitmap`] is a draw target of
//! `embedded-graphics`, so that any of its primitives, texts and images can be drawn onto it.

use embedded_graphics::pixelcolor::BinaryColor;
use embedded_graphics::prelude::{DrawTarget, OriginDimensions, Pixel, Size};

/// Largest side of a bitmap in dots; nothing on a ticket is larger.
const MAX_SIDE: u32 = 2048;

/// A one-bit picture; a set dot is black.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bitmap {
    width: u32,
    height: u32,
    dots: Vec<bool>,
}

impl Bitmap {
    /// A white one; sides over 2048 dots are cut to that.
    #[must_use]
    pub fn new(width: u32, height: u32) -> Self {
        let (width, height) = (width.min(MAX_SIDE), height.min(MAX_SIDE));
        Self { width, height, dots: vec![false; width as usize * height as usize] }
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

    /// Draws `other` with its left edge there, stretched or narrowed to `wide`, each dot `thick` dots wider.
    pub(crate) fn stamp(&mut self, other: &Bitmap, left: u32, wide: u32, thick: u32) {
        for y in 0..other.height {
            for x in (0..wide).filter(|x| other.get(x * other.width / wide.max(1), y)) {
                (0..=thick).for_each(|more| self.set(left + x + more, y, true));
            }
        }
    }

    /// The same with so much white at its left.
    pub(crate) fn moved(&self, by: u32) -> Bitmap {
        let mut moved = Bitmap::new(self.width + by, self.height);
        moved.stamp(self, by, self.width, 0);
        moved
    }

    /// Whether the dot is black; outside everything is white.
    #[must_use]
    pub fn get(&self, x: u32, y: u32) -> bool {
        self.index(x, y).and_then(|at| self.dots.get(at)).copied().unwrap_or(false)
    }

    /// Makes the dot black or white; outside nothing happens.
    pub fn set(&mut self, x: u32, y: u32, black: bool) {
        if let Some(dot) = self.index(x, y).and_then(|at| self.dots.get_mut(at)) {
            *dot = black;
        }
    }

    fn index(&self, x: u32, y: u32) -> Option<usize> {
        (x < self.width && y < self.height).then(|| y as usize * self.width as usize + x as usize)
    }
}

impl OriginDimensions for Bitmap {
    fn size(&self) -> Size {
        Size::new(self.width, self.height)
    }
}

impl DrawTarget for Bitmap {
    type Color = BinaryColor;
    type Error = core::convert::Infallible;

    fn draw_iter<I: IntoIterator<Item = Pixel<BinaryColor>>>(
        &mut self,
        pixels: I,
    ) -> Result<(), Self::Error> {
        for Pixel(at, colour) in pixels {
            if let (Ok(x), Ok(y)) = (u32::try_from(at.x), u32::try_from(at.y)) {
                self.set(x, y, colour.is_on());
            }
        }
        Ok(())
    }
}

/// Somebody who can draw characters.
pub trait GlyphSource {
    /// `c` drawn black on white, `height_dots` high and as wide as it is (half as wide for ASCII, as wide as high
    /// for Chinese); `None` where it can't.
    fn glyph(&self, c: char, height_dots: u32) -> Option<Bitmap>;
}

/// Nobody: every character has to be in the printer's fonts.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoGlyphs;

impl GlyphSource for NoGlyphs {
    fn glyph(&self, _: char, _: u32) -> Option<Bitmap> {
        None
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use embedded_graphics::Drawable;
    use embedded_graphics::prelude::{Point, Primitive};
    use embedded_graphics::primitives::{PrimitiveStyle, Rectangle};

    use super::*;

    /// Draws every character as a frame: enough to see that and where it was drawn.
    pub(crate) struct Frames;

    impl GlyphSource for Frames {
        fn glyph(&self, c: char, height_dots: u32) -> Option<Bitmap> {
            let width = if c.is_ascii() { height_dots / 2 } else { height_dots };
            let mut bitmap = Bitmap::new(width, height_dots);
            let frame = Rectangle::new(Point::zero(), Size::new(width, height_dots));
            let Ok(()) = frame.into_styled(PrimitiveStyle::with_stroke(BinaryColor::On, 1)).draw(&mut bitmap);
            Some(bitmap)
        }
    }

    #[test]
    fn drawing_lands_in_the_dots_and_nowhere_else() {
        let frame = Frames.glyph('好', 6).unwrap();
        let rows: Vec<String> =
            (0..6).map(|y| (0..6).map(|x| if frame.get(x, y) { '#' } else { '.' }).collect()).collect();
        assert_eq!(rows, ["######", "#....#", "#....#", "#....#", "#....#", "######"]);
        assert!(!frame.get(6, 0) && !frame.get(0, 6) && !frame.get(u32::MAX, u32::MAX));
        let mut small = Bitmap::new(2, 2);
        let Ok(()) = small
            .draw_iter([Pixel(Point::new(-1, 0), BinaryColor::On), Pixel(Point::new(9, 9), BinaryColor::On)]);
        assert_eq!(small, Bitmap::new(2, 2));
    }

    #[test]
    fn a_senseless_size_takes_no_senseless_memory() {
        assert_eq!(Bitmap::new(u32::MAX, 1).width(), MAX_SIDE);
    }
}
