//! Where in its cell a character stands, so that drawn ones line up with those of a printer's own fonts.
//!
//! Fonts differ in what they call ascent and descent; nothing here asks them.

use swash::zeno::{Bounds, Transform};

/// Where a character is drawn: the cell, and the em square in it.
#[derive(Clone, Copy)]
pub(super) struct Cell {
    pub(super) wide: u32,
    pub(super) high: u32,
    /// Size of the font in dots.
    pub(super) em: f32,
    /// Rows above the baseline. Whole, because hinting puts horizontal strokes on rows counted from it.
    pub(super) baseline: f32,
}

impl Cell {
    /// A Chinese character fills the cell: fonts set it in a square that reaches 0.88 em above the baseline. Letters
    /// are made a bit smaller and stand higher, because their descenders need more room than 0.12 em.
    pub(super) fn of(c: char, high: u32) -> Self {
        let dots = high as f32;
        if c.is_ascii() {
            Self { wide: high / 2, high, em: dots * 0.92, baseline: (dots * 0.78).round() }
        } else {
            Self { wide: high, high, em: dots, baseline: (dots * 0.88).round() }
        }
    }

    /// How an outline with that ink and advance (dots, y upwards from the baseline) gets into the cell: centred by its
    /// advance, moved where ink would be cut off, narrowed or flattened where it is too large.
    pub(super) fn fit(&self, ink: &Bounds, advance: f32) -> Transform {
        let (wide, high) = (self.wide as f32, self.high as f32);
        let narrowed = (wide / ink.width().max(advance)).min(1.0);
        let flattened = (high / ink.height()).min(1.0);
        let left = (wide - advance * narrowed) / 2.0;
        let x = into_range(left, -ink.min.x * narrowed, wide - ink.max.x * narrowed);
        let up = into_range(
            0.0,
            self.baseline - high - ink.min.y * flattened,
            self.baseline - ink.max.y * flattened,
        );
        Transform::new(narrowed, 0.0, 0.0, flattened, x, up)
    }
}

/// `wanted`, moved by whole dots so that it is between the two, give or take half a dot.
fn into_range(wanted: f32, least: f32, most: f32) -> f32 {
    let (below, above) = ((least - wanted).round().max(0.0), (wanted - most).round().max(0.0));
    wanted + below - above
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fitted(c: char, ink: [f32; 4], advance: f32) -> [f32; 4] {
        let [left, bottom, right, top] = ink;
        let cell = Cell::of(c, 24);
        let to = cell.fit(&Bounds::new([left, bottom].into(), [right, top].into()), advance);
        let (x, y) = (|x: f32| x * to.xx + to.x, |y: f32| cell.baseline - (y * to.yy + to.y));
        [x(left), y(top), x(right), y(bottom)]
    }

    #[test]
    fn ink_gets_into_the_cell() {
        // Left, top, right, bottom in the cell: as it is, centred, moved down and up, narrowed, flattened, moved right.
        assert_eq!(fitted('国', [2.0, -2.0, 22.0, 19.0], 24.0), [2.0, 2.0, 22.0, 23.0]);
        assert_eq!(fitted('é', [1.0, 0.0, 11.0, 18.0], 12.0), [7.0, 3.0, 17.0, 21.0]);
        assert_eq!(fitted('Ấ', [1.0, 0.0, 11.0, 23.0], 12.0), [7.0, 0.0, 17.0, 23.0]);
        assert_eq!(fitted('ģ', [1.0, -6.0, 11.0, 10.0], 12.0), [7.0, 8.0, 17.0, 24.0]);
        assert_eq!(fitted('W', [0.0, 0.0, 24.0, 16.0], 24.0), [0.0, 3.0, 12.0, 19.0]);
        assert_eq!(fitted('国', [0.0, -24.0, 24.0, 24.0], 24.0), [0.0, 0.0, 24.0, 24.0]);
        assert_eq!(fitted('\u{301}', [-16.0, 0.0, -14.0, 4.0], 0.0), [0.0, 17.0, 2.0, 21.0]);
    }
}
