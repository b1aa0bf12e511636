//! Readers of single values: text, numbers, flags, words of a list, times and whatever parses from text.
//!
//! Each gives a value that is right, or says what would be.

use std::fmt::Display;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use toml::de::DeValue;

use super::error::{Fault, Refusal, nearest, shown};
use super::reader::type_name;

/// The longest path that a key may name, in bytes.
const LONGEST_PATH: usize = 1024;

/// What a person reads: `1…longest` characters, none of them a control, no blank at either end.
pub(super) fn name(longest: usize) -> impl Fn(&DeValue<'_>) -> Result<String, Refusal> {
    let expected = format!("a text of 1 to {longest} characters on one line, no blank at either end");
    text_where(expected, move |text| {
        let length = text.chars().count();
        (1..=longest).contains(&length) && !text.chars().any(char::is_control) && text.trim() == text
    })
}

/// A text that fulfils a condition.
pub(super) fn text_where(
    expected: impl Into<String>,
    right: impl Fn(&str) -> bool,
) -> impl Fn(&DeValue<'_>) -> Result<String, Refusal> {
    let expected = expected.into();
    move |value| {
        let text = text(value, &expected)?;
        if right(text) {
            Ok(text.to_owned())
        } else {
            Err(Refusal::impossible(shown(text), expected.as_str()))
        }
    }
}

/// A text that a type reads by itself.
pub(super) fn parsed<T: FromStr>(expected: &'static str) -> impl Fn(&DeValue<'_>) -> Result<T, Refusal> {
    move |value| {
        let text = text(value, expected)?;
        text.parse().map_err(|_| Refusal::impossible(shown(text), expected))
    }
}

/// The same, where the type's own error tells more than the value does.
pub(super) fn parsed_or_why<T>(expected: &'static str) -> impl Fn(&DeValue<'_>) -> Result<T, Refusal>
where
    T: FromStr,
    T::Err: Display,
{
    move |value| {
        let text = text(value, expected)?;
        text.parse().map_err(|error: T::Err| Refusal::impossible(format!("cannot be: {error}"), expected))
    }
}

/// One word of several.
pub(super) fn choice<T: Copy>(
    choices: &'static [(&'static str, T)],
) -> impl Fn(&DeValue<'_>) -> Result<T, Refusal> {
    move |value| {
        let words = || choices.iter().map(|(word, _)| *word);
        let word = word_of(value, words)?;
        let found = choices.iter().find(|(known, _)| *known == word);
        found.map(|(_, choice)| *choice).ok_or_else(|| unknown_word(word, words()))
    }
}

/// One word of those that the caller knows.
pub(super) fn known_word(known: &[&str]) -> impl Fn(&DeValue<'_>) -> Result<String, Refusal> {
    move |value| {
        let words = || known.iter().copied();
        let word = word_of(value, words)?;
        if known.contains(&word) { Ok(word.to_owned()) } else { Err(unknown_word(word, words())) }
    }
}

/// A whole number of that range.
pub(super) fn number<T: TryFrom<i64>>(
    range: RangeInclusive<i64>,
) -> impl Fn(&DeValue<'_>) -> Result<T, Refusal> {
    move |value| {
        let expected = format!("a whole number from {} to {}", range.start(), range.end());
        let Some(integer) = value.as_integer() else {
            return Err(Refusal::new(Fault::WrongType(type_name(value)), expected));
        };
        let number = i64::from_str_radix(integer.as_str(), integer.radix()).ok();
        let number =
            number.filter(|number| range.contains(number)).and_then(|number| T::try_from(number).ok());
        number.ok_or_else(|| {
            let digits: String = integer.as_str().chars().take(24).collect();
            Refusal::impossible(format!("is {digits}"), expected)
        })
    }
}

/// `true` or `false`.
pub(super) fn flag(value: &DeValue<'_>) -> Result<bool, Refusal> {
    value.as_bool().ok_or_else(|| Refusal::new(Fault::WrongType(type_name(value)), "true or false"))
}

/// A path, relative ones from the folder `base`; whether anything lies there is not looked at.
pub(super) fn path(base: &Path) -> impl Fn(&DeValue<'_>) -> Result<PathBuf, Refusal> {
    const EXPECTED: &str = "a path, absolute or relative to the file";
    move |value| {
        let text = text(value, EXPECTED)?;
        if text.is_empty() || text.len() > LONGEST_PATH || text.chars().any(char::is_control) {
            return Err(Refusal::impossible(shown(text), EXPECTED));
        }
        Ok(base.join(text))
    }
}

/// The text of a value.
pub(super) fn text<'v>(value: &'v DeValue<'_>, expected: &str) -> Result<&'v str, Refusal> {
    value.as_str().ok_or_else(|| Refusal::new(Fault::WrongType(type_name(value)), expected))
}

fn word_of<'v, 'k, I: Iterator<Item = &'k str>>(
    value: &'v DeValue<'_>,
    words: impl Fn() -> I,
) -> Result<&'v str, Refusal> {
    value.as_str().ok_or_else(|| Refusal::new(Fault::WrongType(type_name(value)), one_of(words())))
}

/// A word that is none of the known ones.
pub(super) fn unknown_word<'k>(word: &str, known: impl Iterator<Item = &'k str> + Clone) -> Refusal {
    Refusal::impossible(shown(word), one_of(known.clone())).near(nearest(word, known))
}

fn one_of<'k>(words: impl Iterator<Item = &'k str>) -> String {
    let words: Vec<String> = words.map(|word| format!("\"{word}\"")).collect();
    match words.as_slice() {
        [] => "a known word, and there is none".to_owned(),
        [only] => only.clone(),
        several => format!("one of {}", several.join(", ")),
    }
}
