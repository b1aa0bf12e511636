//! The demo's stage: a temporary site, simulated devices, the sandbox platform, and the terminal among them.

use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use kiosk_escpos::simulator::{Fate, Knob, PrintedPaper, Seen, SimulatedPrinter};
use kiosk_id_reader::simulator::{CardFile, Control, Order};
use kiosk_link::Pty;
use tempfile::TempDir;

use super::people::Sample;
use crate::cli::{Failure, load};
use crate::config::Config;
use crate::domain::chance;
use crate::domain::device::{PerPrinter, Printer};
use crate::engine::clock::{Clock, OsChance};
use crate::engine::thread::Mailbox;
use crate::peripherals::printer_profiles;
use crate::sandbox::{Options, Running, Sandbox};
use crate::store::{StoreKey, write_new_secret};
use crate::wiring::{Mail, Show, Terminal};
use crate::words::Words;

/// Everything but the screen.
pub(super) struct Stage {
    pub(super) words: Arc<Words>,
    pub(super) config: Config,
    pub(super) sandbox: Running,
    pub(super) devices: Devices,
    folder: TempDir,
}

/// The simulated devices; cheap to clone.
#[derive(Clone)]
pub(super) struct Devices {
    orders: Sender<Order>,
    printers: PerPrinter<Roll>,
}

/// A simulated printer of paper rolls.
#[derive(Clone)]
struct Roll {
    knobs: Sender<Knob>,
    papers: Arc<Mutex<Vec<PrintedPaper>>>,
}

/// What the printers are.
pub(super) const PROFILES: PerPrinter<&str> = PerPrinter { dispenser: "vkp80", receipt: "generic-58mm" };

/// The devices' threads, joined when the stage is struck.
type Threads = Vec<JoinHandle<()>>;

impl Stage {
    /// Sets it up; nothing runs yet but devices and platform.
    pub(super) fn set_up() -> Result<(Self, Threads), Failure> {
        let cannot = |error: &dyn std::fmt::Display| {
            Failure::cannot(error, "check the temporary folder and free memory")
        };
        let folder =
            tempfile::Builder::new().prefix("kiosk-demo-").tempdir().map_err(|error| cannot(&error))?;
        let secrets = folder.path().join("secrets");
        StoreKey::from_bytes(chance::bytes(&mut OsChance))
            .save_new(&secrets.join("store.key"))
            .map_err(|error| cannot(&error))?;
        let secret: [u8; 16] = chance::bytes(&mut OsChance);
        let secret: String = secret.iter().map(|byte| format!("{byte:02x}")).collect();
        let key = secrets.join("platform.key");
        write_new_secret(&key, secret.as_bytes()).map_err(|error| cannot(&error))?;

        let clock = Clock::start();
        let sandbox = Sandbox::start(Options {
            listen: ([127, 0, 0, 1], 0).into(),
            data: folder.path().join("sandbox"),
            key,
            public_key: None,
            clock: Arc::new(move || clock.now().wall.as_millisecond()),
        })
        .map_err(|error| Failure::cannot(&error, error.advice()))?;

        let text = include_str!("site.toml")
            .replace("FOLDER", &folder.path().display().to_string())
            .replace("ADDRESS", &sandbox.address().to_string());
        let file = folder.path().join("site.toml");
        std::fs::write(&file, text).map_err(|error| cannot(&error))?;
        let config = load(&file)?;
        let (devices, threads) = Devices::plug_in(folder.path()).map_err(|error| cannot(&error))?;
        let words =
            Words::shipped(&config.terminal.language).map(Arc::new).map_err(|error| cannot(&error))?;
        Ok((Self { words, config, sandbox, devices, folder }, threads))
    }

    /// Starts the terminal on it.
    pub(super) fn start(
        &self,
        mailbox: (Mailbox, Mail),
        show: Show,
        on_end: Box<dyn FnOnce() + Send>,
    ) -> Result<Terminal, Failure> {
        Terminal::start(&self.config, &self.words, mailbox, show, on_end)
            .map_err(|error| Failure::cannot(&error, error.advice()))
    }

    /// Takes everything down; the folder goes with it.
    pub(super) fn strike(self, threads: Threads) {
        let Self { sandbox, devices, folder, .. } = self;
        sandbox.stop();
        // The devices' threads end when nobody can order anything any more.
        drop(devices);
        for thread in threads {
            if thread.join().is_err() {
                log::error!("a simulated device ended by a fault");
            }
        }
        if let Err(error) = folder.close() {
            log::warn!("the temporary folder is left behind: {error}");
        }
    }
}

impl Devices {
    fn plug_in(folder: &Path) -> std::io::Result<(Self, Threads)> {
        let (orders, taken) = channel();
        let pty = Pty::open(&folder.join("reader"))?;
        let reader =
            std::thread::Builder::new().name("sim-reader".into()).spawn(move || serve_reader(pty, &taken))?;
        let (dispenser, dispensing) = Roll::plug_in(folder, Printer::Dispenser)?;
        let (receipt, receipting) = Roll::plug_in(folder, Printer::Receipt)?;
        Ok((
            Self { orders, printers: PerPrinter { dispenser, receipt } },
            vec![reader, dispensing, receipting],
        ))
    }

    /// Lays a card on the reader.
    pub(super) fn lay(&self, person: &Sample) -> Result<(), String> {
        let card = CardFile::from_json(&person.card()).map_err(|error| error.to_string())?;
        self.order(Control::Put(Box::new(card)))
    }

    /// Takes the card away.
    pub(super) fn lift(&self) -> Result<(), String> {
        self.order(Control::Lift)
    }

    /// Turns one of that printer's knobs.
    pub(super) fn turn(&self, printer: Printer, knob: Knob) {
        if self.printers.of(printer).knobs.send(knob).is_err() {
            log::error!("the simulated {} has ended", printer.code());
        }
    }

    /// Papers that came out of that printer so far.
    pub(super) fn papers(&self, printer: Printer) -> Vec<PrintedPaper> {
        self.printers.of(printer).papers.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn order(&self, control: Control) -> Result<(), String> {
        let (done, answer) = channel();
        self.orders.send(Order { control, done }).map_err(|_| "the simulated reader has ended".to_owned())?;
        match answer.recv() {
            Ok(done) => done.map_err(|error| error.to_string()),
            Err(_) => Err("the simulated reader has ended".to_owned()),
        }
    }
}

impl Roll {
    fn plug_in(folder: &Path, printer: Printer) -> std::io::Result<(Self, JoinHandle<()>)> {
        let (knobs, turned) = channel();
        let pty = Pty::open(&folder.join(printer.code()))?;
        let papers = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&papers);
        let thread = std::thread::Builder::new()
            .name(printer.code().into())
            .spawn(move || serve_printer(pty, PROFILES.of(printer), &turned, &kept))?;
        Ok((Self { knobs, papers }, thread))
    }
}

fn serve_reader(pty: Pty, orders: &Receiver<Order>) {
    if let Err(error) = kiosk_id_reader::simulator::serve(pty, orders) {
        log::error!("the simulated reader: {error}");
    }
}

fn serve_printer(mut pty: Pty, profile: &str, knobs: &Receiver<Knob>, papers: &Mutex<Vec<PrintedPaper>>) {
    let profile = match printer_profiles::shipped(profile) {
        Ok(profile) => profile,
        Err(error) => {
            log::error!("{error}");
            return;
        }
    };
    let served =
        kiosk_escpos::simulator::serve(&mut pty, SimulatedPrinter::new(profile), knobs, &mut |seen| {
            if let Seen::Paper(paper) = seen
                && matches!(paper.fate, Fate::Shown | Fate::Cut)
            {
                papers.lock().unwrap_or_else(PoisonError::into_inner).push(paper.clone());
            }
        });
    match served {
        Ok(printer) => {
            for fault in printer.faults() {
                log::error!("the simulated printer was told what it does not know: {fault}");
            }
        }
        Err(error) => log::error!("the simulated printer: {error}"),
    }
}
