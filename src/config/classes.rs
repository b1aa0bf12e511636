//! `[[class]]`: the service classes, their letters, numbers and limits.

use super::error::{Place, Refusal};
use super::reader::{Located, Section};
use super::values::{name, number, parsed};
use crate::domain::class::{Class, ClassLetter, NumberRange};

/// A class for each letter.
pub(super) const MOST: usize = 26;

/// The longest name of a class, in characters: more would be cut on its tile and on narrow paper.
const NAME_LENGTH: usize = 16;

const LETTER: &str = "one capital letter, as in \"A\"";
const NUMBERS: &str = "FIRST-LAST of at most six digits each, FIRST not above LAST, as in \"001-999\"";

/// Reads one class; its place is that of its letter.
pub(super) fn read(mut class: Section<'_>) -> Option<Located<Class>> {
    let at: Place = class.place_of("letter");
    let letter = class.required("letter", LETTER, parsed::<ClassLetter>(LETTER));
    let name = class.required("name", "the class's name", name(NAME_LENGTH));
    let numbers = class.required("numbers", NUMBERS, parsed::<NumberRange>(NUMBERS));
    let daily_limit: Option<u32> = class.optional("daily_limit", number(1..=999_999));
    if let (Some(limit), Some(range)) = (daily_limit, numbers) {
        let count = range.last() - range.first() + 1;
        if limit > count {
            let expected = format!("at most {count}, as many as `numbers` has, or no limit at all");
            class.refuse("daily_limit", Refusal::impossible(format!("is {limit}"), expected));
        }
    }
    class.finish();
    let value = Class { letter: letter?, name: name?, numbers: numbers?, daily_limit };
    Some(Located { value, at })
}
