//! Whose turn it is: what is heard when, and what gives way to what. No sound and no clock in here.
//!
//! * A new page silences the old one and says its question and answers once; the same page with other details says
//!   only what just happened.
//! * Any touch ends whatever is being said. 再听 says the page once more.
//! * The home page speaks to somebody, not to an empty hall: after a touch, not when everybody has gone.
//! * A card left lying is beeped for, never into a sentence.

use std::sync::Arc;
use std::time::Duration;

use jiff::civil::DateTime;

use super::page::{Speech, speech};
use super::sentence::Sentence;
use super::tones::Tone;
use crate::domain::hours::{DoorState, Opening};
use crate::engine::Sound;
use crate::engine::scene::Scene;
use crate::words::Words;

/// A page that passes by quicker is not spoken; room for the tone before it, too.
const BEFORE_PAGE: Duration = Duration::from_millis(350);
/// What a device does just now is usually over before anybody could be told.
const BEFORE_PASSING: Duration = Duration::from_millis(1200);
/// A touch of the home page that chose nothing by then wants to be spoken to.
const BEFORE_HOME: Duration = Duration::from_millis(700);
/// Between two rows of beeps for a card left lying.
const CARD_LEFT: Duration = Duration::from_secs(5);
/// After this many rows nobody is there who could take it: once a minute is enough for whoever comes by.
const MANY_ROWS: u32 = 60;
const CARD_LEFT_LONG: Duration = Duration::from_secs(60);
/// Whoever touched the screen this short a time ago is still there.
const STILL_THERE: Duration = Duration::from_secs(3);
/// And whoever touches the home page after so long a time has not heard it yet.
const SOMEBODY_ELSE: Duration = Duration::from_secs(30);

/// How loud it is, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loudness {
    /// 0…100.
    pub volume: u8,
    /// Hours in which the other one holds.
    pub quiet: Option<Opening>,
    /// 0…100.
    pub quiet_volume: u8,
}

impl Loudness {
    /// What every sample is multiplied by at that time of the site.
    #[must_use]
    pub fn gain(&self, at: DateTime) -> f32 {
        let quiet =
            self.quiet.as_ref().is_some_and(|quiet| matches!(quiet.state_at(at), DoorState::Open { .. }));
        let volume = f32::from(if quiet { self.quiet_volume } else { self.volume }.min(100)) / 100.0;
        // Ears hear loudness rather by its square than by the figure.
        volume * volume
    }
}

/// What is to be heard.
#[derive(Clone, Debug, PartialEq)]
pub enum Wish {
    /// Silence, at once.
    Hush,
    /// This tone, after what was wished for before.
    Tone(Tone, f32),
    /// These sentences, after what was wished for before.
    Say(Utterance),
}

/// Sentences and how they are said.
#[derive(Clone, Debug, PartialEq)]
pub struct Utterance {
    /// In which language.
    pub language: String,
    /// Slower, for 关怀模式.
    pub slow: bool,
    /// What every sample is multiplied by.
    pub gain: f32,
    /// What.
    pub sentences: Vec<Sentence>,
}

/// Something that will be said unless something comes between.
#[derive(Debug)]
struct Due {
    at: Duration,
    sentences: Vec<Sentence>,
    aside: bool,
}

/// Beeps for a card left lying.
#[derive(Debug, Clone, Copy)]
struct CardLeft {
    next: Duration,
    rows: u32,
}

/// The scene that holds.
#[derive(Debug)]
struct Held {
    speech: Speech,
    language: String,
    slow: bool,
    clock: DateTime,
}

/// Takes turns.
#[derive(Debug)]
pub struct Turns {
    words: Arc<Words>,
    loudness: Loudness,
    held: Option<Held>,
    /// The page under a countdown.
    under: Option<&'static str>,
    /// The home page has spoken to whoever is there.
    home_told: bool,
    due: Option<Due>,
    speaking: bool,
    /// Something longer than a click went out since it was last silent.
    heard: bool,
    card_left: Option<CardLeft>,
    last_click: Option<Duration>,
}

impl Turns {
    /// Before the first scene.
    #[must_use]
    pub fn new(words: Arc<Words>, loudness: Loudness) -> Self {
        Self {
            words,
            loudness,
            held: None,
            under: None,
            home_told: false,
            due: None,
            speaking: false,
            heard: false,
            card_left: None,
            last_click: None,
        }
    }

    /// A scene came up.
    pub fn scene(&mut self, scene: &Scene, now: Duration) -> Vec<Wish> {
        let new = Held {
            speech: speech(&self.words, scene),
            language: scene.manner.language.clone(),
            slow: scene.manner.elder,
            clock: scene.clock,
        };
        self.card_left = match self.card_left {
            _ if !scene.card_left => None,
            None => Some(CardLeft { next: now + CARD_LEFT, rows: 0 }),
            lying => lying,
        };
        let Some(old) = self.held.replace(new) else { return Vec::new() };
        let Some(new) = &self.held else { return Vec::new() };
        let manner = (&old.language, old.slow) != (&new.language, new.slow);
        if old.speech.page != new.speech.page {
            let (from, to) = (old.speech.page, new.speech.page);
            let back = from == "idle" && self.under.take() == Some(to) && !manner;
            if to == "idle" {
                self.under = Some(from);
            }
            return if back { self.hush() } else { self.page(now) };
        }
        if manner {
            let (sentences, home) = (new.speech.all(), new.speech.page == "home");
            self.home_told |= home;
            return self.say(sentences, now + BEFORE_PAGE);
        }
        if old.speech.aside != new.speech.aside {
            return self.aside(now);
        }
        Vec::new()
    }

    /// A hand was there.
    pub fn sound(&mut self, sound: Sound, now: Duration) -> Vec<Wish> {
        match sound {
            Sound::Hush => {
                let wishes = self.hush();
                // After so long a time it is somebody else.
                if self.last_click.is_none_or(|at| now.saturating_sub(at) >= SOMEBODY_ELSE) {
                    self.home_told = false;
                }
                self.last_click = Some(now);
                if !self.home_told
                    && let Some(held) = self.held.as_ref().filter(|held| held.speech.page == "home")
                {
                    let sentences = held.speech.all();
                    self.due = Some(Due { at: now + BEFORE_HOME, sentences, aside: false });
                }
                wishes
            }
            Sound::Click => {
                self.last_click = Some(now);
                let mut wishes = self.hush();
                wishes.push(Wish::Tone(Tone::Click, self.gain()));
                wishes
            }
            Sound::Repeat => {
                self.home_told = true;
                let sentences = self.held.as_ref().map(|held| held.speech.all()).unwrap_or_default();
                self.due = Some(Due { at: now + BEFORE_PAGE / 2, sentences, aside: false });
                Vec::new()
            }
        }
    }

    /// Everything that was wished for has been heard.
    pub fn silent(&mut self) {
        self.speaking = false;
    }

    /// When time alone brings something.
    #[must_use]
    pub fn due(&self) -> Option<Duration> {
        let beeps = self.card_left.filter(|_| !self.speaking && self.due.is_none()).map(|card| card.next);
        [self.due.as_ref().map(|due| due.at), beeps].into_iter().flatten().min()
    }

    /// Time passed.
    pub fn tick(&mut self, now: Duration) -> Vec<Wish> {
        if self.due.as_ref().is_some_and(|due| due.at <= now) {
            let Some(due) = self.due.take() else { return Vec::new() };
            if self.held.as_ref().is_some_and(|held| held.speech.page == "home") && !due.aside {
                self.home_told = true;
            }
            return self.utter(due.sentences);
        }
        let waits = self.speaking || self.due.is_some();
        match &mut self.card_left {
            Some(card) if card.next <= now && !waits => {
                card.rows = card.rows.saturating_add(1);
                card.next = now + if card.rows < MANY_ROWS { CARD_LEFT } else { CARD_LEFT_LONG };
                self.heard = true;
                vec![Wish::Tone(Tone::CardLeft, self.gain())]
            }
            _ => Vec::new(),
        }
    }

    /// Another page came up.
    fn page(&mut self, now: Duration) -> Vec<Wish> {
        let mut wishes = self.hush();
        let Some(held) = &self.held else { return wishes };
        let tone = held.speech.tone.or(held.speech.aside_tone);
        self.heard |= tone.is_some();
        wishes.extend(tone.map(|tone| Wish::Tone(tone, self.gain())));
        let home = held.speech.page == "home";
        let there = self.last_click.is_some_and(|at| now.saturating_sub(at) < STILL_THERE);
        let passing = held.speech.whole.is_empty();
        let sentences = if home && !there { held.speech.aside.clone() } else { held.speech.all() };
        self.home_told = home && there;
        if !sentences.is_empty() {
            let wait = if passing { BEFORE_PASSING } else { BEFORE_PAGE };
            self.due = Some(Due { at: now + wait, sentences, aside: home && !there });
        }
        wishes
    }

    /// The page stays, and something happened on it.
    fn aside(&mut self, now: Duration) -> Vec<Wish> {
        let Some(held) = &self.held else { return Vec::new() };
        if held.speech.aside.is_empty() {
            if self.due.as_ref().is_some_and(|due| due.aside) {
                self.due = None;
            }
            return Vec::new();
        }
        let wait = if held.speech.whole.is_empty() { BEFORE_PASSING } else { BEFORE_PAGE };
        let (sentences, tone) = (held.speech.aside.clone(), held.speech.aside_tone);
        let mut wishes = self.hush();
        self.heard |= tone.is_some();
        wishes.extend(tone.map(|tone| Wish::Tone(tone, self.gain())));
        self.due = Some(Due { at: now + wait, sentences, aside: true });
        wishes
    }

    fn say(&mut self, sentences: Vec<Sentence>, at: Duration) -> Vec<Wish> {
        let wishes = self.hush();
        self.due = Some(Due { at, sentences, aside: false });
        wishes
    }

    fn hush(&mut self) -> Vec<Wish> {
        self.due = None;
        self.speaking = false;
        // The click of the touch that brought this page has its twenty milliseconds.
        if std::mem::take(&mut self.heard) { vec![Wish::Hush] } else { Vec::new() }
    }

    fn utter(&mut self, sentences: Vec<Sentence>) -> Vec<Wish> {
        let Some(held) = self.held.as_ref().filter(|_| !sentences.is_empty()) else { return Vec::new() };
        let (language, slow, gain) = (held.language.clone(), held.slow, self.gain());
        if gain <= 0.0 {
            return Vec::new();
        }
        (self.speaking, self.heard) = (true, true);
        vec![Wish::Say(Utterance { language, slow, gain, sentences })]
    }

    fn gain(&self) -> f32 {
        self.held.as_ref().map_or(0.0, |held| self.loudness.gain(held.clock))
    }
}

#[cfg(test)]
mod tests;
