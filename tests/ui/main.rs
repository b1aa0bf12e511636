//! The pages without a display, driven by accessible names, with the engine behind them.
//!
//! | module | what it is |
//! |---|---|
//! | `hand` | pages and engine in one thread, and a hand that finds controls by their names |
//! | `journeys` | a ticket by names alone, in both languages, by pointer too |
//! | `names` | the names that people and scripts rely on, on every page |
//! | `service` | the service menu: the held corner, names alone, sheets |
//! | `keys` | a keyboard alone, on every page |
//! | `targets` | touch targets: large enough, on the screen, never over each other |
//! | `pictures` | every page in every mode, drawn and compared with the pictures that are kept |
//! | `texts` | every text of a page, with the room it has and the room it needs |
//! | `legible` | no text is cut, covered, too small or too pale |
//! | `causes` | every cause has its words in every language |
//! | `utterances` | every page and cause is spoken in every language |
//!
//! The toolkit has one platform a thread, and each test runs on a thread of its own.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that can't go on says where")]

mod causes;
mod hand;
mod journeys;
mod keys;
mod legible;
mod names;
mod pictures;
#[path = "../scenes/mod.rs"]
mod scenes;
mod service;
mod targets;
mod texts;
mod utterances;
