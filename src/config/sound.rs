//! `[sound]`: what the terminal's loudspeaker says and how loud; without the table it speaks by the default device.

use std::path::{Path, PathBuf};

use toml::de::DeValue;

use super::error::{Refusal, one_line};
use super::reader::Section;
use super::values::{flag, number, path, text, text_where};
use crate::domain::hours::{Holidays, Opening, OpeningHours};

/// The longest name of a device, in bytes.
const LONGEST_DEVICE: usize = 200;

/// The loudspeaker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sound {
    /// Whether the terminal is heard at all; usually so.
    pub enabled: bool,
    /// The ALSA device; `default` unless said.
    pub device: String,
    /// 0…100; usually 70.
    pub volume: u8,
    /// Hours in which `quiet_volume` holds; usually none.
    pub quiet: Option<Opening>,
    /// 0…100; usually 20.
    pub quiet_volume: u8,
    /// A folder of recordings that are heard in place of the synthesised voice; none unless said.
    pub clips: Option<PathBuf>,
    /// Whether the file has the table: what nobody asked for is no fault where it is missing.
    pub configured: bool,
}

impl Default for Sound {
    fn default() -> Self {
        Self {
            enabled: true,
            device: "default".to_owned(),
            volume: 70,
            quiet: None,
            quiet_volume: 20,
            clips: None,
            configured: false,
        }
    }
}

pub(super) fn read(mut sound: Section<'_>, base: &Path) -> Sound {
    const DEVICE: &str =
        "the name of an ALSA device, as in \"default\" or \"plughw:1\" (`aplay -L` lists them)";
    let usual = Sound::default();
    let named = |name: &str| {
        (1..=LONGEST_DEVICE).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_graphic())
    };
    let enabled = sound.optional("enabled", flag);
    let device = sound.optional("device", text_where(DEVICE, named));
    let volume = sound.optional("volume", number(0..=100));
    let quiet = read_quiet(&mut sound);
    let quiet_volume = sound.optional("quiet_volume", number(0..=100));
    let clips = sound.optional("clips", path(base));
    sound.finish();
    Sound {
        enabled: enabled.unwrap_or(usual.enabled),
        device: device.unwrap_or(usual.device),
        volume: volume.unwrap_or(usual.volume),
        quiet,
        quiet_volume: quiet_volume.unwrap_or(usual.quiet_volume),
        clips,
        configured: true,
    }
}

fn read_quiet(sound: &mut Section<'_>) -> Option<Opening> {
    const EXPECTED: &str =
        "hours of every day, as in \"12:00-14:00\", or with days, as in \"sat,sun 08:00-10:00\"";
    let entry = |value: &DeValue<'_>| {
        let entry = text(value, EXPECTED)?;
        let daily = entry.starts_with(|first: char| first.is_ascii_digit());
        let whole = if daily { format!("mon-sun {entry}") } else { entry.to_owned() };
        // Each entry by itself first, so that a fault is told at its own line.
        let read = OpeningHours::parse(&[&whole]);
        read.map(|_| whole).map_err(|error| Refusal::impossible(one_line(&error.to_string(), 120), EXPECTED))
    };
    let entries = sound.list("quiet", 1..=14, entry)?;
    let entries: Vec<String> = entries.into_iter().map(|entry| entry.value).collect();
    if entries.is_empty() {
        return None;
    }
    match OpeningHours::parse(&entries) {
        Ok(hours) => Some(Opening { hours, holidays: Holidays::default() }),
        Err(error) => {
            sound.refuse("quiet", Refusal::impossible(one_line(&error.to_string(), 120), EXPECTED));
            None
        }
    }
}
