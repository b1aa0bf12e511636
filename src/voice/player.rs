//! Plays one thing after the other, never two at once, and falls silent at once where that is wished.
//!
//! Samples go out a short way ahead of time, by the clock and not by the device: what is already in the device is
//! soon heard, and a device that takes everything at once is no reason to be far ahead.

use std::collections::VecDeque;
use std::time::Duration;

use super::sentence::Sentence;
use super::tones::{RATE, Tone, samples_of, silence};
use super::turns::{Utterance, Wish};

/// How far ahead of what is heard samples go out.
const AHEAD: Duration = Duration::from_millis(180);
/// After a sentence.
const AFTER_SENTENCE: u32 = 280;
const AFTER_SENTENCE_SLOW: u32 = 480;
/// Silence behind everything: a device that runs dry may play what lay in it before.
const TAIL: u32 = 600;

/// Where samples go.
pub trait Sink {
    /// Takes as many as it can without waiting; `None` where it is gone.
    fn write(&mut self, samples: &[i16]) -> Option<usize>;
    /// Forgets what it has not played.
    fn forget(&mut self);
}

/// Where the samples of sentences come from.
pub trait Source {
    /// Begins a sentence; what was begun before is given up.
    fn begin(&mut self, language: &str, slow: bool, sentence: &Sentence, now: Duration);
    /// The samples of what was begun; `None` while they are not there yet.
    fn poll(&mut self, now: Duration) -> Option<Vec<i16>>;
    /// Gives up what was begun.
    fn stop(&mut self);
}

#[derive(Debug)]
enum Item {
    Samples(Vec<i16>),
    Sentence { sentence: Sentence, language: String, slow: bool, gain: f32 },
}

/// Plays.
#[derive(Debug, Default)]
pub struct Player {
    queue: VecDeque<Item>,
    /// The sentence whose samples are being made: how loud it is, and how long the pause behind it.
    making: Option<(f32, u32)>,
    samples: Vec<i16>,
    place: usize,
    /// Since when the device plays, and how many samples went into it since then.
    began: Option<(Duration, u64)>,
    /// Nothing but the silence behind everything is going out.
    tail: bool,
    busy: bool,
}

impl Player {
    /// When it wants to be called next.
    #[must_use]
    pub fn due(&self, now: Duration) -> Option<Duration> {
        match (self.making.is_some(), self.busy || self.tail) {
            (true, _) => Some(now + Duration::from_millis(3)),
            (false, true) => Some(now + Duration::from_millis(20)),
            (false, false) => None,
        }
    }

    /// Takes a wish.
    pub fn wish(&mut self, wish: Wish, sink: &mut dyn Sink, source: &mut dyn Source) {
        match wish {
            Wish::Hush => self.hush(sink, source),
            Wish::Tone(tone, gain) => self.tone(tone, gain, sink),
            Wish::Say(utterance) => self.say(utterance, sink),
        }
    }

    /// Forgets everything.
    pub fn hush(&mut self, sink: &mut dyn Sink, source: &mut dyn Source) {
        self.queue.clear();
        self.making = None;
        source.stop();
        self.samples.clear();
        self.place = 0;
        if self.began.take().is_some() {
            sink.forget();
        }
        (self.tail, self.busy) = (false, false);
    }

    fn tone(&mut self, tone: Tone, gain: f32, sink: &mut dyn Sink) {
        self.cut_tail(sink);
        self.queue.push_back(Item::Samples(louder(tone.samples(), gain)));
        self.busy = true;
    }

    fn say(&mut self, utterance: Utterance, sink: &mut dyn Sink) {
        self.cut_tail(sink);
        let Utterance { language, slow, gain, sentences } = utterance;
        self.queue.extend(sentences.into_iter().map(|sentence| Item::Sentence {
            sentence,
            language: language.clone(),
            slow,
            gain,
        }));
        self.busy = true;
    }

    /// The silence behind everything must not keep anybody waiting.
    fn cut_tail(&mut self, sink: &mut dyn Sink) {
        if std::mem::take(&mut self.tail) {
            self.samples.clear();
            self.place = 0;
            self.began = None;
            sink.forget();
        }
    }

    /// Goes on; `true` where the last of what was wished for has just been heard.
    pub fn step(&mut self, now: Duration, sink: &mut dyn Sink, source: &mut dyn Source) -> bool {
        loop {
            if self.place >= self.samples.len() && !self.next(now, source) {
                return self.end(now);
            }
            let room = self.room(now);
            let end = self.samples.len().min(self.place.saturating_add(room));
            let part = self.samples.get(self.place..end).unwrap_or_default();
            if part.is_empty() {
                return false;
            }
            match sink.write(part) {
                Some(0) => return false,
                Some(count) => {
                    self.place += count;
                    if let Some((_, written)) = &mut self.began {
                        *written += count as u64;
                    }
                }
                // Nobody hears it: what is left is as good as said.
                None => {
                    let was_busy = self.busy;
                    self.hush(sink, source);
                    return was_busy;
                }
            }
        }
    }

    /// Takes up the next samples; `false` where there are none now.
    fn next(&mut self, now: Duration, source: &mut dyn Source) -> bool {
        loop {
            if let Some((gain, pause)) = self.making {
                let Some(mut samples) = source.poll(now) else { return false };
                self.making = None;
                if !samples.is_empty() {
                    samples = louder(samples, gain);
                    samples.extend(silence(pause));
                    return self.take_up(samples);
                }
            }
            match self.queue.pop_front() {
                Some(Item::Samples(samples)) => return self.take_up(samples),
                Some(Item::Sentence { sentence, language, slow, gain }) => {
                    source.begin(&language, slow, &sentence, now);
                    self.making = Some((gain, if slow { AFTER_SENTENCE_SLOW } else { AFTER_SENTENCE }));
                }
                None => return false,
            }
        }
    }

    fn take_up(&mut self, samples: Vec<i16>) -> bool {
        self.samples = samples;
        self.place = 0;
        true
    }

    /// How many samples may go out now.
    fn room(&mut self, now: Duration) -> usize {
        let (began, written) = match self.began {
            // It ran dry while the next sentence was made: time begins anew.
            Some((began, written)) if played(began, now) <= written => (began, written),
            _ => (now, 0),
        };
        self.began = Some((began, written));
        let wanted = played(began, now + AHEAD);
        usize::try_from(wanted.saturating_sub(written)).unwrap_or(0)
    }

    /// Everything went out: is it heard, too?
    fn end(&mut self, now: Duration) -> bool {
        if self.making.is_some() {
            return false;
        }
        let over = self.began.is_none_or(|(began, written)| played(began, now) >= written);
        if self.busy && !self.tail {
            if self.began.is_none() {
                self.busy = false;
                return true;
            }
            if over {
                self.busy = false;
                self.tail = true;
                self.take_up(silence(TAIL));
                self.began = Some((now, 0));
                return true;
            }
            return false;
        }
        if self.tail && over {
            self.tail = false;
            self.began = None;
        }
        false
    }
}

/// Samples played by then.
fn played(began: Duration, now: Duration) -> u64 {
    let passed = now.saturating_sub(began).as_micros();
    u64::try_from(passed * u128::from(RATE) / 1_000_000).unwrap_or(u64::MAX)
}

fn louder(mut samples: Vec<i16>, gain: f32) -> Vec<i16> {
    for sample in &mut samples {
        *sample = (f32::from(*sample) * gain) as i16;
    }
    samples
}

/// The longest that samples lie in a sink before they are heard.
#[must_use]
pub fn room_in_sink() -> usize {
    2 * samples_of(u32::try_from(AHEAD.as_millis()).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::voice::sentence::Composer;
    use crate::words::Words;

    /// Takes everything, as a device does that is none.
    #[derive(Default)]
    struct Tape {
        heard: Vec<i16>,
        forgotten: usize,
        gone: bool,
    }

    impl Sink for Tape {
        fn write(&mut self, samples: &[i16]) -> Option<usize> {
            if self.gone {
                return None;
            }
            self.heard.extend(samples);
            Some(samples.len())
        }
        fn forget(&mut self) {
            self.forgotten += 1;
        }
    }

    /// Each sentence is a second of its own number.
    #[derive(Default)]
    struct Numbers {
        begun: i16,
        ready: Option<Duration>,
        slow: Duration,
    }

    impl Source for Numbers {
        fn begin(&mut self, _: &str, _: bool, _: &Sentence, now: Duration) {
            self.begun += 1;
            self.ready = Some(now + self.slow);
        }
        fn poll(&mut self, now: Duration) -> Option<Vec<i16>> {
            self.ready.filter(|ready| *ready <= now).map(|_| vec![self.begun * 100; RATE as usize])
        }
        fn stop(&mut self) {
            self.ready = None;
        }
    }

    fn two_sentences() -> Wish {
        let words = Arc::new(Words::shipped("zh").unwrap());
        let composer = Composer { words: &words, language: "zh" };
        let sentences = vec![composer.sentence("say.help", &[]), composer.sentence("say.idle", &[])];
        Wish::Say(Utterance { language: "zh".into(), slow: false, gain: 1.0, sentences })
    }

    struct Room {
        player: Player,
        tape: Tape,
        source: Numbers,
        now: Duration,
    }

    impl Room {
        fn new() -> Self {
            let (player, tape, source) = Default::default();
            Self { player, tape, source, now: Duration::from_secs(100) }
        }

        fn wish(&mut self, wish: Wish) {
            self.player.wish(wish, &mut self.tape, &mut self.source);
        }

        /// Steps as the thread does; how often it fell silent.
        fn pass(&mut self, milliseconds: u64) -> usize {
            let until = self.now + Duration::from_millis(milliseconds);
            let mut silent = 0;
            while self.now < until {
                silent += usize::from(self.player.step(self.now, &mut self.tape, &mut self.source));
                self.now += Duration::from_millis(10);
            }
            silent
        }

        fn heard(&self, number: i16) -> usize {
            self.tape.heard.iter().filter(|sample| **sample == number).count()
        }
    }

    #[test]
    fn one_sentence_comes_after_the_other_in_time() {
        let mut room = Room::new();
        room.wish(two_sentences());
        assert_eq!(room.pass(500), 0);
        let ahead = room.heard(100);
        assert!(ahead > samples_of(500) && ahead < samples_of(720), "{ahead}: a short way ahead of time");
        assert_eq!(room.pass(3_000), 1, "silent once");
        assert_eq!((room.heard(100), room.heard(200)), (RATE as usize, RATE as usize));
        assert!(!room.player.busy);
        room.pass(2_000);
        assert_eq!(room.player.due(room.now), None, "it rests");
        let zeros = room.tape.heard.iter().rev().take_while(|sample| **sample == 0).count();
        assert!(zeros >= samples_of(TAIL), "silence behind it");
    }

    #[test]
    fn hush_cuts_it_short_at_once() {
        let mut room = Room::new();
        room.wish(two_sentences());
        room.pass(500);
        room.wish(Wish::Hush);
        assert_eq!(room.tape.forgotten, 1, "what lay in the device is gone");
        let heard = room.heard(100);
        assert_eq!(room.pass(2_000), 0);
        assert_eq!((room.heard(100), room.heard(200)), (heard, 0));
        assert!(!room.player.busy && room.source.ready.is_none());
    }

    #[test]
    fn a_tone_does_not_wait_for_the_silence_behind_the_last_one() {
        let mut room = Room::new();
        room.wish(Wish::Tone(Tone::Fault, 1.0));
        assert_eq!(room.pass(600), 1);
        let before = room.tape.heard.len();
        room.wish(Wish::Tone(Tone::Click, 1.0));
        assert_eq!(room.tape.forgotten, 1);
        room.player.step(room.now, &mut room.tape, &mut room.source);
        assert!(room.tape.heard[before..].iter().take(samples_of(20)).any(|sample| sample.abs() > 2_000));
    }

    #[test]
    fn a_voice_that_takes_its_time_is_waited_for() {
        let mut room = Room::new();
        room.source.slow = Duration::from_millis(700);
        room.wish(two_sentences());
        assert_eq!(room.pass(600), 0);
        assert_eq!(room.heard(100), 0);
        assert!(room.player.due(room.now).is_some());
        assert_eq!(room.pass(5_000), 1);
        assert_eq!((room.heard(100), room.heard(200)), (RATE as usize, RATE as usize));
    }

    #[test]
    fn a_device_that_is_gone_keeps_nobody_waiting() {
        let mut room = Room::new();
        room.tape.gone = true;
        room.wish(two_sentences());
        assert_eq!(room.pass(100), 1);
        assert!(!room.player.busy);
    }

    #[test]
    fn volume_is_in_the_samples() {
        let mut room = Room::new();
        let Wish::Say(mut utterance) = two_sentences() else { unreachable!() };
        utterance.gain = 0.25;
        room.wish(Wish::Say(utterance));
        room.pass(5_000);
        assert_eq!((room.heard(25), room.heard(50), room.heard(100)), (RATE as usize, RATE as usize, 0));
    }
}
