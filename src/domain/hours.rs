//! When the hall is open: the week's hours, days off and make-up days (调休).
//!
//! Everything here counts in civil time of the site's zone, and is handed the time: it never reads a
//! clock and never turns a resident away by itself. Whoever asks decides what a closed door means.

use std::collections::BTreeMap;

use jiff::civil::{Date, DateTime, Time, Weekday};

/// How far ahead [`Opening::state_at`] looks, in days.
pub const LOOK_AHEAD_DAYS: usize = 60;

const DAY_END: u16 = 24 * 60;
const DAY_NAMES: [(&str, Weekday); 7] = [
    ("mon", Weekday::Monday),
    ("tue", Weekday::Tuesday),
    ("wed", Weekday::Wednesday),
    ("thu", Weekday::Thursday),
    ("fri", Weekday::Friday),
    ("sat", Weekday::Saturday),
    ("sun", Weekday::Sunday),
];

/// A site's hours together with its holidays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opening {
    /// The hours of an ordinary week.
    pub hours: OpeningHours,
    /// The days that differ from it.
    pub holidays: Holidays,
}

/// Whether the hall is open, and what comes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DoorState {
    /// Open now.
    Open {
        /// The first instant at which it is closed; `None` where that is not within [`LOOK_AHEAD_DAYS`].
        until: Option<DateTime>,
    },
    /// Closed now.
    Closed {
        /// The next opening; `None` where there is none within [`LOOK_AHEAD_DAYS`].
        next: Option<DateTime>,
    },
}

impl Opening {
    /// A site that never closes.
    #[must_use]
    pub fn always() -> Self {
        Self { hours: OpeningHours::always(), holidays: Holidays::default() }
    }

    /// The state of the hall at `at`, in civil time of the site's zone.
    ///
    /// A span includes its first minute and not its last: with `09:00-12:00` the hall closes at 12:00:00.
    /// Spans that meet, at midnight too, are one.
    #[must_use]
    pub fn state_at(&self, at: DateTime) -> DoorState {
        let minute = minute_of(at.time());
        match self.spans_on(at.date()).iter().find(|span| span.from <= minute && minute < span.to) {
            Some(span) => DoorState::Open { until: self.end_from(at.date(), span.to) },
            None => DoorState::Closed { next: self.next_after(at.date(), minute) },
        }
    }

    fn spans_on(&self, date: Date) -> &[Span] {
        match self.holidays.0.get(&date) {
            Some(SpecialDay::Off) => &[],
            Some(SpecialDay::MakeUp(weekday)) => self.hours.on(*weekday),
            None => self.hours.on(date.weekday()),
        }
    }

    fn end_from(&self, date: Date, to: u16) -> Option<DateTime> {
        let (mut date, mut to) = (date, to);
        for _ in 0..=LOOK_AHEAD_DAYS {
            if to < DAY_END {
                return Some(date.to_datetime(time_of(to)));
            }
            date = date.tomorrow().ok()?;
            match self.spans_on(date).first() {
                Some(span) if span.from == 0 => to = span.to,
                _ => return Some(date.to_datetime(Time::midnight())),
            }
        }
        None
    }

    fn next_after(&self, date: Date, minute: u16) -> Option<DateTime> {
        let later_today = self.spans_on(date).iter().find(|span| span.from > minute);
        if let Some(span) = later_today {
            return Some(date.to_datetime(time_of(span.from)));
        }
        let mut date = date;
        for _ in 0..LOOK_AHEAD_DAYS {
            date = date.tomorrow().ok()?;
            if let Some(span) = self.spans_on(date).first() {
                return Some(date.to_datetime(time_of(span.from)));
            }
        }
        None
    }
}

/// Minutes of one day, first included, last not; 1440 is the day's end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Span {
    from: u16,
    to: u16,
}

/// The hours of an ordinary week, in minutes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpeningHours {
    /// Monday first; a day's spans are in order, never overlap and never touch.
    week: [Vec<Span>; 7],
}

impl OpeningHours {
    /// All day, every day.
    #[must_use]
    pub fn always() -> Self {
        Self { week: std::array::from_fn(|_| vec![Span { from: 0, to: DAY_END }]) }
    }

    /// Reads entries of the form `DAYS SPAN…`, as in `mon-fri 09:00-12:00 13:00-17:00`.
    ///
    /// DAYS is a day (`sat`), a range (`mon-fri`, in the order of the week), or several of either with
    /// commas (`sat,sun`). A SPAN is `HH:MM-HH:MM`; it lies within one day, and `24:00` is the day's end,
    /// so a night shift is written as two entries. Several entries may name one day; their spans add up.
    /// A day that no entry names is closed.
    ///
    /// # Errors
    /// [`HoursError`] names the part that cannot be read or cannot be.
    pub fn parse<T: AsRef<str>>(entries: &[T]) -> Result<Self, HoursError> {
        let mut week: [Vec<Span>; 7] = Default::default();
        for entry in entries {
            let mut words = entry.as_ref().split_ascii_whitespace();
            let days = days_of(words.next().unwrap_or_default())?;
            let spans = words.map(span_of).collect::<Result<Vec<_>, _>>()?;
            if spans.is_empty() {
                return Err(HoursError::NoSpan(entry.as_ref().to_owned()));
            }
            for (index, name) in days {
                if let Some(day) = week.get_mut(index) {
                    for span in &spans {
                        add_span(day, *span).map_err(|span| overlap(name, span))?;
                    }
                }
            }
        }
        if week.iter().all(Vec::is_empty) {
            return Err(HoursError::NeverOpen);
        }
        week.iter_mut().for_each(join_touching);
        Ok(Self { week })
    }

    fn on(&self, weekday: Weekday) -> &[Span] {
        let day = self.week.iter().zip(DAY_NAMES).find(|(_, (_, name))| *name == weekday);
        day.map_or(&[], |(spans, _)| spans.as_slice())
    }
}

/// Days that differ from the ordinary week.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Holidays(BTreeMap<Date, SpecialDay>);

/// What a special day is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SpecialDay {
    /// Closed all day (放假).
    Off,
    /// Open with the hours of that weekday (调休上班).
    MakeUp(Weekday),
}

impl Holidays {
    /// Marks `date`; `false`, and nothing changed, where it was already marked.
    #[must_use]
    pub fn mark(&mut self, date: Date, day: SpecialDay) -> bool {
        if self.0.contains_key(&date) {
            return false;
        }
        self.0.insert(date, day);
        true
    }

    /// What `date` is, where it is special.
    #[must_use]
    pub fn on(&self, date: Date) -> Option<SpecialDay> {
        self.0.get(&date).copied()
    }
}

/// The hours cannot be read, or cannot be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HoursError {
    /// No day, or no such day.
    #[error("\"{0}\" is no day")]
    UnknownDay(String),
    /// `fri-mon`.
    #[error("\"{0}\" runs backward through the week")]
    DaysBackward(String),
    /// Days without hours.
    #[error("\"{0}\" names no hours")]
    NoSpan(String),
    /// No `HH:MM-HH:MM`.
    #[error("\"{0}\" is no span of hours")]
    NoSuchSpan(String),
    /// Ends before it begins, or at once.
    #[error("\"{0}\" ends before it begins")]
    SpanBackward(String),
    /// Two spans of one day share a minute.
    #[error("{day} is open twice from {from}")]
    Overlap {
        /// The day's name in the configuration.
        day: &'static str,
        /// Where the later span begins, `HH:MM`.
        from: String,
    },
    /// No entry at all.
    #[error("no hours are named")]
    NeverOpen,
}

/// The weekday of a configuration word, `mon` … `sun`.
#[must_use]
pub fn weekday_from_name(name: &str) -> Option<Weekday> {
    DAY_NAMES.iter().find(|(word, _)| *word == name).map(|(_, weekday)| *weekday)
}

fn days_of(word: &str) -> Result<Vec<(usize, &'static str)>, HoursError> {
    let index = |name: &str| {
        let found = DAY_NAMES.iter().position(|(word, _)| *word == name);
        found.ok_or_else(|| HoursError::UnknownDay(name.to_owned()))
    };
    let mut days = Vec::new();
    for part in word.split(',') {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let (first, last) = (index(first)?, index(last)?);
        if first > last {
            return Err(HoursError::DaysBackward(part.to_owned()));
        }
        days.extend(
            DAY_NAMES.iter().enumerate().skip(first).take(last - first + 1).map(|(i, (name, _))| (i, *name)),
        );
    }
    Ok(days)
}

fn span_of(word: &str) -> Result<Span, HoursError> {
    let minutes = word.split_once('-').and_then(|(from, to)| Some((minutes_of(from)?, minutes_of(to)?)));
    match minutes {
        Some((from, to)) if from < to => Ok(Span { from, to }),
        Some(_) => Err(HoursError::SpanBackward(word.to_owned())),
        None => Err(HoursError::NoSuchSpan(word.to_owned())),
    }
}

fn minutes_of(text: &str) -> Option<u16> {
    let two = |part: &str| {
        let plain = part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit());
        plain.then(|| part.parse::<u16>().ok()).flatten()
    };
    let (hour, minute) = text.split_once(':')?;
    let (hour, minute) = (two(hour)?, two(minute)?);
    let total = hour * 60 + minute;
    (minute < 60 && total <= DAY_END).then_some(total)
}

fn add_span(day: &mut Vec<Span>, span: Span) -> Result<(), Span> {
    if let Some(other) = day.iter().find(|other| other.from < span.to && span.from < other.to) {
        return Err((*other).max(span));
    }
    let place = day.partition_point(|other| *other < span);
    day.insert(place, span);
    Ok(())
}

fn overlap(day: &'static str, span: Span) -> HoursError {
    HoursError::Overlap { day, from: format!("{:02}:{:02}", span.from / 60, span.from % 60) }
}

fn join_touching(day: &mut Vec<Span>) {
    day.dedup_by(|later, earlier| {
        let touch = earlier.to == later.from;
        if touch {
            earlier.to = later.to;
        }
        touch
    });
}

fn minute_of(time: Time) -> u16 {
    u16::from(time.hour().unsigned_abs()) * 60 + u16::from(time.minute().unsigned_abs())
}

/// The time of a minute below [`DAY_END`].
fn time_of(minute: u16) -> Time {
    let part = |value: u16| i8::try_from(value).unwrap_or_default();
    Time::new(part(minute / 60), part(minute % 60), 0, 0).unwrap_or_default()
}

#[cfg(test)]
mod tests;
