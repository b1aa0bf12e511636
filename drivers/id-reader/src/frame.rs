//! Bytes ↔ frames, in both directions; no port, no clock.
//!
//! ```text
//! AA AA AA 96 69 | length (2, big-endian) | content … | check
//! ```
//!
//! `length` counts content and check byte; the check byte is the exclusive or of everything from the length to the
//! end of the content. The content of a request is command, parameter and data, that of an answer three status
//! bytes and data. Serial line and USB carry the same frames. Source: the SAM_V module's communication protocol as
//! its sellers publish it (通讯协议, eastcoms.com/service/downdrive/508.html), and several independent programs
//! for such readers, which agree.
//!
//! What comes in may be anything. The decoder holds at most one frame, never panics, and after garbage finds the
//! next preamble by itself. Content is wiped when it is dropped, and the decoder wipes what it has handed on.

use zeroize::{Zeroize, Zeroizing};

/// What every frame begins with.
pub const PREAMBLE: [u8; 5] = [0xAA, 0xAA, 0xAA, 0x96, 0x69];
/// The largest length taken for true. The longest answer known is 2,320 bytes: text, photo and fingerprints.
pub const LONGEST: usize = 4096;
/// The smallest length: a request without data and its check byte.
pub const SHORTEST: usize = 3;

const HEAD: usize = PREAMBLE.len() + 2;

/// What a frame carries, without preamble, length and check byte.
pub type Content = Zeroizing<Vec<u8>>;

/// How a frame came broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    /// The length is none that a frame can have.
    #[error("a frame of {found} bytes")]
    Length {
        /// What stands in the length field.
        found: usize,
    },
    /// The check byte does not fit the content.
    #[error("check byte {found:02x} where {expected:02x} is right")]
    Checksum {
        /// What the content gives.
        expected: u8,
        /// What came.
        found: u8,
    },
}

/// A frame with this content. Content beyond [`LONGEST`] has no frame.
///
/// ```
/// let find = kiosk_id_reader::frame::encode(&[0x20, 0x01]);
/// assert_eq!(find.as_slice(), [0xAA, 0xAA, 0xAA, 0x96, 0x69, 0x00, 0x03, 0x20, 0x01, 0x22]);
/// ```
#[must_use]
pub fn encode(content: &[u8]) -> Zeroizing<Vec<u8>> {
    debug_assert!(content.len() < LONGEST, "no frame is that long");
    // Cannot be cut short: every content of this crate is far below 64 KiB.
    let length = u16::try_from(content.len() + 1).unwrap_or(u16::MAX).to_be_bytes();
    let mut frame = Zeroizing::new(Vec::with_capacity(HEAD + content.len() + 1));
    frame.extend(PREAMBLE);
    frame.extend(length);
    frame.extend(content);
    frame.push(check_byte(length.iter().chain(content)));
    frame
}

fn check_byte<'a>(bytes: impl IntoIterator<Item = &'a u8>) -> u8 {
    bytes.into_iter().fold(0, |check, byte| check ^ byte)
}

/// Finds frames in a stream of bytes, however it is cut.
pub struct Decoder {
    /// Begins with a preamble or a part of one. Never grows beyond its first capacity, so that no copy of a
    /// person's data is left behind by a move.
    buffer: Zeroizing<Vec<u8>>,
    garbage: bool,
}

impl Default for Decoder {
    fn default() -> Self {
        Self { buffer: Zeroizing::new(Vec::with_capacity(HEAD + LONGEST)), garbage: false }
    }
}

impl Decoder {
    /// Takes bytes in and hands each frame that they complete to `found`, broken ones as an error.
    pub fn feed(&mut self, mut bytes: &[u8], found: &mut dyn FnMut(Result<Content, FrameError>)) {
        while !bytes.is_empty() {
            let room = self.buffer.capacity().saturating_sub(self.buffer.len()).max(1);
            let (now, later) = bytes.split_at(room.min(bytes.len()));
            self.buffer.extend_from_slice(now);
            bytes = later;
            while let Some(frame) = self.next() {
                found(frame);
            }
        }
    }

    /// Forgets what has come of a frame so far.
    pub fn clear(&mut self) {
        self.drop_front(self.buffer.len());
        self.garbage = false;
    }

    /// Whether anything came since the last whole frame or [`Decoder::clear`]: a part of a frame, or garbage.
    #[must_use]
    pub fn holds_a_part(&self) -> bool {
        self.garbage || !self.buffer.is_empty()
    }

    fn next(&mut self) -> Option<Result<Content, FrameError>> {
        let garbage = garbage_before_frame(&self.buffer);
        self.garbage |= garbage > 0;
        self.drop_front(garbage);
        let head = self.buffer.first_chunk::<HEAD>()?;
        let [.., high, low] = *head;
        let length = usize::from(u16::from_be_bytes([high, low]));
        if !(SHORTEST..=LONGEST).contains(&length) {
            self.drop_front(1);
            return Some(Err(FrameError::Length { found: length }));
        }
        let (&found, content) = self.buffer.get(HEAD..HEAD + length)?.split_last()?;
        let expected = check_byte([high, low].iter().chain(content));
        if found != expected {
            // The length itself may be what is wrong, so that the next frame may begin within this one.
            self.drop_front(1);
            return Some(Err(FrameError::Checksum { expected, found }));
        }
        let content = Zeroizing::new(content.to_vec());
        self.drop_front(HEAD + length);
        self.garbage = false;
        Some(Ok(content))
    }

    fn drop_front(&mut self, count: usize) {
        if count == 0 {
            return;
        }
        let count = count.min(self.buffer.len());
        let left = self.buffer.len() - count;
        self.buffer.copy_within(count.., 0);
        if let Some(rest) = self.buffer.get_mut(left..) {
            rest.zeroize();
        }
        self.buffer.truncate(left);
    }
}

/// How many bytes at the front cannot belong to a frame.
fn garbage_before_frame(buffer: &[u8]) -> usize {
    let may_begin_at = |at: &usize| {
        let rest = buffer.get(*at..).unwrap_or_default();
        let known = rest.len().min(PREAMBLE.len());
        rest.iter().zip(PREAMBLE).take(known).all(|(&byte, expected)| byte == expected)
    };
    (0..buffer.len()).find(may_begin_at).unwrap_or(buffer.len())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn decode(decoder: &mut Decoder, bytes: &[u8]) -> Vec<Result<Vec<u8>, FrameError>> {
        let mut frames = Vec::new();
        decoder.feed(bytes, &mut |frame| frames.push(frame.map(|content| content.to_vec())));
        frames
    }

    #[test]
    fn a_frame_split_at_every_byte_is_found() {
        let frame = encode(&[0, 0, 0x90, 1, 2, 3]);
        for at in 0..=frame.len() {
            let mut decoder = Decoder::default();
            let (first, second) = frame.split_at(at);
            let mut frames = decode(&mut decoder, first);
            assert!(at == frame.len() || frames.is_empty());
            assert_eq!(decoder.holds_a_part(), 0 < at && at < frame.len());
            frames.extend(decode(&mut decoder, second));
            assert_eq!(frames, [Ok(vec![0, 0, 0x90, 1, 2, 3])]);
            assert!(!decoder.holds_a_part());
        }
    }

    #[test]
    fn a_frame_after_garbage_is_found() {
        let frame = encode(&[0, 0, 0x80]);
        let garbage: [&[u8]; 6] =
            [b"hello", &[0xAA], &[0xAA; 7], &PREAMBLE[..4], &[0x96, 0x69], &[0xAA, 0xAA, 0xAA, 0x96, 0x96]];
        for noise in garbage {
            let mut decoder = Decoder::default();
            let bytes = [noise, &frame].concat();
            assert_eq!(decode(&mut decoder, &bytes), [Ok(vec![0, 0, 0x80])], "{noise:02x?}");
            assert!(!decoder.holds_a_part());
        }
    }

    #[test]
    fn two_frames_at_once_are_two() {
        let bytes = [encode(&[0, 0, 0x90]).to_vec(), encode(&[0, 0, 0x80]).to_vec()].concat();
        assert_eq!(decode(&mut Decoder::default(), &bytes), [Ok(vec![0, 0, 0x90]), Ok(vec![0, 0, 0x80])]);
    }

    #[test]
    fn a_wrong_check_byte_is_told_and_the_next_frame_found() {
        let mut bytes = encode(&[0, 0, 0x90]).to_vec();
        *bytes.last_mut().unwrap() ^= 0xFF;
        bytes.extend(encode(&[0, 0, 0x80]).iter());
        let frames = decode(&mut Decoder::default(), &bytes);
        assert_eq!(frames, [Err(FrameError::Checksum { expected: 0x94, found: 0x6B }), Ok(vec![0, 0, 0x80])]);
    }

    #[test]
    fn a_length_that_swallowed_the_next_frame_gives_it_back() {
        let mut bytes = encode(&[0, 0, 0x90]).to_vec();
        bytes[6] = 18;
        bytes.extend(encode(&[0, 0, 0x80]).iter());
        bytes.extend([0; 3]);
        let frames = decode(&mut Decoder::default(), &bytes);
        assert!(matches!(frames[0], Err(FrameError::Checksum { .. })));
        assert_eq!(frames[1], Ok(vec![0, 0, 0x80]));
    }

    #[test]
    fn impossible_lengths_are_refused_at_once() {
        for length in [0, 1, 2, 4097, 0xFFFF_u16] {
            let bytes = [&PREAMBLE[..], &length.to_be_bytes()].concat();
            let found = usize::from(length);
            assert_eq!(decode(&mut Decoder::default(), &bytes), [Err(FrameError::Length { found })]);
        }
    }

    #[test]
    fn cleared_it_begins_anew() {
        let frame = encode(&[0, 0, 0x90]);
        let mut decoder = Decoder::default();
        assert!(decode(&mut decoder, &frame[..8]).is_empty());
        decoder.clear();
        assert!(!decoder.holds_a_part());
        assert_eq!(decode(&mut decoder, &frame), [Ok(vec![0, 0, 0x90])]);
    }

    proptest! {
        #[test]
        fn any_bytes_cut_anyhow_neither_panic_nor_pile_up(chunks in prop::collection::vec(hostile(), 0..8)) {
            let mut decoder = Decoder::default();
            let capacity = decoder.buffer.capacity();
            for chunk in &chunks {
                decode(&mut decoder, chunk);
                prop_assert!(decoder.buffer.len() < HEAD + LONGEST);
                prop_assert_eq!(decoder.buffer.capacity(), capacity);
            }
        }

        #[test]
        fn every_content_comes_back(content in prop::collection::vec(any::<u8>(), 2..LONGEST - 1)) {
            let frame = encode(&content);
            prop_assert_eq!(decode(&mut Decoder::default(), &frame), [Ok(content)]);
        }

        #[test]
        fn how_a_stream_is_cut_changes_nothing(stream in hostile(), at in any::<prop::sample::Index>()) {
            let whole = decode(&mut Decoder::default(), &stream);
            let (first, second) = stream.split_at(at.index(stream.len() + 1));
            let mut decoder = Decoder::default();
            let mut parts = decode(&mut decoder, first);
            parts.extend(decode(&mut decoder, second));
            prop_assert_eq!(parts, whole);
        }
    }

    /// Bytes in which preambles and lengths are as frequent as an attacker would make them.
    fn hostile() -> impl Strategy<Value = Vec<u8>> {
        let piece = prop_oneof![
            prop::collection::vec(any::<u8>(), 0..40),
            Just(PREAMBLE.to_vec()),
            any::<u16>().prop_map(|length| [&PREAMBLE[..], &length.to_be_bytes()].concat()),
            prop::collection::vec(any::<u8>(), 2..20).prop_map(|content| encode(&content).to_vec()),
        ];
        prop::collection::vec(piece, 0..6).prop_map(|pieces| pieces.concat())
    }
}
