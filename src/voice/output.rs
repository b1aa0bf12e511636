//! The loudspeaker: an ALSA device, opened, lost and found again for as long as the terminal runs.
//!
//! Nothing in here waits for the device: it is opened and written without blocking. A device that is missing, busy or
//! unplugged is looked for every few seconds; nobody but the status report hears of it twice.

use std::time::Duration;

use alsa::pcm::{Access, Format, HwParams, PCM, State};
use alsa::{Direction, ValueOr};
use rustix::io::Errno;

use super::player::{Sink, room_in_sink};
use super::tones::RATE;

/// Between two looks at a device that is not there, or at whether it is there still.
const LOOK: Duration = Duration::from_secs(3);

/// Microseconds between two questions of the device for more.
const PERIOD: u32 = 25_000;

/// Why the device can't be had.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OutputError {
    /// No device of that name, or none at all.
    #[error("no sound device {0}")]
    Missing(String),
    /// Another program plays by it.
    #[error("the sound device {0} is used by another program")]
    Busy(String),
    /// The user may not open it.
    #[error("not allowed to open the sound device {0}")]
    Forbidden(String),
    /// It can't play what is to be heard.
    #[error("the sound device {device} can't play one channel of 16 bits at 22050 Hz: {cause}")]
    Unfit {
        /// Its name.
        device: String,
        /// What ALSA said.
        cause: String,
    },
    /// Whatever else ALSA says.
    #[error("the sound device {device} can't be opened: {cause}")]
    Other {
        /// Its name.
        device: String,
        /// What ALSA said.
        cause: String,
    },
}

impl OutputError {
    /// The technician's next step.
    #[must_use]
    pub fn advice(&self) -> &'static str {
        match self {
            Self::Missing(_) => "plug a loudspeaker in; `aplay -L` lists the names for [sound] device",
            Self::Busy(_) => {
                "end the other program (`fuser -v /dev/snd/*`), or name a device that mixes, as \"default\""
            }
            Self::Forbidden(_) => "adduser kiosk audio, and let the service see char-alsa",
            Self::Unfit { .. } => "let ALSA convert: \"plughw:…\" in place of \"hw:…\"",
            Self::Other { .. } => "look at /proc/asound/cards and at what `aplay -D NAME` says",
        }
    }
}

/// The device.
pub struct Output {
    device: String,
    pcm: Option<PCM>,
    look: Duration,
    /// What was told last: `None` before the first look.
    told: Option<Result<(), OutputError>>,
}

impl Output {
    /// By that name; it is not opened yet.
    #[must_use]
    pub fn of(device: &str) -> Self {
        Self { device: device.to_owned(), pcm: None, look: Duration::ZERO, told: None }
    }

    /// Whether anything can be heard now.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.pcm.is_some()
    }

    /// When it wants to be looked at next.
    #[must_use]
    pub fn due(&self) -> Duration {
        self.look
    }

    /// Opens the device where it is time to, or sees whether it is there still. What changed since the last word.
    pub fn look(&mut self, now: Duration) -> Option<Result<(), OutputError>> {
        if now >= self.look {
            self.look = now + LOOK;
            let gone = self.pcm.as_ref().is_some_and(|pcm| pcm.state() == State::Disconnected);
            if gone {
                self.pcm = None;
            }
            if self.pcm.is_none() {
                let opened = open(&self.device);
                let word = opened.as_ref().map(|_| ()).map_err(Clone::clone);
                self.pcm = opened.ok();
                return self.tell(word);
            }
        }
        if self.pcm.is_none() && self.told == Some(Ok(())) {
            return self.tell(Err(OutputError::Missing(self.device.clone())));
        }
        None
    }

    fn tell(&mut self, word: Result<(), OutputError>) -> Option<Result<(), OutputError>> {
        (self.told.as_ref() != Some(&word)).then(|| {
            self.told = Some(word.clone());
            word
        })
    }

    /// One try to write: `Ok(None)` where it has to be done again.
    fn try_write(pcm: &PCM, samples: &[i16]) -> Result<Option<usize>, alsa::Error> {
        let io = pcm.io_i16()?;
        match io.writei(samples) {
            Ok(count) => Ok(Some(count)),
            Err(error) if error.errno() == Errno::AGAIN.raw_os_error() => Ok(Some(0)),
            // It ran dry, or slept.
            Err(error) => pcm.try_recover(error, true).map(|()| None),
        }
    }
}

impl std::fmt::Debug for Output {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Output({}, {})", self.device, if self.is_open() { "open" } else { "closed" })
    }
}

impl Sink for Output {
    fn write(&mut self, samples: &[i16]) -> Option<usize> {
        let pcm = self.pcm.as_ref()?;
        let written = match Self::try_write(pcm, samples) {
            Ok(None) => Self::try_write(pcm, samples).map(|count| count.unwrap_or(0)),
            Ok(Some(count)) => Ok(count),
            Err(error) => Err(error),
        };
        match written {
            Ok(count) => Some(count),
            Err(error) => {
                log::debug!("sound: {error}");
                self.pcm = None;
                None
            }
        }
    }

    fn forget(&mut self) {
        let forgotten = self.pcm.as_ref().map(|pcm| pcm.drop().and_then(|()| pcm.prepare()));
        if let Some(Err(error)) = forgotten {
            log::debug!("sound: {error}");
            self.pcm = None;
        }
    }
}

/// Opens a device for one channel of 16 bits at [`RATE`].
///
/// # Errors
/// Why it can't be had.
pub fn open(device: &str) -> Result<PCM, OutputError> {
    // Without this ALSA writes each failure to standard error, by several lines and every few seconds.
    let words = alsa::Output::local_error_handler();
    // What it knows of cards is from the first time it was asked: one plugged in since then would not be found.
    let _ = alsa::config::update_free_global();
    let name = device.to_owned();
    let pcm = PCM::new(device, Direction::Playback, true).map_err(|error| {
        match Errno::from_raw_os_error(error.errno()) {
            Errno::NOENT | Errno::NODEV | Errno::NXIO => OutputError::Missing(name.clone()),
            Errno::BUSY | Errno::AGAIN => OutputError::Busy(name.clone()),
            Errno::ACCESS | Errno::PERM => OutputError::Forbidden(name.clone()),
            _ => OutputError::Other { device: name.clone(), cause: error.to_string() },
        }
    });
    let pcm = pcm.inspect_err(|_| {
        if let Ok(words) = &words {
            log::debug!("ALSA: {}", words.borrow().to_string().trim_end().replace('\n', "; "));
        }
    })?;
    let set = set_up(&pcm);
    set.map_err(|error| OutputError::Unfit { device: name, cause: error.to_string() })?;
    Ok(pcm)
}

fn set_up(pcm: &PCM) -> Result<(), alsa::Error> {
    let wanted = HwParams::any(pcm)?;
    wanted.set_access(Access::RWInterleaved)?;
    wanted.set_format(Format::s16())?;
    wanted.set_channels(1)?;
    wanted.set_rate(RATE, ValueOr::Nearest)?;
    let room = alsa::pcm::Frames::try_from(room_in_sink()).unwrap_or(0);
    wanted.set_buffer_size_near(room)?;
    wanted.set_period_time_near(PERIOD, ValueOr::Nearest)?;
    pcm.hw_params(&wanted)?;
    drop(wanted);
    pcm.prepare()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_that_is_not_there_is_told_once_and_looked_for_again() {
        let mut output = Output::of("hw:31");
        let told = output.look(Duration::ZERO).unwrap().unwrap_err();
        assert!(matches!(&told, OutputError::Missing(name) if name == "hw:31"), "{told}");
        assert_eq!(output.due(), LOOK);
        assert_eq!(output.look(LOOK), None, "no other word than before");
        assert_eq!(output.due(), LOOK * 2);
        assert_eq!(output.write(&[0; 10]), None);
    }

    #[test]
    fn alsa_s_null_device_takes_samples_at_once() {
        let mut output = Output::of("null");
        assert_eq!(output.look(Duration::ZERO), Some(Ok(())));
        assert_eq!(output.write(&[1; 100]), Some(100));
        output.forget();
        assert_eq!(output.write(&[1; 100]), Some(100));
        assert!(output.is_open());
    }
}
