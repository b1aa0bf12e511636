//! What the engine is told and what it wants done: the only way in and the only way out.

use std::sync::mpsc::Sender;
use std::time::Duration;

use jiff::Timestamp;

use super::scene::Scene;
use super::status::Report;
use crate::domain::device::{Health, Printer};
use crate::domain::event::DeadLetters;
use crate::domain::ids::EventId;
use crate::peripherals::{JobId, PrinterNews, ReaderNews, TestSlip, TicketPaper};
use crate::service;
use crate::store::{PinHash, PinTry, StoreError};
use crate::visit::Act;

/// What the engine is told.
#[derive(Debug)]
pub enum Input {
    /// A hand touched the screen anywhere.
    Touched,
    /// A hand did something on a page.
    Act(Act),
    /// A technician did something in the service menu, or wants it.
    Service(service::Act),
    /// Whether the PIN of [`Out::CheckPin`] with that number is the right one.
    PinChecked(u32, bool),
    /// Another PIN for the service menu; answered when it is on disk.
    SetPin(PinHash, Sender<Result<(), StoreError>>),
    /// Language, elder mode or contrast.
    Manner(MannerAct),
    /// 再听: the page once more, in words that are heard. Nothing else changes by it.
    Repeat,
    /// From the card reader.
    Reader(ReaderNews),
    /// From a printer of paper rolls.
    Printer(Printer, PrinterNews),
    /// From the loudspeaker.
    Speaker(Health),
    /// From the uplink.
    Platform(PlatformNews),
    /// The platform's verdicts; answered when they are on disk.
    Settle(Vec<Verdict>, Sender<Result<(), StoreError>>),
    /// Somebody wants dead letters sent again; answered with how many there were.
    SendAgain(DeadLetters, Sender<Result<u64, StoreError>>),
    /// Somebody asks how the terminal does.
    Status(Sender<Report>),
    /// Time passed.
    Tick,
}

/// Language and modes, one touch each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MannerAct {
    /// The next language.
    Language,
    /// Elder mode on or off.
    Elder,
    /// High contrast on or off.
    Contrast,
}

/// What the uplink tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PlatformNews {
    /// The platform answers.
    Online,
    /// It does not; a sentence for the technician.
    Offline(String),
    /// Its time, from an answer whose signature holds.
    Time {
        /// What it said.
        server: Timestamp,
        /// When it said so, by the monotonic clock.
        told: Duration,
    },
}

/// What the platform made of one event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Which.
    pub event: EventId,
    /// `None`: it has it. Else why it refused it.
    pub refused: Option<String>,
}

/// What the engine wants done.
#[derive(Debug)]
pub enum Out {
    /// Show this.
    Show(Box<Scene>),
    /// Let this be heard; what a page says by itself is in its scene.
    Sound(Sound),
    /// Print this ticket there.
    Print(Printer, JobId, Box<TicketPaper>),
    /// Print a test slip there.
    TestPrint(Printer, JobId, Box<TestSlip>),
    /// Find out whether that is the PIN, which takes a while; [`Input::PinChecked`] is owed, with that number.
    CheckPin(u32, Box<PinTry>),
    /// There is something to send.
    Wake,
}

/// What a hand makes heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sound {
    /// A touch anywhere: whoever speaks falls silent.
    Hush,
    /// A touch that counted.
    Click,
    /// The page once more.
    Repeat,
}
