//! Bytes from the printer, told apart.
//!
//! Answers of several kinds come over one line and may come unasked. Fixed bits tell them apart ("Transmission
//! status identification" in the appendix of Epson's and Citizen's command manuals):
//!
//! | answer | bytes |
//! |---|---|
//! | `DLE EOT 1…4` | `0xx1xx10` |
//! | `GS r` | `0xx0xxxx` |
//! | automatic status, first byte | `0xx1xx00`, then three of `0xx0xxxx` |
//! | XON, XOFF | `11`, `13`, anywhere |
//! | process ID (`GS ( H`) | `37 22 d1 d2 d3 d4 00`, each d 20 to 7E |
//! | buffers cleared (`DLE DC4`) | `37 25 00` |
//! | full status (`DLE EOT 20`) | `10 0F`, then paper, user, recoverable, unrecoverable |
//!
//! A full status begins like an automatic one, so that a printer has one or the other (the profile sees to it).
//! Whatever is neither is noise: it is counted, never guessed at. Memory is bounded: at most six bytes wait.

/// One answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// To a `DLE EOT 1…4`; which of them is a matter of order.
    RealTime(u8),
    /// To a `GS r`.
    Queued(u8),
    /// Automatic status.
    Automatic([u8; 4]),
    /// Full status: paper, user, recoverable, unrecoverable.
    Full([u8; 4]),
    /// All before the `GS ( H` with this ID has been done.
    ProcessId([u8; 4]),
    /// Buffers were cleared.
    Cleared,
    /// A byte that belongs to nothing.
    Noise(u8),
}

/// Takes bytes as they come, in pieces of any size, and gives answers.
#[derive(Debug, Clone)]
pub struct AnswerDecoder {
    full: bool,
    held: Vec<u8>,
}

const XON: u8 = 0x11;
const XOFF: u8 = 0x13;
const BLOCK: u8 = 0x37;
const PROCESS_ID: u8 = 0x22;
const CLEARED: u8 = 0x25;
const FULL: [u8; 2] = [0x10, 0x0F];
/// Longest answer: `37 22 d1 d2 d3 d4 00`.
const LONGEST: usize = 7;

impl AnswerDecoder {
    /// `full`: the printer gives full status, and so no automatic one.
    #[must_use]
    pub fn new(full: bool) -> Self {
        Self { full, held: Vec::with_capacity(LONGEST) }
    }

    /// Takes bytes; gives what they complete, in order.
    pub fn push(&mut self, bytes: &[u8], mut give: impl FnMut(Answer)) {
        for byte in bytes {
            if matches!(*byte, XON | XOFF) {
                continue;
            }
            // In the middle of an automatic status, a byte with bit 4 belongs to another answer.
            if self.is_automatic() && !is_plain(*byte) {
                if is_real_time(*byte) {
                    give(Answer::RealTime(*byte));
                    continue;
                }
                self.give_up(&mut give);
            }
            self.held.push(*byte);
            self.settle(&mut give);
        }
    }

    /// Throws away an answer that has begun and not ended: the line has been silent for too long.
    pub fn forget(&mut self) {
        self.held.clear();
    }

    /// Whether an answer has begun and not ended.
    #[must_use]
    pub fn is_partial(&self) -> bool {
        !self.held.is_empty()
    }

    fn is_automatic(&self) -> bool {
        !self.full && self.held.first().is_some_and(|first| is_automatic(*first))
    }

    fn give_up(&mut self, give: &mut impl FnMut(Answer)) {
        for byte in self.held.drain(..) {
            give(Answer::Noise(byte));
        }
    }

    /// Gives all that `held` completes, so that afterwards it is empty or the beginning of an answer.
    fn settle(&mut self, give: &mut impl FnMut(Answer)) {
        while !self.held.is_empty() {
            match self.read() {
                Read::Whole(answer, length) => {
                    self.held.drain(..length);
                    give(answer);
                }
                Read::More => return,
                Read::Nothing => give(Answer::Noise(self.held.remove(0))),
            }
        }
    }

    fn read(&self) -> Read {
        match *self.held.as_slice() {
            [BLOCK] | [BLOCK, PROCESS_ID] => Read::More,
            [BLOCK, CLEARED] => Read::More,
            [BLOCK, CLEARED, 0, ..] => Read::Whole(Answer::Cleared, 3),
            [BLOCK, PROCESS_ID, ref id @ .., 0] if id.len() == 4 && id.iter().all(is_id) => {
                let mut four = [0; 4];
                four.copy_from_slice(id);
                Read::Whole(Answer::ProcessId(four), LONGEST)
            }
            [BLOCK, PROCESS_ID, ref id @ ..] if id.len() <= 4 && id.iter().all(is_id) => Read::More,
            [BLOCK, ..] => Read::Nothing,
            [first] if self.full && first == FULL[0] => Read::More,
            [first, second] if self.full && [first, second] == FULL => Read::More,
            // Bit 4 is always off in all four bytes.
            [first, second, ref status @ ..] if self.full && [first, second] == FULL => {
                match (status.iter().all(|byte| byte & 0x10 == 0), status) {
                    (true, &[a, b, c, d, ..]) => Read::Whole(Answer::Full([a, b, c, d]), 6),
                    (true, _) => Read::More,
                    (false, _) => Read::Nothing,
                }
            }
            [byte, ..] if is_real_time(byte) => Read::Whole(Answer::RealTime(byte), 1),
            [first, second, third, fourth, ..] if is_automatic(first) && !self.full => {
                Read::Whole(Answer::Automatic([first, second, third, fourth]), 4)
            }
            [first, ..] if is_automatic(first) && !self.full => Read::More,
            [byte, ..] if is_plain(byte) => Read::Whole(Answer::Queued(byte), 1),
            _ => Read::Nothing,
        }
    }
}

enum Read {
    Whole(Answer, usize),
    More,
    Nothing,
}

fn is_real_time(byte: u8) -> bool {
    byte & 0x93 == 0x12
}

fn is_automatic(byte: u8) -> bool {
    byte & 0x93 == 0x10
}

fn is_plain(byte: u8) -> bool {
    byte & 0x90 == 0
}

fn is_id(byte: &u8) -> bool {
    (0x20..=0x7E).contains(byte)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn all(full: bool, pieces: &[&[u8]]) -> Vec<Answer> {
        let mut decoder = AnswerDecoder::new(full);
        let mut answers = Vec::new();
        for piece in pieces {
            decoder.push(piece, |answer| answers.push(answer));
        }
        answers
    }

    use Answer::{Automatic, Cleared, Full, Noise, ProcessId, Queued, RealTime};

    #[test]
    fn kinds_are_told_apart() {
        for (what, full, bytes, expected) in [
            ("real time", false, &b"\x12\x1A\x72"[..], &[RealTime(0x12), RealTime(0x1A), RealTime(0x72)][..]),
            ("queued", false, b"\x00\x0C\x60", &[Queued(0), Queued(0x0C), Queued(0x60)]),
            ("automatic", false, b"\x14\x00\x00\x0F", &[Automatic([0x14, 0, 0, 0x0F])]),
            ("process ID", false, b"\x37\x22AB~ \x00", &[ProcessId(*b"AB~ ")]),
            ("cleared", false, b"\x37\x25\x00", &[Cleared]),
            ("full", true, b"\x10\x0F\x20\x00\x00\x00", &[Full([0x20, 0, 0, 0])]),
            ("full then queued", true, b"\x10\x0F\x01\x03\x40\x01\x00", &[Full([1, 3, 0x40, 1]), Queued(0)]),
            (
                "flow control anywhere",
                false,
                b"\x11\x14\x13\x00\x11\x00\x0F",
                &[Automatic([0x14, 0, 0, 0x0F])],
            ),
            (
                "real time within automatic",
                false,
                b"\x14\x00\x12\x00\x0F",
                &[RealTime(0x12), Automatic([0x14, 0, 0, 0x0F])],
            ),
            (
                "automatic cut short by another",
                false,
                b"\x14\x00\x1C\x00\x0C\x0F",
                &[Noise(0x14), Noise(0), Automatic([0x1C, 0, 0x0C, 0x0F])],
            ),
            ("block within automatic", false, b"\x14\x00\x37\x25\x00", &[Noise(0x14), Noise(0), Cleared]),
            ("high bytes", false, b"\xFF\x80\x92", &[Noise(0xFF), Noise(0x80), Noise(0x92)]),
            ("unknown block", false, b"\x37\x40\x12", &[Noise(0x37), Queued(0x40), RealTime(0x12)]),
            (
                "bad ID",
                false,
                b"\x37\x22AB\x01C\x00",
                &[Noise(0x37), Queued(0x22), Queued(b'A'), Queued(b'B'), Queued(1), Queued(b'C'), Queued(0)],
            ),
            ("10 without 0F", true, b"\x10\x12", &[Noise(0x10), RealTime(0x12)]),
            (
                "full with a bit that is always off",
                true,
                b"\x10\x0F\x10\x00",
                &[Noise(0x10), Queued(0x0F), Noise(0x10), Queued(0)],
            ),
        ] {
            assert_eq!(all(full, &[bytes]), expected, "{what}");
        }
    }

    #[test]
    fn an_unfinished_answer_can_be_forgotten() {
        let mut decoder = AnswerDecoder::new(false);
        let mut answers = Vec::new();
        decoder.push(b"\x14\x00", |answer| answers.push(answer));
        assert!(decoder.is_partial());
        decoder.forget();
        decoder.push(b"\x00", |answer| answers.push(answer));
        assert_eq!(answers, [Queued(0)]);
    }

    fn with_cuts(bytes: &[u8], full: bool) {
        let whole = all(full, &[bytes]);
        for at in 0..=bytes.len() {
            let (before, after) = bytes.split_at(at);
            assert_eq!(all(full, &[before, after]), whole, "cut at {at}");
        }
        let single: Vec<&[u8]> = bytes.chunks(1).collect();
        assert_eq!(all(full, &single), whole);
    }

    #[test]
    fn where_the_stream_is_cut_makes_no_difference() {
        with_cuts(b"\x14\x00\x00\x0F\x12\x37\x22ABCD\x00\x00\xFF\x37\x25\x00\x1C\x08", false);
        with_cuts(b"\x10\x0F\x00\x00\x00\x00\x00\x12\x10\x0F\x21\x00\x00\x00\x37\x22AB", true);
    }

    proptest! {
        #[test]
        fn garbage_is_taken_without_growing(bytes in prop::collection::vec(any::<u8>(), 0..400), full in any::<bool>()) {
            let mut decoder = AnswerDecoder::new(full);
            let mut given = 0;
            for byte in &bytes {
                decoder.push(&[*byte], |_| given += 1);
                prop_assert!(decoder.held.len() < LONGEST);
            }
            prop_assert!(given <= bytes.len());
            with_cuts(&bytes, full);
        }

        #[test]
        fn after_garbage_and_silence_answers_are_understood(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
            let mut decoder = AnswerDecoder::new(true);
            decoder.push(&bytes, |_| ());
            decoder.forget();
            let mut answers = Vec::new();
            decoder.push(b"\x10\x0F\x00\x00\x00\x00", |answer| answers.push(answer));
            prop_assert_eq!(answers, [Full([0; 4])]);
        }
    }
}
