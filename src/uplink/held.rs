//! The subjects whose events must wait: what follows in a subject may not overtake what came before it.
//!
//! However many they are, the others go on: each hold lasts longer the more there are, so that asking for them again
//! takes a small part of the line, and the table has a bound above which a hold is forgotten, not the line stopped.

use std::collections::BTreeMap;
use std::collections::btree_set::{self, BTreeSet};
use std::time::Duration;

use crate::uplink::backoff::Gate;

/// A hold that ran out this long ago without its subject being offered again is forgotten.
const FORGET_AFTER: Duration = Duration::from_secs(600);

/// So many holds keep their usual length; twice as many last twice as long, and so on.
const AT_EASE: usize = 500;

/// The most subjects in the table, about a megabyte: tickets of a busy hall's month.
pub(crate) const MOST: usize = 10_000;

/// The subjects held back at one instant. An outbox leaves their events out of what it offers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HeldSubjects(BTreeSet<String>);

impl HeldSubjects {
    /// Whether events of this subject must wait.
    pub fn contains(&self, subject: &str) -> bool {
        self.0.contains(subject)
    }

    /// How many subjects are held.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether none is held.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The subjects in order.
    pub fn iter(&self) -> btree_set::Iter<'_, String> {
        self.0.iter()
    }
}

impl<'a> IntoIterator for &'a HeldSubjects {
    type Item = &'a String;
    type IntoIter = btree_set::Iter<'a, String>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// The holds with their own backoff each. Times are durations since one origin.
#[derive(Debug, Default)]
pub(crate) struct Holds(BTreeMap<String, Gate>);

impl Holds {
    /// Holds a subject back, longer each time until it is released. In a full table the hold that ends first gives
    /// way; its subject is then offered again at once.
    pub(crate) fn hold(&mut self, subject: &str, now: Duration, jitter: f64) {
        if self.is_full() && !self.0.contains_key(subject) {
            let first = self.0.iter().min_by_key(|(_, gate)| gate.opens_at()).map(|(first, _)| first.clone());
            self.0.remove(&first.unwrap_or_default());
        }
        let crowd = u32::try_from(self.0.len() / AT_EASE).unwrap_or(u32::MAX).max(1);
        let gate = self.0.entry(subject.to_owned()).or_default();
        gate.failed(now, None, jitter);
        let wait = gate.opens_at().saturating_sub(now);
        gate.hold_until(now.saturating_add(wait.saturating_mul(crowd)));
    }

    /// Whether one more subject takes the place of another.
    pub(crate) fn is_full(&self) -> bool {
        self.0.len() >= MOST
    }

    /// Lets a subject go: its first event was settled.
    pub(crate) fn release(&mut self, subject: &str) {
        self.0.remove(subject);
    }

    /// The subjects held at `now`.
    pub(crate) fn held(&self, now: Duration) -> HeldSubjects {
        HeldSubjects(self.active(now).map(|(subject, _)| subject.clone()).collect())
    }

    /// When the first of the present holds runs out.
    pub(crate) fn first_end(&self, now: Duration) -> Option<Duration> {
        self.active(now).map(|(_, gate)| gate.opens_at()).min()
    }

    /// Forgets what ran out long ago, so that the table stays small for ever.
    pub(crate) fn tidy(&mut self, now: Duration) {
        self.0.retain(|_, gate| gate.opens_at().saturating_add(FORGET_AFTER) > now);
    }

    fn active(&self, now: Duration) -> impl Iterator<Item = (&String, &Gate)> {
        self.0.iter().filter(move |(_, gate)| gate.opens_at() > now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holds_run_out_grow_and_are_forgotten() {
        let second = Duration::from_secs(1);
        let mut holds = Holds::default();
        holds.hold("ticket/1", second, 0.5);
        assert!(holds.held(second).contains("ticket/1"));
        let end = holds.first_end(second).unwrap();
        assert!(holds.held(end).is_empty());
        // Held again, it waits longer: the count was kept.
        holds.hold("ticket/1", end, 0.5);
        assert!(holds.first_end(end).unwrap() - end > end - second);
        holds.release("ticket/1");
        assert_eq!(holds.first_end(end), None);
        holds.hold("ticket/2", second, 0.5);
        holds.tidy(second * 3600);
        assert!(holds.0.is_empty());
    }

    #[test]
    fn a_crowd_waits_longer_and_the_table_has_its_bound() {
        let now = Duration::from_secs(1);
        let mut holds = Holds::default();
        let mut wait = |number: usize| {
            let subject = format!("ticket/{number:05}");
            holds.hold(&subject, now, 0.5);
            holds.0.get(&subject).unwrap().opens_at() - now
        };
        let usual = wait(0);
        let last = (1..MOST + 50).map(&mut wait).last().unwrap();
        assert_eq!(last, usual * u32::try_from((MOST - 1) / AT_EASE).unwrap());
        assert_eq!(holds.held(now).len(), MOST);
        assert!(!holds.held(now).contains("ticket/00000"), "the one that would end first gave way");
    }
}
