//! `site.toml` → types that can't be wrong.
//!
//! Each table has its file here, and its reader says what is expected of each key. Everything wrong is told
//! at once, with file, line and key ([`ConfigErrors`]). Nothing is opened but the files that the reading itself
//! needs (`holidays`, and whether a profile's file is there); devices, keys and network are for later.
//!
//! Tables of one name are counted from 1 in messages: `class[2]` is the second `[[class]]`.

mod classes;
mod cross_checks;
mod devices;
mod document;
mod error;
mod files;
mod hall;
mod holidays;
mod platform;
mod privacy;
mod profile;
mod queue;
mod reader;
mod site;
mod sound;
mod url;
mod values;
mod windows;

use std::path::{Path, PathBuf};

pub use devices::{
    CodeScanner, CodeScannerDriver, Devices, DocumentPrinter, DocumentPrinterDriver, IdReader,
    IdReaderDriver, ReceiptPrinter, ReceiptPrinterDriver, ReviewPad, ReviewPadDriver,
};
pub use error::{ConfigError, ConfigErrors, Fault, Place};
pub use files::NamedFile;
pub use hall::{Hall, TlsFiles};
pub use platform::{Platform, Sign};
pub use privacy::Privacy;
pub use profile::Profile;
pub use queue::Queue;
pub use site::{Orientation, Site, SiteKind, Terminal, TicketUrl};
pub use sound::Sound;
pub use url::{NotAUrl, Url};

use crate::domain::class::Class;
use crate::domain::hours::Holidays;
use crate::domain::window::Window;
use cross_checks::Readable;
use error::Refusal;
use platform::ReadPlatform;
use reader::{Report, Section};

/// A site's configuration, read and checked whole.
#[derive(Clone, Debug)]
pub struct Config {
    /// `[site]`
    pub site: Site,
    /// `[terminal]`
    pub terminal: Terminal,
    /// `[[class]]`, in the file's order, 26 at most; a room may have none.
    pub classes: Vec<Class>,
    /// `[[window]]`, in the file's order, 200 at most; a room may have none.
    pub windows: Vec<Window>,
    /// `[queue]`
    pub queue: Queue,
    /// `[sound]`
    pub sound: Sound,
    /// `[devices]`
    pub devices: Devices,
    /// `[platform]`; `None` for a site without a network, `profile = "none"`.
    pub platform: Option<Platform>,
    /// `[hall]`; `None` where no pages are served.
    pub hall: Option<Hall>,
    /// `[privacy]`
    pub privacy: Privacy,
    /// The file, as its path was given.
    pub file: PathBuf,
}

/// What the product ships, by name; a configuration may name these.
#[derive(Clone, Copy, Debug)]
pub struct Known<'a> {
    /// Codes of the languages.
    pub languages: &'a [&'a str],
    /// Names of the roll printers' profiles.
    pub printer_profiles: &'a [&'a str],
    /// Names of the platforms' profiles; `none` is always known.
    pub platform_profiles: &'a [&'a str],
}

impl Config {
    /// Reads a configuration file of at most 64 KiB.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn load(file: &Path, known: &Known<'_>) -> Result<Self, ConfigErrors> {
        match reader::read_text(file) {
            Ok(text) => Self::parse(&text, file, known),
            Err(Refusal { fault, expected, nearest }) => {
                let (file, line, key) = (file.to_owned(), 1, String::new());
                Err(ConfigErrors::one(ConfigError { file, line, key, fault, expected, nearest }))
            }
        }
    }

    /// Reads a configuration from its text, as [`Config::load`] does; paths in it are relative to the folder of `file`.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn parse(text: &str, file: &Path, known: &Known<'_>) -> Result<Self, ConfigErrors> {
        let report = Report::new(file, text);
        let config = read(text, file, known, &report);
        match (config, ConfigErrors::of(report.into_errors())) {
            (Some(config), None) => Ok(config),
            (_, Some(errors)) => Err(errors),
            // Whoever gives up has told why; were that ever forgotten, the file is refused all the same.
            (None, None) => Err(ConfigErrors::one(ConfigError {
                file: file.to_owned(),
                line: 1,
                key: String::new(),
                fault: Fault::Unreadable("a reason was not told".to_owned()),
                expected: "another file".to_owned(),
                nearest: None,
            })),
        }
    }
}

/// Reads days off and make-up days from the text of `holidays.toml`; `file` is what messages call it.
///
/// # Errors
/// Everything that is wrong with it.
pub fn parse_holidays(text: &str, file: &Path) -> Result<Holidays, ConfigErrors> {
    let report = Report::new(file, text);
    let holidays = holidays::read(text, &report);
    ConfigErrors::of(report.into_errors()).map_or(Ok(holidays), Err)
}

fn read(text: &str, file: &Path, known: &Known<'_>, report: &Report) -> Option<Config> {
    let base = file.parent().unwrap_or(Path::new(""));
    let root = document::parse(text, report)?;
    let mut root = Section::root(report, root.get_ref());

    let site = root.required_section("site").and_then(|table| site::read_site(table, base, report));
    let terminal =
        root.required_section("terminal").and_then(|table| site::read_terminal(table, base, known.languages));
    let classes = all(root.sections("class", classes::MOST), classes::read);
    let windows = all(root.sections("window", windows::MOST), windows::read);
    let queue = root.section("queue").map(queue::read).unwrap_or_default();
    let sound = root.section("sound").map(|table| sound::read(table, base)).unwrap_or_default();
    let devices = root.section("devices").map(|table| devices::read(table, base, known.printer_profiles));
    let devices = devices.unwrap_or_default();
    let platform_at = root.place_of("platform");
    let platform = root.required_section("platform").map(|table| {
        let has_public_key = table.has("platform_public_key_file");
        (platform::read(table, base, known.platform_profiles), has_public_key)
    });
    let hall = root.section("hall").map(|table| hall::read(table, base));
    let privacy = root.required_section("privacy").and_then(|table| privacy::read(table, base));
    root.finish();

    let kind = site.as_ref().map(|site| site.kind);
    cross_checks::classes(report, kind, &classes);
    cross_checks::windows(report, kind, &windows, &classes);
    cross_checks::devices(report, &devices, &windows);
    if let Some((_, has_public_key)) = &platform {
        cross_checks::seals(report, &devices, *has_public_key, &platform_at);
    }

    let platform = match platform?.0? {
        ReadPlatform::None => None,
        ReadPlatform::Named(platform) => Some(*platform),
    };
    Some(Config {
        site: site?,
        terminal: terminal?,
        classes: classes.items.into_iter().map(|class| class.value).collect(),
        windows: windows.items.into_iter().map(|window| window.window).collect(),
        queue,
        sound,
        devices: devices.devices,
        platform,
        hall: match hall {
            Some(hall) => Some(hall?),
            None => None,
        },
        privacy: privacy?,
        file: file.to_owned(),
    })
}

fn all<'d, T>(tables: Vec<Section<'d>>, read: impl Fn(Section<'d>) -> Option<T>) -> Readable<T> {
    let count = tables.len();
    let items: Vec<T> = tables.into_iter().filter_map(read).collect();
    Readable { whole: items.len() == count, items }
}

#[cfg(test)]
mod tests;
