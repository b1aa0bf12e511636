//! The provincial platform as its contract has it, and the line to it: it accepts, rejects, asks to come later,
//! falls sick, and its answers get lost. It keeps what it accepted, and watches how it is spoken to.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use kiosk::uplink::error::PlatformError;
use kiosk::uplink::outbound::Outbound;
use kiosk::uplink::sign::SignatureError;
use kiosk::uplink::wire::{EventResult, EventStatus, EventsAnswer, Words};
use uuid::Uuid;

use crate::dice::{Dice, fingerprint};
use crate::promises::Broken;

/// How the line and the platform do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line {
    /// Well.
    Good,
    /// No connection.
    Down,
    /// Requests arrive, and half of the answers do not.
    Lossy,
    /// The platform is out of order.
    Sick,
    /// The platform asks to slow down.
    Busy,
    /// Something answers that is not right: foreign, unsigned, torn, nonsense, a refusal of all.
    Wrong,
}

/// What the terminal asks.
#[derive(Debug)]
pub enum Question {
    /// `GET /v1/time`.
    Time,
    /// `POST /v1/events`.
    Events(Vec<Outbound>),
}

/// What comes back.
#[derive(Debug)]
pub enum Reply {
    /// The platform's clock, milliseconds since 1970.
    Time(i64),
    /// What became of each event.
    Events(EventsAnswer),
}

type Answer = Result<Reply, PlatformError>;

/// The platform and the line to it.
pub struct Platform {
    /// How it does now.
    pub line: Line,
    /// What it has taken, by the event's id.
    pub accepted: BTreeMap<Uuid, String>,
    /// What it refused for good.
    pub rejected: BTreeMap<Uuid, String>,
    last_seq: BTreeMap<String, u64>,
    /// When they arrive, and what the asker gets in place of the answer, if anything.
    requests: VecDeque<(Duration, u64, Question, Option<PlatformError>)>,
    answers: VecDeque<(Duration, u64, Answer)>,
    exchange: u64,
    /// The exchange whose answer somebody waits for.
    awaited: Option<u64>,
    rejects_per_mille: u64,
    dice: Dice,
}

impl Platform {
    pub fn new(seed: u64) -> Self {
        let mut dice = Dice::new(seed, "platform");
        let rejects_per_mille = dice.pick(&[0, 0, 20, 100]);
        Self {
            line: Line::Good,
            accepted: BTreeMap::new(),
            rejected: BTreeMap::new(),
            last_seq: BTreeMap::new(),
            requests: VecDeque::new(),
            answers: VecDeque::new(),
            exchange: 0,
            awaited: None,
            rejects_per_mille,
            dice,
        }
    }

    /// Sends a request signed at `signed_ms`; the number of the exchange, of which the answer comes later.
    pub fn ask(&mut self, question: Question, signed_ms: i64, true_ms: i64, now: Duration) -> u64 {
        self.exchange += 1;
        self.awaited = Some(self.exchange);
        self.answers.clear();
        let way = self.dice.ms(5, 300);
        match self.line {
            Line::Down => {
                let after = self.dice.ms(1, 5_000);
                self.refuse(now + after, PlatformError::Unreachable { reason: "no route".to_owned() });
            }
            Line::Sick => {
                let status = self.dice.pick(&[500, 502, 503]);
                let retry_after = (status == 503).then(|| self.dice.ms(0, 600_000));
                self.refuse(now + way * 2, PlatformError::Unavailable { status, retry_after });
            }
            Line::Busy => {
                let hint = self.dice.ms(1_000, 30_000);
                let retry_after = self.dice.happens(0.7).then_some(hint);
                self.refuse(now + way * 2, PlatformError::Throttled { retry_after });
            }
            Line::Good | Line::Lossy | Line::Wrong if (signed_ms - true_ms).abs() > 300_000 => {
                self.refuse(now + way * 2, PlatformError::ClockSkew { server_time: true_ms });
            }
            Line::Good if self.dice.happens(0.01) => {
                let (status, code, retry_after) = (400, "bad".to_owned(), None);
                self.refuse(
                    now + way,
                    PlatformError::Refused { status, code, message: Words::default(), retry_after },
                );
            }
            Line::Good if matches!(&question, Question::Events(events) if events.len() > 20) => {
                self.refuse(now + way, PlatformError::TooLarge { retry_after: None });
            }
            line => {
                let spoilt = match line {
                    Line::Lossy if self.dice.happens(0.5) => {
                        Some(PlatformError::Timeout { phase: "answer".to_owned() })
                    }
                    Line::Wrong if self.dice.happens(0.7) => Some(self.wrong()),
                    _ => None,
                };
                self.requests.push_back((now + way, self.exchange, question, spoilt));
            }
        }
        self.exchange
    }

    fn refuse(&mut self, at: Duration, error: PlatformError) {
        self.answers.push_back((at, self.exchange, Err(error)));
    }

    /// What comes from a platform that is not itself, though it may have taken what was sent.
    fn wrong(&mut self) -> PlatformError {
        let status = self.dice.pick(&[200, 400, 401, 403, 404, 409, 500]);
        let retry_after = self.dice.happens(0.2).then(|| self.dice.ms(0, 60_000));
        let reason = "made up".to_owned();
        match self.dice.number(0, 6) {
            0 => PlatformError::BrokenOff { reason },
            1 => PlatformError::Untrusted { reason },
            2 => PlatformError::BadSignature { status, source: SignatureError::Missing },
            3 => PlatformError::BadSignature { status, source: SignatureError::Mismatch },
            4 => PlatformError::BadAnswer { reason },
            5 => PlatformError::TooLarge { retry_after },
            _ => {
                let (code, message) = ("bad".to_owned(), Words::default());
                PlatformError::Refused { status: status.max(400), code, message, retry_after }
            }
        }
    }

    /// When something happens here.
    pub fn due(&self) -> Option<Duration> {
        let request = self.requests.iter().map(|(at, ..)| *at).min();
        let answer = self.answers.iter().map(|(at, ..)| *at).min();
        request.into_iter().chain(answer).min()
    }

    /// Takes the requests that have arrived; whether any had.
    pub fn work(&mut self, true_ms: i64, now: Duration) -> Result<bool, Broken> {
        let mut worked = false;
        while let Some(place) = self.requests.iter().position(|(at, ..)| *at <= now) {
            let Some((at, exchange, question, spoilt)) = self.requests.remove(place) else { break };
            let reply = match question {
                Question::Time => Reply::Time(true_ms),
                Question::Events(events) => Reply::Events(self.take(&events)?),
            };
            let way = match spoilt {
                Some(PlatformError::Timeout { .. }) => Duration::from_secs(10),
                _ => self.dice.ms(5, 300),
            };
            let answer = (at + way, exchange, spoilt.map_or(Ok(reply), Err));
            if self.awaited == Some(exchange) {
                self.answers.push_back(answer);
            }
            worked = true;
        }
        Ok(worked)
    }

    /// The answer to that exchange, once it is there.
    pub fn answer(&mut self, exchange: u64, now: Duration) -> Option<Answer> {
        let place = self.answers.iter().position(|(at, number, _)| *number == exchange && *at <= now)?;
        self.awaited = None;
        self.answers.remove(place).map(|(_, _, answer)| answer)
    }

    /// Nobody waits for an answer any more.
    pub fn hang_up(&mut self) {
        self.awaited = None;
        self.answers.clear();
    }

    fn take(&mut self, events: &[Outbound]) -> Result<EventsAnswer, Broken> {
        let mut results = Vec::new();
        for (place, event) in events.iter().enumerate() {
            let last = self.last_seq.get(event.subject()).copied().unwrap_or(0);
            let (status, code) = match self.accepted.get(&event.id()) {
                Some(known) if known != event.encoded() => {
                    return Err(Broken::new("an event changed after the platform had it", event.kind()));
                }
                Some(_) => (EventStatus::Duplicate, String::new()),
                None if self.rejected.contains_key(&event.id()) => (EventStatus::Rejected, "no".to_owned()),
                None if event.seq() <= last => {
                    return Err(Broken::new("a place in a subject was used twice", event.subject()));
                }
                None if event.seq() > last + 1 => {
                    let ahead = events[..place].iter();
                    let mut before =
                        ahead.filter(|it| it.subject() == event.subject() && it.seq() < event.seq());
                    if before.next().is_none() {
                        return Err(Broken::new("an event came before those ahead of it", event.subject()));
                    }
                    (EventStatus::Later, String::new())
                }
                None if self.dice.happens(0.02) => (EventStatus::Later, String::new()),
                None => self.decide(event),
            };
            // Now and then an event is left out of the answer.
            if !self.dice.happens(0.01) {
                results.push(EventResult { id: event.id(), status, code, message: String::new() });
            }
            // Or the answer tells of one that nobody sent.
            if self.dice.happens(0.01) {
                let id = Uuid::from_u128(self.dice.number(0, u64::MAX).into());
                results.push(EventResult {
                    id,
                    status: EventStatus::Rejected,
                    code: "no".to_owned(),
                    message: String::new(),
                });
            }
        }
        Ok(EventsAnswer { results })
    }

    fn decide(&mut self, event: &Outbound) -> (EventStatus, String) {
        self.last_seq.insert(event.subject().to_owned(), event.seq());
        if fingerprint([event.id().to_string().as_str()]) % 1_000 < self.rejects_per_mille {
            self.rejected.insert(event.id(), event.kind().to_owned());
            return (EventStatus::Rejected, "no".to_owned());
        }
        self.accepted.insert(event.id(), event.encoded().to_owned());
        (EventStatus::Accepted, String::new())
    }
}
