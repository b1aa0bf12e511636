//! Driver of readers of second-generation ID cards: the SAM_V security module behind a serial line or USB.
//!
//! | part | does |
//! |---|---|
//! | [`frame`] | bytes ↔ frames: preamble, length, check byte; finds its way again after garbage |
//! | [`command`] | one file a question: its request, how long the answer may take, what the answer says |
//! | [`status`] | the module's error codes |
//! | [`card`] | the 256 bytes of text on a card → a [`Card`]; numbers, dates, peoples, characters |
//! | [`session`] | what to ask next, without port and clock: find, select, read, lifted, lost |
//! | [`runner`] | the only file that touches a link |
//! | [`simulator`] | a reader on the other side of a real port |
//!
//! The driver must never keep a card's photo, and never write a person's data to the log: [`Card`] prints masked
//! and wipes itself.

#![deny(missing_docs, clippy::indexing_slicing)]

pub mod card;
pub mod command;
mod error;
mod event;
pub mod frame;
pub mod runner;
pub mod session;
pub mod simulator;
pub mod status;

pub use card::{Card, CardDate, CardKind, CardNumber, Nation, Sex, Validity};
pub use command::SamNumber;
pub use error::{CardError, NumberError, ReadFailure};
pub use event::ReaderEvent;
pub use runner::{RunEnd, run};
pub use status::ErrorCode;
