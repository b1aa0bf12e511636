//! Reads tables key by key, and tells each fault with its place.
//!
//! A section is asked for each key it may have; what nobody asked for is unknown. A fault is noted and
//! reading goes on, so that a technician sees all of them at once. What a value means is none of its business.

use std::cell::RefCell;
use std::io::Read;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

use toml::de::{DeTable, DeValue};

use super::error::{ConfigError, Fault, Place, Refusal, nearest, one_line};

/// The largest configuration file that is read, in bytes.
pub(super) const LARGEST_FILE: u64 = 64 * 1024;

/// The longest dotted key that a message shows, in characters.
const LONGEST_KEY: usize = 120;

/// Notes the faults of one file.
pub(super) struct Report {
    file: PathBuf,
    line_starts: Vec<usize>,
    errors: RefCell<Vec<ConfigError>>,
}

impl Report {
    pub fn new(file: &Path, text: &str) -> Self {
        let starts = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1);
        let line_starts = std::iter::once(0).chain(starts).collect();
        Self { file: file.to_owned(), line_starts, errors: RefCell::default() }
    }

    pub fn line_at(&self, offset: usize) -> usize {
        self.line_starts.partition_point(|start| *start <= offset)
    }

    pub fn refuse(&self, at: &Place, refusal: Refusal) {
        let Refusal { fault, expected, nearest } = refusal;
        // A quoted key, or what the parser took for a key, may be any text.
        let (file, line, key) = (self.file.clone(), at.line, one_line(&at.key, LONGEST_KEY));
        self.errors.borrow_mut().push(ConfigError { file, line, key, fault, expected, nearest });
    }

    /// Takes over what another file's reading has found.
    pub fn absorb(&self, other: Report) {
        self.errors.borrow_mut().append(&mut other.into_errors());
    }

    pub fn into_errors(self) -> Vec<ConfigError> {
        self.errors.into_inner()
    }
}

/// Reads a regular file of at most [`LARGEST_FILE`] bytes of UTF-8.
pub(super) fn read_text(file: &Path) -> Result<String, Refusal> {
    let refuse =
        |why: String| Refusal::new(Fault::Unreadable(why), "a readable file of UTF-8 text, at most 64 KiB");
    // Opening a pipe would wait for its other end.
    let kind = std::fs::metadata(file).map_err(|error| refuse(error.to_string()))?;
    if !kind.is_file() {
        return Err(refuse("it is no regular file".to_owned()));
    }
    let mut text = String::new();
    let opened = std::fs::File::open(file).map_err(|error| refuse(error.to_string()))?;
    let read = opened.take(LARGEST_FILE + 1).read_to_string(&mut text);
    read.map_err(|error| refuse(error.to_string()))?;
    if text.len() as u64 > LARGEST_FILE {
        return Err(refuse("it is larger than 64 KiB".to_owned()));
    }
    Ok(text)
}

/// A value with the place where it stands.
pub(super) struct Located<T> {
    pub value: T,
    pub at: Place,
}

/// One table that is being read.
pub(super) struct Section<'d> {
    report: &'d Report,
    table: &'d DeTable<'d>,
    at: Place,
    known: Vec<&'static str>,
}

impl<'d> Section<'d> {
    pub fn root(report: &'d Report, table: &'d DeTable<'d>) -> Self {
        Self { report, table, at: Place { line: 1, key: String::new() }, known: Vec::new() }
    }

    /// The table's own place.
    pub fn place(&self) -> &Place {
        &self.at
    }

    /// The place of a key: its line where it is there, else its table's.
    pub fn place_of(&self, key: &str) -> Place {
        let line = self
            .table
            .get_key_value(key)
            .map_or(self.at.line, |(key, _)| self.report.line_at(key.span().start));
        let dot = if self.at.key.is_empty() { "" } else { "." };
        Place { line, key: format!("{}{dot}{key}", self.at.key) }
    }

    pub fn has(&self, key: &str) -> bool {
        self.table.contains_key(key)
    }

    pub fn refuse(&self, key: &str, refusal: Refusal) {
        self.report.refuse(&self.place_of(key), refusal);
    }

    /// The value of a key, where it is there and right; a wrong one is reported.
    pub fn optional<T>(
        &mut self,
        key: &'static str,
        read: impl Fn(&DeValue<'_>) -> Result<T, Refusal>,
    ) -> Option<T> {
        self.known.push(key);
        let value = self.table.get(key)?;
        read(value.get_ref()).map_err(|refusal| self.refuse(key, refusal)).ok()
    }

    /// The same for a key that has to be there.
    pub fn required<T>(
        &mut self,
        key: &'static str,
        expected: &str,
        read: impl Fn(&DeValue<'_>) -> Result<T, Refusal>,
    ) -> Option<T> {
        if !self.has(key) {
            self.refuse(key, Refusal::new(Fault::Missing, expected));
        }
        self.optional(key, read)
    }

    /// The elements of an array that are right; each wrong one is reported with its number, from 1.
    pub fn list<T>(
        &mut self,
        key: &'static str,
        lengths: RangeInclusive<usize>,
        read: impl Fn(&DeValue<'_>) -> Result<T, Refusal>,
    ) -> Option<Vec<Located<T>>> {
        self.known.push(key);
        let value = self.table.get(key)?;
        let expected = || format!("a list of {} to {}", lengths.start(), lengths.end());
        let Some(elements) = value.get_ref().as_array() else {
            self.refuse(key, Refusal::new(Fault::WrongType(type_name(value.get_ref())), expected()));
            return None;
        };
        if !lengths.contains(&elements.len()) {
            self.refuse(key, Refusal::impossible(format!("has {} elements", elements.len()), expected()));
            return None;
        }
        let place = self.place_of(key);
        let mut read_ones = Vec::with_capacity(elements.len());
        for (index, element) in elements.iter().enumerate() {
            let line = self.report.line_at(element.span().start);
            let at = Place { line, key: format!("{}[{}]", place.key, index + 1) };
            match read(element.get_ref()) {
                Ok(value) => read_ones.push(Located { value, at }),
                Err(refusal) => self.report.refuse(&at, refusal),
            }
        }
        Some(read_ones)
    }

    /// The table of that key, where there is one.
    pub fn section(&mut self, key: &'static str) -> Option<Section<'d>> {
        self.known.push(key);
        let value = self.table.get(key)?;
        match value.get_ref() {
            DeValue::Table(table) => {
                Some(Self { report: self.report, table, at: self.place_of(key), known: Vec::new() })
            }
            other => {
                let expected = format!("one table [{}]", self.place_of(key).key);
                self.refuse(key, Refusal::new(Fault::WrongType(type_name(other)), expected));
                None
            }
        }
    }

    /// The table of that key, which has to be there.
    pub fn required_section(&mut self, key: &'static str) -> Option<Section<'d>> {
        if !self.has(key) {
            self.refuse(key, Refusal::new(Fault::Missing, format!("a table [{}]", self.place_of(key).key)));
        }
        self.section(key)
    }

    /// The tables of that key, `[[key]]`, at most `most` of them; none where there are none.
    pub fn sections(&mut self, key: &'static str, most: usize) -> Vec<Section<'d>> {
        self.known.push(key);
        let Some(value) = self.table.get(key) else { return Vec::new() };
        let place = self.place_of(key);
        let expected = format!("tables [[{}]], {most} at most", place.key);
        let DeValue::Array(elements) = value.get_ref() else {
            self.refuse(key, Refusal::new(Fault::WrongType(type_name(value.get_ref())), expected));
            return Vec::new();
        };
        if elements.len() > most {
            self.refuse(key, Refusal::impossible(format!("is there {} times", elements.len()), expected));
            return Vec::new();
        }
        let mut sections = Vec::with_capacity(elements.len());
        for (index, element) in elements.iter().enumerate() {
            let line = self.report.line_at(element.span().start);
            let at = Place { line, key: format!("{}[{}]", place.key, index + 1) };
            match element.get_ref() {
                DeValue::Table(table) => {
                    sections.push(Self { report: self.report, table, at, known: Vec::new() });
                }
                other => {
                    self.report
                        .refuse(&at, Refusal::new(Fault::WrongType(type_name(other)), expected.as_str()));
                }
            }
        }
        sections
    }

    /// Reports the keys that nobody asked for.
    pub fn finish(self) {
        for (key, _) in self.table.iter().filter(|(key, _)| !self.known.contains(&key.get_ref().as_ref())) {
            let expected = format!("one of {}", self.known.join(", "));
            let near = nearest(key.get_ref(), self.known.iter().copied());
            let at = self.place_of(key.get_ref());
            self.report.refuse(&at, Refusal::new(Fault::UnknownKey, expected).near(near));
        }
    }
}

/// What a message calls a value of a wrong type.
pub(super) fn type_name(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a number with a point",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date or time",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}
