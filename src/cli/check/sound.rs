//! The voice's lines of a check. Nothing is heard.
//!
//! A hall that never asked for sound is not told that it fails: without `[sound]` a missing loudspeaker is only noted.

use std::sync::mpsc::channel;
use std::thread;

use super::{Line, PATIENCE};
use crate::config::Config;
use crate::domain::device::Device;
use crate::engine::status::Report;
use crate::voice::trial::{self, Recordings, SynthError};
use crate::words::Words;

/// Names of recordings told where they are missing; the whole list has a command of its own.
const TOLD: usize = 3;

/// The lines; a running terminal holds the loudspeaker and is asked for it.
pub(super) fn lines(config: &Config, running: Option<&Report>) -> Vec<Line> {
    if !config.sound.enabled {
        return Vec::new();
    }
    let words = match Words::shipped(&config.terminal.language) {
        Ok(words) => words,
        Err(error) => return vec![Line::bad("voice", error, "install the program again")],
    };
    let mut lines = vec![match running {
        Some(report) => heard_of(config, report),
        None => speaker(config),
    }];
    lines.push(voice(config, &words, |language| trial::voice(&words, language)));
    lines.extend(recordings(config, &words));
    lines
}

fn heard_of(config: &Config, report: &Report) -> Line {
    let speaker = Device::Speaker.key();
    match report.devices.get(speaker) {
        Some(found) if matches!(found.state.as_str(), "ready" | "low") => {
            Line::fine(speaker, format!("{} ({})", found.state, found.detail))
        }
        Some(found) => missing(config, speaker, &found.state, &found.detail),
        None => missing(config, speaker, "the running terminal does not know it", "start the terminal again"),
    }
}

fn speaker(config: &Config) -> Line {
    let check = Device::Speaker.key();
    let device = &config.sound.device;
    let (sender, receiver) = channel();
    let name = device.clone();
    // A device behind a sound server may wait for it for ever: such a try is left behind and ends with the check.
    let begun = thread::Builder::new().name("sound".to_owned()).spawn(move || {
        // The check may be over already.
        let _ = sender.send(trial::device(&name));
    });
    if let Err(error) = begun {
        return missing(config, check, format!("it can't be tried: {error}"), "free memory and processes");
    }
    match receiver.recv_timeout(PATIENCE) {
        Ok(Ok(())) => Line::fine(check, format!("the sound device {device} opens")),
        Ok(Err(error)) => missing(config, check, &error, error.advice()),
        Err(_) => missing(
            config,
            check,
            format!("the sound device {device} did not open within {} s", PATIENCE.as_secs()),
            "it waits for a sound server: start that, or name the card in [sound] device (plughw:CARD=…)",
        ),
    }
}

/// A language of which the site recorded everything is heard without the synthesised voice.
fn voice(config: &Config, words: &Words, speaks: impl Fn(&str) -> Result<(), SynthError>) -> Line {
    const CHECK: &str = "voice";
    let (mut spoken, mut told) = (Vec::new(), Vec::new());
    for language in words.languages() {
        match speaks(language) {
            Ok(()) => spoken.push(language.as_str()),
            Err(error) if is_recorded(config, words, language) => {
                told.push(format!("{language}: {error}, and every sentence is recorded"));
            }
            Err(error) => return missing(config, CHECK, format!("{language}: {error}"), error.advice()),
        }
    }
    if !spoken.is_empty() {
        told.insert(0, format!("espeak-ng speaks {}", spoken.join(", ")));
    }
    Line::fine(CHECK, told.join("; "))
}

fn is_recorded(config: &Config, words: &Words, language: &str) -> bool {
    let Some(folder) = &config.sound.clips else { return false };
    let (letters, classes) = site(config);
    let found = trial::recordings(words, language, &letters, &classes, folder);
    found.missing.is_empty() && found.unfit.is_empty()
}

fn recordings(config: &Config, words: &Words) -> Option<Line> {
    const CHECK: &str = "recordings";
    let folder = config.sound.clips.as_ref()?;
    if !folder.is_dir() {
        return Some(Line::bad(
            CHECK,
            format!("{} is no folder", folder.display()),
            "make it, or take [sound] clips out",
        ));
    }
    let (letters, classes) = site(config);
    let mut told = Vec::new();
    let mut unfit = Vec::new();
    for language in words.languages() {
        let found = trial::recordings(words, language, &letters, &classes, folder);
        told.push(summary(language, &found));
        unfit.extend(found.unfit);
    }
    if unfit.is_empty() {
        return Some(Line::fine(CHECK, told.join("; ")));
    }
    Some(Line::bad(CHECK, unfit.join("; "), "save it as WAV, PCM of 16 bits, one or two channels"))
}

fn summary(language: &str, found: &Recordings) -> String {
    let there = found.possible - found.missing.len() - found.unfit.len();
    if found.missing.is_empty() {
        return format!("{language}: all {there}");
    }
    let names: Vec<_> = found.missing.iter().take(TOLD).map(|wanted| wanted.name.as_str()).collect();
    let rest = if found.missing.len() > TOLD { ", …" } else { "" };
    format!("{language}: {there} of {}; missing {}{rest}", found.possible, names.join(", "))
}

/// The letters and names of the site's classes, which are read out too.
pub(in crate::cli) fn site(config: &Config) -> (Vec<char>, Vec<&str>) {
    config.classes.iter().map(|class| (class.letter.letter(), class.name.as_str())).unzip()
}

fn missing(config: &Config, check: &'static str, found: impl ToString, next: impl ToString) -> Line {
    if config.sound.configured {
        return Line::bad(check, found, next);
    }
    Line::fine(
        check,
        format!("{}; without [sound] that is no fault ({})", found.to_string(), next.to_string()),
    )
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    /// A recording of one sample.
    fn recording() -> Vec<u8> {
        let head =
            b"RIFF\x26\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x22\x56\0\0\x44\xac\0\0\x02\0\x10\0data\x02\0\0\0";
        [&head[..], &[7, 7]].concat()
    }

    #[test]
    fn a_language_that_is_recorded_needs_no_synthesised_voice() {
        let folder = tempfile::tempdir().unwrap();
        let mut config = crate::cli::load(Path::new("assets/examples/site.toml")).unwrap();
        config.sound.clips = Some(folder.path().to_owned());
        config.sound.configured = true;
        let words = Words::shipped("zh").unwrap();
        let (letters, classes) = site(&config);
        let all = trial::recordings(&words, "zh", &letters, &classes, folder.path()).missing;
        assert!(all.len() > 100, "{}", all.len());
        std::fs::create_dir(folder.path().join("zh")).unwrap();
        let file = |name: &str| folder.path().join(format!("zh/{name}.wav"));
        for wanted in &all[1..] {
            std::fs::write(file(&wanted.name), recording()).unwrap();
        }
        let english_alone = |language: &str| if language == "en" { Ok(()) } else { Err(SynthError::NoSound) };
        let none = |_: &str| Err(SynthError::Missing);
        let found = voice(&config, &words, english_alone);
        assert!(!found.fine && found.found.starts_with("zh: "), "one is missing: {found:?}");

        std::fs::write(file(&all[0].name), recording()).unwrap();
        let found = voice(&config, &words, english_alone);
        assert!(found.fine && found.found.contains("every sentence is recorded"), "{found:?}");
        assert!(found.found.starts_with("espeak-ng speaks en; zh: "), "{found:?}");
        let found = voice(&config, &words, none);
        assert!(!found.fine && found.found.starts_with("en: "), "{found:?}");

        std::fs::write(file(&all[0].name), b"ID3").unwrap();
        assert!(!voice(&config, &words, english_alone).fine, "one can't be heard");
    }
}
