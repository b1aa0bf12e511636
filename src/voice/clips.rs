//! Recordings that a site made: `FOLDER/LANGUAGE/NAME.wav`, and `FOLDER/LANGUAGE-slow/…` for elder mode.
//!
//! A sentence is heard from recordings only where each of its parts is there. A file that can't be read is told once
//! in the log and counts as not there.

use std::collections::BTreeSet;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::sentence::{Composer, Piece, Sentence, Value, clips_of};
use super::tones::silence;
use super::{numerals, wav};
use crate::words::Words;

/// The largest file that is looked into: a minute at the highest rate.
const LARGEST_FILE: u64 = 24 << 20;

/// Milliseconds of silence for marks between parts.
const AT_MARK: u32 = 140;
/// A mark that is only a blank: between the characters of a ticket's number.
const AT_BLANK: u32 = 60;

/// The folder of recordings, where there is one.
#[derive(Debug, Default)]
pub struct Clips {
    folder: Option<PathBuf>,
    told: BTreeSet<PathBuf>,
}

/// A recording that can be made.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Wanted {
    /// Its name, without `.wav`.
    pub name: String,
    /// What is to be said.
    pub text: String,
}

impl Clips {
    /// The recordings in that folder; none is looked at yet.
    #[must_use]
    pub fn of(folder: Option<PathBuf>) -> Self {
        Self { folder, told: BTreeSet::new() }
    }

    /// The sentence from recordings; `None` where one of its parts is not recorded.
    pub fn sentence(&mut self, language: &str, slow: bool, sentence: &Sentence) -> Option<Vec<i16>> {
        let folder = self.folder.clone()?;
        if slow && let Some(samples) = self.assemble(&folder.join(format!("{language}-slow")), sentence) {
            return Some(samples);
        }
        self.assemble(&folder.join(language), sentence)
    }

    fn assemble(&mut self, folder: &Path, sentence: &Sentence) -> Option<Vec<i16>> {
        let mut samples = Vec::new();
        for piece in sentence.pieces() {
            match piece {
                Piece { clip: Some(name), .. } => samples.extend(self.load(&file(folder, name))?),
                Piece { clip: None, text, .. } if text.trim().is_empty() => samples.extend(silence(AT_BLANK)),
                Piece { clip: None, .. } => samples.extend(silence(AT_MARK)),
            }
        }
        (samples.len() <= wav::LONGEST).then_some(samples)
    }

    fn load(&mut self, file: &Path) -> Option<Vec<i16>> {
        match read(file) {
            Ok(samples) => samples,
            Err(why) => {
                if self.told.insert(file.to_owned()) {
                    log::warn!("the recording {} can't be used: {why}", file.display());
                }
                None
            }
        }
    }
}

fn file(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("{name}.wav"))
}

/// The samples of a file; `None` where there is none.
fn read(file: &Path) -> Result<Option<Vec<i16>>, String> {
    let found = match std::fs::metadata(file) {
        Ok(found) => found,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error.to_string()),
    };
    // Opening a pipe would wait for its other end.
    if !found.is_file() || found.len() > LARGEST_FILE {
        return Err("it is no file of at most 24 MiB".to_owned());
    }
    let mut bytes = Vec::new();
    let opened = std::fs::File::open(file).map_err(|error| error.to_string())?;
    opened.take(LARGEST_FILE).read_to_end(&mut bytes).map_err(|error| error.to_string())?;
    wav::decode(&bytes).map(Some).map_err(|error| error.to_string())
}

/// Every recording that a site can make in that language, with the site's own classes.
#[must_use]
pub fn wanted(words: &Words, language: &str, letters: &[char], classes: &[&str]) -> Vec<Wanted> {
    let composer = Composer { words, language };
    let mut all = BTreeSet::new();
    for key in words.keys("say.").filter(|key| *key != "say.voice" && !key.starts_with("say.number.")) {
        let names = clips_of(key, words.text(language, key));
        let sentence = composer.sentence(key, &[]);
        let texts = sentence.pieces().iter().filter(|piece| piece.clip.is_some());
        all.extend(
            names.into_iter().zip(texts).map(|(name, piece)| Wanted { name, text: piece.text.clone() }),
        );
    }
    for numeral in numerals::all() {
        let name = numeral.name();
        let text = words.text(language, &format!("say.number.{name}")).to_owned();
        all.insert(Wanted { name: format!("number-{name}"), text });
    }
    for letter in letters {
        all.insert(Wanted { name: format!("letter-{letter}"), text: letter.to_string() });
    }
    for class in classes {
        let sentence = composer.sentence("say.class.one", &[Value::Class(class)]);
        let pieces = sentence.pieces().iter();
        all.extend(
            pieces.filter_map(|piece| Some(Wanted { name: piece.clip.clone()?, text: piece.text.clone() })),
        );
    }
    // A text that is nothing but a place needs no recording of its own.
    all.into_iter().filter(|wanted| wanted.text.chars().any(char::is_alphanumeric)).collect()
}

/// Whether the recording of that name is there and can be heard.
///
/// # Errors
/// Why it can't be.
pub fn there(folder: &Path, language: &str, name: &str) -> Result<bool, String> {
    read(&file(&folder.join(language), name)).map(|samples| samples.is_some())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::voice::tones::RATE;
    use crate::voice::wav::tests::encode;

    fn words() -> Words {
        Words::shipped("zh").unwrap()
    }

    /// A folder in which each recording named is as long, in samples, as it is told.
    fn folder(clips: &[(&str, usize)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (name, length) in clips {
            let file = folder.path().join(format!("{name}.wav"));
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, encode(&vec![7; *length], 1, RATE)).unwrap();
        }
        folder
    }

    #[test]
    fn a_sentence_is_put_together_from_its_parts() {
        let words = words();
        let sentence = Composer { words: &words, language: "zh" }.sentence("say.ahead", &[Value::Count(25)]);
        let folder = folder(&[("zh/ahead.1", 10), ("zh/ahead.2", 20), ("zh/number-20", 30)]);
        let mut clips = Clips::of(Some(folder.path().to_owned()));
        assert_eq!(clips.sentence("zh", false, &sentence), None, "a part is wanting");
        std::fs::write(folder.path().join("zh/number-5.wav"), encode(&[7; 40], 1, RATE)).unwrap();
        assert_eq!(clips.sentence("zh", false, &sentence).unwrap().len(), 100);
        assert_eq!(clips.sentence("zh", true, &sentence).unwrap().len(), 100, "no slow ones: the usual ones");
        assert_eq!(clips.sentence("en", false, &sentence), None);
        assert_eq!(Clips::default().sentence("zh", false, &sentence), None);
    }

    #[test]
    fn elder_mode_has_recordings_of_its_own() {
        let words = words();
        let sentence = Composer { words: &words, language: "zh" }.sentence("say.help", &[]);
        let folder = folder(&[("zh/help", 10), ("zh-slow/help", 20)]);
        let mut clips = Clips::of(Some(folder.path().to_owned()));
        assert_eq!(clips.sentence("zh", false, &sentence).unwrap().len(), 10);
        assert_eq!(clips.sentence("zh", true, &sentence).unwrap().len(), 20);
    }

    #[test]
    fn a_file_that_is_no_sound_counts_as_not_there() {
        let words = words();
        let sentence = Composer { words: &words, language: "zh" }.sentence("say.help", &[]);
        let folder = folder(&[("zh/idle", 10)]);
        std::fs::write(folder.path().join("zh/help.wav"), b"ID3").unwrap();
        let mut clips = Clips::of(Some(folder.path().to_owned()));
        assert_eq!(clips.sentence("zh", false, &sentence), None);
        assert!(there(folder.path(), "zh", "help").unwrap_err().contains("no WAV"));
        assert_eq!(
            (there(folder.path(), "zh", "idle"), there(folder.path(), "zh", "x")),
            (Ok(true), Ok(false))
        );
    }

    #[test]
    fn the_list_of_recordings_is_all_that_is_ever_asked_for() {
        let words = words();
        for language in ["zh", "en"] {
            let all = wanted(&words, language, &['A'], &["社会保障"]);
            let names: Vec<_> = all.iter().map(|wanted| wanted.name.as_str()).collect();
            assert!(names.iter().all(|name| !name.contains('/') && !name.contains("say.")), "{names:?}");
            for name in ["help", "take.number", "number-20", "number-couple", "letter-A", "class-社会保障"]
            {
                assert!(names.contains(&name), "{language} {name}");
            }
            for name in ["voice", "class.one"] {
                assert!(!names.contains(&name), "{language} {name}");
            }
        }
    }
}
