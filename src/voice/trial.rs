//! The voice tried out for a check: the device opens, each language is spoken, and which recordings are there.

use std::path::Path;
use std::time::Duration;

use super::clips::{Wanted, there, wanted};
use super::output::{self, OutputError};
use super::synth::Synth;
pub use super::synth::SynthError;
use crate::engine::clock::Clock;
use crate::words::Words;

/// Between two looks at the synthesised voice.
const LOOK: Duration = Duration::from_millis(5);

/// Opens the device and lets go of it; nothing is heard.
///
/// # Errors
/// Why it can't be had.
pub fn device(name: &str) -> Result<(), OutputError> {
    output::open(name).map(drop)
}

/// Has a word made in that language; nothing is heard.
///
/// # Errors
/// Why it can't be made.
pub fn voice(words: &Words, language: &str) -> Result<(), SynthError> {
    let clock = Clock::start();
    let mut synth = Synth::default();
    let text = words.text(language, "say.home");
    synth.begin(words.text(language, "say.voice"), false, text, clock.mono())?;
    loop {
        match synth.poll(clock.mono()) {
            Some(said) => return said.map(drop),
            None => std::thread::sleep(LOOK),
        }
    }
}

/// The recordings of one language.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recordings {
    /// How many there could be.
    pub possible: usize,
    /// Those that are not there.
    pub missing: Vec<Wanted>,
    /// Those that can't be used, and why.
    pub unfit: Vec<String>,
}

/// Which recordings of that language the folder has.
#[must_use]
pub fn recordings(
    words: &Words,
    language: &str,
    letters: &[char],
    classes: &[&str],
    folder: &Path,
) -> Recordings {
    let all = wanted(words, language, letters, classes);
    let mut found = Recordings { possible: all.len(), ..Recordings::default() };
    for wanted in all {
        match there(folder, language, &wanted.name) {
            Ok(true) => {}
            Ok(false) => found.missing.push(wanted),
            Err(why) => found.unfit.push(format!("{language}/{}.wav: {why}", wanted.name)),
        }
    }
    found
}
