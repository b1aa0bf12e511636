//! `kiosk simulate`: one simulated device behind a real pseudo-terminal, driven by lines on standard input.

use std::fs::{File, OpenOptions};
use std::io::{BufRead, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Sender, channel};

use kiosk_escpos::simulator::{Knob, Seen, SimulatedPrinter};
use kiosk_id_reader::simulator::{CardFile, Control, Order};
use kiosk_link::Pty;

use super::Failure;
use crate::logging::{self, Detail};
use crate::peripherals::printer_profiles;
use crate::signals;

#[derive(Debug, clap::Args)]
pub(super) struct Simulate {
    #[command(subcommand)]
    device: Device,
}

#[derive(Debug, clap::Subcommand)]
enum Device {
    /// A card reader: `put FILE.json`, `lift`, `unplug`, `plug`.
    #[command(after_help = "Example:\n  kiosk simulate id-reader --link /tmp/reader")]
    IdReader(Port),
    /// A ticket printer: `paper out|low|ok`, `cover open|closed`, `jam`, `unplug`, `plug`.
    #[command(after_help = "Example:\n  kiosk simulate printer --link /tmp/printer --out received.bin")]
    Printer {
        #[command(flatten)]
        port: Port,
        /// The printer profile that it behaves by.
        #[arg(long, default_value = "vkp80")]
        profile: String,
        /// Every byte received is appended to this file.
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
}

#[derive(Debug, clap::Args)]
struct Port {
    /// Where the pseudo-terminal is linked: what `port = "serial://PATH"` names.
    #[arg(long, value_name = "PATH")]
    link: PathBuf,
}

impl Simulate {
    pub(super) fn run(self, verbose: bool) -> Result<(), Failure> {
        let _log = logging::to_stderr(if verbose { Detail::All } else { Detail::Usual })
            .map_err(|error| Failure::cannot(error, "check standard error"))?;
        match self.device {
            Device::IdReader(port) => id_reader(&port.link),
            Device::Printer { port, profile, out } => printer(&port.link, &profile, out.as_deref()),
        }
    }
}

/// Plugs the device in; a signal to end takes the link away, so that nobody opens what is there next by that name.
fn plug_in(link: &Path) -> Result<Pty, Failure> {
    let pty = Pty::open(link).map_err(|error| {
        Failure::cannot(
            format!("no pseudo-terminal at {}: {error}", link.display()),
            "choose a path in a folder that may be written, where nothing but a link stands",
        )
    })?;
    let link = link.to_path_buf();
    signals::on_stop(move || {
        // Links that are gone already, or unplugged, are as good.
        let _ = std::fs::remove_file(&link);
        std::process::exit(0);
    })
    .map_err(|error| Failure::cannot(error, "free processes and try again"))?;
    Ok(pty)
}

fn id_reader(link: &Path) -> Result<(), Failure> {
    let pty = plug_in(link)?;
    let (orders, taken) = channel();
    let served = std::thread::spawn(move || kiosk_id_reader::simulator::serve(pty, &taken));
    println!("reader at {}", link.display());
    obey_lines(|line| reader_line(line, &orders))?;
    drop(orders);
    ended(served.join().map(|end| end.map_err(|error| error.to_string())))
}

fn reader_line(line: &str, orders: &Sender<Order>) -> Result<(), String> {
    let control = match line.split_once(char::is_whitespace) {
        Some(("put", file)) => {
            let file = file.trim();
            let json = std::fs::read_to_string(file).map_err(|error| format!("{file}: {error}"))?;
            Control::Put(Box::new(CardFile::from_json(&json).map_err(|error| format!("{file}: {error}"))?))
        }
        _ => match line {
            "lift" => Control::Lift,
            "unplug" => Control::Unplug,
            "plug" => Control::Plug,
            _ => return Err("there are: put FILE.json, lift, unplug, plug".to_owned()),
        },
    };
    let (done, answer) = channel();
    orders.send(Order { control, done }).map_err(|_| "the reader has ended".to_owned())?;
    match answer.recv() {
        Ok(done) => done.map_err(|error| error.to_string()),
        Err(_) => Err("the reader has ended".to_owned()),
    }
}

fn printer(link: &Path, profile: &str, out: Option<&Path>) -> Result<(), Failure> {
    let profile = printer_profiles::shipped(profile)
        .map_err(|error| Failure::usage(error, "shipped are the files of assets/printers"))?;
    let mut out = out.map(open_out).transpose()?;
    let mut pty = plug_in(link)?;
    let (knobs, turned) = channel();
    let served = std::thread::spawn(move || {
        kiosk_escpos::simulator::serve(&mut pty, SimulatedPrinter::new(profile), &turned, &mut |seen| {
            if let (Seen::Bytes(bytes), Some(out)) = (seen, &mut out)
                && let Err(error) = out.write_all(bytes).and_then(|()| out.flush())
            {
                log::error!("the bytes received can't be kept: {error}");
            }
        })
    });
    println!("printer at {}", link.display());
    obey_lines(|line| {
        let knob = line.parse::<Knob>().map_err(|error| error.to_string())?;
        knobs.send(knob).map_err(|_| "the printer has ended".to_owned())
    })?;
    drop(knobs);
    ended(served.join().map(|end| end.map(|_| ()).map_err(|error| error.to_string())))
}

fn open_out(file: &Path) -> Result<File, Failure> {
    OpenOptions::new().create(true).append(true).open(file).map_err(|error| {
        Failure::cannot(format!("{} can't be written: {error}", file.display()), "choose another --out")
    })
}

/// Answers each line with `ok` or `error TEXT` until standard input ends.
fn obey_lines(mut obey: impl FnMut(&str) -> Result<(), String>) -> Result<(), Failure> {
    let broken = |error: std::io::Error| Failure::cannot(error, "check what standard input and output are");
    std::io::stdout().flush().map_err(broken)?;
    for line in std::io::stdin().lock().lines() {
        let line = line.map_err(broken)?;
        let line = line.trim();
        if line.is_empty() {
            continue;
        }
        match obey(line) {
            Ok(()) => println!("ok"),
            Err(why) => println!("error {}", why.replace('\n', " ")),
        }
        std::io::stdout().flush().map_err(broken)?;
    }
    Ok(())
}

fn ended(served: std::thread::Result<Result<(), String>>) -> Result<(), Failure> {
    match served {
        Ok(Ok(())) => Ok(()),
        Ok(Err(why)) => Err(Failure::cannot(why, "start it again")),
        Err(_) => Err(Failure::cannot("the simulated device ended by a fault", "tell the makers")),
    }
}
