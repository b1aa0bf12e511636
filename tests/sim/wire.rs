//! A line between two devices: bytes take their time, come in pieces, and are lost where it is cut.

use std::collections::VecDeque;
use std::time::Duration;

use crate::dice::Dice;

/// One direction of a line.
#[derive(Debug)]
pub struct Wire {
    pieces: VecDeque<(Duration, Vec<u8>)>,
    free_at: Duration,
    byte: Duration,
    dice: Dice,
}

impl Wire {
    /// A line that takes `byte` for each byte.
    pub fn new(byte: Duration, dice: Dice) -> Self {
        Self { pieces: VecDeque::new(), free_at: Duration::ZERO, byte, dice }
    }

    /// Puts bytes in; they come out in one to three pieces.
    pub fn send(&mut self, bytes: &[u8], now: Duration) {
        let mut at = self.free_at.max(now) + self.dice.ms(0, 1);
        let mut rest = bytes;
        let pieces = if bytes.len() < 4 { 1 } else { self.dice.number(1, 3) };
        for left in (1..=pieces).rev() {
            let length = if left == 1 { rest.len() } else { self.dice.number(1, rest.len() as u64) as usize };
            let (piece, after) = rest.split_at(length);
            at += self.byte * u32::try_from(piece.len()).unwrap_or(u32::MAX);
            self.pieces.push_back((at, piece.to_vec()));
            rest = after;
            if rest.is_empty() {
                break;
            }
        }
        self.free_at = at;
    }

    /// When something comes out next.
    pub fn due(&self) -> Option<Duration> {
        self.pieces.front().map(|(at, _)| *at)
    }

    /// What has come out by now.
    pub fn arrived(&mut self, now: Duration) -> Option<Vec<u8>> {
        self.pieces.pop_front_if(|(at, _)| *at <= now).map(|(_, bytes)| bytes)
    }

    /// Cuts it: what is on its way is lost.
    pub fn cut(&mut self) {
        self.pieces.clear();
        self.free_at = Duration::ZERO;
    }
}
