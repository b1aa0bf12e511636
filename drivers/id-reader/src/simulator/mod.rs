//! A reader on the other side of a real port, for demonstrations and tests.
//!
//! [`SimulatedReader`] is bytes in, bytes out, without port and clock; [`serve`] puts it behind a
//! pseudo-terminal. It behaves like the real ones: a card that was read well is not found again until it was
//! lifted, and answers the question for its newest address while it lies there. And it can be made to fail.

mod card_file;
mod fault;
mod knob;
mod serve;

use std::collections::VecDeque;
use std::time::Duration;

use zeroize::Zeroizing;

pub use card_file::{CardFile, CardFileError};
pub use fault::{Fault, FaultKind};
pub use knob::{Knob, Lie, UnknownKnob};
pub use serve::{Control, Order, OrderError, serve};

use crate::card::TEXT;
use crate::command::{SamNumber, Verb, read_card_content};
use crate::frame::{self, Decoder, FrameError};
use crate::status::{DONE, ErrorCode, FOUND};

/// The number of a security module that nobody makes.
const SAM: SamNumber = SamNumber::new([0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);

/// From one burst of garbage to the next.
const BABBLE: Duration = Duration::from_millis(20);

/// What a reader does, without the port.
#[derive(Default)]
pub struct SimulatedReader {
    decoder: Decoder,
    card: Option<LaidCard>,
    faults: Vec<Fault>,
    /// What is on its way out, and when.
    answers: VecDeque<(Duration, Zeroizing<Vec<u8>>)>,
    /// When it next sends something without any sense.
    babble_at: Option<Duration>,
}

struct LaidCard {
    text: Zeroizing<[u8; TEXT]>,
    step: Step,
}

/// How far the reader has come with a card.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Step {
    Laid,
    Found,
    Selected,
    Read,
}

impl SimulatedReader {
    /// Lays a card with this text on the reader, in place of any other.
    pub fn put(&mut self, text: [u8; TEXT]) {
        self.card = Some(LaidCard { text: Zeroizing::new(text), step: Step::Laid });
    }

    /// Takes the card away.
    pub fn lift(&mut self) {
        self.card = None;
    }

    /// Makes it fail from now on.
    pub fn break_with(&mut self, fault: Fault) {
        self.faults.push(fault);
    }

    /// Ends all faults.
    pub fn mend(&mut self) {
        self.faults.clear();
        self.babble_at = None;
    }

    /// What a power cut does: everything forgotten but the card that lies there.
    pub fn restart(&mut self) {
        self.decoder.clear();
        self.answers.clear();
        self.step_back();
    }

    /// Takes in bytes that came at `now`.
    pub fn handle_bytes(&mut self, now: Duration, bytes: &[u8]) {
        let mut requests = Vec::new();
        self.decoder.feed(bytes, &mut |request| requests.push(request));
        for request in requests {
            let (verb, content) = match &request {
                Ok(content) => match Verb::of(content) {
                    Some(verb) => (Some(verb), self.answer(verb)),
                    None => (None, refusal(ErrorCode::UnknownCommand)),
                },
                Err(FrameError::Checksum { .. }) => (None, refusal(ErrorCode::Checksum)),
                Err(FrameError::Length { .. }) => (None, refusal(ErrorCode::Length)),
            };
            if self.babble_at.is_some() {
                continue;
            }
            let fault = self.faults.iter_mut().find_map(|fault| fault.strikes(verb));
            let (delay, bytes) = match fault {
                None => (Duration::ZERO, frame::encode(&content)),
                Some(kind) => kind.spoil(&content),
            };
            // One line, one after the other: what is slow holds up what follows.
            let after = self.answers.back().map_or(now, |&(due, _)| due.max(now));
            self.answers.push_back((after + delay, bytes));
        }
        self.faults.retain(|fault| !fault.is_spent());
    }

    /// Bytes to send, once they are due.
    pub fn poll_answer(&mut self, now: Duration) -> Option<Zeroizing<Vec<u8>>> {
        if self.babble_at.is_some_and(|at| at <= now) {
            self.babble_at = Some(now + BABBLE);
            return Some(fault::nonsense());
        }
        let &(due, _) = self.answers.front()?;
        if due > now {
            return None;
        }
        self.answers.pop_front().map(|(_, bytes)| bytes)
    }

    /// When the next bytes are due.
    #[must_use]
    pub fn next_answer(&self) -> Option<Duration> {
        self.answers.front().map(|&(due, _)| due).into_iter().chain(self.babble_at).min()
    }

    /// The content of the answer that a reader in good order gives.
    fn answer(&mut self, verb: Verb) -> Zeroizing<Vec<u8>> {
        let step = self.card.as_ref().map(|card| card.step);
        match (verb, step) {
            (Verb::Reset, _) => {
                self.step_back();
                done(&[])
            }
            (Verb::State, _) => done(&[]),
            (Verb::SamNumber, _) => done(&SAM.bytes()),
            (Verb::Find, None | Some(Step::Read)) => refusal(ErrorCode::NoCard),
            (Verb::Find, Some(_)) => {
                self.step(Step::Found);
                Zeroizing::new(vec![0, 0, FOUND, 0, 0, 0, 0])
            }
            (Verb::Select, Some(Step::Found | Step::Selected)) => {
                self.step(Step::Selected);
                done(&[0; 8])
            }
            (Verb::Select, _) => refusal(ErrorCode::SelectFailed),
            (Verb::ReadCard, Some(Step::Selected | Step::Read)) => {
                self.step(Step::Read);
                self.card.as_ref().map_or_else(Default::default, |card| read_card_content(&card.text))
            }
            (Verb::ReadCardAndFingerprints, Some(Step::Selected | Step::Read)) => {
                self.step(Step::Read);
                let mut content =
                    self.card.as_ref().map_or_else(Default::default, |card| read_card_content(&card.text));
                // A third length, of the fingerprints: this card has none.
                content.splice(7..7, [0, 0]);
                content
            }
            (Verb::ReadCard | Verb::ReadCardAndFingerprints, _) => refusal(ErrorCode::ReadFailed),
            (Verb::NewestAddress, Some(Step::Selected | Step::Read)) => refusal(ErrorCode::NoSuchItem),
            (Verb::NewestAddress, _) => refusal(ErrorCode::ReadFailed),
        }
    }

    fn step(&mut self, to: Step) {
        if let Some(card) = &mut self.card {
            card.step = to;
        }
    }

    fn step_back(&mut self) {
        self.step(Step::Laid);
    }
}

fn done(data: &[u8]) -> Zeroizing<Vec<u8>> {
    Zeroizing::new([&[0, 0, DONE], data].concat())
}

fn refusal(code: ErrorCode) -> Zeroizing<Vec<u8>> {
    Zeroizing::new(vec![0, 0, code.number()])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::card::tests::zhang_san_text;

    fn ask(reader: &mut SimulatedReader, request: &[u8]) -> Vec<u8> {
        reader.handle_bytes(Duration::ZERO, request);
        let mut answer = Vec::new();
        while let Some(bytes) = reader.poll_answer(Duration::ZERO) {
            answer.extend(bytes.iter());
        }
        answer
    }

    fn status(reader: &mut SimulatedReader, verb: Verb) -> u8 {
        ask(reader, &verb.request())[9]
    }

    #[test]
    fn answers_are_byte_for_byte_those_of_real_readers() {
        let mut reader = SimulatedReader::default();
        reader.put(zhang_san_text());
        let found = [0xAA, 0xAA, 0xAA, 0x96, 0x69, 0, 8, 0, 0, 0x9F, 0, 0, 0, 0, 0x97];
        assert_eq!(ask(&mut reader, &Verb::Find.request()), found);
        let selected = [0xAA, 0xAA, 0xAA, 0x96, 0x69, 0, 0x0C, 0, 0, 0x90, 0, 0, 0, 0, 0, 0, 0, 0, 0x9C];
        assert_eq!(ask(&mut reader, &Verb::Select.request()), selected);
        let card = ask(&mut reader, &Verb::ReadCard.request());
        assert_eq!(card.len(), 1295);
        assert_eq!(card[..14], [0xAA, 0xAA, 0xAA, 0x96, 0x69, 5, 8, 0, 0, 0x90, 1, 0, 4, 0]);
        assert_eq!(card[14..14 + TEXT], zhang_san_text());
    }

    #[test]
    fn a_card_read_well_is_not_found_again_until_lifted() {
        let mut reader = SimulatedReader::default();
        assert_eq!(status(&mut reader, Verb::Find), 0x80);
        reader.put(zhang_san_text());
        assert_eq!(status(&mut reader, Verb::Select), 0x81, "not found yet");
        assert_eq!(status(&mut reader, Verb::Find), 0x9F);
        assert_eq!(status(&mut reader, Verb::ReadCard), 0x41, "not selected yet");
        assert_eq!(status(&mut reader, Verb::Select), 0x90);
        assert_eq!(status(&mut reader, Verb::ReadCard), 0x90);
        assert_eq!(status(&mut reader, Verb::Find), 0x80);
        assert_eq!(status(&mut reader, Verb::NewestAddress), 0x91);
        reader.lift();
        assert_eq!(status(&mut reader, Verb::NewestAddress), 0x41);
        reader.put(zhang_san_text());
        assert_eq!(status(&mut reader, Verb::Find), 0x9F);
    }

    #[test]
    fn a_restart_finds_the_card_again() {
        let mut reader = SimulatedReader::default();
        reader.put(zhang_san_text());
        for verb in [Verb::Find, Verb::Select, Verb::ReadCardAndFingerprints] {
            status(&mut reader, verb);
        }
        assert_eq!(status(&mut reader, Verb::Find), 0x80);
        assert_eq!(status(&mut reader, Verb::Reset), 0x90);
        assert_eq!(status(&mut reader, Verb::Find), 0x9F);
    }

    #[test]
    fn requests_that_are_wrong_are_refused() {
        let mut reader = SimulatedReader::default();
        assert_eq!(ask(&mut reader, &frame::encode(&[0x77, 0x77]))[9], 0x21);
        let mut wrong = Verb::Find.request();
        wrong[9] ^= 1;
        assert_eq!(ask(&mut reader, &wrong)[9], 0x10);
        assert_eq!(ask(&mut reader, &[0xAA, 0xAA, 0xAA, 0x96, 0x69, 0, 1])[9], 0x11);
    }
}
