//! The number table: each command that the driver may send, by its bytes.
//!
//! Sources: Epson's public "ESC/POS Command Reference" (download4.epson.biz, pages `dle_eot`, `dle_dc4_fn8`,
//! `gs_lparen_ch`, `gs_lparen_lk_*`, `gs_ca`, `gs_lr`); the constants of python-escpos; for the VKP80 kind the
//! "VKP80II Command Reference" of Custom Engineering as several independent implementations have it, and the
//! command pages of Pyramid's compatible Reliance (PyramidTechnologies/escpos, `paper_movement.rst`,
//! `realtime_status.rst`).
//!
//! Whether a command may be sent at all is the profile's word, never this file's.

/// `ESC @`: clears the print buffer and all modes, the Chinese mode too. Does not empty the receive buffer.
pub const INITIALIZE: [u8; 2] = [0x1B, 0x40];
/// `FS &`: two- and four-byte characters from here on.
pub const CHINESE_ON: [u8; 2] = [0x1C, 0x26];
/// `LF`: prints the line.
pub const LINE_FEED: u8 = 0x0A;
/// `GS r 1`: the paper sensor's state, answered when its turn in the buffer comes: one byte `0xx0xxxx`.
pub const QUEUED_PAPER: [u8; 3] = [0x1D, 0x72, 0x01];
/// `GS a n`, all causes: four bytes at once and on every change.
pub const AUTO_STATUS_ON: [u8; 3] = [0x1D, 0x61, 0x0F];
/// `DLE DC4` function 8, real time: empties receive and print buffer; answered by `37 25 00`.
pub const CLEAR_BUFFERS: [u8; 10] = [0x10, 0x14, 0x08, 0x01, 0x03, 0x14, 0x01, 0x06, 0x02, 0x08];
/// `GS e 2`: cuts where it isn't yet and takes the paper back into the machine.
pub const TAKE_BACK: [u8; 3] = [0x1D, 0x65, 0x02];
/// `GS e 5`: cuts where it isn't yet and pushes the paper out of the mouth.
pub const PUSH_OUT: [u8; 3] = [0x1D, 0x65, 0x05];
/// `GS e 18`: the paper stays inside while it is being printed. Its opposite, `GS e 20`, is the power-on state.
pub const HOLD_INSIDE: [u8; 3] = [0x1D, 0x65, 0x12];
/// `ESC i`: full cut.
pub const ESC_CUT_FULL: [u8; 2] = [0x1B, 0x69];
/// `ESC m`: partial cut.
pub const ESC_CUT_PARTIAL: [u8; 2] = [0x1B, 0x6D];
/// `GS ( k`, function 81: prints the code that was stored.
pub const QR_PRINT: [u8; 8] = [0x1D, 0x28, 0x6B, 0x03, 0x00, 0x31, 0x51, 0x30];

/// The bytes that must not follow a `10` in a payload where the printer executes them wherever they stand.
pub const LIVE_AFTER_DLE: [u8; 3] = [0x04, 0x05, 0x14];

/// `DLE EOT n`, real time: answered at once, whatever lies in the buffer.
#[must_use]
pub const fn real_time_status(n: u8) -> [u8; 3] {
    [0x10, 0x04, n]
}

/// `ESC a n`: 0 left, 1 centre, 2 right.
#[must_use]
pub const fn align(n: u8) -> [u8; 3] {
    [0x1B, 0x61, n]
}

/// `ESC E n`: bold.
#[must_use]
pub const fn bold(on: bool) -> [u8; 3] {
    [0x1B, 0x45, on as u8]
}

/// `GS ! n`: width in the upper, height in the lower half-byte, each one less than the factor (1 to 8).
#[must_use]
pub const fn size(width: u8, height: u8) -> [u8; 3] {
    [0x1D, 0x21, (width.saturating_sub(1) & 7) << 4 | (height.saturating_sub(1) & 7)]
}

/// `ESC $ nL nH`: the next character begins `dots` from the left margin.
#[must_use]
pub const fn position(dots: u16) -> [u8; 4] {
    let [low, high] = dots.to_le_bytes();
    [0x1B, 0x24, low, high]
}

/// `ESC J n`: prints the line and feeds `dots`.
#[must_use]
pub const fn feed(dots: u8) -> [u8; 3] {
    [0x1B, 0x4A, dots]
}

/// `GS V 65|66 n`: feeds to the cutter and `dots` more, then cuts. 65 is the full, 66 the partial cut.
#[must_use]
pub const fn feed_and_cut(partial: bool, dots: u8) -> [u8; 4] {
    [0x1D, 0x56, if partial { 0x42 } else { 0x41 }, dots]
}

/// `GS V 0|1`: cuts here.
#[must_use]
pub const fn cut(partial: bool) -> [u8; 3] {
    [0x1D, 0x56, partial as u8]
}

/// `GS e 3 m`: cuts where it isn't yet and shows `steps` of the paper at the mouth (about 7 mm a step).
#[must_use]
pub const fn present(steps: u8) -> [u8; 4] {
    [0x1D, 0x65, 0x03, steps]
}

/// `GS ( H` function 48: `37 22 d1 d2 d3 d4 00` is sent once all before it has been done; each `d` is 0x20 to 0x7E.
#[must_use]
pub const fn process_id(id: [u8; 4]) -> [u8; 11] {
    [0x1D, 0x28, 0x48, 0x06, 0x00, 0x30, 0x30, id[0], id[1], id[2], id[3]]
}

/// `GS ( k` function 65: QR model 1 or 2.
#[must_use]
pub const fn qr_model(model: u8) -> [u8; 9] {
    [0x1D, 0x28, 0x6B, 0x04, 0x00, 0x31, 0x41, 0x30 + model, 0x00]
}

/// `GS ( k` function 67: dots a module, 1 to 16.
#[must_use]
pub const fn qr_module(dots: u8) -> [u8; 8] {
    [0x1D, 0x28, 0x6B, 0x03, 0x00, 0x31, 0x43, dots]
}

/// `GS ( k` function 69: error correction, 48 to 51 for L, M, Q, H.
#[must_use]
pub const fn qr_level(level: u8) -> [u8; 8] {
    [0x1D, 0x28, 0x6B, 0x03, 0x00, 0x31, 0x45, 0x30 + level]
}

/// Head of `GS ( k` function 80, after which `length` bytes of data follow.
#[must_use]
pub const fn qr_store(length: u16) -> [u8; 8] {
    let [low, high] = length.saturating_add(3).to_le_bytes();
    [0x1D, 0x28, 0x6B, low, high, 0x31, 0x50, 0x30]
}

/// Head of `ESC * 33`: a band 24 dots high in the line, `columns` wide, three bytes a column, top dot first.
#[must_use]
pub const fn column_image(columns: u16) -> [u8; 5] {
    let [low, high] = columns.to_le_bytes();
    [0x1B, 0x2A, 0x21, low, high]
}

/// Head of `GS v 0`: rows of `bytes` bytes each, leftmost dot first.
#[must_use]
pub const fn raster_image(bytes: u16, rows: u16) -> [u8; 8] {
    let ([xl, xh], [yl, yh]) = (bytes.to_le_bytes(), rows.to_le_bytes());
    [0x1D, 0x76, 0x30, 0x00, xl, xh, yl, yh]
}

/// Where in `bytes` a real-time command stands that the printer would execute, if anywhere.
#[must_use]
pub fn find_live(bytes: &[u8]) -> Option<usize> {
    bytes.windows(2).position(|pair| matches!(pair, [0x10, then] if LIVE_AFTER_DLE.contains(then)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_those_of_the_manuals() {
        assert_eq!(size(1, 1), [0x1D, 0x21, 0x00]);
        assert_eq!(size(6, 6), [0x1D, 0x21, 0x55]);
        assert_eq!(size(8, 2), [0x1D, 0x21, 0x71]);
        assert_eq!(position(300), [0x1B, 0x24, 0x2C, 0x01]);
        assert_eq!(qr_store(50), [0x1D, 0x28, 0x6B, 53, 0, 0x31, 0x50, 0x30]);
        assert_eq!(qr_store(300), [0x1D, 0x28, 0x6B, 0x2F, 0x01, 0x31, 0x50, 0x30]);
        assert_eq!(process_id(*b"AB1!"), *b"\x1D(H\x06\x0000AB1!");
        assert_eq!(present(12), [0x1D, 0x65, 3, 12]);
        assert_eq!(real_time_status(20), [0x10, 0x04, 0x14]);
    }

    #[test]
    fn live_sequences_are_found_where_they_stand() {
        assert_eq!(find_live(b"abc"), None);
        assert_eq!(find_live(b"a\x10"), None);
        assert_eq!(find_live(b"\x10\x10\x04"), Some(1));
        assert_eq!(find_live(b"xx\x10\x14"), Some(2));
        assert_eq!(find_live(b"\x10\x06\x10\x05"), Some(2));
    }
}
