//! Pictures as the bytes of image commands, and taking real-time commands out of them.

use qrcode::QrCode;

use crate::bitmap::Bitmap;
use crate::command::LIVE_AFTER_DLE;

/// The data of `ESC * 33`: three bytes a column, the top dot in the highest bit of the first; the glyph stands so many
/// dots lower.
pub(crate) fn columns(glyph: &Bitmap, wide: u32, lower: u32) -> Vec<u8> {
    let dot = |x, y: u32| y.checked_sub(lower).is_some_and(|y| glyph.get(x, y));
    let byte = |x, band: u32| (0..8).fold(0, |byte, bit| byte << 1 | u8::from(dot(x, band * 8 + bit)));
    (0..wide).flat_map(|x| (0..3).map(move |band| (x, band))).map(|(x, band)| byte(x, band)).collect()
}

/// The data of `GS v 0`.
pub(crate) struct Raster {
    pub(crate) row_bytes: u16,
    pub(crate) rows: u16,
    /// Row after row, the leftmost dot in the highest bit.
    pub(crate) bytes: Vec<u8>,
}

/// A code, each module `module` dots wide.
pub(crate) fn code(code: &QrCode, module: u32) -> Raster {
    let modules = code.width();
    let module = module.max(1) as usize;
    let side = modules * module;
    let colours = code.to_colors();
    let dark = |x: usize, y: usize| {
        x < side
            && colours.get(y / module * modules + x / module).is_some_and(|it| *it == qrcode::Color::Dark)
    };
    rows(side, side, dark)
}

/// A picture.
pub(crate) fn raster(picture: &Bitmap) -> Raster {
    let near = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    rows(picture.width() as usize, picture.height() as usize, |x, y| picture.get(near(x), near(y)))
}

fn rows(wide: usize, high: usize, dark: impl Fn(usize, usize) -> bool) -> Raster {
    let row = |y: usize| {
        let dark = &dark;
        (0..wide.div_ceil(8))
            .map(move |byte| (0..8).fold(0, |row, bit| row << 1 | u8::from(dark(byte * 8 + bit, y))))
    };
    let short = |n: usize| u16::try_from(n).unwrap_or_default();
    Raster { row_bytes: short(wide.div_ceil(8)), rows: short(high), bytes: (0..high).flat_map(row).collect() }
}

/// Takes live real-time commands out of dots by one dot more beside a dot: `10` becomes `18`.
pub(crate) fn defuse(dots: &mut [u8]) {
    let mut rest = dots;
    while let [first, tail @ ..] = rest {
        if *first == 0x10 && tail.first().is_some_and(|then| LIVE_AFTER_DLE.contains(then)) {
            *first = 0x18;
        }
        rest = tail;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dots_become_bytes() {
        let mut bitmap = Bitmap::new(2, 24);
        for (x, y) in [(0, 0), (0, 23), (1, 8)] {
            bitmap.set(x, y, true);
        }
        assert_eq!(columns(&bitmap, 2, 0), [0x80, 0x00, 0x01, 0x00, 0x80, 0x00]);
        assert_eq!(columns(&bitmap, 2, 8), [0x00, 0x80, 0x00, 0x00, 0x00, 0x80]);
        let raster = super::raster(&bitmap);
        assert_eq!((raster.row_bytes, raster.rows), (1, 24));
        assert_eq!((raster.bytes[0], raster.bytes[8], raster.bytes[23]), (0x80, 0x40, 0x80));
        let raster = code(&QrCode::new("A").unwrap(), 2);
        assert_eq!((raster.row_bytes, raster.rows, raster.bytes.len()), (6, 42, 252));
        // The finder: seven dark modules, fourteen dots, then a light one.
        assert_eq!(&raster.bytes[..2], [0xFF, 0xFC]);
    }

    #[test]
    fn live_commands_lose_their_first_byte() {
        for (before, after) in [
            (&b"\x10\x04\x10\x10\x14"[..], &b"\x18\x04\x10\x18\x14"[..]),
            (b"\x10\x05", b"\x18\x05"),
            (b"\x10\x06\x10", b"\x10\x06\x10"),
            (b"", b""),
        ] {
            let mut dots = before.to_vec();
            defuse(&mut dots);
            assert_eq!(dots, after);
        }
    }
}
