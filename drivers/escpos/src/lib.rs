//! ESC/POS ticket printers, from a document to the certainty that its paper came out whole.
//!
//! | file | idea |
//! |---|---|
//! | [`profile`] | what one model can do, read from a TOML file; only what it lists is ever sent |
//! | [`document`], `layout`, [`mod@encode`] | what shall stand on the paper, broken into lines, as the fewest bytes |
//! | [`charset`], [`bitmap`], `dots` | which characters the printer's fonts have, and drawing those that they lack |
//! | [`command`] | the number table: every command by its bytes and source |
//! | [`answer`], [`status`] | bytes from the printer, told apart and made into a status |
//! | [`session`] | sans-IO: keeps the status fresh, sends a job, finds out what became of it |
//! | [`runner`] | the only file that touches a link |
//! | [`simulator`] | a printer stricter than a real one |
//!
//! The law here: nothing in this crate knows what a ticket is for; nothing but [`runner`] and the
//! simulator's `serve` does I/O; printing is never repeated by itself, since a job whose end is
//! unknown may lie in somebody's hand.
#![deny(missing_docs, clippy::indexing_slicing)]

pub mod answer;
pub mod bitmap;
pub mod charset;
pub mod command;
mod deadline;
pub mod document;
mod dots;
pub mod encode;
mod error;
mod layout;
pub mod profile;
pub mod runner;
pub mod session;
pub mod simulator;
pub mod status;

pub use bitmap::{Bitmap, GlyphSource, NoGlyphs};
pub use document::{Align, Document, Element, Size};
pub use encode::{Job, encode};
pub use error::{EncodeError, ProfileError};
pub use profile::Profile;
pub use runner::{Command, RunEnd, run};
pub use session::{Cause, Certainty, Doubt, JobId, Memory, Outcome, PaperFate, PrinterEvent, Session};
pub use status::{Paper, PrinterStatus};
