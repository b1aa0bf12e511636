//! Sounds that are no words, made here: a click, two rising notes, one low note, three beeps.

use std::f32::consts::TAU;

/// Samples a second of everything that is heard.
pub const RATE: u32 = 22_050;

/// A sound that is no word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// A touch counted.
    Click,
    /// Something went well.
    Good,
    /// Something did not.
    Fault,
    /// A card was left lying.
    CardLeft,
}

/// A note: Hertz (0 is silence), milliseconds, loudness 0…1.
type Note = (f32, u32, f32);

impl Tone {
    fn notes(self) -> &'static [Note] {
        match self {
            Self::Click => &[(1_400.0, 20, 0.35)],
            // A fourth up: C, F.
            Self::Good => &[(523.25, 130, 0.5), (0.0, 20, 0.0), (698.46, 220, 0.5)],
            Self::Fault => &[(174.61, 380, 0.7)],
            Self::CardLeft => &[
                (880.0, 120, 0.55),
                (0.0, 100, 0.0),
                (880.0, 120, 0.55),
                (0.0, 100, 0.0),
                (880.0, 120, 0.55),
            ],
        }
    }

    /// The sound at full volume.
    #[must_use]
    pub fn samples(self) -> Vec<i16> {
        self.notes().iter().flat_map(|note| tone(*note)).collect()
    }
}

/// Samples of that many milliseconds.
#[must_use]
pub fn samples_of(milliseconds: u32) -> usize {
    (RATE as usize * milliseconds as usize) / 1000
}

/// Silence of that many milliseconds.
#[must_use]
pub fn silence(milliseconds: u32) -> Vec<i16> {
    vec![0; samples_of(milliseconds)]
}

/// A soft note: a little of the octave for warmth, a short rise and a long fall, so that it neither cracks nor cuts.
fn tone((hertz, milliseconds, loudness): Note) -> impl Iterator<Item = i16> {
    let count = samples_of(milliseconds);
    let rise = (samples_of(6)).min(count / 4).max(1);
    (0..count).map(move |place| {
        let turn = TAU * hertz * place as f32 / RATE as f32;
        let wave = (turn.sin() + 0.25 * (2.0 * turn).sin()) / 1.25;
        let up = (place as f32 / rise as f32).min(1.0);
        let left = (count - place) as f32 / count as f32;
        (wave * up * left.powf(0.8) * loudness * f32::from(i16::MAX)) as i16
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Hertz by counting where the wave goes up through zero.
    fn pitch(samples: &[i16]) -> f32 {
        let ups = samples.windows(2).filter(|pair| pair[0] < 0 && pair[1] >= 0).count();
        ups as f32 * RATE as f32 / samples.len() as f32
    }

    #[test]
    fn each_tone_is_what_it_is_called() {
        let click = Tone::Click.samples();
        assert_eq!(click.len(), samples_of(20));
        let good = Tone::Good.samples();
        let (first, second) = (&good[..samples_of(130)], &good[samples_of(150)..]);
        assert!(pitch(second) > pitch(first) * 1.2, "{} {}", pitch(first), pitch(second));
        let fault = Tone::Fault.samples();
        assert!(pitch(&fault) < 200.0, "{}", pitch(&fault));
        let beeps = Tone::CardLeft.samples();
        let loud: Vec<_> =
            beeps.chunks(samples_of(20)).map(|part| part.iter().any(|sample| sample.abs() > 2_000)).collect();
        assert_eq!(loud.windows(2).filter(|pair| !pair[0] && pair[1]).count() + usize::from(loud[0]), 3);
    }

    #[test]
    fn no_tone_cracks() {
        for tone in [Tone::Click, Tone::Good, Tone::Fault, Tone::CardLeft] {
            let samples = tone.samples();
            assert!(samples[0].abs() < 800 && samples[samples.len() - 1].abs() < 800, "{tone:?}");
            assert!(samples.iter().all(|sample| sample.abs() < 30_000), "{tone:?}");
        }
    }
}
