//! From text to TOML tables: every syntax error and every key given twice, with its line.
//!
//! The text is hostile: it may be cut, garbled, or nested without end. It never makes this code panic.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::error::{Fault, Place, Refusal};
use super::reader::{LARGEST_FILE, Report};

/// Faults that are told of one document; more of them tell a technician nothing.
const MOST_FAULTS: usize = 50;

/// Dots on one line. A key of very many parts would be a table as many levels deep, and dropping it as many calls.
const MOST_DOTS: usize = 30;

/// Parses the text; `None` where it is not TOML, which is reported.
///
/// Keys given twice are reported too, but the document is still good for being looked at: the first one counts.
pub(super) fn parse<'t>(text: &'t str, report: &Report) -> Option<Spanned<DeTable<'t>>> {
    if text.len() as u64 > LARGEST_FILE {
        let fault = Fault::Syntax("larger than 64 KiB".to_owned());
        report.refuse(&Place { line: 1, key: String::new() }, Refusal::new(fault, "a smaller file"));
        return None;
    }
    if let Some(line) = line_with_too_many_dots(text) {
        let fault = Fault::Syntax(format!("more than {MOST_DOTS} dots on one line"));
        report.refuse(&Place { line, key: String::new() }, Refusal::new(fault, "keys of a few parts"));
        return None;
    }
    let (root, errors) = DeTable::parse_recoverable(text);
    let is_toml = errors.iter().all(|error| error.message() == DUPLICATE);
    let mut last_line = 0;
    for error in errors.iter().take(MOST_FAULTS) {
        let span = error.span().unwrap_or_default();
        let line = report.line_at(span.start);
        if error.message() == DUPLICATE {
            let (key, first) = duplicate(text, root.get_ref(), span);
            let first_line = first.map(|offset| report.line_at(offset)).filter(|first| *first < line);
            report.refuse(&Place { line, key }, Refusal::new(Fault::Duplicate(first_line), "it once"));
            continue;
        }
        // What follows on the same line is mostly the parser finding its way back.
        if line != last_line {
            let (what, expected) =
                error.message().split_once(", expected ").unwrap_or((error.message(), "TOML"));
            // A header that is broken itself names no table.
            let in_header = text.lines().nth(line - 1).is_some_and(|line| line.trim_start().starts_with('['));
            let key = if in_header { String::new() } else { enclosing(text, root.get_ref(), span.start).0 };
            report.refuse(&Place { line, key }, Refusal::new(Fault::Syntax(what.to_owned()), expected));
        }
        last_line = line;
    }
    is_toml.then_some(root)
}

/// What the parser calls a key given twice.
const DUPLICATE: &str = "duplicate key";

fn line_with_too_many_dots(text: &str) -> Option<usize> {
    let crowded = |line: &str| !line.trim_start().starts_with('#') && line.matches('.').count() > MOST_DOTS;
    text.lines().position(crowded).map(|index| index + 1)
}

/// The dotted name of a key that is there again at `span`, and where it was first, where that is still known.
fn duplicate(text: &str, root: &DeTable<'_>, span: std::ops::Range<usize>) -> (String, Option<usize>) {
    let (path, table, header) = enclosing(text, root, span.start);
    if header.contains(&span.start) {
        return (path, None);
    }
    let key = text.get(span).unwrap_or_default().trim_matches(['"', '\'']);
    let first = table.get_key_value(key).map(|(key, _)| key.span().start);
    let dot = if path.is_empty() { "" } else { "." };
    (format!("{path}{dot}{key}"), first)
}

/// The table in which `offset` lies: its dotted name, itself, and where its header stands.
fn enclosing<'t, 'd>(
    text: &str,
    root: &'t DeTable<'d>,
    offset: usize,
) -> (String, &'t DeTable<'d>, std::ops::Range<usize>) {
    let mut best = (String::new(), root, 0..0);
    let mut open = vec![(String::new(), root)];
    while let Some((path, table)) = open.pop() {
        for (key, value) in table {
            let dot = if path.is_empty() { "" } else { "." };
            let path = format!("{path}{dot}{}", key.get_ref());
            let tables: Vec<_> = match value.get_ref() {
                DeValue::Table(table) => vec![(path, table, value.span())],
                DeValue::Array(array) => {
                    let elements = array.iter().enumerate();
                    let tables = elements.filter_map(|(index, element)| {
                        let table = element.get_ref().as_table()?;
                        Some((format!("{path}[{}]", index + 1), table, element.span()))
                    });
                    tables.collect()
                }
                _ => continue,
            };
            for (path, table, span) in tables {
                let holds = match text.as_bytes().get(span.start) {
                    Some(b'[') => span.start <= offset,
                    Some(b'{') => span.contains(&offset),
                    _ => false,
                };
                if holds && span.start >= best.2.start {
                    let header = if text.as_bytes().get(span.start) == Some(&b'[') {
                        span
                    } else {
                        span.start..span.start
                    };
                    best = (path.clone(), table, header);
                }
                open.push((path, table));
            }
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn faults(text: &str) -> (bool, Vec<(usize, String, Fault)>) {
        let report = Report::new(Path::new("site.toml"), text);
        let good = parse(text, &report).is_some();
        let errors = report.into_errors().into_iter().map(|error| (error.line, error.key, error.fault));
        (good, errors.collect())
    }

    #[test]
    fn what_is_there_twice_is_named_with_its_line() {
        let table = [
            ("a = 1\na = 2", 2, "a", Some(1)),
            ("[site]\nname = 1\ncode = 2\n\"name\" = 3", 4, "site.name", Some(2)),
            ("[site]\nname = 1\n[terminal]\n[site]\n", 4, "site", None),
            ("[[class]]\nletter = 1\n[[class]]\nletter = 1\nletter = 2", 5, "class[2].letter", Some(4)),
            ("[queue]\nx = { a = 1, a = 2 }", 2, "queue.x.a", None),
            ("[[class]]\n[class]", 2, "class", None),
        ];
        for (text, line, key, first) in table {
            let expected = (true, vec![(line, key.to_owned(), Fault::Duplicate(first))]);
            assert_eq!(faults(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_not_toml_is_named_with_its_line() {
        for (text, line, key) in [
            ("[site]\nname = \n", 2, "site"),
            ("[site]\nname = \"a\ncode = 1", 2, "site"),
            ("[site\nname = 1", 1, ""),
            ("x = [1, 2", 1, ""),
            ("a = 1\n= 3", 2, ""),
        ] {
            let (good, errors) = faults(text);
            assert!(!good, "{text}");
            assert_eq!((errors[0].0, errors[0].1.as_str()), (line, key), "{text}: {errors:?}");
        }
    }

    #[test]
    fn a_file_of_the_largest_size_is_refused_soon_whatever_is_in_it() {
        let size = usize::try_from(LARGEST_FILE).unwrap();
        let filled = |piece: &str| piece.repeat(size / piece.len());
        let garbage = [
            format!("a = {}", filled("[")),
            format!("a = {}", filled("{a=")),
            format!("{}b = 1", filled("a.")),
            format!("[{}b]", filled("a.")),
            filled("a=1\n"),
            filled("[a]\n"),
            filled("[[a]]\n"),
            filled("=\n"),
            filled("[[a]]\nb=1\nb=1\n"),
            filled("[[a]]\n[a.b]\n[[a.b.c]]\n"),
            filled("\"\"\"\n"),
            filled("\u{0}"),
            filled(&format!("{}b={{\n", "a.".repeat(MOST_DOTS))),
            filled(&format!("[{}b]\nb=1\nb=1\n", "a.".repeat(MOST_DOTS))),
        ];
        for text in garbage {
            let (good, faults) = faults(&text);
            assert!(faults.len() <= MOST_FAULTS && (good || !faults.is_empty()), "{}", &text[..12]);
        }
    }
}
