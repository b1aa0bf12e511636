//! The lines that the control socket takes: parsed once, anything else is refused.

use std::fmt;

use crate::domain::event::DeadLetters;
use crate::domain::ids::EventId;
use crate::store::PinHash;

/// The longest line that is read, in bytes.
pub const LONGEST: u64 = 192;

/// What a local program asks of a running terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Question {
    /// How it does.
    Status,
    /// To send dead letters again.
    SendAgain(DeadLetters),
    /// To keep another PIN for the service menu, of which only the hash comes this way.
    SetPin(PinHash),
}

impl Question {
    /// The question in a line, if it is one.
    #[must_use]
    pub fn parse(line: &str) -> Option<Self> {
        if let Some(hash) = line.trim_ascii().strip_prefix("pin set ") {
            return PinHash::from_line(hash).map(Self::SetPin);
        }
        match line.trim_ascii().strip_prefix("outbox retry ") {
            None => (line.trim_ascii() == "status").then_some(Self::Status),
            Some("all") => Some(Self::SendAgain(DeadLetters::All)),
            Some(id) => EventId::parse(id).map(|event| Self::SendAgain(DeadLetters::One(event))),
        }
    }
}

impl fmt::Display for Question {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status => out.write_str("status"),
            Self::SendAgain(which) => write!(out, "outbox retry {which}"),
            Self::SetPin(hash) => write!(out, "pin set {}", hash.to_line()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_are_read_as_they_are_written() {
        let one = EventId::from_bytes([7; 16]);
        let line = format!("19456 2 {} {}", "1f".repeat(16), "e0".repeat(32));
        let hash = PinHash::from_line(&line).unwrap();
        for question in [
            Question::Status,
            Question::SendAgain(DeadLetters::All),
            Question::SendAgain(DeadLetters::One(one)),
            Question::SetPin(hash),
        ] {
            let line = question.to_string();
            assert!((line.len() as u64) < LONGEST);
            assert_eq!(Question::parse(&format!("{line}\n")), Some(question));
        }
        for line in [
            "",
            "pin set",
            "pin set 271828",
            "STATUS",
            "status x",
            "outbox",
            "outbox retry",
            "outbox retry ",
            "outbox retry 7",
            "\0",
        ] {
            assert_eq!(Question::parse(line), None, "{line:?}");
        }
    }
}
