//! `holidays.toml`: days off (放假) and make-up days (调休上班), as the yearly notice names them.
//!
//! ```toml
//! [[off]]                 # closed, first and last day included
//! from = 2026-10-01
//! to = 2026-10-07         # absent: the one day
//! [[make_up]]             # worked, though it is a weekend
//! date = 2026-10-10
//! hours_of = "wed"        # with the hours of that weekday
//! ```
//!
//! A day that is named twice is refused: whether it is off or worked must never depend on the order.
//! At most 366 tables of each kind, each of at most 60 days.

use std::path::Path;

use jiff::civil::{Date, Weekday};
use toml::de::DeValue;

use super::document;
use super::error::{Fault, Refusal};
use super::reader::{Report, Section, read_text, type_name};
use super::values::{text, unknown_word};
use crate::domain::hours::{Holidays, SpecialDay, weekday_from_name};

const MOST_TABLES: usize = 366;
const LONGEST_CLOSURE_DAYS: usize = 60;

/// Reads the file; what is wrong in it is in the report, under its own name and lines.
pub(super) fn load(file: &Path) -> Result<(Holidays, Report), Refusal> {
    let text = read_text(file).map_err(|refusal| {
        let Refusal { fault, expected, .. } = refusal;
        match file.exists() {
            true => Refusal::impossible(format!("names {}, which {fault}", file.display()), expected),
            false => Refusal::new(Fault::FileAbsent(file.to_owned()), expected),
        }
    })?;
    let report = Report::new(file, &text);
    let holidays = read(&text, &report);
    Ok((holidays, report))
}

/// Reads the text; what is wrong in it is in the report.
pub(super) fn read(text: &str, report: &Report) -> Holidays {
    let mut holidays = Holidays::default();
    let Some(root) = document::parse(text, report) else { return holidays };
    let mut root = Section::root(report, root.get_ref());
    for off in root.sections("off", MOST_TABLES) {
        read_off(off, &mut holidays);
    }
    for make_up in root.sections("make_up", MOST_TABLES) {
        read_make_up(make_up, &mut holidays);
    }
    root.finish();
    holidays
}

fn read_off(mut off: Section<'_>, holidays: &mut Holidays) {
    let from = off.required("from", DATE, day);
    let to = off.optional("to", day);
    if let Some(from) = from {
        let to = to.unwrap_or(from);
        let days: Vec<Date> = from
            .series(jiff::Span::new().days(1))
            .take_while(|day| *day <= to)
            .take(LONGEST_CLOSURE_DAYS + 1)
            .collect();
        if days.is_empty() {
            off.refuse("to", Refusal::impossible(format!("is {to}, before {from}"), "the last day off"));
        }
        if days.len() > LONGEST_CLOSURE_DAYS {
            off.refuse(
                "to",
                Refusal::impossible("closes the hall for more than 60 days", "the last day off"),
            );
        }
        for day in days {
            if !holidays.mark(day, SpecialDay::Off) {
                off.refuse("from", twice(day));
                break;
            }
        }
    }
    off.finish();
}

fn read_make_up(mut make_up: Section<'_>, holidays: &mut Holidays) {
    let date = make_up.required("date", DATE, day);
    let weekday = make_up.required("hours_of", "the weekday whose hours count, as in \"mon\"", weekday);
    if let (Some(date), Some(weekday)) = (date, weekday)
        && !holidays.mark(date, SpecialDay::MakeUp(weekday))
    {
        make_up.refuse("date", twice(date));
    }
    make_up.finish();
}

const DATE: &str = "a date without quotes, as in 2026-10-01";

fn day(value: &DeValue<'_>) -> Result<Date, Refusal> {
    let written = value.as_datetime().filter(|written| written.time.is_none() && written.offset.is_none());
    let Some(date) = written.and_then(|written| written.date) else {
        return Err(Refusal::new(Fault::WrongType(type_name(value)), DATE));
    };
    let parts = (i16::try_from(date.year), i8::try_from(date.month), i8::try_from(date.day));
    let (Ok(year), Ok(month), Ok(day)) = parts else { return Err(Refusal::impossible("is no day", DATE)) };
    Date::new(year, month, day).map_err(|_| Refusal::impossible("is no day", DATE))
}

fn weekday(value: &DeValue<'_>) -> Result<Weekday, Refusal> {
    const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    let word = text(value, "a weekday, as in \"mon\"")?;
    weekday_from_name(word).ok_or_else(|| unknown_word(word, DAYS.into_iter()))
}

fn twice(date: Date) -> Refusal {
    Refusal::impossible(format!("names {date}, which another entry names too"), "each day once")
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn read_all(text: &str) -> (Holidays, Vec<String>) {
        let report = Report::new(Path::new("holidays.toml"), text);
        let holidays = read(text, &report);
        (holidays, report.into_errors().iter().map(ToString::to_string).collect())
    }

    #[test]
    fn days_off_and_make_up_days_are_read() {
        let text = "[[off]]\nfrom = 2026-12-31\nto = 2027-01-02\n[[off]]\nfrom = 2027-03-01\n\
                    [[make_up]]\ndate = 2027-01-03\nhours_of = \"fri\"\n";
        let (holidays, errors) = read_all(text);
        assert_eq!(errors, [""; 0]);
        let table = [
            (date(2026, 12, 30), None),
            (date(2026, 12, 31), Some(SpecialDay::Off)),
            (date(2027, 1, 2), Some(SpecialDay::Off)),
            (date(2027, 1, 3), Some(SpecialDay::MakeUp(Weekday::Friday))),
            (date(2027, 3, 1), Some(SpecialDay::Off)),
            (date(2027, 3, 2), None),
        ];
        for (day, special) in table {
            assert_eq!(holidays.on(day), special, "{day}");
        }
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line() {
        let table = [
            ("[[off]]\nfrom = \"2026-10-01\"", "holidays.toml:2: off[1].from: is a text; expected a date"),
            (
                "[[off]]\nfrom = 2026-10-01T08:00:00",
                "holidays.toml:2: off[1].from: is a date or time; expected",
            ),
            ("[[off]]\nto = 2026-10-01", "holidays.toml:1: off[1].from: is missing; expected a date"),
            (
                "[[off]]\nfrom = 2026-10-02\nto = 2026-10-01",
                "holidays.toml:3: off[1].to: is 2026-10-01, before",
            ),
            (
                "[[off]]\nfrom = 2026-01-02\nto = 2029-10-01",
                "holidays.toml:3: off[1].to: closes the hall for",
            ),
            (
                "[[off]]\nfrom = 2026-10-01\n[[off]]\nfrom = 2026-10-01",
                "holidays.toml:4: off[2].from: names 2026-",
            ),
            ("[[make_up]]\ndate = 2026-10-10\nhours_of = \"mom\"", "did you mean \"mon\"?"),
            (
                "[[makeup]]\n",
                "holidays.toml:1: makeup: is unknown; expected one of off, make_up; did you mean \"make_up\"?",
            ),
        ];
        for (text, start) in table {
            let errors = read_all(text).1.join("\n");
            assert!(errors.contains(start), "{text}\n{errors}");
        }
    }
}
