//! The way up in virtual time: the real machine and the real outbox, with a model of the platform at the other end.
//! The rounds are those of the uplink's thread, without the thread.

use std::time::Duration;

use kiosk::domain::ids::EventId;
use kiosk::domain::resident::PersonName;
use kiosk::engine::{PlatformNews, Verdict};
use kiosk::store::{OutboxReader, StoreError, Waiting};
use kiosk::uplink::backoff::{self, Gate};
use kiosk::uplink::client::PlatformClock;
use kiosk::uplink::delivery::{Batch, Delivery, Limits, Step};
use kiosk::uplink::error::PlatformError;
use kiosk::uplink::outbound::{Outbound, Outcome, Settlement};

use crate::dice::Dice;
use crate::platform::{Platform, Question, Reply};
use crate::time::Times;

/// How often the platform's clock is read.
const TIME_INTERVAL: Duration = Duration::from_secs(600);
/// Without being woken the outbox is looked at so often.
const LOOK_AGAIN: Duration = Duration::from_secs(30);

/// The uplink of a running terminal.
pub struct Uplink {
    outbox: OutboxReader,
    delivery: Delivery,
    under_way: Option<(u64, Option<Batch>)>,
    time_due: Duration,
    time_gate: Gate,
    learnt: Option<PlatformClock>,
    started: Duration,
    look_at: Duration,
    dice: Dice,
}

/// What the engine is to be told.
#[derive(Default)]
pub struct Told {
    pub news: Vec<PlatformNews>,
    pub verdicts: Vec<Verdict>,
}

impl Uplink {
    pub fn new(outbox: OutboxReader, seed: u64, now: Duration) -> Self {
        Self {
            outbox,
            delivery: Delivery::new(Limits { events: 50, bytes: 64 * 1024 }),
            under_way: None,
            time_due: now,
            time_gate: Gate::default(),
            learnt: None,
            started: now,
            look_at: now,
            dice: Dice::new(seed, "uplink"),
        }
    }

    /// There is something to send.
    pub fn wake(&mut self, now: Duration) {
        self.look_at = now;
    }

    /// Verdicts were not kept: what they tell of is sent again.
    pub fn store_failed(&mut self, now: Duration) {
        self.look_at = now + Duration::from_secs(1);
    }

    /// When something is due; what the platform owes is due by the platform.
    pub fn due(&self) -> Option<Duration> {
        self.under_way.is_none().then_some(self.look_at)
    }

    /// Does what is due.
    pub fn work(&mut self, platform: &mut Platform, times: &Times) -> Result<Told, StoreError> {
        let now = times.now;
        let mut told = Told::default();
        if let Some((exchange, _)) = &self.under_way {
            let Some(answer) = platform.answer(*exchange, now) else { return Ok(told) };
            let batch = self.under_way.take().and_then(|(_, batch)| batch);
            self.answered(batch, answer, times, &mut told);
            self.look_at = now;
            return Ok(told);
        }
        if self.look_at > now {
            return Ok(told);
        }
        if now >= self.time_due {
            let exchange = platform.ask(Question::Time, self.signed_ms(times), times.true_ms(), now);
            self.under_way = Some((exchange, None));
        } else if let Step::WaitUntil(moment) = self.delivery.step(now) {
            self.look_at = moment.min(self.time_due);
        } else {
            self.offer(platform, times, &mut told)?;
        }
        Ok(told)
    }

    fn offer(&mut self, platform: &mut Platform, times: &Times, told: &mut Told) -> Result<(), StoreError> {
        let now = times.now;
        let held = self.delivery.held(now);
        let waiting =
            self.outbox.waiting(self.delivery.limits().events, |subject| !held.contains(subject))?;
        let plan = self.delivery.plan(waiting.iter().map(outbound).collect(), now);
        told.verdicts.extend(plan.dead.into_iter().map(verdict));
        if let Some(batch) = plan.batch {
            let question = Question::Events(batch.events().to_vec());
            let exchange = platform.ask(question, self.signed_ms(times), times.true_ms(), now);
            self.under_way = Some((exchange, Some(batch)));
        } else {
            let hold = self.delivery.first_hold_ends(now).unwrap_or(Duration::MAX);
            self.look_at = hold.min(self.time_due).min(now + LOOK_AGAIN);
        }
        Ok(())
    }

    fn answered(
        &mut self,
        batch: Option<Batch>,
        answer: Result<Reply, PlatformError>,
        times: &Times,
        told: &mut Told,
    ) {
        let now = times.now;
        if let Err(PlatformError::ClockSkew { server_time }) = answer {
            self.learn(server_time, times, told);
        }
        let failure = match (batch, answer) {
            (Some(batch), answer) => {
                let answer = answer.map(|reply| match reply {
                    Reply::Events(answer) => answer,
                    Reply::Time(_) => kiosk::uplink::wire::EventsAnswer::default(),
                });
                let dice = &mut self.dice;
                let answered = self.delivery.answered(batch, answer, now, &mut || dice.fraction());
                told.verdicts.extend(answered.settled.into_iter().map(verdict));
                if answered.failure.as_ref().is_some_and(PlatformError::concerns_the_whole_platform)
                    && let Step::WaitUntil(moment) = self.delivery.step(now)
                {
                    self.time_due = self.time_due.max(moment);
                }
                answered.failure
            }
            (None, Ok(reply)) => {
                self.time_gate.succeeded();
                self.time_due = now + TIME_INTERVAL;
                self.delivery.platform_answered();
                if let Reply::Time(server_ms) = reply {
                    self.learn(server_ms, times, told);
                }
                None
            }
            (None, Err(error)) => {
                self.time_gate.failed(now, error.retry_after(), self.dice.fraction());
                self.time_due = self.time_gate.opens_at();
                if matches!(error, PlatformError::Refused { .. }) {
                    self.time_due = self.time_due.max(now + TIME_INTERVAL);
                }
                self.delivery.platform_failed(&error, now, self.dice.fraction());
                if let Step::WaitUntil(moment) = self.delivery.step(now)
                    && error.concerns_the_whole_platform()
                {
                    self.time_due = self.time_due.max(moment + backoff::FIRST);
                }
                Some(error)
            }
        };
        told.news
            .push(failure.map_or(PlatformNews::Online, |error| PlatformNews::Offline(error.to_string())));
    }

    fn learn(&mut self, server_ms: i64, times: &Times, told: &mut Told) {
        let learnt_at = times.now - self.started;
        self.learnt = Some(PlatformClock { server_ms, learnt_at });
        if let Ok(server) = jiff::Timestamp::from_millisecond(server_ms) {
            told.news.push(PlatformNews::Time { server, told: learnt_at });
        }
    }

    /// The time in the signature of a request.
    fn signed_ms(&self, times: &Times) -> i64 {
        let uptime = times.now - self.started;
        self.learnt.map_or_else(|| times.wall().as_millisecond(), |clock| clock.at(uptime))
    }
}

/// The event as it goes on the wire, the resident joined to its body.
fn outbound(waiting: &Waiting) -> Outbound {
    let mut body: serde_json::Value = serde_json::from_str(&waiting.body).unwrap();
    if let Ok(Some(resident)) = &waiting.resident {
        body["resident"] = serde_json::json!({
            "name": resident.name.as_ref().map(PersonName::reveal),
            "id_number": resident.id.reveal(),
        });
    }
    let id = waiting.event.uuid();
    let (subject, kind, at) = (&waiting.subject, &waiting.kind, &waiting.at);
    Outbound::new(id, subject, waiting.seq, kind, at, &body.to_string()).unwrap()
}

fn verdict(settlement: Settlement) -> Verdict {
    Verdict {
        event: EventId::from_bytes(*settlement.id.as_bytes()),
        refused: match settlement.outcome {
            Outcome::Delivered { .. } => None,
            Outcome::Dead(reason) => Some(reason.code),
        },
    }
}
