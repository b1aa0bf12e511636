//! Bulk transfers played from a record, for tests of drivers: the same link as over a real device, without one.
//!
//! A record is text, a transfer a line; `#` begins a comment, bytes are hexadecimal with any blanks, `00*1024` is a byte
//! so many times, `"A023"` is ASCII.
//!
//! | line | means |
//! |---|---|
//! | `interface 0.1 07/01/02 81 02` | number and setting, class/subclass/protocol, its bulk endpoints |
//! | `out 02 AA AA AA` | the host sends exactly this, in one transfer or several |
//! | `out 02 AA AA AA takes 2` | the device takes two bytes of it before the transfer ends |
//! | `in 81 00 90` | the device sends this, in one transfer |
//! | `in 81 00 90 after 700` | but only 700 ms after the line before |
//! | `in 81 empty` | a packet of no length |
//! | `in 81 error stall`, `out 02 error timeout` | the transfer fails: `stall timeout gone io overflow` |
//! | `silent` | from here on the device takes all and says nothing, instead of being gone at the end |
//! | `clear` | the host clears the halt of its endpoints |
//! | `always 10 04 14 -> 10 0F 00 00 00 00` | whenever the host asks this, among whatever else, it gets that |
//!
//! `always` stands for questions whose number hangs on time. Where the record waits for the host, the device says
//! nothing; at its end it is gone. A host that does anything else fails the test at once.

use std::collections::VecDeque;
use std::time::Duration;

use super::setting::{Setting, choose};
use super::{BulkPipe, UsbLink};
use crate::clock::Clock;
use crate::{Link, LinkError};

/// A line that is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: expected {expected}")]
pub struct RecordError {
    line: usize,
    expected: &'static str,
}

/// A device made of a record.
pub struct RecordedUsb(UsbLink<Recorded>);

impl RecordedUsb {
    /// Opens the device of that record: its interface is chosen as that of a real one.
    ///
    /// # Errors
    /// [`RecordError`] where it doesn't read, or where none of its interfaces would do.
    pub fn open(record: &str) -> Result<Self, RecordError> {
        let mut recorded = Recorded::default();
        let mut settings = Vec::new();
        for (number, line) in record.lines().enumerate() {
            let wrong = |expected| RecordError { line: number + 1, expected };
            let line = line.split('#').next().unwrap_or_default().trim();
            match line.split_once(' ').unwrap_or((line, "")) {
                ("", _) => {}
                ("interface", rest) => {
                    settings.push(interface(rest).ok_or(wrong("interface N.N CC/SS/PP EP…"))?)
                }
                ("out", rest) => recorded.steps.push_back(out(rest).ok_or(wrong("out EP BYTES [takes N]"))?),
                ("in", rest) => recorded.steps.push_back(input(rest).ok_or(wrong("in EP BYTES [after MS]"))?),
                ("silent", "") => recorded.steps.push_back(Step::Silent),
                ("clear", "") => recorded.steps.push_back(Step::Clear),
                ("always", rest) => {
                    let pair =
                        rest.split_once("->").and_then(|(ask, give)| Some((bytes(ask)?, bytes(give)?)));
                    recorded
                        .always
                        .push(pair.filter(|(ask, _)| !ask.is_empty()).ok_or(wrong("BYTES -> BYTES"))?);
                }
                _ => return Err(wrong("interface, out, in, silent, clear or always")),
            }
        }
        let choice =
            choose(&settings).ok_or(RecordError { line: 0, expected: "an interface that would do" })?;
        (recorded.input, recorded.output) = (choice.input, choice.output);
        Ok(Self(UsbLink::over(recorded)))
    }

    /// Ends the play.
    ///
    /// # Panics
    /// Where some of the record was not played.
    pub fn finish(self) {
        let steps = &self.0.pipe.steps;
        let played = matches!(steps.iter().collect::<Vec<_>>()[..], [] | [Step::Silent]);
        assert!(played, "the record was not played to its end: {steps:02x?}");
    }
}

impl Link for RecordedUsb {
    fn send(&mut self, bytes: &[u8], within: Duration) -> Result<(), LinkError> {
        self.0.send(bytes, within)
    }

    fn receive(&mut self, into: &mut [u8], within: Duration) -> Result<usize, LinkError> {
        self.0.receive(into, within)
    }
}

#[derive(Debug)]
enum Step {
    Out { endpoint: u8, bytes: VecDeque<u8>, takes: Result<usize, rusb::Error> },
    In { endpoint: u8, after: Duration, gives: Result<Vec<u8>, rusb::Error> },
    Silent,
    Clear,
}

#[derive(Default)]
struct Recorded {
    clock: Clock,
    steps: VecDeque<Step>,
    always: Vec<(Vec<u8>, Vec<u8>)>,
    given: VecDeque<Vec<u8>>,
    input: u8,
    output: u8,
    /// When the step before the next was done.
    since: Duration,
}

impl Recorded {
    fn done(&mut self) {
        self.steps.pop_front();
        self.since = self.clock.elapsed();
    }

    /// Answers a standing question with which `sent` begins; how long it is.
    fn answer_standing(&mut self, sent: &[u8]) -> Option<usize> {
        let (ask, give) = self.always.iter().find(|(ask, _)| sent.starts_with(ask))?;
        self.given.push_back(give.clone());
        Some(ask.len())
    }

    #[expect(clippy::panic, reason = "a test's partner: what the record does not have fails the test")]
    fn sent(&mut self, byte: u8) -> Result<bool, rusb::Error> {
        match self.steps.front_mut() {
            Some(Step::Out { endpoint, bytes, takes }) => {
                assert_eq!(*endpoint, self.output, "the record goes out by another endpoint");
                let left = match takes {
                    Ok(left) => left,
                    Err(error) => return Err(*error),
                };
                assert_eq!(bytes.pop_front(), Some(byte), "sent {byte:02x}; the record goes on {bytes:02x?}");
                *left = left.saturating_sub(1);
                // The rest of the line is a transfer of its own.
                let ends = *left == 0 && !bytes.is_empty();
                if ends {
                    *left = usize::MAX;
                }
                if bytes.is_empty() {
                    self.done();
                }
                Ok(!ends)
            }
            None => Err(rusb::Error::NoDevice),
            Some(Step::Silent) => Ok(true),
            other => panic!("sent {byte:02x}; the record has {other:02x?}"),
        }
    }
}

impl BulkPipe for Recorded {
    fn read(&mut self, into: &mut [u8], within: Duration) -> Result<usize, rusb::Error> {
        let bytes = match (self.given.pop_front(), self.steps.front_mut()) {
            (Some(bytes), _) => bytes,
            (None, Some(Step::In { endpoint, after, gives })) => {
                assert_eq!(*endpoint, self.input, "the record comes in by another endpoint");
                let wait = (self.since + *after).saturating_sub(self.clock.elapsed());
                if wait > within {
                    std::thread::sleep(within);
                    return Err(rusb::Error::Timeout);
                }
                std::thread::sleep(wait);
                let gives = std::mem::replace(gives, Ok(Vec::new()));
                self.done();
                gives?
            }
            (None, None) => return Err(rusb::Error::NoDevice),
            (None, Some(_)) => {
                std::thread::sleep(within);
                return Err(rusb::Error::Timeout);
            }
        };
        let room = into.get_mut(..bytes.len()).ok_or(rusb::Error::Overflow)?;
        room.copy_from_slice(&bytes);
        Ok(bytes.len())
    }

    fn write(&mut self, bytes: &[u8], _within: Duration) -> Result<usize, rusb::Error> {
        let mut done = 0;
        while let Some(rest @ [first, ..]) = bytes.get(done..) {
            if let Some(length) = self.answer_standing(rest) {
                done += length;
                continue;
            }
            match self.sent(*first) {
                Ok(true) => done += 1,
                Ok(false) => return Ok(done + 1),
                Err(error) if done == 0 => {
                    self.done();
                    return Err(error);
                }
                // As libusb has it: what was taken counts, and the next transfer fails.
                Err(_) => return Ok(done),
            }
        }
        Ok(done)
    }

    #[expect(clippy::panic, reason = "a test's partner: what the record does not have fails the test")]
    fn clear_halts(&mut self) {
        match self.steps.front() {
            Some(Step::Clear) => self.done(),
            other => panic!("halts are cleared; the record has {other:02x?}"),
        }
    }
}

fn interface(line: &str) -> Option<Setting> {
    let mut words = line.split_whitespace();
    let (interface, alternate) = words.next()?.split_once('.')?;
    let mut codes = words.next()?.split('/').map(|code| u8::from_str_radix(code, 16).ok());
    let (class, _subclass, protocol) = (codes.next()??, codes.next()??, codes.next()??);
    let bulk = words.map(|word| u8::from_str_radix(word, 16).ok()).collect::<Option<Vec<u8>>>()?;
    Some(Setting {
        interface: interface.parse().ok()?,
        alternate: alternate.parse().ok()?,
        class,
        protocol,
        bulk,
    })
}

fn out(line: &str) -> Option<Step> {
    let (endpoint, rest) = endpoint(line)?;
    if let Some(name) = rest.strip_prefix("error ") {
        return Some(Step::Out { endpoint, bytes: VecDeque::new(), takes: Err(error(name)?) });
    }
    let (sent, takes) = match rest.split_once(" takes ") {
        Some((sent, takes)) => (sent, takes.trim().parse().ok()?),
        None => (rest, usize::MAX),
    };
    let sent = bytes(sent).filter(|sent| !sent.is_empty())?;
    Some(Step::Out { endpoint, bytes: sent.into(), takes: Ok(takes) })
}

fn input(line: &str) -> Option<Step> {
    let (endpoint, rest) = endpoint(line)?;
    let (rest, after) = match rest.split_once(" after ") {
        Some((rest, ms)) => (rest, ms.trim().parse().ok()?),
        None => (rest, 0),
    };
    let gives = match rest.strip_prefix("error ") {
        Some(name) => Err(error(name)?),
        None if rest == "empty" => Ok(Vec::new()),
        None => Ok(bytes(rest).filter(|bytes| !bytes.is_empty())?),
    };
    Some(Step::In { endpoint, after: Duration::from_millis(after), gives })
}

fn endpoint(line: &str) -> Option<(u8, &str)> {
    let (endpoint, rest) = line.trim().split_once(' ')?;
    Some((u8::from_str_radix(endpoint, 16).ok()?, rest.trim()))
}

fn error(name: &str) -> Option<rusb::Error> {
    Some(match name.trim() {
        "stall" => rusb::Error::Pipe,
        "timeout" => rusb::Error::Timeout,
        "gone" => rusb::Error::NoDevice,
        "io" => rusb::Error::Io,
        "overflow" => rusb::Error::Overflow,
        _ => return None,
    })
}

/// Hexadecimal digits in pairs, `00*5` and `"ASCII"` without blanks in it.
fn bytes(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    for word in text.split_whitespace() {
        if let Some(ascii) = word.strip_prefix('"').and_then(|word| word.strip_suffix('"')) {
            bytes.extend(ascii.bytes());
        } else if let Some((byte, times)) = word.split_once('*') {
            let byte = u8::from_str_radix(byte, 16).ok()?;
            bytes.extend(std::iter::repeat_n(byte, times.parse::<u16>().ok()?.into()));
        } else {
            let (pairs, []) = word.as_bytes().as_chunks::<2>() else { return None };
            for pair in pairs {
                bytes.push(u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?);
            }
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    const A_WHILE: Duration = Duration::from_secs(5);
    const HEAD: &str = "interface 0.0 07/01/02 81 02\n";

    fn open(record: &str) -> RecordedUsb {
        RecordedUsb::open(&format!("{HEAD}{record}")).unwrap()
    }

    #[test]
    fn a_record_is_played_as_it_is_written() {
        let mut link = open(
            "always 1004 -> 16 # whenever\nout 02 AA \"B\" 00*2 takes 3\nin 81 empty\nin 81 0102 after 20\n\
             out 02 CC\nin 81 error stall\nclear\nout 02 error timeout",
        );
        link.send(b"\xAA\x10\x04B\0\0", A_WHILE).unwrap();
        let mut bytes = [0; 8];
        assert_eq!(link.receive(&mut bytes, A_WHILE).unwrap(), 1);
        let clock = Clock::start();
        assert_eq!(link.receive(&mut bytes, A_WHILE).unwrap(), 2);
        assert!(clock.elapsed() >= Duration::from_millis(15));
        assert_eq!(link.receive(&mut bytes, Duration::from_millis(1)).unwrap(), 0, "it waits for the host");
        link.send(b"\xCC", A_WHILE).unwrap();
        assert!(matches!(link.receive(&mut bytes, A_WHILE), Err(LinkError::Stalled)));
        assert!(matches!(link.send(b"x", A_WHILE), Err(LinkError::Timeout)));
        assert!(matches!(link.receive(&mut bytes, A_WHILE), Err(LinkError::Gone)), "the end");
        link.finish();
    }

    #[test]
    #[should_panic(expected = "the record goes on")]
    fn a_wrong_byte_fails() {
        let _failed = open("out 02 AABB").send(b"\xAA\xBC", A_WHILE);
    }

    #[test]
    #[should_panic(expected = "not played to its end")]
    fn an_unfinished_record_fails() {
        open("out 02 AA").finish();
    }

    #[test]
    fn lines_that_are_none_are_named() {
        for (line, number) in
            [("out 02", 2), ("in 81 0", 2), ("in 81 error fire", 2), ("interface 0 07", 2), ("sing", 2)]
        {
            let error = RecordedUsb::open(&format!("{HEAD}{line}")).err().unwrap();
            assert_eq!(error.line, number, "{line}");
        }
        assert_eq!(RecordedUsb::open("interface 0.0 08/06/50 81 02").err().unwrap().line, 0);
    }
}
