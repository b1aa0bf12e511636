//! A printer made of nothing, stricter than a real one.
//!
//! Sans-IO: bytes, turns of its knobs and the time go in; bytes and papers come out. It has a receive buffer that
//! it works off at the profile's speed, answers what its profile says it answers, stops where a real one would
//! stop, and goes on where a real one would go on, so that the rest of a failed job does come out when paper is
//! put in. Every command that the profile does not list is a fault that tests look for.

mod answering;
mod knob;
mod machine;
mod paper;
mod parse;
mod picture;
mod reference;
mod serve;
#[cfg(test)]
mod tests;

use std::collections::VecDeque;
use std::time::Duration;

pub use knob::{Knob, Lie, UnknownKnob};
pub use paper::{Fate, Item, PrintedPaper, Run};
pub use picture::GreyImage;
pub use reference::reference_paper;
pub use serve::{Order, Seen, serve, serve_orders};

use crate::command;
use crate::profile::Profile;
use crate::status::Paper;
use machine::{Effect, Machine};
use parse::Next;

/// Bytes that are remembered as they come: the longest command that is looked for among them, `GS ( H`.
const RECENT: usize = 11;

/// A printer made of nothing.
#[derive(Debug)]
pub struct SimulatedPrinter {
    profile: Profile,
    machine: Machine,
    queue: VecDeque<u8>,
    recent: VecDeque<u8>,
    answers: VecDeque<(Duration, Vec<u8>)>,
    received_at: Duration,
    busy_until: Duration,
    shown_at: Option<Duration>,
    told: Option<[u8; 4]>,
    paper: Paper,
    lines_left: Option<u32>,
    cover_open: bool,
    jam: bool,
    cutter_stuck: bool,
    mouth_stuck: bool,
    silent: bool,
    silent_moving: bool,
    babble: Option<u32>,
    slow: Duration,
    early: bool,
    lie: Option<Lie>,
    power: bool,
    take_after: Option<Duration>,
}

impl SimulatedPrinter {
    /// A good printer with paper.
    #[must_use]
    pub fn new(profile: Profile) -> Self {
        Self {
            machine: Machine::new(&profile),
            profile,
            queue: VecDeque::new(),
            recent: VecDeque::new(),
            answers: VecDeque::new(),
            received_at: Duration::ZERO,
            busy_until: Duration::ZERO,
            shown_at: None,
            told: None,
            paper: Paper::Ok,
            lines_left: None,
            cover_open: false,
            jam: false,
            cutter_stuck: false,
            mouth_stuck: false,
            silent: false,
            silent_moving: false,
            babble: None,
            slow: Duration::ZERO,
            early: false,
            lie: None,
            power: true,
            take_after: Some(Duration::from_secs(2)),
        }
    }

    /// Its profile.
    #[must_use]
    pub fn profile(&self) -> &Profile {
        &self.profile
    }

    /// All papers so far; the last may still be in the printer.
    #[must_use]
    pub fn papers(&self) -> &[PrintedPaper] {
        &self.machine.papers
    }

    /// What it was told that it does not know, or that a paper would have shown to be wrong.
    #[must_use]
    pub fn faults(&self) -> &[String] {
        &self.machine.faults
    }

    /// Bytes that wait to be printed.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.queue.len()
    }

    /// Takes bytes from the host.
    pub fn receive(&mut self, bytes: &[u8], now: Duration) {
        self.advance(now);
        if !self.power {
            return;
        }
        self.received_at = now;
        for byte in bytes {
            self.queue.push_back(*byte);
            self.recent.push_back(*byte);
            if self.recent.len() > RECENT {
                self.recent.pop_front();
            }
            self.real_time(now);
            if let Some(garbage) = self.babble() {
                self.answers.push_back((now, garbage.to_vec()));
            }
        }
        let buffer = self.profile.buffer_bytes as usize;
        if self.queue.len() > buffer {
            self.machine.faults.push("the receive buffer has overflowed".to_owned());
            self.queue.truncate(buffer);
        }
        self.advance(now);
    }

    /// Lets the time pass.
    pub fn advance(&mut self, now: Duration) {
        if let (Some(shown), Some(after)) = (self.shown_at, self.take_after)
            && shown + after <= now
        {
            self.leave(Fate::Taken);
        }
        while self.power && self.busy_until <= now && !self.stopped() && !self.queue.is_empty() {
            let start = self.busy_until.max(self.received_at);
            if !self.step(start) {
                break;
            }
        }
        self.tell_changes(now);
    }

    /// When [`SimulatedPrinter::advance`] will do something by itself, if ever.
    #[must_use]
    pub fn next_change(&self, now: Duration) -> Option<Duration> {
        let work =
            (!self.queue.is_empty() && !self.stopped() && self.busy_until > now).then_some(self.busy_until);
        let taken = self.shown_at.zip(self.take_after).map(|(shown, after)| shown + after);
        let answer = self.answers.front().map(|(at, _)| *at);
        [work, taken, answer].into_iter().flatten().min()
    }

    /// Bytes without any sense, where it babbles.
    fn babble(&mut self) -> Option<[u8; 4]> {
        let state = self.babble.as_mut()?;
        *state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        Some(state.to_be_bytes())
    }

    /// Bytes for the host that are due by `now`.
    pub fn take_answers(&mut self, now: Duration) -> Vec<u8> {
        let mut due = Vec::new();
        while let Some((at, _)) = self.answers.front()
            && *at <= now
        {
            due.extend(self.answers.pop_front().map(|(_, bytes)| bytes).unwrap_or_default());
        }
        if self.silent || !self.power { Vec::new() } else { due }
    }

    /// Turns a knob.
    pub fn turn(&mut self, knob: Knob, now: Duration) {
        self.advance(now);
        match knob {
            Knob::Paper(paper) => {
                self.paper = paper;
                self.lines_left = None;
            }
            Knob::PaperOutAfter(lines) => self.lines_left = Some(lines),
            Knob::CoverOpen(open) => {
                self.cover_open = open;
                if open && self.jam {
                    self.machine.part(Fate::TornOut);
                }
                self.jam &= open;
            }
            Knob::Jam => self.jam = true,
            Knob::CutterStuck(stuck) => {
                self.cutter_stuck = stuck;
                self.machine.cutter_failed &= stuck;
            }
            Knob::MouthStuck(stuck) => self.mouth_stuck = stuck,
            Knob::Silent(silent) => self.silent = silent,
            Knob::SilentWhileMoving(silent) => self.silent_moving = silent,
            Knob::Babble(babble) => self.babble = babble.then_some(1),
            Knob::Slow(late) => self.slow = late,
            Knob::AnswersEarly(early) => self.early = early,
            Knob::Lie(lie) => self.lie = lie,
            Knob::Power(on) => self.switch(on, now),
            Knob::Take => self.leave(Fate::Taken),
            Knob::TakeAfter(after) => self.take_after = after,
            Knob::Plugged(_) => {}
        }
        // What it waited with begins now, not when it was asked for.
        self.busy_until = self.busy_until.max(now);
        self.advance(now);
    }

    fn switch(&mut self, on: bool, now: Duration) {
        if self.power && !on {
            self.queue.clear();
            self.recent.clear();
            self.answers.clear();
            self.machine.reset();
            self.told = None;
        }
        self.power = on;
        self.busy_until = now;
    }

    fn leave(&mut self, fate: Fate) {
        if self.shown_at.take().is_some() {
            self.machine.shown(fate);
        }
    }

    fn stopped(&self) -> bool {
        self.paper == Paper::Out || self.cover_open || self.jam || self.machine.cutter_failed
    }

    /// Executes one command; false where it needs more bytes.
    fn step(&mut self, start: Duration) -> bool {
        let (heard, length) = match parse::next(&self.queue, self.machine.is_chinese()) {
            Next::More => return false,
            Next::Unknown(length) => {
                let bytes: Vec<u8> = self.queue.drain(..length.min(self.queue.len())).collect();
                self.machine.faults.push(format!("no command: {bytes:02X?}"));
                return true;
            }
            Next::Heard(heard, length) => (heard, length),
        };
        let raw: Vec<u8> = self.queue.drain(..length).collect();
        if !matches!(heard, parse::Heard::RealTime) && command::find_live(&raw).is_some() {
            self.machine.faults.push("a real-time command stood within another".to_owned());
        }
        if self.mouth_stuck && self.shown_at.is_some() && matches!(heard, parse::Heard::TakeBack) {
            return true;
        }
        match self.machine.execute(heard, &self.profile, self.cutter_stuck) {
            Effect::Nothing => {}
            Effect::Moved { dots, lines } => {
                self.busy_until = start + self.moving_time(dots);
                if let Some(left) = &mut self.lines_left {
                    *left = left.saturating_sub(lines);
                    if *left == 0 {
                        self.paper = Paper::Out;
                        self.lines_left = None;
                    }
                }
            }
            Effect::Shown => {
                self.busy_until = start + Duration::from_millis(self.profile.paper.finish_ms.into()) / 2;
                self.shown_at = Some(self.busy_until);
            }
            Effect::Cut => {
                self.busy_until = start + Duration::from_millis(self.profile.paper.finish_ms.into()) / 2;
            }
            Effect::Left => self.shown_at = None,
            // Said already, when it came.
            Effect::Answer(_) | Effect::QueuedPaper if self.lie == Some(Lie::Printed) => {}
            Effect::Answer(mut bytes) => {
                if let (Some(Lie::Other), Some(digit)) = (self.lie, bytes.get_mut(2)) {
                    *digit = if *digit == b'!' { b'"' } else { b'!' };
                }
                self.answer(bytes, start);
            }
            Effect::QueuedPaper if !self.early => {
                let low = if self.paper == Paper::Low { 0x0C } else { 0 };
                self.answer(vec![low], start);
            }
            Effect::QueuedPaper => {}
            Effect::AutoStatus => self.told = None,
        }
        true
    }

    fn moving_time(&self, dots: u32) -> Duration {
        let paper = &self.profile.paper;
        Duration::from_micros(
            u64::from(dots) * 1_000_000 / u64::from(paper.dots_per_mm * paper.speed_mm_s).max(1),
        )
    }

    fn answer(&mut self, bytes: Vec<u8>, at: Duration) {
        self.answers.push_back((at + self.slow, bytes));
    }
}
