//! Sentences for the ear: words of the language files, with what is filled in written out as it is said.
//!
//! A sentence is a row of pieces. Each piece has a text for the synthesised voice and, where it can be recorded, the
//! name of its recording; so one composition serves both mouths. A sentence is spoken by one of them as a whole:
//! half a sentence in another voice helps nobody.

use std::fmt;

use super::numerals::{self, Numeral};
use crate::domain::class::ClassLetter;
use crate::words::Words;

/// A part of a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// For the synthesised voice.
    pub text: String,
    /// The recording's name; `None` for a mark, which is a pause.
    pub clip: Option<String>,
    /// A name that the site gave, which may be of another language than the sentence.
    pub name: bool,
}

impl Piece {
    fn words(text: String, clip: String) -> Self {
        Self { text, clip: Some(clip), name: false }
    }

    fn mark(text: &str) -> Self {
        Self { text: text.to_owned(), clip: None, name: false }
    }
}

/// What is said in one breath.
#[derive(Clone, PartialEq, Eq)]
pub struct Sentence {
    key: String,
    pieces: Vec<Piece>,
}

/// A log knows which sentence it was, not what was said.
impl fmt::Debug for Sentence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sentence({})", self.key)
    }
}

impl Sentence {
    /// Its key in the language files.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The text for the synthesised voice.
    #[must_use]
    pub fn text(&self) -> String {
        self.pieces.iter().map(|piece| piece.text.as_str()).collect()
    }

    /// The text cut where another voice is needed: each part, and whether it is a Chinese name. A voice of another
    /// language would spell such a name out.
    #[must_use]
    pub fn runs(&self) -> Vec<(String, bool)> {
        let mut runs: Vec<(String, bool)> = Vec::new();
        for piece in &self.pieces {
            let chinese = piece.name
                && piece.text.chars().any(|character| ('\u{3400}'..='\u{9fff}').contains(&character));
            match runs.last_mut() {
                // A mark goes with what it follows.
                Some((text, last)) if *last == chinese || piece.clip.is_none() => text.push_str(&piece.text),
                _ => runs.push((piece.text.clone(), chinese)),
            }
        }
        runs
    }

    /// Its parts.
    #[must_use]
    pub fn pieces(&self) -> &[Piece] {
        &self.pieces
    }
}

/// What is filled into a sentence.
#[derive(Clone, Copy, Debug)]
pub enum Value<'v> {
    /// A ticket's number, character by character: A 零 二 三.
    Ticket(&'v str),
    /// Digits one by one.
    Digits(&'v str),
    /// How many: 两, where a number is 二.
    Count(u32),
    /// A number.
    Number(u32),
    /// Minutes of an hour: 零五.
    Minutes(u32),
    /// Windows: 一、二、三.
    Windows(&'v [u16]),
    /// A class by the name that the site gave it.
    Class(&'v str),
    /// Another text of the language files, with values of its own.
    Key(&'v str, &'v [Value<'v>]),
}

/// Composes sentences of one language.
#[derive(Clone, Copy, Debug)]
pub struct Composer<'w> {
    /// The language files.
    pub words: &'w Words,
    /// The language.
    pub language: &'w str,
}

impl Composer<'_> {
    /// The sentence of that key.
    #[must_use]
    pub fn sentence(&self, key: &str, with: &[Value<'_>]) -> Sentence {
        let mut pieces = Vec::new();
        self.fill(key, with, &mut pieces);
        Sentence { key: key.to_owned(), pieces }
    }

    fn fill(&self, key: &str, with: &[Value<'_>], pieces: &mut Vec<Piece>) {
        let parts = parts(self.words.text(self.language, key));
        let spoken = parts.iter().filter(|part| part.is_spoken()).count();
        let mut place = 0;
        for part in parts {
            match part {
                Part::Words(text) if part.is_spoken() => {
                    place += 1;
                    let clip = if spoken == 1 { key.to_owned() } else { format!("{key}.{place}") };
                    pieces.push(Piece::words(text.to_owned(), clip_name(&clip)));
                }
                Part::Words(text) => pieces.push(Piece::mark(text)),
                Part::Place(place) => {
                    if let Some(value) = with.get(place) {
                        self.value(*value, pieces);
                    }
                }
            }
        }
    }

    fn value(&self, value: Value<'_>, pieces: &mut Vec<Piece>) {
        match value {
            Value::Ticket(text) | Value::Digits(text) => self.characters(text, pieces),
            Value::Count(2) => pieces.push(self.numeral(Numeral::Couple)),
            Value::Count(number) | Value::Number(number) => self.number(number, pieces),
            Value::Minutes(minutes) if minutes < 10 => {
                self.numerals([Numeral::Plain(0), Numeral::Plain(minutes)], pieces);
            }
            Value::Minutes(minutes) => self.number(minutes, pieces),
            Value::Windows(windows) => self.windows(windows, pieces),
            Value::Class(name) => {
                // Recordings are found by the name: a letter may come to mean another class.
                let clip = format!("class-{}", name.replace(['/', '\0'], "_"));
                pieces.push(Piece { name: true, ..Piece::words(name.to_owned(), clip) });
            }
            Value::Key(key, with) => self.fill(key, with, pieces),
        }
    }

    /// 一、二或三.
    fn windows(&self, windows: &[u16], pieces: &mut Vec<Piece>) {
        for (place, window) in windows.iter().enumerate() {
            match windows.len() - place {
                _ if place == 0 => {}
                1 => {
                    let or = self.words.text(self.language, "say.or");
                    let text = if or.is_ascii() { format!(" {or} ") } else { or.to_owned() };
                    pieces.push(Piece::words(text, "or".to_owned()));
                }
                _ => pieces.push(Piece::mark(self.words.text(self.language, "list-joint"))),
            }
            self.number(u32::from(*window), pieces);
        }
    }

    /// One by one, with a pause after each, so that nobody hears 二十三 for 二 三.
    fn characters(&self, text: &str, pieces: &mut Vec<Piece>) {
        for (place, character) in text.chars().enumerate() {
            if place > 0 {
                pieces.push(Piece::mark(" "));
            }
            match character.to_digit(10) {
                Some(digit) => pieces.push(self.numeral(Numeral::Plain(digit))),
                None => {
                    let clip = ClassLetter::new(character).map(|letter| format!("letter-{letter}"));
                    pieces.push(Piece { text: character.to_string(), clip, name: false });
                }
            }
        }
    }

    fn number(&self, number: u32, pieces: &mut Vec<Piece>) {
        self.numerals(numerals::of(self.language, number), pieces);
    }

    fn numerals(&self, numerals: impl IntoIterator<Item = Numeral>, pieces: &mut Vec<Piece>) {
        for (place, numeral) in numerals.into_iter().enumerate() {
            let mut piece = self.numeral(numeral);
            if place > 0 && piece.text.is_ascii() {
                piece.text.insert(0, ' ');
            }
            pieces.push(piece);
        }
    }

    fn numeral(&self, numeral: Numeral) -> Piece {
        let name = numeral.name();
        let key = format!("say.number.{name}");
        Piece::words(self.words.text(self.language, &key).to_owned(), format!("number-{name}"))
    }
}

/// What a recording of that text is called, without the folder of its language and without `.wav`.
#[must_use]
pub fn clip_name(key: &str) -> String {
    key.strip_prefix("say.").unwrap_or(key).to_owned()
}

/// The names of the recordings that a text of the language files needs by itself.
#[must_use]
pub fn clips_of(key: &str, text: &str) -> Vec<String> {
    let spoken = parts(text).iter().filter(|part| part.is_spoken()).count();
    match spoken {
        1 => vec![clip_name(key)],
        several => (1..=several).map(|place| clip_name(&format!("{key}.{place}"))).collect(),
    }
}

/// A text cut at its places.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part<'t> {
    Words(&'t str),
    Place(usize),
}

impl Part<'_> {
    /// Whether there is anything in it but marks.
    fn is_spoken(&self) -> bool {
        matches!(self, Self::Words(text) if text.chars().any(char::is_alphanumeric))
    }
}

fn parts(text: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some(open) = rest.find('{') {
        let (before, after) = rest.split_at(open);
        let place = after.get(1..2).and_then(|digit| digit.parse().ok());
        match (place, after.get(2..3)) {
            (Some(place), Some("}")) => {
                if !before.is_empty() {
                    parts.push(Part::Words(before));
                }
                parts.push(Part::Place(place));
                rest = after.get(3..).unwrap_or_default();
            }
            // A brace that stands for itself.
            _ => break,
        }
    }
    if !rest.is_empty() {
        parts.push(Part::Words(rest));
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words() -> Words {
        Words::shipped("zh").unwrap()
    }

    fn said(language: &str, key: &str, with: &[Value<'_>]) -> String {
        Composer { words: &words(), language }.sentence(key, with).text()
    }

    fn clips(language: &str, key: &str, with: &[Value<'_>]) -> Vec<String> {
        let sentence = Composer { words: &words(), language }.sentence(key, with);
        sentence.pieces().iter().filter_map(|piece| piece.clip.clone()).collect()
    }

    #[test]
    fn a_text_is_cut_at_its_places() {
        assert_eq!(
            parts("前面还有{0}个人。"),
            [Part::Words("前面还有"), Part::Place(0), Part::Words("个人。")]
        );
        assert_eq!(parts("{1}{0}"), [Part::Place(1), Part::Place(0)]);
        assert_eq!(parts("a{b"), [Part::Words("a{b")]);
        assert!(parts("").is_empty());
        assert!(Part::Words("号").is_spoken() && !Part::Words("。，").is_spoken());
    }

    #[test]
    fn a_ticket_is_read_character_by_character() {
        assert_eq!(said("zh", "say.take.number", &[Value::Ticket("A023")]), "您的号码是，A 零 二 三。");
        assert_eq!(
            said("en", "say.take.number", &[Value::Ticket("A023")]),
            "Your number is, A zero two three."
        );
        let named = clips("zh", "say.take.number", &[Value::Ticket("A023")]);
        assert_eq!(named, ["take.number", "letter-A", "number-0", "number-2", "number-3"]);
    }

    #[test]
    fn how_many_is_said_as_people_say_it() {
        assert_eq!(said("zh", "say.ahead", &[Value::Count(2)]), "前面还有两个人。");
        assert_eq!(said("zh", "say.ahead", &[Value::Count(12)]), "前面还有十二个人。");
        assert_eq!(said("zh", "say.ahead", &[Value::Count(105)]), "前面还有一百零五个人。");
        assert_eq!(said("en", "say.ahead", &[Value::Count(25)]), "Waiting ahead of you: twenty five.");
        assert_eq!(
            clips("zh", "say.ahead", &[Value::Count(25)]),
            ["ahead.1", "number-20", "number-5", "ahead.2"]
        );
        assert_eq!(clips("en", "say.ahead", &[Value::Count(25)]), ["ahead", "number-20", "number-5"]);
    }

    #[test]
    fn several_windows_are_told_apart() {
        assert_eq!(
            said("zh", "say.take.where", &[Value::Windows(&[1, 2, 12])]),
            "叫到您的时候，请到一、二或十二号窗口。"
        );
        assert_eq!(
            said("en", "say.take.where", &[Value::Windows(&[1, 2])]),
            "Please go to window one or two when you are called."
        );
    }

    #[test]
    fn a_chinese_name_in_another_language_is_left_to_a_chinese_voice() {
        let words = words();
        let runs = |language, key, name| {
            Composer { words: &words, language }.sentence(key, &[Value::Class(name)]).runs()
        };
        assert_eq!(
            runs("en", "say.confirm.class", "社会保障"),
            [("You chose: ".to_owned(), false), ("社会保障.".to_owned(), true)]
        );
        assert_eq!(
            runs("en", "say.full", "Social security"),
            [("Social security: there are no tickets left today.".to_owned(), false)]
        );
        assert_eq!(runs("en", "say.full", "退役军人").len(), 2);
    }

    #[test]
    fn a_sentence_shows_its_key_and_no_word() {
        let sentence = Composer { words: &words(), language: "zh" }.sentence("say.help", &[]);
        assert_eq!(format!("{sentence:?}"), "Sentence(say.help)");
    }

    #[test]
    fn the_recordings_of_a_text_are_those_that_its_sentence_asks_for() {
        for (key, with) in [("say.ahead", Value::Count(3)), ("say.take.number", Value::Ticket("A001"))] {
            for language in ["zh", "en"] {
                let of_text = clips_of(key, words().text(language, key));
                let asked = clips(language, key, &[with]);
                assert!(of_text.iter().all(|clip| asked.contains(clip)), "{language} {key}: {of_text:?}");
                let own = asked.iter().filter(|clip| !clip.contains('-')).count();
                assert_eq!(own, of_text.len(), "{language} {key}");
            }
        }
    }
}
