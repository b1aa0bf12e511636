//! `kiosk check`: a line a check, and what to do about each that fails.

pub(in crate::cli) mod sound;

use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::channel;
use std::time::Duration;

use rustix::fs::Access;
use serde::Serialize;

use super::{ConfigFile, Failure};
use crate::config::Config;
use crate::control::ControlError;
use crate::domain::device::{Device, Health, HealthState, Printer};
use crate::engine::clock::Clock;
use crate::peripherals::glyphs::SystemGlyphs;
use crate::peripherals::{PrinterNews, ReaderNews};
use crate::secret_file;
use crate::uplink::client::Timeouts;
use crate::wiring::{self, Probe};

/// How long a device may take to show how it does.
const PATIENCE: Duration = Duration::from_secs(6);

#[derive(Debug, clap::Args)]
pub(super) struct Check {
    #[command(flatten)]
    config: ConfigFile,
    /// As JSON, for programs.
    #[arg(long)]
    json: bool,
}

/// One line.
#[derive(Debug, Serialize)]
struct Line {
    check: &'static str,
    fine: bool,
    found: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

impl Line {
    fn fine(check: &'static str, found: impl ToString) -> Self {
        Self { check, fine: true, found: found.to_string(), next: None }
    }

    fn bad(check: &'static str, found: impl ToString, next: impl ToString) -> Self {
        Self { check, fine: false, found: found.to_string(), next: Some(next.to_string()) }
    }
}

impl Check {
    pub(super) fn run(&self) -> Result<(), Failure> {
        let config = self.config.load()?;
        let mut lines = vec![Line::fine("configuration", config.file.display())];
        lines.push(keys(&config));
        lines.push(fonts());
        // A running terminal holds store and devices: it is asked instead of tried beside it.
        match crate::control::ask(&config.terminal.data_dir) {
            Ok(report) => {
                lines.extend(running(&config, &report));
                lines.extend(sound::lines(&config, Some(&report)));
            }
            Err(ControlError::NotRunning(_)) => {
                lines.push(store(&config));
                lines.extend(devices(&config));
                lines.extend(sound::lines(&config, None));
            }
            // It runs: its devices are not to be spoken to beside it.
            Err(error) => lines.push(Line::bad("running terminal", &error, error.advice())),
        }
        lines.extend(platform(&config));
        lines.extend(
            wiring::not_used_yet(&config)
                .into_iter()
                .map(|key| Line::fine(key, "configured; this version does not use it yet")),
        );
        if self.json {
            let text = serde_json::to_string_pretty(&lines)
                .map_err(|error| Failure::cannot(error, "tell the makers"))?;
            println!("{text}");
        } else {
            print(&lines);
        }
        if lines.iter().all(|line| line.fine) { Ok(()) } else { Err(Failure::not_fine()) }
    }
}

fn print(lines: &[Line]) {
    for line in lines {
        println!("{}  {:24}  {}", if line.fine { "ok  " } else { "FAIL" }, line.check, line.found);
        if let Some(next) = &line.next {
            println!("                                → {next}");
        }
    }
}

fn keys(config: &Config) -> Line {
    let credentials = secret_file::credentials_folder();
    match config.check_files(credentials.as_deref()) {
        Ok(()) => Line::fine("key files", "there, and their owner's alone"),
        Err(errors) => Line::bad(
            "key files",
            errors.to_string().replace('\n', "; "),
            "run `kiosk keys make`, or chmod 600",
        ),
    }
}

fn fonts() -> Line {
    const CHECK: &str = "fonts";
    let missing = SystemGlyphs::default().missing_blocks();
    if missing.is_empty() {
        let tried = SystemGlyphs::TRIED;
        return Line::fine(
            CHECK,
            format!(
                "{tried} characters spread over each of the base block and the extensions A to F can be drawn"
            ),
        );
    }
    Line::bad(
        CHECK,
        format!("some Chinese characters are in no font: of {}", missing.join(", ")),
        "apt-get install fonts-noto-cjk fonts-hanazono fonts-babelstone-han; until then such a name shows code points",
    )
}

fn store(config: &Config) -> Line {
    const CHECK: &str = "store";
    let folder = &config.terminal.data_dir;
    if wiring::store_is_gone(folder) {
        let found = format!("a terminal ran in {} and its store is gone", folder.display());
        return Line::bad(
            CHECK,
            found,
            "put back the last backup; without one the next start begins a new store",
        );
    }
    if !crate::store::Store::exists(folder) {
        return match makeable(folder) {
            Ok(()) => Line::fine(CHECK, "none yet; the first start makes it"),
            Err(why) => Line::bad(CHECK, why, "check [terminal] data_dir, its owner, its mode and the disk"),
        };
    }
    let checked = wiring::open_store(config).and_then(|store| Ok(store.check()?));
    match checked {
        Ok(()) => Line::fine(CHECK, config.terminal.data_dir.display()),
        Err(error) => Line::bad(CHECK, &error, error.advice()),
    }
}

/// Whether the data folder can be written, or made below the nearest folder that is there.
fn makeable(folder: &Path) -> Result<(), String> {
    let mut there = folder;
    while std::fs::symlink_metadata(there).is_err() {
        there = match there.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
    }
    if !there.is_dir() {
        return Err(format!("{} is no folder", there.display()));
    }
    rustix::fs::access(there, Access::WRITE_OK | Access::EXEC_OK)
        .map_err(|error| format!("{} can't be written: {error}", there.display()))
}

fn running(config: &Config, report: &crate::engine::status::Report) -> Vec<Line> {
    let mut lines = vec![match report.store.as_str() {
        "ok" => Line::fine("store", "in use by the running terminal"),
        trouble => Line::bad("store", trouble, "look at the log"),
    }];
    if report.outbox.dead > 0 {
        let since = report.outbox.oldest_dead.as_deref().unwrap_or("long ago");
        let found = format!("the platform refused {}, the oldest of {since}", report.outbox.dead);
        lines.push(Line::bad("outbox", found, "kiosk outbox list --dead shows them"));
    }
    for device in [Device::IdReader, Device::TicketDispenser, Device::ReceiptPrinter] {
        if !configured(config, device) {
            continue;
        }
        lines.push(match report.devices.get(device.key()) {
            Some(found) if matches!(found.state.as_str(), "ready" | "low") => {
                Line::fine(device.key(), format!("{} ({})", found.state, found.detail))
            }
            Some(found) => Line::bad(device.key(), &found.state, &found.detail),
            None => {
                Line::bad(device.key(), "the running terminal does not know it", "start the terminal again")
            }
        });
    }
    lines
}

fn configured(config: &Config, device: Device) -> bool {
    match device {
        Device::IdReader => config.devices.id_reader.is_some(),
        Device::TicketDispenser => config.devices.ticket_dispenser.is_some(),
        Device::Speaker => config.sound.enabled,
        Device::ReceiptPrinter => config.devices.receipt_printer.is_some(),
    }
}

/// Opens each device by its driver and waits for its first word.
fn devices(config: &Config) -> Vec<Line> {
    let mut lines = Vec::new();
    if let Some(reader) = &config.devices.id_reader {
        let (sender, receiver) = channel();
        let probe = Probe::reader(reader, move |news| {
            if let ReaderNews::Health(health) = news {
                // The check may be over already.
                let _ = sender.send(health);
            }
        });
        lines.push(first_word(Device::IdReader, probe, &receiver));
    }
    for which in Printer::ALL {
        let Some(printer) = wiring::configured(config, which) else { continue };
        let (sender, receiver) = channel();
        let probe = Probe::printer(which, printer, move |news| {
            if let PrinterNews::Health(health) = news {
                let _ = sender.send(health);
            }
        });
        lines.push(first_word(which.device(), probe, &receiver));
    }
    lines
}

fn first_word(
    device: Device,
    probe: Result<Probe, wiring::StartError>,
    words: &std::sync::mpsc::Receiver<Health>,
) -> Line {
    let probe = match probe {
        Ok(probe) => probe,
        Err(error) => return Line::bad(device.key(), &error, error.advice()),
    };
    let clock = Clock::start();
    let mut last = None;
    while clock.mono() < PATIENCE {
        match words.recv_timeout(PATIENCE.saturating_sub(clock.mono())) {
            Ok(health) if health.state == HealthState::Starting => last = Some(health),
            Ok(health) => {
                last = Some(health);
                break;
            }
            Err(_) => break,
        }
    }
    probe.stop();
    match last {
        Some(health) if health.state.works() => Line::fine(device.key(), health.detail),
        Some(health) => Line::bad(device.key(), health.state.code(), health.detail),
        None => Line::bad(device.key(), "it said nothing", "check cable, power and the port's address"),
    }
}

fn platform(config: &Config) -> Option<Line> {
    const CHECK: &str = "platform";
    let platform = config.platform.as_ref()?;
    let clock = Clock::start();
    let mut client =
        match wiring::client(config, platform, Arc::new(wiring::Machine { clock }), Timeouts::SHORT) {
            Ok(client) => client,
            Err(error) => return Some(Line::bad(CHECK, &error, error.advice())),
        };
    Some(match client.time() {
        Ok(reading) if reading.offset_ms.abs() > 300_000 => Line::bad(
            CHECK,
            format!("it answers; its clock differs by {} s", reading.offset_ms / 1000),
            "set this machine's clock",
        ),
        Ok(_) => Line::fine(CHECK, format!("{} answers, and its signature holds", platform.url)),
        Err(error) => Line::bad(CHECK, &error, error.advice()),
    })
}
