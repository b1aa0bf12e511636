//! `[[window]]`: the hall's windows and the classes that each serves.

use toml::de::DeValue;

use super::error::{Place, Refusal, shown};
use super::reader::{Located, Section};
use super::site::NAME_LENGTH;
use super::values::{name, number, text};
use crate::domain::class::ClassLetter;
use crate::domain::window::{Serves, Window};

/// More windows than any hall has.
pub(super) const MOST: usize = 200;

/// The highest window number.
pub(super) const HIGHEST: i64 = 999;

const CLASSES: &str = "[\"*\"] for all classes, or their letters, as in [\"A\", \"B\"]";

/// A window with the places of what is checked against other tables.
pub(super) struct ReadWindow {
    pub window: Window,
    pub number_at: Place,
    /// The letters as they stand, each with its place; empty for `["*"]`.
    pub letters: Vec<Located<ClassLetter>>,
}

pub(super) fn read(mut section: Section<'_>) -> Option<ReadWindow> {
    let number_at = section.place_of("number");
    let number = section.required("number", "the number at the wall, from 1", number(1..=HIGHEST));
    let name = section.required("name", "the window's name", name(NAME_LENGTH));
    let classes = read_classes(&mut section);
    section.finish();
    let (serves, letters) = classes?;
    Some(ReadWindow { window: Window { number: number?, name: name?, serves }, number_at, letters })
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Word {
    All,
    Letter(ClassLetter),
}

fn read_classes(section: &mut Section<'_>) -> Option<(Serves, Vec<Located<ClassLetter>>)> {
    if !section.has("classes") {
        section.refuse("classes", Refusal::new(super::error::Fault::Missing, CLASSES));
    }
    let word = |value: &DeValue<'_>| match text(value, CLASSES)? {
        "*" => Ok(Word::All),
        word => word.parse().map(Word::Letter).map_err(|_| Refusal::impossible(shown(word), CLASSES)),
    };
    let words = section.list("classes", 1..=super::classes::MOST, word)?;
    if words.iter().any(|word| word.value == Word::All) {
        if words.len() > 1 {
            section.refuse("classes", Refusal::impossible("has \"*\" beside letters", CLASSES));
            return None;
        }
        return Some((Serves::All, Vec::new()));
    }
    let mut letters: Vec<Located<ClassLetter>> = Vec::new();
    for Located { value, at } in words {
        let Word::Letter(letter) = value else { continue };
        if letters.iter().any(|known| known.value == letter) {
            section
                .refuse("classes", Refusal::impossible(format!("names {letter} twice"), "each letter once"));
        }
        letters.push(Located { value: letter, at });
    }
    let serves = Serves::Only(letters.iter().map(|letter| letter.value).collect());
    Some((serves, letters))
}
