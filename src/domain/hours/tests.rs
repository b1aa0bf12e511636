//! Opening hours by example, and against the rule said once more without any search.

use jiff::ToSpan;
use jiff::civil::{date, datetime};
use proptest::prelude::*;

use super::*;

fn office() -> Opening {
    let hours = OpeningHours::parse(&["mon-fri 09:00-12:00 13:00-17:00"]).unwrap();
    let mut holidays = Holidays::default();
    assert!((1..=7).all(|day| holidays.mark(date(2026, 10, day), SpecialDay::Off)));
    assert!(holidays.mark(date(2026, 10, 10), SpecialDay::MakeUp(Weekday::Monday)));
    assert!(!holidays.mark(date(2026, 10, 10), SpecialDay::Off));
    Opening { hours, holidays }
}

#[test]
fn the_door_follows_week_holidays_and_make_up_days() {
    let open = |y, m, d, h, min| DoorState::Open { until: Some(datetime(y, m, d, h, min, 0, 0)) };
    let closed = |y, m, d, h, min| DoorState::Closed { next: Some(datetime(y, m, d, h, min, 0, 0)) };
    // 2026-09-30 is a Wednesday, 2026-10-10 a Saturday that is worked.
    let table = [
        (datetime(2026, 9, 30, 8, 59, 59, 0), closed(2026, 9, 30, 9, 0)),
        (datetime(2026, 9, 30, 9, 0, 0, 0), open(2026, 9, 30, 12, 0)),
        (datetime(2026, 9, 30, 11, 59, 59, 999), open(2026, 9, 30, 12, 0)),
        (datetime(2026, 9, 30, 12, 0, 0, 0), closed(2026, 9, 30, 13, 0)),
        (datetime(2026, 9, 30, 17, 0, 0, 0), closed(2026, 10, 8, 9, 0)),
        (datetime(2026, 10, 5, 10, 0, 0, 0), closed(2026, 10, 8, 9, 0)),
        (datetime(2026, 10, 9, 18, 0, 0, 0), closed(2026, 10, 10, 9, 0)),
        (datetime(2026, 10, 10, 14, 0, 0, 0), open(2026, 10, 10, 17, 0)),
        (datetime(2026, 10, 11, 10, 0, 0, 0), closed(2026, 10, 12, 9, 0)),
    ];
    for (at, state) in table {
        assert_eq!(office().state_at(at), state, "{at}");
    }
}

#[test]
fn midnight_joins_what_meets_there() {
    let night = OpeningHours::parse(&["fri 20:00-24:00", "sat 00:00-02:00 02:00-03:30"]).unwrap();
    let night = Opening { hours: night, holidays: Holidays::default() };
    let until = Some(datetime(2026, 10, 3, 3, 30, 0, 0));
    assert_eq!(night.state_at(datetime(2026, 10, 2, 21, 0, 0, 0)), DoorState::Open { until });
    let mut always = Opening::always();
    assert_eq!(always.state_at(datetime(2026, 10, 2, 0, 0, 0, 0)), DoorState::Open { until: None });
    assert!(always.holidays.mark(date(2026, 10, 4), SpecialDay::Off));
    let until = Some(datetime(2026, 10, 4, 0, 0, 0, 0));
    assert_eq!(always.state_at(datetime(2026, 10, 2, 12, 0, 0, 0)), DoorState::Open { until });
    let written = OpeningHours::parse(&["mon-sun 00:00-24:00"]).unwrap();
    assert_eq!(written, OpeningHours::always());
}

#[test]
fn the_end_of_the_calendar_and_a_long_closure_have_no_next() {
    let end = Date::MAX.to_datetime(Time::MAX);
    assert_eq!(office().state_at(end), DoorState::Closed { next: None });
    assert_eq!(Opening::always().state_at(end), DoorState::Open { until: None });
    let mut shut = office();
    let mut day = date(2027, 1, 4);
    for _ in 0..=LOOK_AHEAD_DAYS {
        assert!(shut.holidays.mark(day, SpecialDay::Off));
        day = day.tomorrow().unwrap();
    }
    assert_eq!(shut.state_at(datetime(2027, 1, 4, 8, 0, 0, 0)), DoorState::Closed { next: None });
}

#[test]
fn what_cannot_be_is_refused_by_its_cause() {
    let text = str::to_owned;
    let table: [(&[&str], HoursError); 14] = [
        (&[], HoursError::NeverOpen),
        (&[""], HoursError::UnknownDay(text(""))),
        (&["mo 09:00-12:00"], HoursError::UnknownDay(text("mo"))),
        (&["mon,, 09:00-12:00"], HoursError::UnknownDay(text(""))),
        (&["09:00-12:00"], HoursError::UnknownDay(text("09:00"))),
        (&["fri-mon 09:00-12:00"], HoursError::DaysBackward(text("fri-mon"))),
        (&["mon"], HoursError::NoSpan(text("mon"))),
        (&["mon 9:00-12:00"], HoursError::NoSuchSpan(text("9:00-12:00"))),
        (&["mon 09:00"], HoursError::NoSuchSpan(text("09:00"))),
        (&["mon 09:60-12:00"], HoursError::NoSuchSpan(text("09:60-12:00"))),
        (&["mon 09:00-24:01"], HoursError::NoSuchSpan(text("09:00-24:01"))),
        (&["mon 12:00-09:00"], HoursError::SpanBackward(text("12:00-09:00"))),
        (&["mon 09:00-12:00 11:59-13:00"], HoursError::Overlap { day: "mon", from: text("11:59") }),
        (
            &["sat,sun 09:00-12:00", "sun 08:00-10:00"],
            HoursError::Overlap { day: "sun", from: text("09:00") },
        ),
    ];
    for (entries, error) in table {
        assert_eq!(OpeningHours::parse(entries), Err(error), "{entries:?}");
    }
}

/// A week as a list of (day, from, to) with its text; spans of one day never overlap.
fn weeks() -> impl Strategy<Value = Vec<(usize, u16, u16)>> {
    let day = prop::collection::btree_set(0..=DAY_END, 0..6);
    prop::collection::vec(day, 7).prop_map(|days| {
        let spans = days.iter().enumerate().flat_map(|(day, cuts)| {
            let cuts: Vec<u16> = cuts.iter().copied().collect();
            cuts.chunks_exact(2).map(|cut| (day, cut[0], cut[1])).collect::<Vec<_>>()
        });
        spans.collect()
    })
}

fn written(week: &[(usize, u16, u16)]) -> Vec<String> {
    let clock = |minute: u16| format!("{:02}:{:02}", minute / 60, minute % 60);
    let entry = |(day, from, to): &(usize, u16, u16)| {
        format!("{} {}-{}", DAY_NAMES[*day].0, clock(*from), clock(*to))
    };
    week.iter().map(entry).collect()
}

fn opening(week: &[(usize, u16, u16)], special: &[(i64, Option<usize>)]) -> Option<Opening> {
    let hours = OpeningHours::parse(&written(week)).ok()?;
    let mut holidays = Holidays::default();
    for (day, as_day) in special {
        let date = date(2026, 11, 1).checked_add(day.days()).unwrap();
        let kind = as_day.map_or(SpecialDay::Off, |day| SpecialDay::MakeUp(DAY_NAMES[day].1));
        let _first_wins = holidays.mark(date, kind);
    }
    Some(Opening { hours, holidays })
}

/// The rule said once more, without any search: is this minute in a span of its day?
fn is_open(week: &[(usize, u16, u16)], holidays: &Holidays, at: DateTime) -> bool {
    let weekday = match holidays.on(at.date()) {
        Some(SpecialDay::Off) => return false,
        Some(SpecialDay::MakeUp(weekday)) => weekday,
        None => at.weekday(),
    };
    let minute = minute_of(at.time());
    week.iter().any(|(day, from, to)| DAY_NAMES[*day].1 == weekday && *from <= minute && minute < *to)
}

proptest! {
    #[test]
    fn open_iff_in_a_span_and_the_next_change_is_the_first(
        week in weeks(),
        special in prop::collection::vec((0i64..14, prop::option::of(0usize..7)), 0..6),
        start in 0i64..(10 * 1440),
    ) {
        let Some(opening) = opening(&week, &special) else {
            prop_assert!(week.is_empty());
            return Ok(());
        };
        let at = date(2026, 11, 1).to_datetime(Time::midnight()).checked_add(start.minutes()).unwrap();
        let (open, change) = match opening.state_at(at) {
            DoorState::Open { until } => (true, until),
            DoorState::Closed { next } => (false, next),
        };
        prop_assert_eq!(open, is_open(&week, &opening.holidays, at));
        let limit = at.checked_add(20.days()).unwrap();
        let end = change.unwrap_or(limit).min(limit);
        let mut minute = at;
        while minute < end {
            prop_assert_eq!(is_open(&week, &opening.holidays, minute), open, "{}", minute);
            minute = minute.checked_add(1.minutes()).unwrap();
        }
        if let Some(change) = change {
            prop_assert!(change > at);
            prop_assert_eq!(is_open(&week, &opening.holidays, change), !open, "{}", change);
            let opens = matches!(opening.state_at(change), DoorState::Open { .. });
            prop_assert_eq!(opens, !open, "{}", change);
        }
    }

    #[test]
    fn no_text_makes_the_parser_panic(entries in prop::collection::vec("[a-z0-9:, -]{0,20}|.{0,12}", 0..4)) {
        let _any = OpeningHours::parse(&entries);
    }
}
