//! The synthesised voice: one run of `espeak-ng` a sentence, text in by its standard input, sound out by its output.
//!
//! The text is never an argument: other programs can read those. A run that takes too long or is not wanted any more is
//! killed. A program that is not there is told once, and the terminal stays silent where there is no recording.

use std::io::{Read, Write};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use super::wav;

/// The program.
const PROGRAM: &str = "espeak-ng";
/// Words a minute: the program's own usual pace is 175, which is quick for a noisy hall.
const USUAL_PACE: &str = "155";
const SLOW_PACE: &str = "115";
/// A sentence takes some hundredths of a second; a machine under load may take longer.
const PATIENCE: Duration = Duration::from_secs(5);
/// More than a minute of sound is no sentence.
const MOST_BYTES: usize = 2 * wav::LONGEST + 4096;

/// Why it did not speak.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SynthError {
    /// The program is not installed.
    #[error("espeak-ng is not installed")]
    Missing,
    /// It could not be run.
    #[error("espeak-ng could not be started")]
    NotStarted,
    /// It did not finish in time.
    #[error("espeak-ng did not answer in time")]
    Late,
    /// It ended without a sound: it may not have that voice.
    #[error("espeak-ng made no sound")]
    NoSound,
}

impl SynthError {
    /// The technician's next step.
    #[must_use]
    pub fn advice(self) -> &'static str {
        match self {
            Self::Missing => "apt-get install espeak-ng, or record every sentence ([sound] clips)",
            Self::NotStarted => "free memory and processes",
            Self::Late => "look what else this machine is busy with",
            Self::NoSound => "install Debian's espeak-ng-data: it has the voices",
        }
    }
}

/// The program, and the sentence that it is at.
#[derive(Debug, Default)]
pub struct Synth {
    run: Option<Run>,
}

#[derive(Debug)]
struct Run {
    child: Child,
    out: ChildStdout,
    sound: Vec<u8>,
    until: Duration,
}

impl Synth {
    /// Begins a sentence; one that was begun before is given up.
    ///
    /// # Errors
    /// Where the program can't be run.
    pub fn begin(&mut self, voice: &str, slow: bool, text: &str, now: Duration) -> Result<(), SynthError> {
        self.stop();
        let pace = if slow { SLOW_PACE } else { USUAL_PACE };
        let mut child = Command::new(PROGRAM)
            .args(["--stdin", "--stdout", "-z", "-b", "1", "-v", voice, "-s", pace])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| match error.kind() {
                std::io::ErrorKind::NotFound => SynthError::Missing,
                _ => SynthError::NotStarted,
            })?;
        // A sentence is far shorter than what a pipe holds, so this does not wait; the pipe closes here.
        let told = child.stdin.take().map(|mut pipe| pipe.write_all(text.as_bytes()));
        match (told, child.stdout.take()) {
            (Some(Ok(())), Some(out)) => {
                self.run = Some(Run { child, out, sound: Vec::new(), until: now + PATIENCE });
                Ok(())
            }
            _ => {
                end(child);
                Err(SynthError::NoSound)
            }
        }
    }

    /// The sound once it is whole; `None` while it is not, or where nothing was begun.
    pub fn poll(&mut self, now: Duration) -> Option<Result<Vec<i16>, SynthError>> {
        let run = self.run.as_mut()?;
        let ended = run.read();
        if !ended && now < run.until {
            return None;
        }
        let run = self.run.take()?;
        end(run.child);
        if !ended {
            return Some(Err(SynthError::Late));
        }
        let sound = wav::decode(&run.sound).ok().filter(|samples| samples.iter().any(|sample| *sample != 0));
        Some(sound.ok_or(SynthError::NoSound))
    }

    /// Gives up what was begun.
    pub fn stop(&mut self) {
        if let Some(run) = self.run.take() {
            end(run.child);
        }
    }
}

impl Drop for Synth {
    fn drop(&mut self) {
        self.stop();
    }
}

impl Run {
    /// Reads what is there; whether that was all.
    fn read(&mut self) -> bool {
        let mut part = [0; 16 << 10];
        while self.ready() {
            match self.out.read(&mut part) {
                Ok(0) | Err(_) => return true,
                Ok(count) => self.sound.extend(part.iter().take(count)),
            }
            if self.sound.len() > MOST_BYTES {
                return true;
            }
        }
        false
    }

    fn ready(&self) -> bool {
        let mut out = [PollFd::new(&self.out, PollFlags::IN)];
        poll(&mut out, Some(&Timespec { tv_sec: 0, tv_nsec: 0 })).is_ok_and(|ready| ready > 0)
    }
}

/// A process that is not waited for stays in the system's table.
fn end(mut child: Child) {
    // It may have ended by itself.
    let _ = child.kill();
    let _ = child.wait();
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::clock::Clock;
    use crate::voice::tones::RATE;

    fn speak(voice: &str, slow: bool, text: &str) -> Result<Vec<i16>, SynthError> {
        let clock = Clock::start();
        let mut synth = Synth::default();
        synth.begin(voice, slow, text, clock.mono())?;
        loop {
            match synth.poll(clock.mono()) {
                Some(said) => return said,
                None => std::thread::sleep(Duration::from_millis(2)),
            }
        }
    }

    #[test]
    fn both_languages_are_spoken_and_slowly_where_wished() {
        for (voice, text) in
            [("cmn-latn-pinyin", "您的号码是，A 零 二 三。"), ("en", "Your number is A zero two three.")]
        {
            let usual = speak(voice, false, text).unwrap();
            let slow = speak(voice, true, text).unwrap();
            let seconds = usual.len() as f32 / RATE as f32;
            assert!((1.0..8.0).contains(&seconds), "{voice}: {seconds} s");
            assert!(slow.len() as f32 > usual.len() as f32 * 1.15, "{voice}: {} {}", slow.len(), usual.len());
            assert!(usual.iter().any(|sample| sample.abs() > 3_000), "{voice} is hardly heard");
        }
    }

    #[test]
    fn a_voice_that_is_not_there_makes_no_sound() {
        assert_eq!(speak("xqz", false, "hello").map(|sound| sound.len()), Err(SynthError::NoSound));
    }

    #[test]
    fn what_is_not_wanted_any_more_is_gone() {
        let mut synth = Synth::default();
        synth.begin("en", true, &"one two three. ".repeat(200), Duration::ZERO).unwrap();
        synth.stop();
        assert_eq!(synth.poll(Duration::ZERO), None);
        // Late: killed, and told.
        synth.begin("en", true, &"one two three. ".repeat(200), Duration::ZERO).unwrap();
        let late = synth.poll(PATIENCE + Duration::from_secs(1));
        assert!(matches!(late, Some(Err(SynthError::Late))), "{late:?}");
    }
}
