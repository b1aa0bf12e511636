//! The voice's lines of a check. Nothing is heard.
//!
//! A hall that never asked for sound is not told that it fails: without `[sound]` a missing loudspeaker is only noted.

use super::Line;
use crate::config::Config;
use crate::domain::device::Device;
use crate::engine::status::Report;
use crate::voice::trial::{self, Recordings};
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
    lines.push(voice(config, &words));
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
    match trial::device(&config.sound.device) {
        Ok(()) => Line::fine(check, format!("the sound device {} opens", config.sound.device)),
        Err(error) => missing(config, check, &error, error.advice()),
    }
}

fn voice(config: &Config, words: &Words) -> Line {
    const CHECK: &str = "voice";
    for language in words.languages() {
        if let Err(error) = trial::voice(words, language) {
            return missing(config, CHECK, format!("{language}: {error}"), error.advice());
        }
    }
    Line::fine(CHECK, format!("espeak-ng speaks {}", words.languages().join(", ")))
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
