//! The words by which the simulated reader's faults are switched on and off.

use std::mem::discriminant;
use std::str::FromStr;
use std::time::Duration;

use super::SimulatedReader;
use super::fault::{Fault, FaultKind};
use crate::command::Verb;
use crate::status::DONE;

/// A fault to switch on or off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Knob {
    /// It answers nothing.
    Silent(bool),
    /// It sends garbage all the time, asked or not, and nothing else.
    Babble(bool),
    /// It answers so much later.
    Slow(Duration),
    /// Good frames with a content that is wrong, or the truth again.
    Lie(Option<Lie>),
}

/// What a reader says that is not so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lie {
    /// A card whose number does not agree with its check character.
    Number,
    /// A card on which nothing stands.
    Blank,
    /// To every question the answer to another.
    Mixed,
    /// To every question this error.
    Code(u8),
}

/// Words that name no knob.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "no such fault; there are: silent on|off, babble on|off, slow MS, lie number|blank|mixed|code HH|off"
)]
pub struct UnknownKnob;

impl FromStr for Knob {
    type Err = UnknownKnob;

    fn from_str(line: &str) -> Result<Self, UnknownKnob> {
        let words: Vec<&str> = line.split_whitespace().collect();
        Ok(match *words.as_slice() {
            ["silent", word] => Self::Silent(is_on(word)?),
            ["babble", word] => Self::Babble(is_on(word)?),
            ["slow", late] => Self::Slow(Duration::from_millis(late.parse().map_err(|_| UnknownKnob)?)),
            ["lie", "number"] => Self::Lie(Some(Lie::Number)),
            ["lie", "blank"] => Self::Lie(Some(Lie::Blank)),
            ["lie", "mixed"] => Self::Lie(Some(Lie::Mixed)),
            ["lie", "code", code] => {
                Self::Lie(Some(Lie::Code(u8::from_str_radix(code, 16).map_err(|_| UnknownKnob)?)))
            }
            ["lie", "off"] => Self::Lie(None),
            _ => return Err(UnknownKnob),
        })
    }
}

fn is_on(word: &str) -> Result<bool, UnknownKnob> {
    match word {
        "on" => Ok(true),
        "off" => Ok(false),
        _ => Err(UnknownKnob),
    }
}

impl SimulatedReader {
    /// Turns a knob; what the others are at stays.
    pub fn turn(&mut self, knob: Knob, now: Duration) {
        match knob {
            Knob::Silent(on) => self.switch(FaultKind::Silent, on, None),
            Knob::Babble(on) => self.babble_at = on.then_some(now),
            Knob::Slow(late) => self.switch(FaultKind::Slow(late), !late.is_zero(), None),
            Knob::Lie(lie) => {
                let other = FaultKind::Content([&[0, 0, DONE], [0; 16].as_slice()].concat());
                for kind in [FaultKind::WrongNumber, FaultKind::Blank, FaultKind::Code(0), other.clone()] {
                    self.switch(kind, false, None);
                }
                match lie {
                    Some(Lie::Number) => self.switch(FaultKind::WrongNumber, true, Some(Verb::ReadCard)),
                    Some(Lie::Blank) => self.switch(FaultKind::Blank, true, Some(Verb::ReadCard)),
                    Some(Lie::Mixed) => self.switch(other, true, None),
                    Some(Lie::Code(code)) => self.switch(FaultKind::Code(code), true, None),
                    None => {}
                }
            }
        }
    }

    fn switch(&mut self, kind: FaultKind, on: bool, at: Option<Verb>) {
        self.faults.retain(|fault| discriminant(&fault.kind) != discriminant(&kind));
        if on {
            self.faults.push(Fault { at, kind, times: None });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::card::tests::zhang_san_text;
    use crate::card::{Card, TEXT};
    use crate::frame;

    const NOW: Duration = Duration::ZERO;

    fn turned(words: &[&str]) -> SimulatedReader {
        let mut reader = SimulatedReader::default();
        reader.put(zhang_san_text());
        for word in words {
            reader.turn(word.parse().unwrap(), NOW);
        }
        reader
    }

    /// The last answer of a whole read, in the frame.
    fn read(reader: &mut SimulatedReader) -> Vec<u8> {
        let mut last = Vec::new();
        for verb in [Verb::Find, Verb::Select, Verb::ReadCard] {
            reader.handle_bytes(NOW, &verb.request());
            while let Some(answer) = reader.poll_answer(NOW) {
                last = answer.to_vec();
            }
        }
        last
    }

    fn text(answer: &[u8]) -> [u8; TEXT] {
        answer[14..14 + TEXT].try_into().unwrap()
    }

    #[test]
    fn lies_are_good_frames_with_the_wrong_content() {
        assert!(Card::from_text(&text(&read(&mut turned(&[])))).is_ok());
        for lie in ["lie number", "lie blank"] {
            let answer = read(&mut turned(&[lie]));
            assert_eq!(answer.len(), 1295, "{lie}");
            assert!(Card::from_text(&text(&answer)).is_err(), "{lie}");
            let mut good = 0;
            frame::Decoder::default().feed(&answer, &mut |frame| good += u32::from(frame.is_ok()));
            assert_eq!(good, 1, "{lie}");
        }
        assert_eq!(read(&mut turned(&["lie code 41"])), *frame::encode(&[0, 0, 0x41]));
        assert_eq!(read(&mut turned(&["lie mixed"])).len(), 5 + 2 + 3 + 16 + 1);
    }

    #[test]
    fn faults_end_and_leave_each_other_alone() {
        assert!(read(&mut turned(&["silent on"])).is_empty());
        assert!(
            Card::from_text(&text(&read(&mut turned(&["silent on", "lie mixed", "lie off", "silent off"]))))
                .is_ok()
        );
        let mut slow = turned(&["slow 250", "lie off"]);
        assert!(read(&mut slow).is_empty());
        assert_eq!(slow.next_answer(), Some(Duration::from_millis(250)));
        assert!(!read(&mut turned(&["slow 250", "slow 0"])).is_empty());
    }

    #[test]
    fn a_babbler_speaks_unasked_until_it_is_told_not_to() {
        let mut reader = turned(&["babble on"]);
        let first = reader.poll_answer(NOW).unwrap();
        assert!(reader.poll_answer(NOW).is_none());
        let next = reader.next_answer().unwrap();
        assert!(next > NOW);
        assert_eq!(reader.poll_answer(next).unwrap(), first);
        reader.turn("babble off".parse().unwrap(), next);
        assert_eq!(reader.next_answer(), None);
    }

    #[test]
    fn words_that_are_none_are_refused() {
        for line in ["", "silent", "silent maybe", "lie", "lie code xyz", "slow -1"] {
            assert_eq!(line.parse::<Knob>(), Err(UnknownKnob), "{line}");
        }
    }
}
