//! Ways in which a reader fails, to be switched on.

use std::time::Duration;

use zeroize::Zeroizing;

use crate::card::TEXT;
use crate::command::Verb;
use crate::frame;

/// A fault, where it strikes, and how often.
#[derive(Clone, Debug)]
pub struct Fault {
    /// The question that it strikes; all of them where there is none.
    pub at: Option<Verb>,
    /// What happens to the answer.
    pub kind: FaultKind,
    /// How often it strikes; for ever where there is none.
    pub times: Option<u32>,
}

/// What happens to an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// It does not come.
    Silent,
    /// Bytes without any sense come instead.
    Garbage,
    /// Bytes without any sense come before it.
    Noise,
    /// Its check byte is wrong.
    WrongChecksum,
    /// Only its first bytes come.
    Short,
    /// It is this error (third status byte).
    Code(u8),
    /// It comes this late.
    Slow(Duration),
    /// A good frame comes with this content, whatever was asked.
    Content(Vec<u8>),
    /// A digit of the card's number is another one.
    WrongNumber,
    /// The card's text is blank.
    Blank,
}

impl Fault {
    /// Strikes every answer for ever.
    #[must_use]
    pub fn always(kind: FaultKind) -> Self {
        Self { at: None, kind, times: None }
    }

    /// Strikes the answers to one question for ever.
    #[must_use]
    pub fn at(verb: Verb, kind: FaultKind) -> Self {
        Self { at: Some(verb), kind, times: None }
    }

    /// The same, but only so often.
    #[must_use]
    pub fn times(self, times: u32) -> Self {
        Self { times: Some(times), ..self }
    }

    /// What it does to the answer to `verb`, if it strikes; counts that it did.
    pub(super) fn strikes(&mut self, verb: Option<Verb>) -> Option<FaultKind> {
        if self.is_spent() || self.at.is_some_and(|at| Some(at) != verb) {
            return None;
        }
        self.times = self.times.map(|times| times.saturating_sub(1));
        Some(self.kind.clone())
    }

    pub(super) fn is_spent(&self) -> bool {
        self.times == Some(0)
    }
}

const NONSENSE: [u8; 12] = [0x00, 0xAA, 0xAA, 0x69, 0x96, 0xFF, 0xAA, 0xAA, 0xAA, 0x96, 0x00, 0x7F];

/// Where the text begins in the answer to "read card": after three status bytes and two lengths.
const TEXT_AT: usize = 7;
/// Where the number begins in the text of every kind of card.
const NUMBER: usize = 122;

fn with_text(content: &[u8], change: impl FnOnce(&mut [u8])) -> Zeroizing<Vec<u8>> {
    let mut changed = Zeroizing::new(content.to_vec());
    if let Some(text) = changed.get_mut(TEXT_AT..TEXT_AT + TEXT) {
        change(text);
    }
    changed
}

/// Bytes without any sense.
pub(super) fn nonsense() -> Zeroizing<Vec<u8>> {
    Zeroizing::new(NONSENSE.to_vec())
}

impl FaultKind {
    /// The delay and the bytes that come in place of the answer with this content.
    pub(super) fn spoil(self, content: &[u8]) -> (Duration, Zeroizing<Vec<u8>>) {
        let mut frame = frame::encode(content);
        let mut delay = Duration::ZERO;
        match self {
            Self::Silent => frame.clear(),
            Self::Garbage => *frame = NONSENSE.to_vec(),
            Self::Noise => *frame = [&NONSENSE, frame.as_slice()].concat(),
            Self::WrongChecksum => {
                if let Some(check) = frame.last_mut() {
                    *check ^= 0xFF;
                }
            }
            Self::Short => {
                let half = frame.len() / 2;
                frame.truncate(half);
            }
            Self::Code(code) => frame = frame::encode(&[0, 0, code]),
            Self::Slow(by) => delay = by,
            Self::Content(other) => frame = frame::encode(&other),
            Self::WrongNumber => {
                frame = frame::encode(&with_text(content, |text| {
                    // The 14th character is a digit in every kind of number.
                    if let Some(digit) = text.get_mut(NUMBER + 2 * 13) {
                        *digit = if *digit == b'9' { b'0' } else { digit.saturating_add(1) };
                    }
                }))
            }
            Self::Blank => {
                frame = frame::encode(&with_text(content, |text| {
                    text.chunks_mut(2).for_each(|unit| unit.copy_from_slice(&[b' ', 0]));
                }))
            }
        }
        (delay, frame)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_strikes_where_and_as_often_as_it_should() {
        let mut fault = Fault::at(Verb::Select, FaultKind::Silent).times(2);
        assert_eq!(fault.strikes(Some(Verb::Find)), None);
        assert_eq!(fault.strikes(None), None);
        assert_eq!(fault.strikes(Some(Verb::Select)), Some(FaultKind::Silent));
        assert_eq!(fault.strikes(Some(Verb::Select)), Some(FaultKind::Silent));
        assert!(fault.is_spent());
        assert_eq!(fault.strikes(Some(Verb::Select)), None);
        let mut always = Fault::always(FaultKind::Silent);
        assert_eq!(always.strikes(None), Some(FaultKind::Silent));
        assert!(!always.is_spent());
    }

    #[test]
    fn answers_are_spoilt_as_told() {
        let good = frame::encode(&[0, 0, 0x90]);
        let spoilt = |kind: FaultKind| kind.spoil(&[0, 0, 0x90]).1.to_vec();
        assert!(spoilt(FaultKind::Silent).is_empty());
        assert_eq!(spoilt(FaultKind::Short), good[..5]);
        assert_eq!(spoilt(FaultKind::Code(0x60)), *frame::encode(&[0, 0, 0x60]));
        assert_eq!(spoilt(FaultKind::Noise)[12..], good[..]);
        assert_ne!(spoilt(FaultKind::WrongChecksum), *good);
        let late = Duration::from_secs(2);
        assert_eq!(FaultKind::Slow(late).spoil(&[0, 0, 0x90]), (late, good));
    }
}
