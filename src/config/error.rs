//! What is wrong with a configuration: file, line, key, what is wrong, what is expected, the nearest known word.
//!
//! One error is one line for a technician to act on. Values are shown only where they are no secrets:
//! the value of an unknown key never is, since it may be a password that was put in the wrong place.

use std::fmt;
use std::path::PathBuf;

/// Everything wrong with one configuration, in order of files and lines; never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigErrors(Vec<ConfigError>);

impl ConfigErrors {
    /// `None` where nothing is wrong.
    pub(super) fn of(mut errors: Vec<ConfigError>) -> Option<Self> {
        errors.sort_by(|a, b| (&a.file, a.line, &a.key).cmp(&(&b.file, b.line, &b.key)));
        errors.dedup();
        (!errors.is_empty()).then_some(Self(errors))
    }

    pub(super) fn one(error: ConfigError) -> Self {
        Self(vec![error])
    }

    /// The errors one by one.
    pub fn iter(&self) -> impl Iterator<Item = &ConfigError> {
        self.0.iter()
    }
}

impl fmt::Display for ConfigErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, error) in self.0.iter().enumerate() {
            let separator = if index == 0 { "" } else { "\n" };
            write!(f, "{separator}{error}")?;
        }
        Ok(())
    }
}

impl std::error::Error for ConfigErrors {}

/// One thing that is wrong.
///
/// Prints as `site.toml:12: class[2].letter: is missing; expected one capital letter, as in "A"`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigError {
    /// The file that has to be changed, as its path was given.
    pub file: PathBuf,
    /// Its line, from 1; of something missing, the line of the table that lacks it.
    pub line: usize,
    /// The dotted key; tables of one name are counted from 1, as in `class[2].letter`.
    /// Empty where the file as a whole is meant.
    pub key: String,
    /// What is wrong.
    pub fault: Fault,
    /// What would be right.
    pub expected: String,
    /// The nearest known word, where one is near.
    pub nearest: Option<String>,
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: ", self.file.display(), self.line)?;
        if !self.key.is_empty() {
            write!(f, "{}: ", self.key)?;
        }
        write!(f, "{}; expected {}", self.fault, self.expected)?;
        match &self.nearest {
            Some(nearest) => write!(f, "; did you mean \"{nearest}\"?"),
            None => Ok(()),
        }
    }
}

/// The kinds of wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// A file cannot be read at all.
    #[error("cannot be read: {0}")]
    Unreadable(String),
    /// The text is not TOML.
    #[error("is not TOML: {0}")]
    Syntax(String),
    /// No such key, table, or word.
    #[error("is unknown")]
    UnknownKey,
    /// A key or table that has to be there is not.
    #[error("is missing")]
    Missing,
    /// The value is of another TOML type.
    #[error("is {0}")]
    WrongType(&'static str),
    /// The key, table, or what it names is there twice.
    #[error("is there twice{}", first_line(*.0))]
    Duplicate(Option<usize>),
    /// The value can't be, by itself or beside others.
    #[error("{0}")]
    Impossible(String),
    /// A named file is not there.
    #[error("names {}, which does not exist", .0.display())]
    FileAbsent(PathBuf),
    /// A named file is there but can't be used as it is.
    #[error("names {}, {why}", file.display())]
    FileUnfit {
        /// The file.
        file: PathBuf,
        /// What is the matter with it.
        why: String,
    },
}

fn first_line(line: Option<usize>) -> String {
    line.map(|line| format!(", first in line {line}")).unwrap_or_default()
}

/// Where something stands in the configuration file, for what is checked later than the file is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Line, from 1.
    pub line: usize,
    /// Dotted key.
    pub key: String,
}

/// Why a value is refused; the place is added by whoever read it.
#[derive(Debug, Clone)]
pub(super) struct Refusal {
    pub fault: Fault,
    pub expected: String,
    pub nearest: Option<String>,
}

impl Refusal {
    pub fn new(fault: Fault, expected: impl Into<String>) -> Self {
        Self { fault, expected: expected.into(), nearest: None }
    }

    pub fn impossible(what: impl Into<String>, expected: impl Into<String>) -> Self {
        Self::new(Fault::Impossible(what.into()), expected)
    }

    pub fn near(mut self, nearest: Option<&str>) -> Self {
        self.nearest = nearest.map(str::to_owned);
        self
    }
}

/// A value of the file as a message shows it: one line, not long.
pub(super) fn shown(value: &str) -> String {
    format!("is \"{}\"", one_line(value, 48))
}

/// Text from the file on one line, cut after so many characters.
pub(super) fn one_line(text: &str, longest: usize) -> String {
    let mut short = String::new();
    for character in text.chars().take(longest) {
        match character {
            '"' | '\'' => short.push(character),
            _ => short.extend(character.escape_debug()),
        }
    }
    if text.chars().nth(longest).is_some() {
        short.push('…');
    }
    short
}

/// The known word that `word` was probably meant to be.
pub(super) fn nearest<'k>(word: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    let length = word.chars().count();
    let near_enough = |(distance, candidate): &(usize, &str)| {
        let begun = length >= 3 && (candidate.starts_with(word) || word.starts_with(candidate));
        begun || (*distance <= (length / 3).max(2) && *distance < length)
    };
    // Words of a hostile length are not worth comparing: the distance costs length times length.
    let known = known.into_iter().filter(|_| length <= 64);
    let ranked = known.map(|candidate| (strsim::damerau_levenshtein(word, candidate), candidate));
    ranked.filter(near_enough).min_by_key(|(distance, _)| *distance).map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_word_is_near() {
        let known = ["key_file", "letter", "name", "numbers", "zh"];
        let table = [
            ("leter", Some("letter")),
            ("lettre", Some("letter")),
            ("key", Some("key_file")),
            ("number", Some("numbers")),
            ("cn", None),
            ("x", None),
            ("", None),
            ("colour", None),
        ];
        for (word, expected) in table {
            assert_eq!(nearest(word, known), expected, "{word:?}");
        }
        assert_eq!(nearest(&"a".repeat(100_000), known), None);
    }

    #[test]
    fn a_shown_value_is_one_short_line() {
        assert_eq!(shown("普安镇"), "is \"普安镇\"");
        assert_eq!(shown("a\nb\u{1b}[2J"), r#"is "a\nb\u{1b}[2J""#);
        assert!(shown(&"x".repeat(5000)).chars().count() < 60);
    }
}
