//! What the rounds came to, as JSON.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::json;

use crate::books::Totals;

/// One round.
pub struct Noted {
    /// The page that was seen last before the kill.
    pub page: String,
    /// What else went wrong.
    pub also: String,
    /// Tickets that a resident saw done in it.
    pub told: usize,
    /// From the start of the process to its home page.
    pub start: Duration,
}

/// All rounds.
#[derive(Debug, Default)]
pub struct Figures {
    rounds: u64,
    told: usize,
    /// Issued tickets.
    pub issued: u64,
    states: BTreeMap<String, u64>,
    papers: u64,
    events: u64,
    pages: BTreeMap<String, u64>,
    also: BTreeMap<String, u64>,
    starts: Vec<Duration>,
}

impl Figures {
    /// One more round.
    pub fn add(&mut self, noted: Noted) {
        self.rounds += 1;
        self.told += noted.told;
        *self.pages.entry(noted.page).or_default() += 1;
        *self.also.entry(noted.also).or_default() += 1;
        self.starts.push(noted.start);
    }

    /// A hall has ended.
    pub fn sum_up(&mut self, totals: &Totals) {
        for (state, count) in &totals.states {
            *self.states.entry(state.clone()).or_default() += count;
        }
        self.issued += totals.states.get("issued").copied().unwrap_or(0);
        self.papers += totals.papers;
        self.events += totals.events;
    }

    /// The whole, one line.
    pub fn report(&self, first: u64, took: Duration, broken: &[String]) -> String {
        let mut starts: Vec<_> = self.starts.iter().map(Duration::as_millis).collect();
        starts.sort_unstable();
        let at = |share: usize| starts.get(starts.len().saturating_sub(1) * share / 100).copied();
        let minutes = took.as_secs_f64() / 60.0;
        json!({
            "first_seed": first, "rounds": self.rounds, "seconds": took.as_secs(),
            "rounds_a_minute": (self.rounds as f64 / minutes).round(), "told_done": self.told,
            "rows": self.states, "whole_papers": self.papers, "events": self.events,
            "killed_on_page": self.pages, "with_it": self.also,
            "start_ms": {"p50": at(50), "p99": at(99)}, "broken": broken,
        })
        .to_string()
    }
}
