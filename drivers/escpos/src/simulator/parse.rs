//! The simulator's reading of the byte stream: one command at a time, nothing guessed.

use std::collections::VecDeque;

use encoding_rs::GB18030;

use crate::command::CLEAR_BUFFERS;

/// One command, as the paper machine executes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Heard {
    Character(char),
    LineFeed,
    Initialize,
    Chinese(bool),
    Align(u8),
    Size(u8, u8),
    Bold(bool),
    Position(u16),
    ColumnImage(Vec<[u8; 3]>),
    Raster {
        bytes: u16,
        rows: u16,
        dots: Vec<u8>,
    },
    Feed(u8),
    Cut {
        feeds: bool,
        partial: bool,
        dots: u8,
    },
    EscCut {
        partial: bool,
    },
    QrModel(u8),
    QrModule(u8),
    QrLevel(u8),
    QrStore(Vec<u8>),
    QrPrint,
    QueuedPaper,
    AutoStatus(u8),
    ProcessId([u8; 4]),
    TakeBack,
    PushOut,
    HoldInside,
    Present(u8),
    /// A real-time command, which was executed when it came.
    RealTime,
}

/// What the front of the buffer is.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// A command and its length.
    Heard(Heard, usize),
    /// Not enough bytes yet.
    More,
    /// No command: so many bytes to skip.
    Unknown(usize),
}

/// Reads the front of `queue`.
pub(crate) fn next(queue: &VecDeque<u8>, chinese: bool) -> Next {
    let byte = |at: usize| queue.get(at).copied();
    let Some(first) = byte(0) else { return Next::More };
    let with = |at: usize, then: &dyn Fn(u8) -> Heard| {
        byte(at).map_or(Next::More, |it| Next::Heard(then(it), at + 1))
    };
    match (first, byte(1), byte(2)) {
        (0x0A, ..) => Next::Heard(Heard::LineFeed, 1),
        (0x20..=0x7E, ..) => Next::Heard(Heard::Character(char::from(first)), 1),
        (0x81..=0xFE, ..) if chinese => character(queue),
        (0x10 | 0x1B | 0x1C | 0x1D, None, _) => Next::More,
        (0x10, Some(0x04), _) => with(2, &|_| Heard::RealTime),
        // Obeyed when its last byte is received, which empties the queue; until then it is not to be taken apart.
        (0x10, Some(0x14), _) if queue.iter().zip(CLEAR_BUFFERS).all(|(byte, of)| *byte == of) => Next::More,
        (0x1B, Some(0x40), _) => Next::Heard(Heard::Initialize, 2),
        (0x1B, Some(0x61), _) => with(2, &|n| Heard::Align(n)),
        (0x1B, Some(0x45), _) => with(2, &|n| Heard::Bold(n & 1 == 1)),
        (0x1B, Some(0x4A), _) => with(2, &|n| Heard::Feed(n)),
        (0x1B, Some(0x69), _) => Next::Heard(Heard::EscCut { partial: false }, 2),
        (0x1B, Some(0x6D), _) => Next::Heard(Heard::EscCut { partial: true }, 2),
        (0x1B, Some(0x24), Some(low)) => with(3, &|high| Heard::Position(u16::from_le_bytes([low, high]))),
        (0x1B, Some(0x2A), Some(0x21)) => column_image(queue),
        (0x1C, Some(0x26), _) => Next::Heard(Heard::Chinese(true), 2),
        (0x1C, Some(0x2E), _) => Next::Heard(Heard::Chinese(false), 2),
        (0x1D, Some(0x21), _) => with(2, &|n| Heard::Size((n >> 4 & 7) + 1, (n & 7) + 1)),
        (0x1D, Some(0x56), Some(m @ (0 | 1 | 48 | 49))) => {
            Next::Heard(Heard::Cut { feeds: false, partial: m & 1 == 1, dots: 0 }, 3)
        }
        (0x1D, Some(0x56), Some(m @ (0x41 | 0x42))) => {
            with(3, &|dots| Heard::Cut { feeds: true, partial: m == 0x42, dots })
        }
        (0x1D, Some(0x72), Some(1 | 49)) => Next::Heard(Heard::QueuedPaper, 3),
        (0x1D, Some(0x61), _) => with(2, &|n| Heard::AutoStatus(n)),
        (0x1D, Some(0x65), Some(0x02)) => Next::Heard(Heard::TakeBack, 3),
        (0x1D, Some(0x65), Some(0x05)) => Next::Heard(Heard::PushOut, 3),
        (0x1D, Some(0x65), Some(0x12)) => Next::Heard(Heard::HoldInside, 3),
        (0x1D, Some(0x65), Some(0x03)) => with(3, &|steps| Heard::Present(steps)),
        (0x1D, Some(0x76), Some(0x30)) => raster(queue),
        (0x1D, Some(0x28), _) => block(queue),
        (0x1B | 0x1D, Some(0x24 | 0x2A | 0x56 | 0x72 | 0x65 | 0x76), None) => Next::More,
        (0x10 | 0x1B | 0x1C | 0x1D, Some(_), _) => Next::Unknown(2),
        _ => Next::Unknown(1),
    }
}

fn character(queue: &VecDeque<u8>) -> Next {
    let Some(second) = queue.get(1) else { return Next::More };
    let length = if second.is_ascii_digit() { 4 } else { 2 };
    let bytes: Vec<u8> = queue.iter().take(length).copied().collect();
    if bytes.len() < length {
        return Next::More;
    }
    let (text, broken) = GB18030.decode_without_bom_handling(&bytes);
    let mut characters = text.chars();
    match (characters.next(), characters.next()) {
        (Some(c), None) if !broken => Next::Heard(Heard::Character(c), length),
        _ => Next::Unknown(1),
    }
}

fn number(queue: &VecDeque<u8>, at: usize) -> Option<u16> {
    Some(u16::from_le_bytes([*queue.get(at)?, *queue.get(at + 1)?]))
}

fn data(queue: &VecDeque<u8>, from: usize, length: usize) -> Option<Vec<u8>> {
    (queue.len() >= from + length).then(|| queue.iter().skip(from).take(length).copied().collect())
}

fn column_image(queue: &VecDeque<u8>) -> Next {
    let Some(columns) = number(queue, 3).map(usize::from) else { return Next::More };
    let Some(bytes) = data(queue, 5, columns * 3) else { return Next::More };
    let columns = bytes.chunks_exact(3).filter_map(|column| column.try_into().ok()).collect();
    Next::Heard(Heard::ColumnImage(columns), 5 + bytes.len())
}

fn raster(queue: &VecDeque<u8>) -> Next {
    let (Some(bytes), Some(rows)) = (number(queue, 4), number(queue, 6)) else { return Next::More };
    let length = usize::from(bytes) * usize::from(rows);
    data(queue, 8, length)
        .map_or(Next::More, |dots| Next::Heard(Heard::Raster { bytes, rows, dots }, 8 + length))
}

/// `GS ( x pL pH …`.
fn block(queue: &VecDeque<u8>) -> Next {
    let (Some(kind), Some(length)) = (queue.get(2).copied(), number(queue, 3).map(usize::from)) else {
        return Next::More;
    };
    let Some(block) = data(queue, 5, length) else { return Next::More };
    let heard = match (kind, block.as_slice()) {
        (b'k', [0x31, 0x41, model, 0]) => Heard::QrModel(model.wrapping_sub(0x30)),
        (b'k', [0x31, 0x43, module]) => Heard::QrModule(*module),
        (b'k', [0x31, 0x45, level]) => Heard::QrLevel(level.wrapping_sub(0x30)),
        (b'k', [0x31, 0x50, 0x30, stored @ ..]) => Heard::QrStore(stored.to_vec()),
        (b'k', [0x31, 0x51, 0x30]) => Heard::QrPrint,
        (b'H', &[0x30, 0x30, a, b, c, d]) => Heard::ProcessId([a, b, c, d]),
        _ => return Next::Unknown(5 + length),
    };
    Next::Heard(heard, 5 + length)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(bytes: &[u8]) -> Next {
        next(&bytes.iter().copied().collect(), true)
    }

    #[test]
    fn a_real_time_command_in_pieces_waits_for_its_rest() {
        for cut in 2..CLEAR_BUFFERS.len() {
            assert_eq!(read(&CLEAR_BUFFERS[..cut]), Next::More, "cut at {cut}");
        }
        assert_eq!(read(&[0x10, 0x14, 0x01]), Next::Unknown(2));
    }

    #[test]
    fn every_command_of_the_number_table_is_heard_whole() {
        use crate::command::*;
        for (bytes, heard) in [
            (&INITIALIZE[..], Heard::Initialize),
            (&CHINESE_ON, Heard::Chinese(true)),
            (&QUEUED_PAPER, Heard::QueuedPaper),
            (&AUTO_STATUS_ON, Heard::AutoStatus(15)),
            (&TAKE_BACK, Heard::TakeBack),
            (&PUSH_OUT, Heard::PushOut),
            (&HOLD_INSIDE, Heard::HoldInside),
            (&ESC_CUT_FULL, Heard::EscCut { partial: false }),
            (&ESC_CUT_PARTIAL, Heard::EscCut { partial: true }),
            (&QR_PRINT, Heard::QrPrint),
            (&real_time_status(20), Heard::RealTime),
            (&align(2), Heard::Align(2)),
            (&bold(true), Heard::Bold(true)),
            (&size(6, 3), Heard::Size(6, 3)),
            (&position(300), Heard::Position(300)),
            (&feed(9), Heard::Feed(9)),
            (&feed_and_cut(true, 7), Heard::Cut { feeds: true, partial: true, dots: 7 }),
            (&cut(false), Heard::Cut { feeds: false, partial: false, dots: 0 }),
            (&present(12), Heard::Present(12)),
            (&process_id(*b"ABCD"), Heard::ProcessId(*b"ABCD")),
            (&qr_model(2), Heard::QrModel(2)),
            (&qr_module(6), Heard::QrModule(6)),
            (&qr_level(1), Heard::QrLevel(1)),
            (&[&qr_store(3)[..], b"abc"].concat(), Heard::QrStore(b"abc".to_vec())),
            (&[&column_image(1)[..], &[1, 2, 3]].concat(), Heard::ColumnImage(vec![[1, 2, 3]])),
            (
                &[&raster_image(1, 2)[..], &[7, 8]].concat(),
                Heard::Raster { bytes: 1, rows: 2, dots: vec![7, 8] },
            ),
            (b"\xD5\xC5", Heard::Character('张')),
            (b"\x81\x39\xEE\x39", Heard::Character('㐀')),
        ] {
            assert_eq!(read(bytes), Next::Heard(heard.clone(), bytes.len()));
            for cut in 0..bytes.len() {
                assert_eq!(read(&bytes[..cut]), Next::More, "{heard:?} cut at {cut}");
            }
        }
    }

    #[test]
    fn what_is_no_command_is_said_to_be_none() {
        assert_eq!(read(b"\x1B?"), Next::Unknown(2));
        assert_eq!(read(b"\x07"), Next::Unknown(1));
        assert_eq!(read(b"\x1D(A\x02\x00xx"), Next::Unknown(7));
        assert_eq!(next(&[0xD5, 0xC5].into(), false), Next::Unknown(1));
    }

    proptest! {
        #[test]
        fn garbage_is_read_to_its_end(bytes in prop::collection::vec(any::<u8>(), 0..200), chinese in any::<bool>()) {
            let mut queue: VecDeque<u8> = bytes.into();
            loop {
                match next(&queue, chinese) {
                    Next::More => break,
                    Next::Heard(_, length) | Next::Unknown(length) => {
                        prop_assert!(length > 0);
                        queue.drain(..length.min(queue.len()));
                    }
                }
            }
        }
    }
}
