//! What a resident goes through: one pure machine a journey.
//!
//! A journey takes events (touches, cards, answers of the desk and of devices), says what it asks for, and can be
//! drawn at any time. It holds no device, no clock, no store and no text: causes come out as values, the screen
//! has the words.

pub mod act;
mod take_number;
mod typed;
pub mod view;

pub use act::Act;
pub use take_number::{Ask, ClassFacts, Event, Facts, TakeNumber};
pub use typed::Typed;
