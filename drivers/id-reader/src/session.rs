//! What to ask the reader next, and what its answers come to. No port and no clock: bytes and the time come in,
//! requests and events go out.
//!
//! ```text
//! Opening ──state, SAM number──▶ Idle ◀──────────── 30 03 says twice "not there" ────────── Lying
//!                                 │ find: a card                                              ▲
//!                                 ▼                                                           │ read well
//!                               Reading ── find, select, read; a failure begins again ────────┘
//!                                 │ failed once more than the retries allow
//!                                 ▼
//!                             AwaitingLift ── find and 30 03 say twice "not there" ──▶ Idle
//!
//! from anywhere: three questions in a row unanswered → lost; the module's own fault → fault; both end it
//! ```
//!
//! A card is read without a pause between found, select and read: people wait for it. Every question may be asked
//! again; the reader has no memory that a second time would spoil.

use std::collections::VecDeque;
use std::time::Duration;

use zeroize::Zeroizing;

use crate::card::Card;
use crate::command::{
    Answer, AskSamNumber, AskState, Command, FindCard, NoReply, Presence, ProbePresence, ReadCard, SamNumber,
    SelectCard, Verb,
};
use crate::error::{CardError, ReadFailure};
use crate::event::ReaderEvent;
use crate::frame::{Content, Decoder, FrameError};
use crate::status::ErrorCode;

/// From one find, or one look whether the card still lies there, to the next.
pub const POLL: Duration = Duration::from_millis(300);
/// How often a failed read is tried again before the resident is asked to lay the card anew.
pub const RETRIES: u8 = 3;
/// Questions without an answer, in a row, after which the reader is lost.
pub const LOST_AFTER: u8 = 3;
/// Answers in a row that must say "not there" before a card counts as lifted.
pub const LIFTED_AFTER: u8 = 2;

/// What the runner has to do.
#[derive(Debug, PartialEq, Eq)]
pub enum Transmit {
    /// Throw away what has come in, until the line is quiet.
    Drain,
    /// Send this request.
    Request(Zeroizing<Vec<u8>>),
}

/// Why a session has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// The reader does not answer.
    Lost,
    /// The module is at fault.
    Fault(ErrorCode),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Opening,
    Idle,
    Reading { failures: u8 },
    AwaitingLift,
    Lying,
    Ended(Ended),
}

/// The one thing that is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Deadline {
    /// The time for the next question.
    Ask(Verb, Duration),
    /// The end of the time allowed for the answer to one.
    Answer(Verb, Duration),
    /// Nothing: the session has ended.
    Never,
}

/// A conversation with one reader, from the opening of its port to its loss.
pub struct Session {
    state: State,
    deadline: Deadline,
    decoder: Decoder,
    last_poll: Option<Duration>,
    /// Questions in a row that got no answer.
    unanswered: u8,
    /// Answers in a row that said "not there".
    absent: u8,
    transmits: VecDeque<Transmit>,
    events: VecDeque<ReaderEvent>,
}

/// Why a question got no answer.
#[derive(Clone, Copy, Debug)]
enum NoAnswer {
    Silent,
    Garbled,
    /// Refused for a reason that says nothing of a card.
    Refused,
}

impl Session {
    /// Begins at `now`, a time since any beginning, as all times here.
    #[must_use]
    pub fn new(now: Duration) -> Self {
        Self {
            state: State::Opening,
            deadline: Deadline::Ask(Verb::State, now),
            decoder: Decoder::default(),
            last_poll: None,
            unanswered: 0,
            absent: 0,
            transmits: VecDeque::from([Transmit::Drain]),
            events: VecDeque::new(),
        }
    }

    /// Takes in bytes that came from the reader.
    pub fn handle_bytes(&mut self, now: Duration, bytes: &[u8]) {
        let mut frames = VecDeque::new();
        self.decoder.feed(bytes, &mut |frame| frames.push_back(frame));
        for frame in frames {
            self.handle_frame(now, frame);
        }
    }

    /// Does what is due at `now`; nothing where nothing is.
    pub fn handle_timeout(&mut self, now: Duration) {
        match self.deadline {
            Deadline::Ask(verb, at) if at <= now => self.ask(now, verb),
            Deadline::Answer(verb, at) if at <= now => {
                let part = self.decoder.holds_a_part();
                self.unanswered(now, verb, if part { NoAnswer::Garbled } else { NoAnswer::Silent });
            }
            _ => {}
        }
    }

    /// When [`Session::handle_timeout`] has something to do; never once the session has ended.
    #[must_use]
    pub fn next_timeout(&self) -> Option<Duration> {
        match self.deadline {
            Deadline::Ask(_, at) | Deadline::Answer(_, at) => Some(at),
            Deadline::Never => None,
        }
    }

    /// The next thing to do on the port.
    pub fn poll_transmit(&mut self) -> Option<Transmit> {
        self.transmits.pop_front()
    }

    /// The next thing to tell the user.
    pub fn poll_event(&mut self) -> Option<ReaderEvent> {
        self.events.pop_front()
    }

    /// Whether and why it has ended.
    #[must_use]
    pub fn ended(&self) -> Option<Ended> {
        match self.state {
            State::Ended(why) => Some(why),
            _ => None,
        }
    }

    fn handle_frame(&mut self, now: Duration, frame: Result<Content, FrameError>) {
        let Deadline::Answer(verb, _) = self.deadline else {
            log::debug!("the reader speaks unasked");
            return;
        };
        match frame {
            Ok(content) => match Answer::of(&content) {
                Some(answer) => self.handle_answer(now, verb, answer),
                None => log::debug!("the reader answers {verb:?} with {} bytes of no answer", content.len()),
            },
            Err(error @ FrameError::Checksum { .. }) => {
                log::debug!("the reader's answer to {verb:?} came broken: {error}");
                self.unanswered(now, verb, NoAnswer::Garbled);
            }
            // A preamble that no frame follows: the frame may be still to come.
            Err(error @ FrameError::Length { .. }) => log::debug!("the reader babbles: {error}"),
        }
    }

    fn handle_answer(&mut self, now: Duration, verb: Verb, answer: Answer<'_>) {
        match verb {
            Verb::State => self.reply::<AskState>(now, answer, |session, ()| {
                session.ask(now, Verb::SamNumber);
            }),
            Verb::SamNumber => self.reply::<AskSamNumber>(now, answer, |session, sam| {
                session.ready(now, Some(sam));
            }),
            Verb::Find => self.reply::<FindCard>(now, answer, |session, found| session.found(now, found)),
            Verb::Select => self.reply::<SelectCard>(now, answer, |session, ()| {
                session.ask(now, Verb::ReadCard);
            }),
            Verb::ReadCard => self.reply::<ReadCard>(now, answer, |session, card| session.read(now, card)),
            Verb::NewestAddress => self.reply::<ProbePresence>(now, answer, |session, presence| {
                session.probed(now, presence);
            }),
            Verb::Reset | Verb::ReadCardAndFingerprints => {}
        }
    }

    /// Reads an answer to `C`, and goes on with `then` where it is a good one.
    fn reply<C: Command>(
        &mut self,
        now: Duration,
        answer: Answer<'_>,
        then: impl FnOnce(&mut Self, C::Reply),
    ) {
        match C::reply(answer) {
            Ok(reply) => {
                self.unanswered = 0;
                then(self, reply);
            }
            Err(NoReply::NotToThis) => log::debug!("not an answer to {:?}", C::VERB),
            Err(NoReply::Refused(code)) if code.is_reader_fault() => {
                self.end(Ended::Fault(code), ReaderEvent::Fault { code });
            }
            Err(NoReply::Refused(code)) => self.refused(now, C::VERB, code),
            Err(NoReply::Card(error)) => {
                self.unanswered = 0;
                self.no_card(now, error);
            }
        }
    }

    fn ready(&mut self, now: Duration, sam: Option<SamNumber>) {
        self.events.push_back(ReaderEvent::Ready { sam });
        self.state = State::Idle;
        self.ask(now, Verb::Find);
    }

    fn found(&mut self, now: Duration, found: bool) {
        if found {
            self.absent = 0;
        }
        match (self.state, found) {
            (State::Idle, true) => {
                self.events.push_back(ReaderEvent::CardSeen);
                self.state = State::Reading { failures: 0 };
                self.ask(now, Verb::Select);
            }
            (State::Reading { .. }, true) => self.ask(now, Verb::Select),
            // A reader that gave a card away and whose answer was lost finds it no more: it may still lie there.
            (State::Reading { .. } | State::AwaitingLift, false) => self.ask(now, Verb::NewestAddress),
            _ => self.ask_at_next_poll(now, Verb::Find),
        }
    }

    fn read(&mut self, now: Duration, card: Box<Card>) {
        self.events.push_back(ReaderEvent::Card(card));
        self.lies(now);
    }

    /// The card gave its content, as its check byte shows, and would give the same once more.
    fn no_card(&mut self, now: Duration, error: CardError) {
        self.events.push_back(ReaderEvent::ReadFailed { cause: ReadFailure::Card(error), lift: true });
        self.lies(now);
    }

    fn lies(&mut self, now: Duration) {
        self.state = State::Lying;
        self.absent = 0;
        self.last_poll = Some(now);
        self.ask_at_next_poll(now, Verb::NewestAddress);
    }

    fn probed(&mut self, now: Duration, presence: Presence) {
        self.absent = if presence == Presence::Lies { 0 } else { self.absent.saturating_add(1) };
        match (self.state, presence) {
            (_, Presence::Doubtful) if self.absent >= LIFTED_AFTER => self.lifted(now),
            // It was found and selected before, or it would not say that it is there.
            (State::Reading { .. }, Presence::Lies) => self.ask(now, Verb::ReadCard),
            (State::Lying, _) => self.ask_at_next_poll(now, Verb::NewestAddress),
            _ => self.ask_at_next_poll(now, Verb::Find),
        }
    }

    fn lifted(&mut self, now: Duration) {
        self.events.push_back(ReaderEvent::Lifted);
        self.state = State::Idle;
        self.absent = 0;
        self.ask_at_next_poll(now, Verb::Find);
    }

    fn refused(&mut self, now: Duration, verb: Verb, code: ErrorCode) {
        match verb {
            // Some modules do not tell their number; they read cards all the same.
            Verb::SamNumber => {
                self.unanswered = 0;
                self.ready(now, None);
            }
            Verb::Select | Verb::ReadCard => {
                self.unanswered = 0;
                self.read_failed(now, ReadFailure::Refused(code));
            }
            // It answers, but not what was asked, and will have to be opened anew if it goes on so.
            _ => {
                log::debug!("the reader refuses {verb:?}: {code}");
                self.unanswered(now, verb, NoAnswer::Refused);
            }
        }
    }

    fn read_failed(&mut self, now: Duration, cause: ReadFailure) {
        let State::Reading { failures } = self.state else { return };
        let lift = failures >= RETRIES;
        self.events.push_back(ReaderEvent::ReadFailed { cause, lift });
        self.state = if lift { State::AwaitingLift } else { State::Reading { failures: failures + 1 } };
        self.absent = 0;
        self.drain();
        self.ask_at_next_poll(now, Verb::Find);
    }

    fn unanswered(&mut self, now: Duration, verb: Verb, why: NoAnswer) {
        log::debug!("no answer to {verb:?}: {why:?}");
        self.unanswered += 1;
        if self.unanswered >= LOST_AFTER {
            self.end(Ended::Lost, ReaderEvent::Lost);
            return;
        }
        self.drain();
        match (verb, why) {
            (Verb::Select | Verb::ReadCard, NoAnswer::Silent) => self.read_failed(now, ReadFailure::Silent),
            (Verb::Select | Verb::ReadCard, NoAnswer::Garbled) => self.read_failed(now, ReadFailure::Garbled),
            // Neither 90 nor 91, and so perhaps lifted.
            (Verb::NewestAddress, _) => self.probed(now, Presence::Doubtful),
            _ => self.ask_at_next_poll(now, verb),
        }
    }

    fn end(&mut self, why: Ended, event: ReaderEvent) {
        self.state = State::Ended(why);
        self.deadline = Deadline::Never;
        self.events.push_back(event);
    }

    fn drain(&mut self) {
        self.decoder.clear();
        if self.transmits.back() != Some(&Transmit::Drain) {
            self.transmits.push_back(Transmit::Drain);
        }
    }

    fn ask(&mut self, now: Duration, verb: Verb) {
        let within = match verb {
            Verb::State | Verb::Reset => AskState::WITHIN,
            Verb::SamNumber => AskSamNumber::WITHIN,
            Verb::Find => FindCard::WITHIN,
            Verb::Select => SelectCard::WITHIN,
            Verb::ReadCard | Verb::ReadCardAndFingerprints => ReadCard::WITHIN,
            Verb::NewestAddress => ProbePresence::WITHIN,
        };
        if verb == Verb::Find || self.state == State::Lying || self.state == State::Opening {
            self.last_poll = Some(now);
        }
        // What is left of an earlier answer can be no part of this one.
        self.decoder.clear();
        self.transmits.push_back(Transmit::Request(verb.request()));
        self.deadline = Deadline::Answer(verb, now + within);
    }

    fn ask_at_next_poll(&mut self, now: Duration, verb: Verb) {
        let at = self.last_poll.map_or(now, |last| (last + POLL).max(now));
        self.deadline = Deadline::Ask(verb, at);
    }
}
