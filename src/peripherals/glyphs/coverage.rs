//! From the grey of a drawn outline to the black and white of a printer's dots.
//!
//! A plain threshold would lose the thin horizontals of Song faces, and with them tell two characters as one.

/// Coverage of a dot, of 255, from which it is black. Less than half, so that a stroke of a bit less than a dot that
/// falls between two rows stays.
const BLACK_FROM: u8 = 104;

/// Coverage from which a dot can be part of a stroke that is too thin to blacken any.
const FAINT_FROM: u8 = 56;

/// How much of each dot an outline covers, of 255.
pub(super) struct Coverage<'a> {
    pub(super) dots: &'a [u8],
    pub(super) width: u32,
    pub(super) height: u32,
}

impl Coverage<'_> {
    /// The dots that are to be black: those well covered, and the crest of a stroke that is too thin to cover any. A
    /// horizontal of half a dot in a Song face would be gone otherwise, or be there or not as it happens to lie.
    pub(super) fn black(&self) -> impl Iterator<Item = (u32, u32)> + '_ {
        (0..self.height).flat_map(move |y| (0..self.width).map(move |x| (x, y))).filter(|&(x, y)| {
            let (x, y) = (i64::from(x), i64::from(y));
            self.at(x, y) >= BLACK_FROM || self.is_crest((x, y), (0, 1)) || self.is_crest((x, y), (1, 0))
        })
    }

    /// Whether the dot is the darkest across a stroke that is nowhere black there, and the stroke goes on beside it.
    /// Of two equally dark the first is; more than two are the side of something.
    fn is_crest(&self, (x, y): (i64, i64), (dx, dy): (i64, i64)) -> bool {
        let own = self.at(x, y);
        let across = |steps: i64| self.at(x + steps * dx, y + steps * dy);
        let (one, other) = (self.at(x - dy, y - dx), self.at(x + dy, y + dx));
        let thin = FAINT_FROM..BLACK_FROM;
        let goes_on = one.min(other) >= FAINT_FROM || thin.contains(&one) || thin.contains(&other);
        let falls = own > across(1) || own == across(1) && own > across(2);
        own >= FAINT_FROM && own > across(-1) && falls && goes_on
    }

    fn at(&self, x: i64, y: i64) -> u8 {
        let (Ok(x), Ok(y)) = (u32::try_from(x), u32::try_from(y)) else { return 0 };
        if x >= self.width || y >= self.height {
            return 0;
        }
        self.dots.get(y as usize * self.width as usize + x as usize).copied().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Digits are tenths of full coverage.
    fn black(rows: &[&str]) -> Vec<String> {
        let dots: Vec<u8> = rows.concat().bytes().map(|digit| (digit - b'0') * 28).collect();
        let (width, height) = (rows[0].len() as u32, rows.len() as u32);
        let black: Vec<_> = Coverage { dots: &dots, width, height }.black().collect();
        let dot = |x, y| if black.contains(&(x, y)) { '#' } else { '.' };
        (0..height).map(|y| (0..width).map(|x| dot(x, y)).collect()).collect()
    }

    #[test]
    fn a_stroke_between_two_rows_stays_and_is_one_row() {
        assert_eq!(black(&["00000", "33333", "33333", "00000"]), [".....", "#####", ".....", "....."]);
        assert_eq!(black(&["00000", "13331", "12221"]), [".....", ".###.", "....."]);
        assert_eq!(black(&["030", "030", "030"]), [".#.", ".#.", ".#."]);
    }

    #[test]
    fn the_fringe_of_a_black_stroke_stays_white() {
        assert_eq!(black(&["00000", "33333", "99999", "33333"]), [".....", ".....", "#####", "....."]);
        assert_eq!(black(&["393", "393"]), [".#.", ".#."]);
    }

    #[test]
    fn a_faint_dot_alone_and_a_short_buffer_draw_nothing() {
        assert_eq!(black(&["000", "030", "000"]), ["...", "...", "..."]);
        assert_eq!(Coverage { dots: &[], width: 4, height: 4 }.black().count(), 0);
    }
}
