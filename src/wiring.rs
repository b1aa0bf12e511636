//! Puts the terminal together: the only file that names concrete adapters.
//!
//! Threads: engine, one a device, voice, uplink, control socket. They talk to the engine in messages and stop in the
//! order that loses nothing: first the engine, which waits for a ticket on its way to paper, then what served it.

mod outage;
mod outbox;
mod parts;

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::JoinHandle;

use crate::config::Config;
use crate::control::Control;
use crate::desk::{Desk, SiteRules};
use crate::domain::chance::Chance;
use crate::domain::device::{PerPrinter, Printer};
use crate::engine::clock::{Clock, OsChance};
use crate::engine::scene::{Outage, Scene};
use crate::engine::thread::{Mailbox, Ports, spawn};
use crate::engine::{Engine, Input, Settings, Sound};
use crate::peripherals::reader::CardReader;
use crate::peripherals::roll_printer::RollPrinter;
use crate::peripherals::{JobId, PrinterNews, ReaderNews, TestSlip, TicketPaper};
use crate::store::{KeyError, LastPaper, PinTry, Store, StoreError, StoreKey};
use crate::uplink::worker::{Uplink, Waker};
use crate::voice::{Ear, Voice};
use crate::words::Words;

pub use outage::until_it_can;
pub use parts::{Machine, client, configured, make_folder, not_used_yet, store_is_gone};

/// Where scenes go.
pub type Show = Box<dyn FnMut(Box<Scene>) + Send>;

/// A running terminal.
#[derive(Debug)]
pub struct Terminal {
    mailbox: Mailbox,
    engine: JoinHandle<()>,
    reader: Option<CardReader>,
    uplink: Option<Uplink>,
    voice: Option<Voice>,
    control: Option<Control>,
    lock: File,
}

impl Terminal {
    /// Starts everything but the screen.
    ///
    /// # Errors
    /// [`StartError`] where the terminal can't go on: nothing runs then.
    pub fn start(
        config: &Config,
        words: &Arc<Words>,
        mailbox: (Mailbox, Mail),
        show: Show,
        on_end: Box<dyn FnOnce() + Send>,
    ) -> Result<Self, StartError> {
        Self::start_on(Ground::take(config)?, config, words, mailbox, show, on_end)
    }

    /// Starts everything but the screen on a ground that was taken before.
    ///
    /// # Errors
    /// As [`Terminal::start`].
    pub fn start_on(
        ground: Ground,
        config: &Config,
        words: &Arc<Words>,
        mailbox: (Mailbox, Mail),
        show: Show,
        on_end: Box<dyn FnOnce() + Send>,
    ) -> Result<Self, StartError> {
        let (mailbox, mail) = mailbox;
        let Ground { lock, mut desk, clock } = ground;
        let folder = &config.terminal.data_dir;
        let settings = settings(config, words);
        let mut remains = PerPrinter::<bool>::default();
        for (printer, _) in settings.has_printer.each().filter(|(_, has)| **has) {
            *remains.of_mut(printer) = desk.last_paper(printer)? == LastPaper::Unsure;
        }
        let reader_of_outbox = desk.store().outbox_reader()?;
        let engine = Engine::new(desk, settings)?;

        let uplink = match &config.platform {
            Some(platform) => {
                let outbox = outbox::EngineOutbox::new(
                    reader_of_outbox,
                    mailbox.clone(),
                    parts::id_types(platform, config)?,
                );
                Some(parts::uplink(config, platform, outbox, &mailbox, clock)?)
            }
            None => None,
        };
        let mut printers = PerPrinter::<Option<RollPrinter>>::default();
        for which in Printer::ALL {
            let Some(configured) = parts::configured(config, which) else { continue };
            let mailbox = mailbox.clone();
            let printer = parts::printer(which, configured, words, *remains.of(which), move |news| {
                mailbox.put(Input::Printer(which, news));
            })?;
            *printers.of_mut(which) = Some(printer);
        }
        let reader = config
            .devices
            .id_reader
            .as_ref()
            .map(|reader| {
                let mailbox = mailbox.clone();
                parts::reader(reader, move |news| {
                    mailbox.put(Input::Reader(news));
                })
            })
            .transpose()?;
        // A terminal that can't be asked how it does is better than none.
        let control = Control::listen(folder, mailbox.clone())
            .inspect_err(|error| {
                log::error!("`kiosk status` can't ask this terminal: no control socket: {error}")
            })
            .ok();
        let voice = parts::voice(config, words, &mailbox, clock);
        let ear = voice.as_ref().map(Voice::ear);
        let waker = uplink.as_ref().map(Uplink::waker);
        let ports = Outside { show, ear, printers, waker, mailbox: mailbox.clone() };
        let engine = spawn(engine, mail, Box::new(ports), clock, on_end).map_err(|error| {
            StartError::System { doing: "start the engine's thread", cause: error.to_string() }
        })?;
        for key in not_used_yet(config) {
            log::warn!("[{key}] is configured; this version does not use it yet");
        }
        log::info!("terminal {} of {} is up", config.terminal.id, config.site.code);
        Ok(Self { mailbox, engine, reader, uplink, voice, control, lock })
    }

    /// The way into its engine.
    #[must_use]
    pub fn mailbox(&self) -> &Mailbox {
        &self.mailbox
    }

    /// Ends it cleanly: no half-printed ticket, no lost row. `false` where the engine had ended by a fault.
    #[must_use]
    pub fn stop(self) -> bool {
        self.mailbox.stop();
        if let Some(uplink) = &self.uplink {
            uplink.request_stop();
        }
        let well = self.engine.join().is_ok();
        if !well {
            log::error!("the engine ended by a fault");
        }
        drop(self.control);
        drop(self.voice);
        if let Some(reader) = self.reader {
            reader.stop();
        }
        // A request on the wire may hang for as long as the platform likes; nothing is owed to it: what it was asked
        // to take and the store did not settle goes out again.
        drop(self.uplink);
        drop(self.lock);
        log::info!("terminal ended");
        well
    }
}

/// What a terminal stands on: its folder for itself alone, and the desk on its store.
#[derive(Debug)]
pub struct Ground {
    lock: File,
    desk: Desk,
    clock: Clock,
}

impl Ground {
    /// Takes the data folder and opens what is in it.
    ///
    /// # Errors
    /// Where another terminal has it, or key or store can't be had.
    pub fn take(config: &Config) -> Result<Self, StartError> {
        let clock = Clock::start();
        let folder = &config.terminal.data_dir;
        parts::make_folder(folder)?;
        if store_is_gone(folder) {
            log::warn!("a terminal ran in {} and its store is gone: a new one begins", folder.display());
        }
        let lock = parts::lock(folder)?;
        Ok(Self { lock, desk: open_desk(config, Box::new(OsChance), clock)?, clock })
    }
}

/// The engine's receiving end.
pub type Mail = std::sync::mpsc::Receiver<crate::engine::thread::Mail>;

/// Opens store and desk as the configuration says.
///
/// # Errors
/// Where key or store can't be had.
pub fn open_desk(config: &Config, chance: Box<dyn Chance>, clock: Clock) -> Result<Desk, StartError> {
    let store = open_store(config)?;
    Ok(Desk::open(store, rules(config), chance, clock.now())?)
}

/// Opens the store with its key; a missing key beside an existing store is never made anew.
///
/// # Errors
/// Where key or store can't be had.
pub fn open_store(config: &Config) -> Result<Store, StartError> {
    let key = StoreKey::load(&config.privacy.store_key_file.path)?;
    Ok(Store::open(&config.terminal.data_dir, &key)?)
}

/// The store in the place of a terminal that does not run: none can start until this is dropped.
#[derive(Debug)]
pub struct StoreAlone {
    /// The store.
    pub store: Store,
    _lock: File,
}

impl StoreAlone {
    /// Takes the data folder and opens its store.
    ///
    /// # Errors
    /// Where a terminal runs there after all, or key or store can't be had.
    pub fn open(config: &Config) -> Result<Self, StartError> {
        let lock = parts::lock(&config.terminal.data_dir)?;
        Ok(Self { store: open_store(config)?, _lock: lock })
    }
}

/// What the configuration rules over the desk.
#[must_use]
pub fn rules(config: &Config) -> SiteRules {
    SiteRules {
        terminal: config.terminal.id.clone(),
        time_zone: config.site.time_zone.clone(),
        opening: config.site.opening.clone(),
        classes: config.classes.clone(),
        windows: config.windows.clone(),
    }
}

fn settings(config: &Config, words: &Words) -> Settings {
    Settings {
        site_name: config.site.name.clone(),
        languages: words.languages().to_vec(),
        ticket_without_card: config.queue.ticket_without_card,
        ticket_url: config.site.ticket_url.as_ref().map(|url| url.template().to_owned()),
        has_reader: config.devices.id_reader.is_some(),
        has_printer: PerPrinter::default().map(|which, ()| parts::configured(config, which).is_some()),
        has_platform: config.platform.is_some(),
        has_sound: config.sound.enabled,
    }
}

/// What the engine's wishes go to.
struct Outside {
    show: Show,
    ear: Option<Ear>,
    printers: PerPrinter<Option<RollPrinter>>,
    waker: Option<Waker>,
    mailbox: Mailbox,
}

impl Ports for Outside {
    fn show(&mut self, scene: Box<Scene>) {
        if let Some(ear) = &self.ear {
            ear.scene(&scene);
        }
        (self.show)(scene);
    }

    fn sound(&mut self, sound: Sound) {
        if let Some(ear) = &self.ear {
            ear.sound(sound);
        }
    }

    fn print(&mut self, printer: Printer, job: JobId, paper: &TicketPaper) {
        match self.printers.of_mut(printer) {
            Some(printer) => printer.print(job, paper),
            // The engine asks only for what the configuration has.
            None => log::error!("{}: a ticket was ordered and there is none", printer.code()),
        }
    }

    fn print_test(&mut self, printer: Printer, job: JobId, slip: &TestSlip) {
        match self.printers.of_mut(printer) {
            Some(printer) => printer.print_test(job, slip),
            None => log::error!("{}: a test slip was ordered and there is none", printer.code()),
        }
    }

    fn check_pin(&mut self, number: u32, tried: PinTry) {
        let mailbox = self.mailbox.clone();
        let checking = std::thread::Builder::new().name("pin".into()).spawn(move || {
            mailbox.put(Input::PinChecked(number, tried.is_right()));
        });
        if let Err(error) = checking {
            log::error!("the PIN can't be checked: no thread for it: {error}");
            self.mailbox.put(Input::PinChecked(number, false));
        }
    }

    fn wake_uplink(&mut self) {
        if let Some(waker) = &self.waker {
            waker.wake();
        }
    }
}

/// Why the terminal does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The store's key.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The data folder can't be had.
    #[error("the data folder {} can't be used: {cause}", folder.display())]
    Folder {
        /// Which.
        folder: PathBuf,
        /// What the system said.
        cause: String,
    },
    /// Another terminal runs on the same folder.
    #[error("another terminal runs with the data folder {}", .0.display())]
    InUse(PathBuf),
    /// A printer profile.
    #[error(transparent)]
    PrinterProfile(#[from] crate::peripherals::printer_profiles::PrinterProfileError),
    /// A platform's profile, keys or address; its own words and advice.
    #[error("{what}")]
    Platform {
        /// What is wrong.
        what: String,
        /// What to do.
        advice: &'static str,
    },
    /// The system refused something.
    #[error("can't {doing}: {cause}")]
    System {
        /// What was tried.
        doing: &'static str,
        /// What the system said.
        cause: String,
    },
}

impl StartError {
    /// What the screen says where the terminal can't serve and may be able to later; `None` where nothing heals by
    /// itself.
    #[must_use]
    pub fn outage(&self) -> Option<Outage> {
        match self {
            Self::Key(_) | Self::Store(StoreError::WrongKey) => Some(Outage::Key),
            Self::Store(StoreError::Full) => Some(Outage::Full),
            Self::Store(StoreError::ReadOnly) => Some(Outage::ReadOnly),
            Self::Store(StoreError::Newer { .. }) => Some(Outage::Newer),
            Self::Store(_) | Self::Folder { .. } => Some(Outage::Store),
            Self::InUse(_) | Self::PrinterProfile(_) | Self::Platform { .. } | Self::System { .. } => None,
        }
    }

    /// The technician's next step.
    #[must_use]
    pub fn advice(&self) -> &'static str {
        match self {
            Self::Key(error) => error.advice(),
            Self::Store(error) => error.advice(),
            Self::Folder { .. } => "check [terminal] data_dir, its owner, its mode and the disk",
            Self::InUse(_) => "stop the other one first, or give each its own [terminal] data_dir",
            Self::PrinterProfile(_) => "compare the file with a shipped profile and correct the place named",
            Self::Platform { advice, .. } => advice,
            Self::System { .. } => "free memory and processes, then start again",
        }
    }
}

/// One device on its own, for a check.
#[derive(Debug)]
pub enum Probe {
    /// A card reader.
    Reader(CardReader),
    /// A printer of paper rolls; it ends when it is dropped.
    Printer(Box<RollPrinter>),
}

impl Probe {
    /// Opens the reader by its driver; `tell` hears what it says.
    ///
    /// # Errors
    /// Where it can't even be tried.
    pub fn reader(
        reader: &crate::config::IdReader,
        tell: impl Fn(ReaderNews) + Send + 'static,
    ) -> Result<Self, StartError> {
        parts::reader(reader, tell).map(Self::Reader)
    }

    /// Opens the printer by its driver; `tell` hears what it says. Nothing is printed.
    ///
    /// # Errors
    /// Where it can't even be tried.
    pub fn printer(
        which: Printer,
        printer: &crate::config::ReceiptPrinter,
        tell: impl Fn(PrinterNews) + Clone + Send + 'static,
    ) -> Result<Self, StartError> {
        let words = Words::shipped("zh").map_err(|error| StartError::System {
            doing: "read the language files",
            cause: error.to_string(),
        })?;
        parts::printer(which, printer, &Arc::new(words), false, tell).map(Box::new).map(Self::Printer)
    }

    /// Lets go of the device.
    pub fn stop(self) {
        match self {
            Self::Reader(reader) => reader.stop(),
            Self::Printer(printer) => drop(printer),
        }
    }
}

/// Where the log files of a terminal stand.
#[must_use]
pub fn log_folder(data: &Path) -> PathBuf {
    data.join("log")
}
