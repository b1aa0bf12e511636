//! The terminal's voice: what pages say, whose turn it is, and the sound that comes of it.
//!
//! Scenes and touches come in as messages; nothing ever waits for an answer. What is said is composed from the
//! language files ([`page`], [`sentence`]), when is decided without sound or clock ([`turns`]), and one player
//! ([`player`]) plays one thing after the other: a site's recordings ([`clips`]), `espeak-ng` where there are none
//! ([`synth`]), and tones made here ([`tones`]). A loudspeaker that is missing is looked for for ever ([`output`]).
//!
//! Never: a name, a number of a document or a reason for priority in a sentence; a sentence in a log; a page that
//! waits for its sound.

pub mod clips;
mod numerals;
mod output;
pub mod page;
mod player;
pub mod sentence;
mod speaker;
mod synth;
mod thread;
pub mod tones;
pub mod trial;
pub mod turns;
pub mod wav;

pub use output::OutputError;
pub use synth::SynthError;
pub use thread::{Ear, Settings, Voice};
pub use turns::Loudness;
