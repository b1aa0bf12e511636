//! P5, P6 and P11: the program as the system sees it: its start, its memory, its size.
//!
//! `kiosk run` is started on an X server in memory and watched from outside; the bare page, a process of its own, is
//! started on the same server in turn with it. Without `Xvfb` start and memory are not measured.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};
use std::time::Duration;

use kiosk::config::Config;
use kiosk::control;
use kiosk::engine::clock::Clock as Wall;
use kiosk::peripherals::printer_profiles;
use kiosk::sandbox::{Options, Sandbox};
use kiosk::wiring;
use kiosk_escpos::simulator::{Knob, SimulatedPrinter};
use kiosk_id_reader::simulator::Order;
use kiosk_link::Pty;
use kiosk_link::clock::{Clock, Deadline};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::json;

use super::site::{Place, Platform};
use super::spread::{Spread, ms, short};
use super::table::Line;
use super::xvfb::Xvfb;
use super::{Bench, Outcome, bare, ready, whole_year};

const KIOSK: &str = env!("CARGO_BIN_EXE_kiosk");
const PATIENCE: Duration = Duration::from_secs(30);
/// After this nothing of the start goes on any more.
const REST: Duration = Duration::from_secs(3);

pub(crate) fn measure_start(bench: &Bench) -> Outcome<Vec<Line>> {
    let place = Place::new()?;
    let Some(server) = Xvfb::start(&place.path(""))? else {
        return Ok(vec![without_server("P5", "process start → home page drawn", "≤ 300 ms")]);
    };
    let config = place.configure("", &Platform::None)?;
    let mut store = wiring::open_store(&config)?;
    let today = Wall::start().now().wall.to_zoned_datetime(config.site.time_zone.clone()).date();
    whole_year::closed_days(&mut store, today, bench.extent.days)?;
    drop(store);
    let own = std::env::current_exe()?;
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..bench.extent.starts {
        ours.push(start(&mut terminal(&config, &server), &server)?);
        theirs.push(start(on(&server, &own).arg(bare::ARGUMENT), &server)?);
    }
    let (ours, theirs) = (Spread::of(ours)?, Spread::of(theirs)?);
    let megabytes = std::fs::metadata(place.path("data/kiosk.db"))?.len() as f64 / 1e6;
    Ok(vec![Line {
        number: "P5",
        what: format!(
            "process start → home page drawn, {} days in the store ({megabytes:.0} MB)",
            bench.extent.days
        ),
        ours: ours.text(),
        reference: format!("bare page: {}", theirs.text()),
        ratio: Some(ms(ours.median()) / ms(theirs.median())),
        mark: "≤ 300 ms",
        met: Some(ours.p99() <= Duration::from_millis(300)),
        figures: json!({ "start": ours.json(), "bare_page": theirs.json(), "store_mb": megabytes }),
    }])
}

/// What can't be measured on this machine, which is nobody's fault.
fn without_server(number: &'static str, what: &str, mark: &'static str) -> Line {
    Line {
        number,
        what: what.to_owned(),
        ours: "not measured: there is no Xvfb".to_owned(),
        reference: String::new(),
        ratio: None,
        mark,
        met: None,
        figures: json!(null),
    }
}

/// Starts it, sees its picture, ends it.
fn start(command: &mut Command, server: &Xvfb) -> Outcome<Duration> {
    let clock = Clock::start();
    let child = Running(command.spawn()?);
    let drawn = server.picture_drawn(clock)?;
    child.end()?;
    // The server clears the screen behind it.
    std::thread::sleep(Duration::from_millis(100));
    Ok(drawn)
}

pub(crate) fn measure_memory(_: &Bench) -> Outcome<Vec<Line>> {
    let place = Place::new()?;
    let Some(server) = Xvfb::start(&place.path(""))? else {
        return Ok(vec![without_server("P6", "memory (PSS) at rest", "≤ 60 MB")]);
    };
    let wall = Wall::start();
    let sandbox = Sandbox::start(Options {
        listen: ([127, 0, 0, 1], 0).into(),
        data: place.path("sandbox"),
        key: place.path("secrets/platform.key"),
        public_key: None,
        clock: Arc::new(move || wall.now().wall.as_millisecond()),
    })?;
    let devices = format!(
        "[devices.id_reader]\ndriver = \"sdt\"\nport = \"{}\"\n\n\
         [devices.ticket_dispenser]\ndriver = \"escpos\"\nprofile = \"vkp80\"\nport = \"{}\"\n",
        place.port("reader"),
        place.port("printer")
    );
    let config = place.configure(&devices, &Platform::Hmac { address: sandbox.address().to_string() })?;
    let _devices = plug_in(&place)?;

    let clock = Clock::start();
    let child = Running(terminal(&config, &server).spawn()?);
    server.picture_drawn(clock)?;
    all_ready(&config)?;
    std::thread::sleep(REST);
    let ours = child.pss_mb()?;
    child.end()?;
    let own = std::env::current_exe()?;
    let clock = Clock::start();
    let child = Running(on(&server, &own).arg(bare::ARGUMENT).spawn()?);
    server.picture_drawn(clock)?;
    let theirs = child.pss_mb()?;
    child.end()?;
    sandbox.stop();
    Ok(vec![Line {
        number: "P6",
        what: "memory (PSS) at rest, devices and platform connected".to_owned(),
        ours: format!("{} MB", short(ours)),
        reference: format!("bare page: {} MB", short(theirs)),
        ratio: Some(ours / theirs),
        mark: "≤ 60 MB",
        met: Some(ours <= 60.0),
        figures: json!({ "pss_mb": ours, "bare_page_pss_mb": theirs }),
    }])
}

/// The simulated devices' handles; their threads end with this process or when these are dropped.
fn plug_in(place: &Place) -> Outcome<(Sender<Order>, Sender<Knob>)> {
    let (orders, taken) = channel();
    let pty = Pty::open(&place.path("reader"))?;
    std::thread::Builder::new()
        .name("reader".into())
        .spawn(move || kiosk_id_reader::simulator::serve(pty, &taken))?;
    let (knobs, turned) = channel();
    let mut pty = Pty::open(&place.path("printer"))?;
    let printer = SimulatedPrinter::new(printer_profiles::shipped("vkp80")?);
    std::thread::Builder::new()
        .name("printer".into())
        .spawn(move || kiosk_escpos::simulator::serve(&mut pty, printer, &turned, &mut |_| {}).map(|_| ()))?;
    Ok((orders, knobs))
}

fn all_ready(config: &Config) -> Outcome<()> {
    let deadline = Deadline::after(PATIENCE);
    loop {
        let report = control::ask(&config.terminal.data_dir)?;
        if report.platform == "online" && ready::devices_ready(&report) {
            return Ok(());
        }
        if deadline.passed() {
            return Err(
                format!("not all became ready: {:?}, platform {}", report.devices, report.platform).into()
            );
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}

pub(crate) fn measure_size(_: &Bench) -> Outcome<Vec<Line>> {
    let cross = super::site::target_folder()?.join("aarch64-unknown-linux-gnu/release/kiosk");
    // In a profile for tests it is neither stripped nor small, which says nothing of the release.
    let built_for_tests = cfg!(debug_assertions);
    let binaries = [(std::env::consts::ARCH, PathBuf::from(KIOSK)), ("aarch64, cross-built", cross)];
    let there = binaries
        .into_iter()
        .filter(|(_, file)| file.exists() && !(built_for_tests && *file == Path::new(KIOSK)));
    there
        .map(|(architecture, file)| {
            let megabytes = std::fs::metadata(file)?.len() as f64 / 1e6;
            Ok(Line {
                number: "P11",
                what: format!("stripped release binary, {architecture}"),
                ours: format!("{megabytes:.1} MB"),
                reference: "bare page (earlier): 15 MB on x86-64, 10 MB on aarch64".to_owned(),
                ratio: None,
                mark: "≤ 30 MB",
                met: Some(megabytes <= 30.0),
                figures: json!({ "architecture": architecture, "mb": megabytes }),
            })
        })
        .collect()
}

fn terminal(config: &Config, server: &Xvfb) -> Command {
    let mut command = on(server, Path::new(KIOSK));
    command.args(["run", "--config"]).arg(&config.file);
    command
}

/// A command on that server's screen, and quiet.
fn on(server: &Xvfb, program: &Path) -> Command {
    let mut command = Command::new(program);
    command.env("DISPLAY", &server.name).env_remove("WAYLAND_DISPLAY").env("SLINT_BACKEND", "winit-software");
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

/// A process that is killed where a measurement fails.
struct Running(Child);

impl Running {
    fn pid(&self) -> Option<Pid> {
        Pid::from_raw(i32::try_from(self.0.id()).ok()?)
    }

    /// Its share of memory, and that of its children.
    fn pss_mb(&self) -> Outcome<f64> {
        let own = pss_mb(self.0.id())?;
        let children = std::fs::read_to_string(format!("/proc/{0}/task/{0}/children", self.0.id()))?;
        let children =
            children.split_whitespace().map(|pid| pss_mb(pid.parse()?)).collect::<Outcome<Vec<_>>>()?;
        Ok(own + children.iter().sum::<f64>())
    }

    /// Ends it as a service manager would, and waits.
    fn end(mut self) -> Outcome<()> {
        if let Some(pid) = self.pid() {
            kill_process(pid, Signal::TERM)?;
        }
        let deadline = Deadline::after(PATIENCE);
        while self.0.try_wait()?.is_none() {
            if deadline.passed() {
                return Err("it did not end when it was told to".into());
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        Ok(())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Ended already is as good.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn pss_mb(pid: u32) -> Outcome<f64> {
    let rollup = std::fs::read_to_string(format!("/proc/{pid}/smaps_rollup"))?;
    let line = rollup.lines().find_map(|line| line.strip_prefix("Pss:")).ok_or("no Pss")?;
    Ok(line.trim().trim_end_matches(" kB").parse::<f64>()? / 1024.0)
}
