//! The subjects whose events must wait: what follows in a subject may not overtake what came before it.

use std::collections::BTreeMap;
use std::collections::btree_set::{self, BTreeSet};
use std::time::Duration;

use crate::uplink::backoff::Gate;

/// A hold that ran out this long ago without its subject being offered again is forgotten.
const FORGET_AFTER: Duration = Duration::from_secs(600);

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
    /// Holds a subject back, longer each time until it is released.
    pub(crate) fn hold(&mut self, subject: &str, now: Duration, jitter: f64) {
        self.0.entry(subject.to_owned()).or_default().failed(now, None, jitter);
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
}
