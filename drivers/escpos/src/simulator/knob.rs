//! What can be done to the simulated printer, and the words for it.

use std::str::FromStr;
use std::time::Duration;

use crate::status::Paper;

/// A turn of one of the simulated printer's knobs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Knob {
    /// The roll.
    Paper(Paper),
    /// The roll ends after so many lines more.
    PaperOutAfter(u32),
    /// Open or close the cover. Closing it ends a jam.
    CoverOpen(bool),
    /// Paper is jammed.
    Jam,
    /// The cutter is stuck, or works again.
    CutterStuck(bool),
    /// Paper at the mouth does not go back in, or does again.
    MouthStuck(bool),
    /// It answers nothing at all.
    Silent(bool),
    /// It answers nothing while paper moves.
    SilentWhileMoving(bool),
    /// It sends garbage whenever it is spoken to.
    Babble(bool),
    /// It answers so much later.
    Slow(Duration),
    /// It answers queued questions when they come, not in their turn: a lie.
    AnswersEarly(bool),
    /// It says what is not so, in answers that are well formed, or tells the truth again.
    Lie(Option<Lie>),
    /// Power. Off loses everything it had in mind; half a paper stays where it is.
    Power(bool),
    /// Somebody takes the paper at the mouth.
    Take,
    /// After how long somebody takes each paper by themselves, if ever. At first two seconds.
    TakeAfter(Option<Duration>),
    /// The port is pulled out or put back (only where it is served).
    Plugged(bool),
}

/// What a printer says that is not so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lie {
    /// Nothing is wrong, whatever is.
    Fine,
    /// There is no paper, though there is, and it prints.
    Empty,
    /// It has printed what it has just been sent, and nothing is wrong.
    Printed,
    /// It has printed another job than the one it was sent (process IDs).
    Other,
}

/// Words that name no knob.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "no such knob; there are: paper out|low|ok, paper out-after LINES, cover open|closed, jam, cutter stuck|free, \
     mouth stuck|free, silent on|off, babble on|off, slow MS, lie fine|empty|printed|other|off, power on|off, take, take-after MS|never, unplug, plug"
)]
pub struct UnknownKnob;

impl FromStr for Knob {
    type Err = UnknownKnob;

    fn from_str(line: &str) -> Result<Self, UnknownKnob> {
        let words: Vec<&str> = line.split_whitespace().collect();
        let ms = |text: &str| text.parse().map(Duration::from_millis).map_err(|_| UnknownKnob);
        Ok(match *words.as_slice() {
            ["paper", "out"] => Knob::Paper(Paper::Out),
            ["paper", "low"] => Knob::Paper(Paper::Low),
            ["paper", "ok"] => Knob::Paper(Paper::Ok),
            ["paper", "out-after", lines] => Knob::PaperOutAfter(lines.parse().map_err(|_| UnknownKnob)?),
            ["cover", "open"] => Knob::CoverOpen(true),
            ["cover", "closed"] => Knob::CoverOpen(false),
            ["jam"] => Knob::Jam,
            ["cutter", "stuck"] => Knob::CutterStuck(true),
            ["cutter", "free"] => Knob::CutterStuck(false),
            ["mouth", "stuck"] => Knob::MouthStuck(true),
            ["mouth", "free"] => Knob::MouthStuck(false),
            ["silent", word] => Knob::Silent(is_on(word)?),
            ["babble", word] => Knob::Babble(is_on(word)?),
            ["slow", late] => Knob::Slow(ms(late)?),
            ["lie", "fine"] => Knob::Lie(Some(Lie::Fine)),
            ["lie", "empty"] => Knob::Lie(Some(Lie::Empty)),
            ["lie", "printed"] => Knob::Lie(Some(Lie::Printed)),
            ["lie", "other"] => Knob::Lie(Some(Lie::Other)),
            ["lie", "off"] => Knob::Lie(None),
            ["power", word] => Knob::Power(is_on(word)?),
            ["take"] => Knob::Take,
            ["take-after", "never"] => Knob::TakeAfter(None),
            ["take-after", after] => Knob::TakeAfter(Some(ms(after)?)),
            ["unplug"] => Knob::Plugged(false),
            ["plug"] => Knob::Plugged(true),
            _ => return Err(UnknownKnob),
        })
    }
}

fn is_on(word: &str) -> Result<bool, UnknownKnob> {
    match word {
        "on" => Ok(true),
        "off" => Ok(false),
        _ => Err(UnknownKnob),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_knobs() {
        for (line, knob) in [
            ("paper out", Ok(Knob::Paper(Paper::Out))),
            ("  paper   ok ", Ok(Knob::Paper(Paper::Ok))),
            ("paper out-after 3", Ok(Knob::PaperOutAfter(3))),
            ("cover closed", Ok(Knob::CoverOpen(false))),
            ("jam", Ok(Knob::Jam)),
            ("mouth stuck", Ok(Knob::MouthStuck(true))),
            ("slow 250", Ok(Knob::Slow(Duration::from_millis(250)))),
            ("take-after never", Ok(Knob::TakeAfter(None))),
            ("lie printed", Ok(Knob::Lie(Some(Lie::Printed)))),
            ("lie off", Ok(Knob::Lie(None))),
            ("lie on", Err(UnknownKnob)),
            ("unplug", Ok(Knob::Plugged(false))),
            ("plug", Ok(Knob::Plugged(true))),
            ("paper", Err(UnknownKnob)),
            ("paper out-after x", Err(UnknownKnob)),
            ("silent maybe", Err(UnknownKnob)),
            ("", Err(UnknownKnob)),
        ] {
            assert_eq!(line.parse(), knob, "{line}");
        }
    }
}
