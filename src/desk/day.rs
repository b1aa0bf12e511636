//! Which instant and which business day hold, whatever the clock says.
//!
//! The wall clock is believed while it does not fall behind what the store has seen. Where it does (a dead
//! battery, somebody's hand), the terminal stays in its business day, counts on by the monotonic clock and says
//! so, until the clock is right again or the platform tells its time.

use std::time::Duration;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::domain::ids::BusinessDay;
use crate::domain::time::Now;

/// No terminal of this version ran before this instant: a wall clock below it is wrong even with an empty store.
pub(super) const RELEASE: Timestamp = Timestamp::constant(1_767_196_800, 0);

/// A step back of no more than this is ordinary clock discipline: time stands still for it, nobody is alarmed.
const SLACK: SignedDuration = SignedDuration::from_secs(60);

/// The platform's time is counted on for weeks where the line stays down, and a quartz runs off by up to 200 parts in a
/// million meanwhile: so much further may the wall clock, kept right by others, stand from it.
const DRIFT: i32 = 5_000;

/// Whether the wall clock is believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClockState {
    /// It is.
    Right,
    /// It stands below what the store has seen or the platform said; time is counted on from there.
    Behind,
}

/// The instant and business day that hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// Never below any instant in the store, unless the platform itself said so.
    pub at: Timestamp,
    /// The business day.
    pub day: BusinessDay,
    /// Whether the wall clock is believed.
    pub clock: ClockState,
    /// Nobody who knows told the instant, neither wall clock nor platform: it was counted on from the latest one in
    /// the store and may be hours late.
    pub counted: bool,
}

/// Who told the time beside the wall clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ToldBy {
    /// The platform, in an answer whose signature holds.
    Platform,
    /// A technician at the service menu.
    Technician,
}

/// The time as somebody told it.
#[derive(Clone, Copy, Debug)]
struct Word {
    /// What was told.
    at: Timestamp,
    /// When, by the monotonic clock.
    told: Duration,
    by: ToldBy,
}

/// Keeps the instant and the business day from going back.
#[derive(Clone, Debug)]
pub struct DayKeeper {
    latest: Timestamp,
    /// The day of the ticket taken last.
    day: Option<BusinessDay>,
    /// Where counting by the monotonic clock began.
    counting: Option<(Timestamp, Duration)>,
    /// Who told the time last.
    word: Option<Word>,
}

impl Default for DayKeeper {
    fn default() -> Self {
        Self { latest: RELEASE, day: None, counting: None, word: None }
    }
}

impl DayKeeper {
    /// Takes up what the store has seen.
    #[must_use]
    pub fn resume(latest: Option<Timestamp>, day: Option<BusinessDay>) -> Self {
        Self { latest: latest.unwrap_or(RELEASE).max(RELEASE), day, ..Self::default() }
    }

    /// Somebody's word for the time. One before this version was made is no better than a wall clock that says so, and
    /// is not taken; nor is a technician's against the platform's. Whether it was taken.
    pub fn trust(&mut self, at: Timestamp, told: Duration, by: ToldBy) -> bool {
        if !self.would_trust(at, by) {
            log::warn!("{by:?} says that it is {at}; that time is not taken");
            return false;
        }
        self.word = Some(Word { at, told, by });
        true
    }

    /// Whether [`DayKeeper::trust`] would take that word.
    #[must_use]
    pub fn would_trust(&self, at: Timestamp, by: ToldBy) -> bool {
        at >= RELEASE && (by == ToldBy::Platform || self.told_by() != Some(ToldBy::Platform))
    }

    /// Who told the time last, if anybody did since this process started.
    #[must_use]
    pub fn told_by(&self) -> Option<ToldBy> {
        self.word.map(|word| word.by)
    }

    /// The latest instant that the store has seen.
    #[must_use]
    pub fn latest(&self) -> Timestamp {
        self.latest
    }

    /// That instant stands in the store: from now on time does not go back below it.
    pub fn note(&mut self, at: Timestamp) {
        self.latest = at;
    }

    /// A ticket of that day was taken: without somebody's word the day does not go back below it.
    pub fn note_day(&mut self, day: BusinessDay) {
        self.day = Some(day);
    }

    /// Whether the store's last ticket is of that moment's day: no day was closed since.
    #[must_use]
    pub fn same_day(&self, moment: Moment) -> bool {
        self.day == Some(moment.day)
    }

    /// What holds now.
    pub fn moment(&mut self, now: Now, zone: &TimeZone) -> Moment {
        if let Some(Word { at, told, .. }) = self.word {
            let at = counted(at, told, now.mono);
            let slack = SLACK + passed(told, now.mono) / DRIFT;
            let clock =
                if at.duration_until(now.wall) < -slack { ClockState::Behind } else { ClockState::Right };
            // The wall clock is good enough while it is near the platform's.
            let near = at.duration_until(now.wall).abs() <= slack;
            return self.settle(if near { now.wall } else { at }, clock, zone, true);
        }
        if now.wall + SLACK >= self.latest {
            self.counting = None;
            return self.settle(now.wall, ClockState::Right, zone, false);
        }
        let (from, since) = *self.counting.get_or_insert((self.latest, now.mono));
        let at = counted(from, since, now.mono);
        // Counting may pass midnight: the day stays until somebody who knows says so.
        let day = self.day.unwrap_or_else(|| day_of(from, zone));
        Moment { at, day, clock: ClockState::Behind, counted: true }
    }

    fn settle(&self, at: Timestamp, clock: ClockState, zone: &TimeZone, sure: bool) -> Moment {
        let near_past = at < self.latest && at + SLACK >= self.latest;
        let at = if near_past || (!sure && at < self.latest) { self.latest } else { at };
        let told = day_of(at, zone);
        let day = match self.day {
            Some(day) if !sure && day > told => day,
            _ => told,
        };
        Moment { at, day, clock, counted: false }
    }
}

fn counted(from: Timestamp, since: Duration, mono: Duration) -> Timestamp {
    from.checked_add(passed(since, mono)).unwrap_or(from)
}

fn passed(since: Duration, mono: Duration) -> SignedDuration {
    SignedDuration::try_from(mono.saturating_sub(since)).unwrap_or(SignedDuration::ZERO)
}

fn day_of(at: Timestamp, zone: &TimeZone) -> BusinessDay {
    BusinessDay(at.to_zoned_datetime(zone.clone()).date())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shanghai() -> TimeZone {
        TimeZone::get("Asia/Shanghai").unwrap()
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn now(wall: &str, mono: u64) -> Now {
        Now { wall: at(wall), mono: Duration::from_secs(mono) }
    }

    fn day(text: &str) -> BusinessDay {
        BusinessDay(text.parse().unwrap())
    }

    #[test]
    fn a_right_clock_is_followed_over_midnight_in_the_sites_zone() {
        let mut keeper = DayKeeper::default();
        assert_eq!(keeper.moment(now("2026-11-24T15:59:59Z", 1), &shanghai()).day, day("2026-11-24"));
        let after = keeper.moment(now("2026-11-24T16:00:00Z", 2), &shanghai());
        assert_eq!((after.day, after.clock), (day("2026-11-25"), ClockState::Right));
    }

    #[test]
    fn a_clock_at_1970_stays_in_the_stores_day_and_counts_on() {
        let seen = at("2026-11-24T08:00:00Z");
        let mut keeper = DayKeeper::resume(Some(seen), Some(day("2026-11-24")));
        let first = keeper.moment(now("1970-01-01T00:00:10Z", 10), &shanghai());
        keeper.note(first.at);
        let counted = Moment { at: seen, day: day("2026-11-24"), clock: ClockState::Behind, counted: true };
        assert_eq!(first, counted);
        let later = keeper.moment(now("1970-01-01T20:00:10Z", 10 + 20 * 3600), &shanghai());
        assert_eq!(later.at, at("2026-11-25T04:00:00Z"));
        assert_eq!(later.day, day("2026-11-24"), "a new day needs somebody's word");
    }

    #[test]
    fn the_platforms_word_opens_the_new_day() {
        let mut keeper = DayKeeper::resume(Some(at("2026-11-24T08:00:00Z")), Some(day("2026-11-24")));
        keeper.moment(now("1970-01-01T00:00:10Z", 10), &shanghai());
        keeper.trust(at("2026-11-25T01:00:00Z"), Duration::from_secs(20), ToldBy::Platform);
        let moment = keeper.moment(now("1970-01-01T00:00:30Z", 30), &shanghai());
        assert_eq!(moment.at, at("2026-11-25T01:00:10Z"));
        assert_eq!((moment.day, moment.clock), (day("2026-11-25"), ClockState::Behind));
        assert!(!moment.counted, "the wall clock is wrong, the instant is not");
    }

    #[test]
    fn a_platform_of_1970_is_not_heard() {
        let mut keeper = DayKeeper::resume(Some(at("2026-11-24T08:00:00Z")), Some(day("2026-11-24")));
        keeper.trust(at("1970-01-01T00:00:10Z"), Duration::from_secs(1), ToldBy::Platform);
        let moment = keeper.moment(now("2026-11-24T08:10:00Z", 2), &shanghai());
        assert_eq!((moment.day, moment.at), (day("2026-11-24"), at("2026-11-24T08:10:00Z")));
        // Nor does it put a good word out of force.
        keeper.trust(at("2026-11-25T01:00:00Z"), Duration::from_secs(3), ToldBy::Platform);
        keeper.trust(at("1999-12-31T00:00:00Z"), Duration::from_secs(4), ToldBy::Platform);
        let moment = keeper.moment(now("1970-01-01T00:00:00Z", 5), &shanghai());
        assert_eq!(moment.at, at("2026-11-25T01:00:02Z"));
    }

    #[test]
    fn the_longer_ago_the_platform_spoke_the_further_the_wall_clock_may_stand() {
        let mut keeper = DayKeeper::default();
        keeper.trust(at("2026-11-24T00:00:00Z"), Duration::ZERO, ToldBy::Platform);
        let month = 30 * 24 * 3600;
        // Ten minutes off after a month: 60 s, and 518 s that the counting may have gone wrong by.
        let table = [
            (60, true, "2026-11-24T00:00:10Z"),
            (60, false, "2026-11-23T23:59:50Z"),
            (month, true, "2026-12-23T23:51:00Z"),
            (month, false, "2026-12-23T23:50:00Z"),
            (month, true, "2026-12-24T00:09:00Z"),
        ];
        for (mono, near, wall) in table {
            let moment = keeper.moment(now(wall, mono), &shanghai());
            assert_eq!(moment.at == at(wall), near, "{wall}: {moment:?}");
        }
    }

    #[test]
    fn a_small_step_back_stands_still_and_a_corrected_clock_is_right_again() {
        let mut keeper = DayKeeper::resume(Some(at("2026-11-24T08:00:30Z")), Some(day("2026-11-24")));
        let moment = keeper.moment(now("2026-11-24T08:00:00Z", 1), &shanghai());
        assert_eq!((moment.at, moment.clock), (at("2026-11-24T08:00:30Z"), ClockState::Right));
        let behind = keeper.moment(now("2026-11-24T07:00:00Z", 2), &shanghai());
        assert_eq!(behind.clock, ClockState::Behind);
        let right = keeper.moment(now("2026-11-24T08:10:00Z", 3), &shanghai());
        assert_eq!((right.at, right.clock), (at("2026-11-24T08:10:00Z"), ClockState::Right));
    }

    #[test]
    fn a_jump_ahead_that_nothing_was_written_in_is_forgotten() {
        let mut keeper = DayKeeper::resume(Some(at("2026-11-24T08:00:00Z")), Some(day("2026-11-24")));
        assert_eq!(keeper.moment(now("2099-01-01T00:00:00Z", 1), &shanghai()).day, day("2099-01-01"));
        let back = keeper.moment(now("2026-11-24T08:00:05Z", 5), &shanghai());
        assert_eq!((back.day, back.clock), (day("2026-11-24"), ClockState::Right));
    }

    #[test]
    fn a_technicians_word_holds_until_the_platform_speaks() {
        let mut keeper = DayKeeper::resume(Some(at("2026-11-24T08:00:00Z")), Some(day("2026-11-24")));
        let mono = Duration::from_secs;
        assert!(!keeper.trust(at("1999-12-31T00:00:00Z"), mono(1), ToldBy::Technician));
        assert!(keeper.trust(at("2026-11-26T01:00:00Z"), mono(1), ToldBy::Technician));
        let moment = keeper.moment(now("1970-01-01T00:00:30Z", 31), &shanghai());
        assert_eq!((moment.at, moment.day), (at("2026-11-26T01:00:30Z"), day("2026-11-26")));
        assert!(keeper.trust(at("2026-11-25T01:00:00Z"), mono(40), ToldBy::Platform));
        assert!(!keeper.trust(at("2026-11-26T01:00:00Z"), mono(41), ToldBy::Technician));
        assert_eq!(keeper.moment(now("1970-01-01T00:00:50Z", 50), &shanghai()).day, day("2026-11-25"));
    }

    #[test]
    fn a_store_of_the_future_is_left_by_the_platforms_word_alone() {
        let mut keeper = DayKeeper::resume(Some(at("2099-01-01T00:00:00Z")), Some(day("2099-01-01")));
        assert_eq!(keeper.moment(now("2026-11-24T01:00:00Z", 5), &shanghai()).day, day("2099-01-01"));
        keeper.trust(at("2026-11-24T01:00:10Z"), Duration::from_secs(15), ToldBy::Platform);
        let moment = keeper.moment(now("2026-11-24T01:00:12Z", 17), &shanghai());
        assert_eq!((moment.day, moment.clock), (day("2026-11-24"), ClockState::Right));
    }

    proptest! {
        /// Whatever the wall clock does, neither instant nor day goes back below what the store has seen.
        #[test]
        fn time_never_goes_back(walls in prop::collection::vec((0_i64..4_000_000_000, any::<bool>()), 1..40)) {
            let mut keeper = DayKeeper::default();
            let mut last: Option<Moment> = None;
            for (mono, (wall, kept)) in (1_u64..).zip(walls) {
                let wall = Timestamp::from_second(wall).unwrap();
                let moment = keeper.moment(Now { wall, mono: Duration::from_secs(mono) }, &shanghai());
                if let Some(last) = last {
                    prop_assert!(moment.at >= last.at);
                    prop_assert!(moment.day >= last.day);
                }
                if kept {
                    keeper.note(moment.at);
                    keeper.note_day(moment.day);
                    last = Some(moment);
                }
            }
        }
    }
}
