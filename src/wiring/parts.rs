//! One function a part: from its piece of the configuration to the running thing.

use std::fs::{self, File, OpenOptions};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rustix::fs::{FlockOperation, OFlags, flock};

use super::StartError;
use super::outbox::EngineOutbox;
use crate::config::{Config, IdReader, Platform, Profile as Named, ReceiptPrinter, Sign};
use kiosk_escpos::Memory;

use crate::domain::chance::{self, Chance};
use crate::domain::device::Printer;
use crate::engine::clock::{Clock, OsChance};
use crate::engine::thread::Mailbox;
use crate::engine::{Input, PlatformNews};
use crate::peripherals::glyphs::SystemGlyphs;
use crate::peripherals::reader::CardReader;
use crate::peripherals::roll_printer::RollPrinter;
use crate::peripherals::{PrinterNews, ReaderNews, printer_profiles};
use crate::store::Store;
use crate::uplink::Surroundings;
use crate::uplink::client::{Client, ClientSettings, Timeouts};
use crate::uplink::endpoint::BaseUrl;
use crate::uplink::profile::{IdTypes, Profile};
use crate::uplink::progress::{Link, Progress};
use crate::uplink::sign::{Algorithm, Keys};
use crate::uplink::worker::Uplink;
use crate::voice::{self, Loudness, Voice};
use crate::words::Words;

/// How often the platform's clock is read.
const TIME_INTERVAL: Duration = Duration::from_secs(600);

/// The lock's file in the data folder; it stays when a terminal ends.
const LOCK: &str = "lock";

/// Whether a terminal ran on that folder and its store is gone.
#[must_use]
pub fn store_is_gone(folder: &Path) -> bool {
    folder.join(LOCK).exists() && !Store::exists(folder)
}

/// Makes the data folder for its owner alone, where there is none.
///
/// # Errors
/// Where it can't be made.
pub fn make_folder(folder: &Path) -> Result<(), StartError> {
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
        .map_err(|error| StartError::Folder { folder: folder.to_path_buf(), cause: error.to_string() })
}

/// Takes the folder for this process; the lock goes with the file, however the process ends.
pub(super) fn lock(folder: &Path) -> Result<File, StartError> {
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .mode(0o600)
        // Whatever else lies there by that name is not waited for.
        .custom_flags(OFlags::NONBLOCK.bits().cast_signed())
        .open(folder.join(LOCK))
        .map_err(|error| StartError::Folder { folder: folder.to_path_buf(), cause: error.to_string() })?;
    flock(&file, FlockOperation::NonBlockingLockExclusive)
        .map_err(|_| StartError::InUse(folder.to_path_buf()))?;
    Ok(file)
}

/// What the configuration has and this version does not use yet, by its key.
#[must_use]
pub fn not_used_yet(config: &Config) -> Vec<&'static str> {
    let devices = &config.devices;
    [
        ("devices.document_printer", devices.document_printer.is_some()),
        ("devices.code_scanner", devices.code_scanner.is_some()),
        ("devices.review_pad", !devices.review_pads.is_empty()),
        ("hall", config.hall.is_some()),
    ]
    .into_iter()
    .filter_map(|(key, configured)| configured.then_some(key))
    .collect()
}

/// What the configuration says of that printer.
#[must_use]
pub fn configured(config: &Config, which: Printer) -> Option<&ReceiptPrinter> {
    match which {
        Printer::Dispenser => config.devices.ticket_dispenser.as_ref(),
        Printer::Receipt => config.devices.receipt_printer.as_ref(),
    }
}

/// A printer of paper rolls.
pub(super) fn printer(
    which: Printer,
    printer: &ReceiptPrinter,
    words: &Arc<Words>,
    remains: bool,
    tell: impl Fn(PrinterNews) + Clone + Send + 'static,
) -> Result<RollPrinter, StartError> {
    let profile = match &printer.profile {
        Named::Shipped(name) => printer_profiles::shipped(name)?,
        Named::File(file) => printer_profiles::from_file(file)?,
    };
    let glyphs = Box::new(SystemGlyphs::default());
    let seed = u32::from_be_bytes(chance::bytes(&mut OsChance));
    let memory = if remains { Memory::new(seed).with_remains() } else { Memory::new(seed) };
    RollPrinter::start(which.code(), printer.port.clone(), profile, Arc::clone(words), glyphs, memory, tell)
        .map_err(|error| StartError::System { doing: "start a printer's thread", cause: error.to_string() })
}

/// The card reader.
pub(super) fn reader(
    reader: &IdReader,
    tell: impl Fn(ReaderNews) + Send + 'static,
) -> Result<CardReader, StartError> {
    CardReader::start(reader.port.clone(), tell)
        .map_err(|error| StartError::System { doing: "start the reader's thread", cause: error.to_string() })
}

/// The voice; a terminal that can't be heard is better than none.
pub(super) fn voice(config: &Config, words: &Arc<Words>, mailbox: &Mailbox, clock: Clock) -> Option<Voice> {
    let sound = &config.sound;
    if !sound.enabled {
        return None;
    }
    let loudness =
        Loudness { volume: sound.volume, quiet: sound.quiet.clone(), quiet_volume: sound.quiet_volume };
    let settings = voice::Settings { device: sound.device.clone(), loudness, clips: sound.clips.clone() };
    let mailbox = mailbox.clone();
    let tell = move |health| {
        mailbox.put(Input::Speaker(health));
    };
    Voice::start(settings, Arc::clone(words), clock, tell)
        .inspect_err(|error| log::error!("there is no thread for the voice: {error}"))
        .ok()
}

/// How the platform's profile calls the kinds of identity documents.
pub(super) fn id_types(platform: &Platform, config: &Config) -> Result<IdTypes, StartError> {
    Ok(profile(platform, config)?.id_types)
}

/// The way up to the platform.
pub(super) fn uplink(
    config: &Config,
    platform: &Platform,
    outbox: EngineOutbox,
    mailbox: &Mailbox,
    clock: Clock,
) -> Result<Uplink, StartError> {
    let surroundings: Arc<dyn Surroundings> = Arc::new(Machine { clock });
    let client = client(config, platform, Arc::clone(&surroundings), Timeouts::default())?;
    let mailbox = mailbox.clone();
    let report = move |progress: &Progress| tell(progress, &mailbox);
    Uplink::start(outbox, client, surroundings, TIME_INTERVAL, report)
        .map_err(|error| StartError::System { doing: "start the uplink's thread", cause: error.to_string() })
}

/// A client of the site's platform.
///
/// # Errors
/// Where profile, keys or address are of no use.
pub fn client(
    config: &Config,
    platform: &Platform,
    surroundings: Arc<dyn Surroundings>,
    timeouts: Timeouts,
) -> Result<Client, StartError> {
    let failed =
        |what: &dyn std::fmt::Display, advice| StartError::Platform { what: what.to_string(), advice };
    if platform.seal_fields {
        // Going on would send residents in clear against the site's own wish.
        return Err(failed(
            &"[platform] seal_fields = true: this version can't seal residents yet",
            "set seal_fields = false if the platform allows it, else wait for a version that seals",
        ));
    }
    let profile = profile(platform, config)?;
    let base = BaseUrl::parse(&platform.url.to_string(), platform.insecure)
        .map_err(|error| failed(&error, error.advice()))?;
    let algorithm = match platform.sign {
        Sign::HmacSm3 => Algorithm::HmacSm3,
        Sign::Sm2Sm3 => Algorithm::Sm2Sm3,
    };
    let public = platform.platform_public_key_file.as_ref().map(|file| file.path.as_path());
    let keys = Keys::from_files(algorithm, &platform.key_file.path, public, &profile.signing.sm2_user_id)
        .map_err(|error| failed(&error, error.advice()))?;
    let settings = ClientSettings {
        profile,
        base,
        app_id: platform.app_id.clone(),
        terminal: config.terminal.id.clone(),
        site: config.site.code.clone(),
        keys,
        ca_file: platform.ca_file.as_ref().map(|file| file.path.clone()),
        timeouts,
    };
    Client::new(settings, surroundings).map_err(|error| failed(&error, error.advice()))
}

fn profile(platform: &Platform, config: &Config) -> Result<Profile, StartError> {
    let base = config.file.parent().unwrap_or(Path::new("."));
    let loaded = match &platform.profile {
        Named::Shipped(name) => Profile::shipped(name),
        Named::File(file) => Profile::load(&file.display().to_string(), base),
    };
    loaded.map_err(|error| StartError::Platform { what: error.to_string(), advice: error.advice() })
}

/// The uplink's progress as news for the engine.
fn tell(progress: &Progress, mailbox: &Mailbox) {
    match &progress.link {
        Link::Untried => {}
        Link::Online => {
            mailbox.put(Input::Platform(PlatformNews::Online));
        }
        Link::Offline { cause, .. } => {
            let news = PlatformNews::Offline(format!("{cause}; {}", cause.advice()));
            mailbox.put(Input::Platform(news));
        }
    }
    if let Some(learnt) = progress.platform_clock
        && let Ok(server) = jiff::Timestamp::from_millisecond(learnt.server_ms)
    {
        // The engine and the uplink count their uptime by one clock.
        mailbox.put(Input::Platform(PlatformNews::Time { server, told: learnt.learnt_at }));
    }
}

/// Time and randomness of the machine, for the uplink.
#[derive(Clone, Copy, Debug)]
pub struct Machine {
    /// The clocks.
    pub clock: Clock,
}

impl Surroundings for Machine {
    fn uptime(&self) -> Duration {
        self.clock.mono()
    }

    fn wall_ms(&self) -> i64 {
        self.clock.now().wall.as_millisecond()
    }

    fn fill_random(&self, bytes: &mut [u8]) {
        OsChance.fill(bytes);
    }
}
