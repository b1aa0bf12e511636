//! Where the samples of a sentence come from: recordings first, the synthesised voice behind them, else nothing.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use super::clips::Clips;
use super::player::Source;
use super::sentence::Sentence;
use super::synth::{Synth, SynthError};
use crate::words::Words;

/// The language of names in Chinese characters, whatever the sentence's own is.
const CHINESE: &str = "zh";

/// Speaks sentences.
#[derive(Debug)]
pub struct Speaker {
    words: Arc<Words>,
    clips: Clips,
    synth: Synth,
    /// What is to be said still of the sentence: by which voice, and the text.
    runs: VecDeque<(String, String)>,
    slow: bool,
    /// The synthesised voice is at a part of it.
    making: bool,
    /// What of the sentence is ready.
    said: Vec<i16>,
    /// How the synthesised voice did last.
    voice: Result<(), SynthError>,
}

impl Speaker {
    /// With those recordings.
    #[must_use]
    pub fn new(words: Arc<Words>, clips: Clips) -> Self {
        Self {
            words,
            clips,
            synth: Synth::default(),
            runs: VecDeque::new(),
            slow: false,
            making: false,
            said: Vec::new(),
            voice: Ok(()),
        }
    }

    /// Why sentences are missing, where they are.
    ///
    /// # Errors
    /// What was wrong with the synthesised voice when it was needed last.
    pub fn voice(&self) -> Result<(), SynthError> {
        self.voice
    }

    /// Has the next part made; one that can't be is left out.
    fn next(&mut self, now: Duration) {
        while let Some((voice, text)) = self.runs.pop_front() {
            match self.synth.begin(&voice, self.slow, &text, now) {
                Ok(()) => {
                    self.making = true;
                    return;
                }
                Err(error) => {
                    self.voice_said(Err(error));
                }
            }
        }
    }

    fn voice_said(&mut self, said: Result<Vec<i16>, SynthError>) -> Vec<i16> {
        let word = said.as_ref().map(|_| ()).map_err(|error| *error);
        if word != self.voice {
            match word {
                Ok(()) => log::info!("the synthesised voice is back"),
                Err(error) => log::warn!("what is not recorded is not spoken: {error}; {}", error.advice()),
            }
            self.voice = word;
        }
        said.unwrap_or_default()
    }
}

impl Source for Speaker {
    fn begin(&mut self, language: &str, slow: bool, sentence: &Sentence, now: Duration) {
        self.stop();
        if let Some(samples) = self.clips.sentence(language, slow, sentence) {
            self.said = samples;
            return;
        }
        let voice = |chinese| if chinese { CHINESE } else { language };
        let runs = sentence.runs().into_iter();
        self.runs = runs
            .map(|(text, chinese)| (self.words.text(voice(chinese), "say.voice").to_owned(), text))
            .collect();
        self.slow = slow;
        self.next(now);
    }

    fn poll(&mut self, now: Duration) -> Option<Vec<i16>> {
        while self.making {
            let said = self.synth.poll(now)?;
            self.making = false;
            let samples = self.voice_said(said);
            self.said.extend(samples);
            self.next(now);
        }
        Some(std::mem::take(&mut self.said))
    }

    fn stop(&mut self) {
        self.runs.clear();
        self.said.clear();
        self.making = false;
        self.synth.stop();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::clock::Clock;
    use crate::voice::sentence::{Composer, Value};
    use crate::voice::tones::RATE;

    fn said(language: &str, key: &str, with: &[Value<'_>]) -> f32 {
        let words = Arc::new(Words::shipped("zh").unwrap());
        let sentence = Composer { words: &words, language }.sentence(key, with);
        let clock = Clock::start();
        let mut speaker = Speaker::new(Arc::clone(&words), Clips::default());
        speaker.begin(language, false, &sentence, clock.mono());
        let samples = loop {
            match speaker.poll(clock.mono()) {
                Some(samples) => break samples,
                None => std::thread::sleep(Duration::from_millis(2)),
            }
        };
        assert_eq!(speaker.voice(), Ok(()));
        samples.len() as f32 / RATE as f32
    }

    #[test]
    fn a_chinese_name_is_said_in_chinese_within_english() {
        let chinese = said("zh", "say.class.one", &[Value::Class("社会保障")]);
        let whole = said("en", "say.confirm.class", &[Value::Class("社会保障")]);
        let english = said("en", "say.confirm.class", &[Value::Class("it")]);
        // Spelled out by an English voice it would be "Chinese letter" four times, far longer than this.
        assert!(whole < english + chinese + 0.5, "{whole} of {english} and {chinese}");
        assert!(whole > english, "{whole} of {english} and {chinese}");
    }
}
