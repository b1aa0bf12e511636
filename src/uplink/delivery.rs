//! What to send next, and when: a pure machine. It owns no socket, no clock and no store; time and chance are values.
//!
//! One round: [`Delivery::step`] says whether to wait; [`Delivery::plan`] makes a [`Batch`] of what the outbox
//! offers; the batch is sent; [`Delivery::answered`] takes it back with the answer and says what is settled. A batch
//! is given back whole and once, so no event is settled twice.
//!
//! What must hold: of one subject, no event is sent before those ahead of it were settled or stand ahead of it in the
//! same batch, and events are settled in their order. Nothing is dropped: an event ends as delivered, or as a dead
//! letter: one that the platform refused by name, or time and again alone while it took others, or that fits into no
//! batch. Everything else is tried for ever.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use uuid::Uuid;

use crate::uplink::backoff::{self, Gate};
use crate::uplink::error::PlatformError;
use crate::uplink::held::{HeldSubjects, Holds};
use crate::uplink::outbound::{Outbound, Outcome, Reason, Settlement};
use crate::uplink::wire::{EventResult, EventStatus, EventsAnswer};

/// The pause after a batch of which nothing was settled while the table of holds is full: what gave way in it would
/// otherwise be sent again and again without a pause.
const BREATH: Duration = Duration::from_secs(5);
/// So many good answers in a row, and a batch that had been made smaller is doubled again.
const GROW_AFTER: u32 = 8;
/// So many times in a row may a batch break the platform (500) or the line before it is suspected.
const SUSPECT_AFTER: u32 = 3;
/// So often must the platform refuse a request that holds one event alone, taking others each time in between, until
/// that is its word on the event. A slip of the platform's that refuses everything never gets that far.
const REFUSED_ALONE: u32 = 5;
/// The most events whose refusals are counted.
const MOST_SUSPECTS: usize = 1_000;

/// The reason of a dead letter that was too large: for any batch by the profile, or for the platform alone.
pub const TOO_LARGE: &str = "too_large";

/// The most that one batch may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Events.
    pub events: usize,
    /// Bytes of all events as encoded, one byte more for each.
    pub bytes: usize,
}

/// What to do now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Ask the outbox for pending events and send them.
    Send,
    /// Nothing before this moment.
    WaitUntil(Duration),
}

/// What to do with the events that an outbox offered.
#[derive(Debug)]
pub struct Plan {
    /// What to send now; `None` if nothing of it may go.
    pub batch: Option<Batch>,
    /// What can never be sent.
    pub dead: Vec<Settlement>,
}

/// Events on the wire. Made by [`Delivery::plan`], given back to [`Delivery::answered`].
#[derive(Debug)]
pub struct Batch {
    events: Vec<Outbound>,
}

impl Batch {
    /// The events, in the order in which they are sent; never empty.
    pub fn events(&self) -> &[Outbound] {
        &self.events
    }
}

/// What an answer came to.
#[derive(Debug)]
pub struct Answered {
    /// What is settled, in the order in which it was sent.
    pub settled: Vec<Settlement>,
    /// Why the exchange counts as failed, if it does.
    pub failure: Option<PlatformError>,
}

/// The machine. Times are durations since one origin of the caller's choice.
#[derive(Debug)]
pub struct Delivery {
    most: Limits,
    limits: Limits,
    good_in_a_row: u32,
    skew_just_learnt: bool,
    gate: Gate,
    /// The gate was closed by what concerns the whole platform.
    line_down: bool,
    holds: Holds,
    /// Answers that settled something, so far.
    good_answers: u64,
    suspects: HashMap<Uuid, Suspect>,
}

/// An event that was refused together with the request that held nothing else.
#[derive(Debug)]
struct Suspect {
    refusals: u32,
    /// How many good answers there had been at the last of them.
    good_answers: u64,
}

/// What a failed exchange may lie in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Blame {
    /// Platform or line.
    Elsewhere,
    /// How much was sent.
    Amount,
    /// One of the events; the platform said so in its own hand.
    Event,
    /// Perhaps one of the events.
    EventPerhaps,
}

impl Delivery {
    /// A machine that sends at most `most` at once. `most.events` and `most.bytes` of 0 count as 1.
    pub fn new(most: Limits) -> Self {
        let most = Limits { events: most.events.max(1), bytes: most.bytes.max(1) };
        Self {
            most,
            limits: most,
            good_in_a_row: 0,
            skew_just_learnt: false,
            gate: Gate::default(),
            line_down: false,
            holds: Holds::default(),
            good_answers: 0,
            suspects: HashMap::new(),
        }
    }

    /// Whether to send now.
    pub fn step(&mut self, now: Duration) -> Step {
        self.holds.tidy(now);
        if now < self.gate.opens_at() {
            return Step::WaitUntil(self.gate.opens_at());
        }
        Step::Send
    }

    /// The most to ask of the outbox now.
    pub fn limits(&self) -> Limits {
        self.limits
    }

    /// The subjects whose events must not be offered now.
    pub fn held(&self, now: Duration) -> HeldSubjects {
        self.holds.held(now)
    }

    /// When the first held subject may go, if one is held.
    pub fn first_hold_ends(&self, now: Duration) -> Option<Duration> {
        self.holds.first_end(now)
    }

    /// Chooses from what the outbox offers, oldest first. What is not chosen is offered again another time.
    pub fn plan(&self, pending: Vec<Outbound>, now: Duration) -> Plan {
        let held = self.holds.held(now);
        let mut plan = Plan { batch: None, dead: Vec::new() };
        let mut events: Vec<Outbound> = Vec::new();
        let mut last_seq: HashMap<String, u64> = HashMap::new();
        let mut stopped: HashSet<String> = HashSet::new();
        let mut bytes = 0;
        for event in pending {
            let subject = event.subject();
            if held.contains(subject) || stopped.contains(subject) {
                continue;
            }
            let before = last_seq.get(subject).copied();
            let size = event.encoded().len() + 1;
            if before.is_some_and(|seq| event.seq() <= seq) || (before.is_some() && size > self.most.bytes) {
                // Out of order, or to die while one before it is still on its way: not in this round.
                stopped.insert(subject.to_owned());
                continue;
            }
            if size > self.most.bytes {
                // The platform never sees its seq and holds back what follows in its subject; nothing can be done,
                // and nothing else is kept by it.
                let message =
                    format!("the event has {size} bytes, the platform takes {} at once", self.most.bytes);
                plan.dead.push(dead(&event, TOO_LARGE.to_owned(), message));
                continue;
            }
            if events.len() == self.limits.events || (bytes + size > self.limits.bytes && !events.is_empty())
            {
                break;
            }
            bytes += size;
            last_seq.insert(subject.to_owned(), event.seq());
            events.push(event);
        }
        plan.batch = (!events.is_empty()).then_some(Batch { events });
        plan
    }

    /// Takes a batch back with what the platform said of it. `jitter` gives fractions from 0 up to and without 1.
    pub fn answered(
        &mut self,
        batch: Batch,
        answer: Result<EventsAnswer, PlatformError>,
        now: Duration,
        jitter: &mut dyn FnMut() -> f64,
    ) -> Answered {
        match answer {
            Ok(answer) => self.settle(&batch, &answer, now, jitter),
            Err(failure) => {
                let settled = self.failed(&batch, &failure, now, jitter);
                Answered { settled: settled.into_iter().collect(), failure: Some(failure) }
            }
        }
    }

    /// Another call showed that the platform cannot be used: events wait too.
    pub fn platform_failed(&mut self, failure: &PlatformError, now: Duration, jitter: f64) {
        if failure.concerns_the_whole_platform() {
            self.line_down = true;
            self.gate.failed(now, failure.retry_after(), jitter);
        }
    }

    /// Another call showed that the platform answers: events that waited for the line alone may go.
    pub fn platform_answered(&mut self) {
        if std::mem::take(&mut self.line_down) {
            self.gate.succeeded();
        }
    }

    /// Whether the last attempt to send events failed.
    pub fn is_failing(&self) -> bool {
        self.gate.failures() > 0
    }

    fn settle(
        &mut self,
        batch: &Batch,
        answer: &EventsAnswer,
        now: Duration,
        jitter: &mut dyn FnMut() -> f64,
    ) -> Answered {
        let results = by_id(answer);
        if !batch.events.iter().any(|event| results.contains_key(&event.id())) {
            self.gate.failed(now, None, jitter());
            let reason = "it names none of the events sent".to_owned();
            return Answered { settled: Vec::new(), failure: Some(PlatformError::BadAnswer { reason }) };
        }
        self.gate.succeeded();
        self.line_down = false;
        self.skew_just_learnt = false;
        self.grow();
        let mut settled = Vec::with_capacity(batch.events.len());
        let mut stopped: HashSet<&str> = HashSet::new();
        for event in &batch.events {
            // What stands behind an unsettled one counts as not answered, whatever was said of it: sent again, it
            // is a duplicate at worst, and the order is kept.
            if stopped.contains(event.subject()) {
                continue;
            }
            let outcome = match results.get(&event.id()).copied().flatten() {
                Some(result) => match result.status {
                    EventStatus::Accepted => Some(Outcome::Delivered { duplicate: false }),
                    EventStatus::Duplicate => Some(Outcome::Delivered { duplicate: true }),
                    EventStatus::Rejected => Some(Outcome::Dead(Reason {
                        code: result.code.clone(),
                        message: result.message.clone(),
                    })),
                    EventStatus::Later => None,
                },
                None => None,
            };
            if let Some(outcome) = outcome {
                self.holds.release(event.subject());
                self.suspects.remove(&event.id());
                settled.push(settlement(event, outcome));
            } else {
                stopped.insert(event.subject());
                self.holds.hold(event.subject(), now, jitter());
            }
        }
        if !settled.is_empty() {
            self.good_answers += 1;
        } else if self.holds.is_full() {
            self.gate.hold_until(now.saturating_add(BREATH));
        }
        Answered { settled, failure: None }
    }

    /// What a failed exchange means for the next ones, and for an event that it settles after all.
    fn failed(
        &mut self,
        batch: &Batch,
        failure: &PlatformError,
        now: Duration,
        jitter: &mut dyn FnMut() -> f64,
    ) -> Option<Settlement> {
        self.good_in_a_row = 0;
        self.line_down = failure.concerns_the_whole_platform();
        let skew_is_news =
            matches!(failure, PlatformError::ClockSkew { .. }) && !std::mem::take(&mut self.skew_just_learnt);
        if skew_is_news {
            // The client has learnt the platform's time by this answer: at once again, but only once.
            self.skew_just_learnt = true;
            return None;
        }
        let blame = self.blame(failure);
        if let ([only], Blame::Event | Blame::EventPerhaps) = (batch.events.as_slice(), blame) {
            self.gate.failed(now, failure.retry_after(), jitter());
            if blame == Blame::Event && self.refused_alone_for_good(only.id()) {
                self.holds.release(only.subject());
                return Some(dead(only, code_of(failure), failure.to_string()));
            }
            // An answer for the whole request is no word on the event yet: it waits, longer than the way is closed,
            // so that the others have their turn first.
            self.holds.hold(only.subject(), self.gate.opens_at().saturating_add(backoff::MOST), jitter());
            return None;
        }
        if blame != Blame::Elsewhere {
            self.shrink(batch);
        }
        if matches!(failure, PlatformError::TooLarge { .. }) {
            // Sending less is the remedy, so it is tried at once unless the platform asks for a pause.
            self.gate.hold_until(now.saturating_add(failure.retry_after().unwrap_or_default()));
        } else {
            self.gate.failed(now, failure.retry_after(), jitter());
        }
        None
    }

    /// Where the failure may lie, so that smaller batches lead to the event that causes it, or get through.
    fn blame(&self, failure: &PlatformError) -> Blame {
        let again_and_again = self.gate.failures() >= SUSPECT_AFTER;
        match failure {
            PlatformError::TooLarge { .. } | PlatformError::Refused { status: 400 | 422, .. } => Blame::Event,
            PlatformError::Unavailable { status: 500, .. } if again_and_again => Blame::EventPerhaps,
            // A gateway before the platform has a limit of its own and can't sign: nothing is settled by its word,
            // but sending less does no harm.
            PlatformError::BadSignature { status: 413, .. } => Blame::Amount,
            // A line too poor for a whole batch within the time allowed may carry a smaller one.
            PlatformError::Timeout { .. } | PlatformError::BrokenOff { .. } if again_and_again => {
                Blame::Amount
            }
            _ => Blame::Elsewhere,
        }
    }

    /// Counts a refusal of this event alone; whether there were enough of them.
    fn refused_alone_for_good(&mut self, event: Uuid) -> bool {
        let good_answers = self.good_answers;
        if self.suspects.len() >= MOST_SUSPECTS && !self.suspects.contains_key(&event) {
            return false;
        }
        let suspect = self.suspects.entry(event).or_insert(Suspect { refusals: 1, good_answers });
        if good_answers > suspect.good_answers {
            suspect.refusals += 1;
            suspect.good_answers = good_answers;
        }
        let enough = suspect.refusals >= REFUSED_ALONE;
        if enough {
            self.suspects.remove(&event);
        }
        enough
    }

    fn shrink(&mut self, batch: &Batch) {
        let bytes: usize = batch.events.iter().map(|event| event.encoded().len() + 1).sum();
        self.limits = Limits { events: (batch.events.len() / 2).max(1), bytes: (bytes / 2).max(1) };
    }

    fn grow(&mut self) {
        if self.limits == self.most {
            return;
        }
        self.good_in_a_row += 1;
        if self.good_in_a_row >= GROW_AFTER {
            self.good_in_a_row = 0;
            self.limits.events = self.limits.events.saturating_mul(2).min(self.most.events);
            self.limits.bytes = self.limits.bytes.saturating_mul(2).min(self.most.bytes);
        }
    }
}

/// The results by event; `None` where two of them contradict each other, which is as good as no answer.
fn by_id(answer: &EventsAnswer) -> HashMap<Uuid, Option<&EventResult>> {
    let mut results: HashMap<Uuid, Option<&EventResult>> = HashMap::with_capacity(answer.results.len());
    for result in &answer.results {
        results
            .entry(result.id)
            .and_modify(|known| *known = known.filter(|known| known.status == result.status))
            .or_insert(Some(result));
    }
    results
}

fn settlement(event: &Outbound, outcome: Outcome) -> Settlement {
    Settlement { id: event.id(), subject: event.subject().to_owned(), seq: event.seq(), outcome }
}

/// The reason of a dead letter that was refused with its whole request.
fn code_of(failure: &PlatformError) -> String {
    match failure {
        PlatformError::Refused { code, .. } => code.clone(),
        _ => TOO_LARGE.to_owned(),
    }
}

fn dead(event: &Outbound, code: String, message: String) -> Settlement {
    settlement(event, Outcome::Dead(Reason { code, message }))
}

#[cfg(test)]
#[path = "delivery_tests.rs"]
mod tests;
