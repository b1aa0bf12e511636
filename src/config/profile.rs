//! The name of a profile (of a printer, of a platform): one that is shipped, or a file of the site's own.

use std::path::{Path, PathBuf};

use toml::de::DeValue;

use super::error::{Fault, Refusal, nearest};
use super::values::{path, text, unknown_word};

/// Which profile; what is in it is not looked at here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Profile {
    /// One of those shipped, by name.
    Shipped(String),
    /// A file that exists: a value with a slash in it, or ending in `.toml`.
    File(PathBuf),
}

pub(super) fn profile(base: &Path, known: &[&str]) -> impl Fn(&DeValue<'_>) -> Result<Profile, Refusal> {
    move |value| {
        let expected = || format!("one of {}, or the path of a profile file", known.join(", "));
        let word = text(value, &expected())?;
        if known.contains(&word) {
            return Ok(Profile::Shipped(word.to_owned()));
        }
        if !word.contains('/') && !word.ends_with(".toml") {
            let refusal = unknown_word(word, known.iter().copied());
            return Err(Refusal { expected: expected(), ..refusal });
        }
        let file = path(base)(value)?;
        if file.is_file() {
            return Ok(Profile::File(file));
        }
        let stem = Path::new(word).file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
        let near = nearest(stem, known.iter().copied());
        Err(Refusal::new(Fault::FileAbsent(file), expected()).near(near))
    }
}
