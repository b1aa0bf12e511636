//! What one printer model can do, as data: read from a TOML file, checked when read.
//!
//! The driver sends only what stands here, each command with the parameters given here. There is no
//! `if model ==` anywhere else; a new printer is a new file.

use std::str::FromStr;

use serde::{Deserialize, Deserializer, de::Error as _};

use crate::charset::Charset;
use crate::error::{Contradiction, ProfileError};

/// One printer model. Made by [`Profile::from_str`]; a value that exists has no contradictions.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, remote = "Self")]
pub struct Profile {
    /// What people call the model.
    pub name: String,
    /// The paper and how fast it moves.
    pub paper: PaperSpec,
    /// Fonts, and modes of text.
    pub text: TextSpec,
    /// How dots are sent that no font has; absent: not at all.
    pub image: Option<ImageCommand>,
    /// The printer's own QR codes; absent: drawn as an image.
    pub qr: Option<QrSpec>,
    /// How the paper is parted.
    pub cut: CutSpec,
    /// The presenter that holds the ticket at its mouth; absent: it falls or hangs.
    pub presenter: Option<PresenterSpec>,
    /// How its state is learnt.
    pub status: StatusSpec,
    /// How sure one can be that a job was printed.
    pub confirm: Confirm,
    /// Whether `10 04`, `10 05` and `10 14` are executed wherever they stand, even in the middle of data.
    pub live_dle: bool,
    /// Bytes that its receive buffer surely takes before it has printed any, 2560 to 1048576; 4096 where absent.
    #[serde(default = "usual_buffer")]
    pub buffer_bytes: u32,
    /// How the rest of a job that failed is thrown away.
    pub discard: Discard,
}

/// Paper and speed.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PaperSpec {
    /// Width of the roll in millimetres, 40 to 120.
    pub width_mm: u32,
    /// Printable dots in a line, a multiple of 8.
    pub dots: u32,
    /// Dots a millimetre: 8 at 203 dpi, 7 at 180, 12 at 300.
    pub dots_per_mm: u32,
    /// Half-width characters in a line at size 1.
    pub columns: u32,
    /// Whether a sensor tells that the roll nears its end.
    pub near_end_sensor: bool,
    /// Guaranteed speed in millimetres a second, 10 to 500; take the slower figure where the maker gives two.
    pub speed_mm_s: u32,
    /// What a cut and a presentation take in milliseconds, beside the printing.
    pub finish_ms: u32,
}

/// Fonts and modes.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TextSpec {
    /// Which characters the fonts have.
    pub charset: Charset,
    /// Whether `FS &` switches the Chinese fonts on (else they are always on).
    pub chinese_mode: bool,
    /// Height of a character at size 1, dots.
    pub cell_dots: u32,
    /// From one line to the next at size 1, dots.
    pub line_dots: u32,
    /// Largest factor of `GS !`, 1 to 8.
    pub max_size: u8,
    /// `ESC E`.
    pub bold: bool,
    /// `ESC a`.
    pub align: bool,
    /// `ESC $`.
    pub position: bool,
}

/// How dots are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ImageCommand {
    /// `ESC * 33`, 24 dots high, within a line.
    Column,
    /// `ESC * 33` within a line and `GS v 0` for larger ones.
    ColumnAndRaster,
}

/// `GS ( k`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QrSpec {
    /// Model to ask for; absent: the printer's own default, which is 2.
    pub model: Option<u8>,
    /// Largest module in dots, 1 to 16.
    pub max_module: u8,
    /// Error correction.
    pub level: QrLevel,
    /// Whether `level` is what the printer has after `ESC @` anyway and need not be said.
    pub level_is_default: bool,
}

/// Error correction of a QR code: 7, 15, 25 or 30 per cent may be lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum QrLevel {
    /// 7 %.
    L,
    /// 15 %.
    M,
    /// 25 %.
    Q,
    /// 30 %.
    H,
}

/// How the paper is cut.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CutSpec {
    /// The command.
    pub command: CutCommand,
    /// A partial cut leaves a bridge of paper. Means nothing where it is torn.
    pub partial: bool,
    /// Dots fed before it, 0 to 255, beside what the command itself feeds.
    pub feed_dots: u8,
}

/// Cut commands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CutCommand {
    /// `GS V 65|66 n`: feeds to the cutter by itself.
    FeedAndCut,
    /// `GS V 0|1`, after `ESC J`.
    GsV,
    /// `ESC i` or `ESC m`, after `ESC J`.
    Esc,
    /// No cutter: `ESC J` up to the edge at which a hand tears.
    Tear,
}

/// `GS e`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PresenterSpec {
    /// Steps shown to the person by `GS e 3`.
    pub steps: u8,
    /// `GS e 18`: the paper is kept inside while it is printed, so that nobody pulls at half a ticket; the cut
    /// and the presentation are sent only when the body was printed.
    pub hold_inside: bool,
    /// `GS e 2`: it can take paper back.
    pub take_back: bool,
    /// `GS e 5`: it can push paper out, which is done when the next job comes.
    pub push_out: bool,
    /// Seconds after which paper that nobody took is taken back, 15 to 600.
    pub take_back_seconds: u16,
}

/// How the state is learnt.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatusSpec {
    /// Real-time questions it answers.
    pub ask: Vec<Ask>,
    /// `GS a`: tells changes by itself.
    pub automatic: bool,
    /// `GS r 1`: a question that is answered in its turn.
    pub queued: bool,
}

/// `DLE EOT n`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ask {
    /// n = 1: printer.
    Printer,
    /// n = 2: why it is off line.
    Offline,
    /// n = 3: errors.
    Error,
    /// n = 4: paper sensors.
    Paper,
    /// n = 20: all in six bytes.
    Full,
}

impl Ask {
    /// The parameter of `DLE EOT`.
    #[must_use]
    pub fn number(self) -> u8 {
        match self {
            Ask::Printer => 1,
            Ask::Offline => 2,
            Ask::Error => 3,
            Ask::Paper => 4,
            Ask::Full => 20,
        }
    }
}

/// How sure one can be that a job was printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Confirm {
    /// `GS ( H`: the printer names the job whose data it has printed.
    ProcessId,
    /// A queued `GS r 1` was answered and the status after it is good.
    DrainedStatus,
    /// The status is good when the time is up. Never more than likely.
    StatusOnly,
}

/// How the rest of a failed job is thrown away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Discard {
    /// `DLE DC4` function 8, at once, in whatever state.
    ClearBuffers,
    /// `ESC @` only: what lies in the receive buffer may still be printed when paper is back.
    Initialize,
}

/// What printers of this kind have.
fn usual_buffer() -> u32 {
    4096
}

/// Of the receive buffer, for questions and marks beside a job.
const FOR_QUESTIONS: u32 = 512;

impl FromStr for Profile {
    type Err = ProfileError;

    fn from_str(text: &str) -> Result<Self, ProfileError> {
        Ok(toml::from_str(text)?)
    }
}

impl<'de> Deserialize<'de> for Profile {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        // The derived function (remote = "Self") reads; this one alone is reachable from outside, so none goes unchecked.
        let profile = Profile::deserialize(from)?;
        profile.check().map_err(D::Error::custom)?;
        Ok(profile)
    }
}

impl Profile {
    /// Whether the cut and presentation wait for the body to be printed.
    #[must_use]
    pub fn holds_inside(&self) -> bool {
        self.presenter.as_ref().is_some_and(|presenter| presenter.hold_inside)
    }

    /// Bytes of a job that may be on their way to the printer at once, unprinted.
    pub(crate) fn room(&self) -> usize {
        self.buffer_bytes.saturating_sub(FOR_QUESTIONS) as usize
    }

    fn check(&self) -> Result<(), Contradiction> {
        let range = |key, value: u32, from: u32, to: u32, expected| {
            if (from..=to).contains(&value) {
                Ok(())
            } else {
                Err(Contradiction::Range { key, value, expected })
            }
        };
        let needs = |must: bool, has: bool, key, needs| {
            if must && !has { Err(Contradiction::Needs { key, needs }) } else { Ok(()) }
        };
        range("paper.width_mm", self.paper.width_mm, 40, 120, "40 to 120")?;
        range("paper.dots", self.paper.dots, 160, 1600, "160 to 1600")?;
        range("paper.dots", self.paper.dots % 8, 0, 0, "a multiple of 8")?;
        range("paper.dots_per_mm", self.paper.dots_per_mm, 6, 24, "6 to 24")?;
        range("paper.columns", self.paper.columns, 16, 120, "16 to 120")?;
        range("paper.speed_mm_s", self.paper.speed_mm_s, 10, 500, "10 to 500")?;
        range("paper.finish_ms", self.paper.finish_ms, 0, 10_000, "0 to 10000")?;
        range("buffer_bytes", self.buffer_bytes, 2560, 1_048_576, "2560 to 1048576")?;
        range("text.max_size", self.text.max_size.into(), 1, 8, "1 to 8")?;
        range("text.cell_dots", self.text.cell_dots, 16, 64, "16 to 64")?;
        range("text.line_dots", self.text.line_dots, self.text.cell_dots, 128, "cell_dots to 128")?;
        if let Some(qr) = &self.qr {
            range("qr.max_module", qr.max_module.into(), 1, 16, "1 to 16")?;
            range("qr.model", qr.model.unwrap_or(2).into(), 1, 2, "1 or 2")?;
        }
        let full = self.status.ask.contains(&Ask::Full);
        let asks = !self.status.ask.is_empty();
        needs(true, asks, "status", "at least one question in status.ask")?;
        if full && self.status.automatic {
            // Both begin with 10: an answer could not be told from the other.
            return Err(Contradiction::Excludes { key: "status.automatic", other: "\"full\" in status.ask" });
        }
        let sees_faults = full
            || self.status.automatic
            || (self.status.ask.contains(&Ask::Offline) && self.status.ask.contains(&Ask::Paper));
        needs(
            true,
            sees_faults,
            "status.ask",
            "\"full\", or \"offline\" and \"paper\", or status.automatic",
        )?;
        let draws_all = self.text.charset == Charset::Ascii;
        needs(
            draws_all,
            self.image.is_some(),
            "text.charset = \"ascii\"",
            "image, since all Chinese is drawn",
        )?;
        if draws_all && self.text.chinese_mode {
            return Err(Contradiction::Excludes {
                key: "text.chinese_mode",
                other: "text.charset = \"ascii\"",
            });
        }
        needs(self.confirm == Confirm::DrainedStatus, self.status.queued, "confirm", "status.queued")?;
        if let Some(presenter) = &self.presenter {
            needs(
                true,
                full,
                "presenter",
                "\"full\" in status.ask, which alone tells whether paper was taken",
            )?;
            range("presenter.take_back_seconds", presenter.take_back_seconds.into(), 15, 600, "15 to 600")?;
            let marks = self.confirm != Confirm::StatusOnly;
            needs(
                presenter.hold_inside,
                marks,
                "presenter.hold_inside",
                "a confirm that tells when the body is printed",
            )?;
            needs(
                presenter.hold_inside,
                presenter.take_back,
                "presenter.hold_inside",
                "presenter.take_back",
            )?;
        }
        Ok(())
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn shipped(name: &str) -> Profile {
        let path = format!("{}/../../assets/printers/{name}.toml", env!("CARGO_MANIFEST_DIR"));
        std::fs::read_to_string(path).unwrap().parse().unwrap()
    }

    fn text(name: &str) -> String {
        let path = format!("{}/../../assets/printers/{name}.toml", env!("CARGO_MANIFEST_DIR"));
        std::fs::read_to_string(path).unwrap()
    }

    /// The names of all profiles that ship.
    pub(crate) fn all() -> Vec<String> {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../assets/printers");
        let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().file_name());
        files.filter_map(|file| Some(file.to_str()?.strip_suffix(".toml")?.to_owned())).collect()
    }

    #[test]
    fn every_file_is_a_profile_and_names_its_source() {
        assert!(all().len() >= 10);
        for name in all() {
            shipped(&name);
            assert!(text(&name).lines().take(12).any(|line| line.contains("ources:")), "{name}");
        }
    }

    #[test]
    fn shipped_profiles_are_read() {
        let vkp80 = shipped("vkp80");
        assert_eq!((vkp80.paper.dots, vkp80.paper.columns), (576, 48));
        assert!(vkp80.holds_inside());
        assert_eq!(vkp80.confirm, Confirm::DrainedStatus);
        assert_eq!(shipped("epson-tm").confirm, Confirm::ProcessId);
        let wide = shipped("generic-80mm");
        assert_eq!((wide.paper.dots, wide.paper.columns), (576, 48));
        assert_eq!(wide.confirm, Confirm::DrainedStatus);
        let narrow = shipped("generic-58mm");
        assert_eq!((narrow.paper.dots, narrow.paper.columns), (384, 32));
    }

    #[test]
    fn what_can_not_be_is_refused() {
        let good = text("vkp80");
        for (from, to, told) in [
            ("width_mm = 80", "width_mm = 8", "paper.width_mm is 8, expected 40 to 120"),
            ("dots = 576", "dots = 577", "a multiple of 8"),
            (
                "live_dle =",
                "buffer_bytes = 1024\nlive_dle =",
                "buffer_bytes is 1024, expected 2560 to 1048576",
            ),
            ("max_size = 8", "max_size = 9", "text.max_size is 9, expected 1 to 8"),
            ("automatic = false", "automatic = true", "can't stand beside"),
            ("queued = true", "queued = false", "confirm needs status.queued"),
            ("take_back = true", "take_back = false", "presenter.hold_inside needs presenter.take_back"),
            ("ask = [\"full\"]", "ask = []", "status needs at least one question"),
            ("ask = [\"full\"]", "ask = [\"printer\"]", "\"offline\" and \"paper\""),
            ("\"gbk\"", "\"ascii\"", "text.chinese_mode can't stand beside text.charset"),
            ("live_dle", "live_dlé", "unknown"),
            ("speed_mm_s = ", "spede_mm_s = ", "unknown field `spede_mm_s`"),
            ("live_dle = true", "live_dle = 1", "invalid type"),
        ] {
            assert!(good.contains(from), "{from}");
            let error = good.replacen(from, to, 1).parse::<Profile>().unwrap_err().to_string();
            assert!(error.contains(told) || (told == "unknown" && !error.is_empty()), "{to}: {error}");
        }
    }
}
