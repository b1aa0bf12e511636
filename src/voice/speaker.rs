//! Where the samples of a sentence come from: recordings first, the synthesised voice behind them, else nothing.

use std::collections::{BTreeMap, VecDeque};
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
    /// The synthesised voice that is at a part of it.
    making: Option<String>,
    /// What of the sentence is ready.
    said: Vec<i16>,
    /// The synthesised voices that failed when they were needed last. A page may need one that works and one that does
    /// not within a sentence: that is one trouble and not many.
    failed: BTreeMap<String, SynthError>,
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
            making: None,
            said: Vec::new(),
            failed: BTreeMap::new(),
        }
    }

    /// Why sentences are missing, where they are.
    ///
    /// # Errors
    /// What was wrong with a synthesised voice when it was needed last.
    pub fn voice(&self) -> Result<(), SynthError> {
        self.failed.values().next().map_or(Ok(()), |error| Err(*error))
    }

    /// Has the next part made; one that can't be is left out.
    fn next(&mut self, now: Duration) {
        while let Some((voice, text)) = self.runs.pop_front() {
            match self.synth.begin(&voice, self.slow, &text, now) {
                Ok(()) => {
                    self.making = Some(voice);
                    return;
                }
                Err(error) => {
                    self.voice_said(&voice, Err(error));
                }
            }
        }
    }

    fn voice_said(&mut self, voice: &str, said: Result<Vec<i16>, SynthError>) -> Vec<i16> {
        let before = self.voice();
        match said {
            Ok(_) => {
                self.failed.remove(voice);
                // The program runs, for all of them.
                self.failed.retain(|_, error| !matches!(error, SynthError::Missing | SynthError::NotStarted));
            }
            Err(error) => {
                self.failed.insert(voice.to_owned(), error);
            }
        }
        let now = self.voice();
        if now != before {
            match now {
                Ok(()) => log::info!("the synthesised voice is back"),
                Err(error) => {
                    let whose = self.failed.keys().next().map_or("", String::as_str);
                    let next = error.advice();
                    log::warn!("what is not recorded is not spoken by the voice {whose}: {error}; {next}");
                }
            }
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
        while let Some(voice) = self.making.take() {
            let Some(said) = self.synth.poll(now) else {
                self.making = Some(voice);
                return None;
            };
            let samples = self.voice_said(&voice, said);
            self.said.extend(samples);
            self.next(now);
        }
        Some(std::mem::take(&mut self.said))
    }

    fn stop(&mut self) {
        self.runs.clear();
        self.said.clear();
        self.making = None;
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
    fn a_voice_that_works_does_not_hide_one_that_does_not() {
        let mut speaker = Speaker::new(Arc::new(Words::shipped("zh").unwrap()), Clips::default());
        for _ in 0..2 {
            speaker.voice_said("en", Ok(vec![1]));
            assert!(speaker.voice_said("zh", Err(SynthError::NoSound)).is_empty());
            assert_eq!(speaker.voice_said("en", Ok(vec![1, 2])), [1, 2]);
            assert_eq!(speaker.voice(), Err(SynthError::NoSound));
        }
        speaker.voice_said("zh", Ok(Vec::new()));
        assert_eq!(speaker.voice(), Ok(()));
        // The program itself was missing: whatever speaks, it is back.
        speaker.voice_said("zh", Err(SynthError::Missing));
        speaker.voice_said("en", Ok(Vec::new()));
        assert_eq!(speaker.voice(), Ok(()));
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
