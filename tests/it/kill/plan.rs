//! What a round's seed draws: when the terminal is killed, and what else goes wrong.

use std::time::Duration;

/// When the terminal is killed.
#[derive(Clone, Copy, Debug)]
pub enum When {
    /// So long after the round began.
    Begun(Duration),
    /// So long after that touch on 确认, 0 for the first: about the reservation, the print and the issue.
    Confirmed(usize, Duration),
    /// So long after the terminal was started anew, which it is twice in this round.
    Started(Duration),
}

/// What else goes wrong in the round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Also {
    /// Nothing.
    Nothing,
    /// The platform is killed with it, and stays away while the next number is taken.
    Platform,
    /// The mains fail: the printer forgets what it had.
    PrinterOff,
    /// The printer's cable is pulled.
    PrinterUnplugged,
    /// The card reader's process is killed.
    Reader,
    /// The roll ends in the midst of a ticket, before the kill.
    PaperOut(u32),
    /// Nobody takes the tickets.
    NotTaken,
    /// The platform loses answers.
    LostAnswers,
}

/// A round.
#[derive(Clone, Debug)]
pub struct Plan {
    /// When it is killed.
    pub when: When,
    /// What else.
    pub also: Also,
    /// How long it stays dark.
    pub dark: Duration,
    /// For what the residents do.
    pub dice: fastrand::Rng,
}

impl Plan {
    /// The plan of a seed.
    pub fn of(seed: u64) -> Self {
        let mut dice = fastrand::Rng::with_seed(seed);
        let mut ms = |most: u64| Duration::from_micros(dice.u64(0..=most * 1_000));
        let (begun, confirmed, later, started) = (ms(4_000), ms(1_200), ms(4_000), ms(350));
        let dark = ms(150);
        let touch = dice.choice([0, 0, 0, 0, 1, 2]).unwrap_or(0);
        let when = match dice.u8(0..10) {
            0..=4 => When::Confirmed(touch, confirmed),
            5 | 6 => When::Confirmed(touch, later),
            7 => When::Started(started),
            _ => When::Begun(begun),
        };
        let also = match dice.u8(0..16) {
            0 => Also::Platform,
            1 => Also::PrinterOff,
            2 => Also::PrinterUnplugged,
            3 => Also::Reader,
            4 => Also::PaperOut(dice.u32(0..20)),
            5 => Also::NotTaken,
            6 | 7 => Also::LostAnswers,
            _ => Also::Nothing,
        };
        Self { when, also, dark, dice }
    }
}
