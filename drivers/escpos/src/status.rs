//! What the printer's status bytes mean.
//!
//! Bits as Epson's command reference (`dle_eot`, `gs_la`) and, for full status, the VKP80 command manual have them
//! (the latter as several independent implementations do):
//!
//! | answer | bit: meaning |
//! |---|---|
//! | `DLE EOT 1` | 3 off line |
//! | `DLE EOT 2` | 2 cover open, 3 fed by button, 5 stopped for want of paper, 6 error |
//! | `DLE EOT 3` | 2 recoverable error, 3 cutter, 5 unrecoverable, 6 recovers by itself |
//! | `DLE EOT 4`, `GS r 1` | 2 and 3 nears its end (`GS r`: also 0 and 1), 5 and 6 no paper |
//! | automatic, 1st | 3 off line, 5 cover open, 6 fed by button |
//! | automatic, 2nd | 2 recoverable error, 3 cutter, 5 unrecoverable, 6 recovers by itself |
//! | automatic, 3rd | 0 and 1 nears its end, 2 and 3 no paper |
//! | full, paper | 0 no paper, 2 nears its end, 5 ticket at the mouth |
//! | full, user | 0 and 1 cover or head open, 3 paper is moving |
//! | full, recoverable | 0 head too hot, 1 line error, 3 supply voltage, 6 jam |
//! | full, unrecoverable | 0 cutter, 2 RAM, 3 EEPROM, 6 flash |
//!
//! They are flags and are read as flags: several may be on at once.

use crate::answer::Answer;
use crate::profile::Ask;
use crate::session::Cause;

/// How much paper there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Paper {
    /// Enough.
    #[default]
    Ok,
    /// The roll nears its end.
    Low,
    /// None.
    Out,
}

/// What the printer says of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PrinterStatus {
    /// It takes data.
    pub online: bool,
    /// Cover or head is open.
    pub cover_open: bool,
    /// The paper.
    pub paper: Paper,
    /// The cutter is stuck.
    pub cutter_error: bool,
    /// Paper is jammed.
    pub jam: bool,
    /// Paper is at the presenter's mouth.
    pub presenter_paper: bool,
    /// Paper is moving.
    pub moving: bool,
    /// It says that it will recover by itself, or when asked: head too hot, voltage.
    pub recoverable: bool,
    /// It has to be repaired.
    pub unrecoverable: bool,
}

impl PrinterStatus {
    /// Why it can't print, most telling cause first; `None` where it can.
    #[must_use]
    pub fn fault(&self) -> Option<Cause> {
        [
            (self.unrecoverable, Cause::Broken),
            (self.cover_open, Cause::CoverOpen),
            (self.jam, Cause::Jam),
            (self.cutter_error, Cause::Cutter),
            (self.paper == Paper::Out, Cause::PaperOut),
            (self.recoverable, Cause::Overheated),
            (!self.online, Cause::Offline),
        ]
        .into_iter()
        .find_map(|(is, cause)| is.then_some(cause))
    }

    fn from_full([paper, user, recoverable, unrecoverable]: [u8; 4]) -> Self {
        Self {
            online: true,
            cover_open: user & 0x03 != 0,
            paper: level(paper & 0x01 != 0, paper & 0x04 != 0),
            cutter_error: unrecoverable & 0x01 != 0,
            jam: recoverable & 0x40 != 0,
            presenter_paper: paper & 0x20 != 0,
            moving: user & 0x08 != 0,
            recoverable: recoverable & 0x09 != 0,
            unrecoverable: unrecoverable & 0x4C != 0,
        }
    }

    fn from_automatic([first, second, third, _]: [u8; 4]) -> Self {
        Self {
            online: first & 0x08 == 0,
            cover_open: first & 0x20 != 0,
            moving: first & 0x40 != 0,
            paper: level(third & 0x0C != 0, third & 0x03 != 0),
            ..Self { online: true, ..Self::default() }
        }
        .with_errors(second)
    }

    fn with_errors(mut self, byte: u8) -> Self {
        self.recoverable |= byte & 0x44 != 0;
        self.cutter_error |= byte & 0x08 != 0;
        self.unrecoverable |= byte & 0x20 != 0;
        self
    }

    fn with_real_time(mut self, ask: Ask, byte: u8) -> Self {
        match ask {
            Ask::Printer => self.online &= byte & 0x08 == 0,
            Ask::Offline => {
                self.cover_open |= byte & 0x04 != 0;
                self.moving |= byte & 0x08 != 0;
                if byte & 0x20 != 0 {
                    self.paper = Paper::Out;
                }
            }
            Ask::Error => self = self.with_errors(byte),
            Ask::Paper => {
                let seen = level(byte & 0x60 != 0, byte & 0x0C != 0);
                if self.paper != Paper::Out {
                    self.paper = seen;
                }
            }
            Ask::Full => {}
        }
        self
    }
}

fn level(out: bool, low: bool) -> Paper {
    match (out, low) {
        (true, _) => Paper::Out,
        (false, true) => Paper::Low,
        (false, false) => Paper::Ok,
    }
}

/// Whether the answer to a `GS r 1` tells of paper.
#[must_use]
pub fn queued_has_paper(byte: u8) -> bool {
    byte & 0x60 == 0
}

/// Collects the answers to one round of questions. A round counts when all of its answers came: the bytes of
/// `DLE EOT 1…4` look alike and are told apart by their order alone.
#[derive(Debug, Clone, Default)]
pub(crate) struct Round {
    open: Vec<Ask>,
    asked: usize,
    so_far: PrinterStatus,
}

impl Round {
    /// Begins a round of `asks`; answers still owed to an earlier one are forgotten.
    pub(crate) fn begin(&mut self, asks: &[Ask]) {
        self.open = asks.iter().rev().copied().collect();
        self.asked = asks.len();
        self.so_far = PrinterStatus { online: true, ..PrinterStatus::default() };
    }

    /// Whether answers are owed.
    pub(crate) fn is_open(&self) -> bool {
        !self.open.is_empty()
    }

    /// Whether some answers came and some are owed.
    pub(crate) fn is_half(&self) -> bool {
        self.is_open() && self.open.len() < self.asked
    }

    /// Ends the round without a result.
    pub(crate) fn abandon(&mut self) {
        self.open.clear();
    }

    /// Takes an answer; a status where it completes the round, `Err` where it was not asked for.
    pub(crate) fn take(&mut self, answer: Answer) -> Result<Option<PrinterStatus>, Unasked> {
        let ask = *self.open.last().ok_or(Unasked)?;
        self.so_far = match (ask, answer) {
            (Ask::Full, Answer::Full(bytes)) => PrinterStatus::from_full(bytes),
            (Ask::Full, _) | (_, Answer::Full(_)) => return Err(Unasked),
            (ask, Answer::RealTime(byte)) => self.so_far.with_real_time(ask, byte),
            _ => return Err(Unasked),
        };
        self.open.pop();
        Ok(self.open.is_empty().then_some(self.so_far))
    }
}

/// An answer to no question.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Unasked;

/// The status in an automatic answer.
pub(crate) fn automatic(bytes: [u8; 4]) -> PrinterStatus {
    PrinterStatus::from_automatic(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: PrinterStatus = PrinterStatus {
        online: true,
        cover_open: false,
        paper: Paper::Ok,
        cutter_error: false,
        jam: false,
        presenter_paper: false,
        moving: false,
        recoverable: false,
        unrecoverable: false,
    };

    #[test]
    fn full_status_bits() {
        for (bytes, expected) in [
            ([0, 0, 0, 0], GOOD),
            ([0x01, 0, 0, 0], PrinterStatus { paper: Paper::Out, ..GOOD }),
            ([0x04, 0, 0, 0], PrinterStatus { paper: Paper::Low, ..GOOD }),
            ([0x05, 0, 0, 0], PrinterStatus { paper: Paper::Out, ..GOOD }),
            ([0x20, 0x08, 0, 0], PrinterStatus { presenter_paper: true, moving: true, ..GOOD }),
            ([0, 0x01, 0, 0], PrinterStatus { cover_open: true, ..GOOD }),
            ([0, 0x02, 0, 0], PrinterStatus { cover_open: true, ..GOOD }),
            ([0, 0, 0x01, 0], PrinterStatus { recoverable: true, ..GOOD }),
            ([0, 0, 0x40, 0], PrinterStatus { jam: true, ..GOOD }),
            ([0, 0, 0, 0x01], PrinterStatus { cutter_error: true, ..GOOD }),
            ([0, 0, 0, 0x40], PrinterStatus { unrecoverable: true, ..GOOD }),
            (
                [0x01, 0x03, 0x40, 0x01],
                PrinterStatus { paper: Paper::Out, cover_open: true, jam: true, cutter_error: true, ..GOOD },
            ),
        ] {
            let mut round = Round::default();
            round.begin(&[Ask::Full]);
            assert_eq!(round.take(Answer::Full(bytes)), Ok(Some(expected)), "{bytes:02X?}");
        }
    }

    #[test]
    fn automatic_status_bits() {
        for (bytes, expected) in [
            ([0x10, 0, 0, 0], GOOD),
            ([0x18, 0, 0x0C, 0], PrinterStatus { online: false, paper: Paper::Out, ..GOOD }),
            (
                [0x38, 0, 0x03, 0],
                PrinterStatus { online: false, cover_open: true, paper: Paper::Low, ..GOOD },
            ),
            ([0x10, 0x08, 0, 0], PrinterStatus { cutter_error: true, ..GOOD }),
            ([0x10, 0x20, 0, 0], PrinterStatus { unrecoverable: true, ..GOOD }),
            ([0x10, 0x40, 0, 0], PrinterStatus { recoverable: true, ..GOOD }),
        ] {
            assert_eq!(automatic(bytes), expected, "{bytes:02X?}");
        }
    }

    #[test]
    fn real_time_answers_count_as_a_whole_round_in_order() {
        let asks = [Ask::Printer, Ask::Offline, Ask::Error, Ask::Paper];
        for (bytes, expected) in [
            ([0x12, 0x12, 0x12, 0x12], GOOD),
            ([0x1A, 0x32, 0x12, 0x72], PrinterStatus { online: false, paper: Paper::Out, ..GOOD }),
            (
                [0x1A, 0x16, 0x12, 0x1E],
                PrinterStatus { online: false, cover_open: true, paper: Paper::Low, ..GOOD },
            ),
            ([0x1A, 0x52, 0x1A, 0x12], PrinterStatus { online: false, cutter_error: true, ..GOOD }),
            ([0x1A, 0x52, 0x32, 0x12], PrinterStatus { online: false, unrecoverable: true, ..GOOD }),
        ] {
            let mut round = Round::default();
            round.begin(&asks);
            for (index, byte) in bytes.into_iter().enumerate() {
                let told = round.take(Answer::RealTime(byte));
                assert_eq!(told, Ok((index == 3).then_some(expected)), "{bytes:02X?}");
            }
            assert_eq!(round.take(Answer::RealTime(0x12)), Err(Unasked));
        }
    }

    #[test]
    fn a_round_takes_its_own_kind_only() {
        let mut round = Round::default();
        assert_eq!(round.take(Answer::Full([0; 4])), Err(Unasked));
        round.begin(&[Ask::Full]);
        assert_eq!(round.take(Answer::RealTime(0x12)), Err(Unasked));
        round.begin(&[Ask::Paper]);
        assert_eq!(round.take(Answer::Full([0; 4])), Err(Unasked));
        round.abandon();
        assert_eq!(round.take(Answer::RealTime(0x12)), Err(Unasked));
    }

    #[test]
    fn the_most_telling_cause_comes_first() {
        assert_eq!(GOOD.fault(), None);
        assert_eq!(PrinterStatus { paper: Paper::Low, presenter_paper: true, ..GOOD }.fault(), None);
        let worst = PrinterStatus { online: false, paper: Paper::Out, cover_open: true, ..GOOD };
        assert_eq!(worst.fault(), Some(Cause::CoverOpen));
        assert_eq!(PrinterStatus { online: false, paper: Paper::Out, ..GOOD }.fault(), Some(Cause::PaperOut));
        assert_eq!(PrinterStatus { online: false, ..GOOD }.fault(), Some(Cause::Offline));
    }
}
