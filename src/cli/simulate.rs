//! `kiosk simulate`: one simulated device behind a real pseudo-terminal or TCP port, driven by lines on standard input.

use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, Read, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Sender, channel};

use kiosk_escpos::simulator::{Knob, Order as PrinterOrder, Seen, SimulatedPrinter};
use kiosk_id_reader::simulator::{CardFile, Control, Order};
use kiosk_link::{FarEnd, Pty, TcpFarEnd};

use super::Failure;
use crate::logging::{self, Detail};
use crate::peripherals::printer_profiles;
use crate::signals;

const READER_HELP: &str = "\
Lines on standard input, each answered by `ok` or `error TEXT`:
  put FILE.json, lift          lay a card, take it away
  unplug, plug                 the port
  silent on|off                it answers nothing
  babble on|off                it sends garbage all the time, and nothing else
  slow MS                      it answers so much later; 0 ends it
  lie number|blank|mixed       good frames with wrong content: a card whose number is wrong, one on which
                               nothing stands, answers to other questions
  lie code HH                  every answer is this error, hexadecimal
  lie off                      the truth again

Example:
  kiosk simulate id-reader --link /tmp/reader";

const PRINTER_HELP: &str = "\
Lines on standard input, each answered by `ok` or `error TEXT`:
  paper out|low|ok             the roll; `paper out-after LINES`: it ends so many lines on
  cover open|closed, jam       closing the cover ends a jam
  cutter stuck|free, mouth stuck|free
  unplug, plug, power on|off   the port; the printer itself
  take, take-after MS|never    somebody takes the paper at the mouth
  silent on|off                it answers nothing
  babble on|off                it sends garbage all the time
  slow MS                      it answers so much later; 0 ends it
  lie fine|empty|printed|other good answers with wrong content: nothing is wrong, there is no paper, all is
                               printed, another job is printed (process ID)
  lie off                      the truth again

Example:
  kiosk simulate printer --link /tmp/printer --out received.bin
  kiosk simulate printer --tcp 127.0.0.1:9100 --profile generic-80mm";

#[derive(Debug, clap::Args)]
pub(super) struct Simulate {
    #[command(subcommand)]
    device: Device,
}

#[derive(Debug, clap::Subcommand)]
enum Device {
    /// A card reader.
    #[command(after_help = READER_HELP)]
    IdReader(Port),
    /// A ticket printer.
    #[command(after_help = PRINTER_HELP, group(clap::ArgGroup::new("port").required(true).args(["link", "tcp"])))]
    Printer {
        /// Where the pseudo-terminal is linked: what `port = "serial://PATH"` names.
        #[arg(long, value_name = "PATH")]
        link: Option<PathBuf>,
        /// Listen here instead, as a network printer does: what `port = "tcp://ADDR"` names.
        #[arg(long, value_name = "ADDR")]
        tcp: Option<SocketAddr>,
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
            Device::Printer { link, tcp, profile, out } => {
                printer(link.as_deref(), tcp, &profile, out.as_deref())
            }
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
    let obeyed =
        obey_standard_input(&format!("reader at {}", link.display()), |line| reader_line(line, &orders));
    // Whatever became of the lines, the link goes with the thread.
    drop(orders);
    let ended = ended(served.join().map(|end| end.map_err(|error| error.to_string())));
    obeyed.and(ended)
}

fn reader_line(line: &str, orders: &Sender<Order>) -> Result<(), String> {
    let control = match line.split_once(char::is_whitespace) {
        Some(("put", file)) => {
            let file = file.trim();
            let json = read_card(Path::new(file)).map_err(|error| format!("{file}: {error}"))?;
            Control::Put(Box::new(CardFile::from_json(&json).map_err(|error| format!("{file}: {error}"))?))
        }
        _ => match line {
            "lift" => Control::Lift,
            "unplug" => Control::Unplug,
            "plug" => Control::Plug,
            _ => Control::Turn(
                line.parse().map_err(|error| format!("{error}; put FILE.json, lift, unplug, plug"))?,
            ),
        },
    };
    let (done, answer) = channel();
    orders.send(Order { control, done }).map_err(|_| "the reader has ended".to_owned())?;
    match answer.recv() {
        Ok(done) => done.map_err(|error| error.to_string()),
        Err(_) => Err("the reader has ended".to_owned()),
    }
}

/// A card's file; what is longer than any card's is not read to its end.
fn read_card(file: &Path) -> std::io::Result<String> {
    const LONGEST: u64 = 64 * 1024;
    let mut json = String::new();
    File::open(file)?.take(LONGEST).read_to_string(&mut json)?;
    Ok(json)
}

fn printer(
    link: Option<&Path>,
    tcp: Option<SocketAddr>,
    profile: &str,
    out: Option<&Path>,
) -> Result<(), Failure> {
    let profile = printer_profiles::shipped(profile)
        .map_err(|error| Failure::usage(error, "shipped are the files of assets/printers"))?;
    let mut out = out.map(open_out).transpose()?;
    let (mut port, place) = printer_port(link, tcp)?;
    let (orders, taken) = channel();
    let served = std::thread::spawn(move || {
        kiosk_escpos::simulator::serve_orders(
            &mut *port,
            SimulatedPrinter::new(profile),
            &taken,
            &mut |seen| {
                if let (Seen::Bytes(bytes), Some(out)) = (seen, &mut out)
                    && let Err(error) = out.write_all(bytes).and_then(|()| out.flush())
                {
                    log::error!("the bytes received can't be kept: {error}");
                }
            },
        )
    });
    let obeyed = obey_standard_input(&format!("printer at {place}"), |line| printer_line(line, &orders));
    drop(orders);
    let ended = ended(served.join().map(|end| end.map(|_| ()).map_err(|error| error.to_string())));
    obeyed.and(ended)
}

/// The port, and how it is called.
fn printer_port(link: Option<&Path>, tcp: Option<SocketAddr>) -> Result<(Box<dyn FarEnd>, String), Failure> {
    match (link, tcp) {
        (_, Some(address)) => {
            let port = TcpFarEnd::listen(address).map_err(|error| {
                Failure::cannot(
                    format!("can't listen at {address}: {error}"),
                    "choose another address or port 0",
                )
            })?;
            let place = format!("tcp://{}", port.address());
            Ok((Box::new(port), place))
        }
        (Some(link), None) => Ok((Box::new(plug_in(link)?), link.display().to_string())),
        (None, None) => Err(Failure::usage("no port", "say --link PATH or --tcp ADDR")),
    }
}

fn printer_line(line: &str, orders: &Sender<PrinterOrder>) -> Result<(), String> {
    let knob = line.parse::<Knob>().map_err(|error| error.to_string())?;
    let (done, answer) = channel();
    orders.send(PrinterOrder { knob, done }).map_err(|_| "the printer has ended".to_owned())?;
    match answer.recv() {
        Ok(done) => done.map_err(|error| error.to_string()),
        Err(_) => Err("the printer has ended".to_owned()),
    }
}

fn open_out(file: &Path) -> Result<File, Failure> {
    OpenOptions::new().create(true).append(true).open(file).map_err(|error| {
        Failure::cannot(format!("{} can't be written: {error}", file.display()), "choose another --out")
    })
}

fn obey_standard_input(greeting: &str, obey: impl FnMut(&str) -> Result<(), String>) -> Result<(), Failure> {
    obey_lines(greeting, std::io::stdin().lock(), &mut std::io::stdout(), obey)
        .map_err(|error| Failure::cannot(error, "check what standard input and output are"))
}

/// Answers each line with `ok`, once it is carried out, or `error TEXT`, until the input ends.
fn obey_lines(
    greeting: &str,
    input: impl BufRead,
    output: &mut impl Write,
    mut obey: impl FnMut(&str) -> Result<(), String>,
) -> io::Result<()> {
    let mut say = |line: &str| writeln!(output, "{line}").and_then(|()| output.flush());
    say(greeting)?;
    for line in input.lines() {
        let line = line?;
        let line = line.trim();
        if line.is_empty() {
            continue;
        }
        match obey(line) {
            Ok(()) => say("ok")?,
            Err(why) => say(&format!("error {}", why.replace('\n', " ")))?,
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_answered_and_blank_ones_are_not() {
        let mut said = Vec::new();
        let input = b"good\n\n  bad  \ngood" as &[u8];
        let obey = |line: &str| if line == "good" { Ok(()) } else { Err("no\nsuch".to_owned()) };
        obey_lines("here", input, &mut said, obey).unwrap();
        assert_eq!(String::from_utf8(said).unwrap(), "here\nok\nerror no such\nok\n");
    }

    /// Takes one line and is a broken pipe then.
    struct Broken(u32);

    impl Write for Broken {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0 = self.0.checked_sub(1).ok_or(io::ErrorKind::BrokenPipe)?;
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn who_listens_no_more_gets_an_error_and_no_panic() {
        let lines = b"one\ntwo\nthree\n" as &[u8];
        let mut obeyed = 0;
        let obey = |_: &str| {
            obeyed += 1;
            Ok(())
        };
        // A line and its end are two writes.
        let end = obey_lines("here", lines, &mut Broken(3), obey);
        assert_eq!(end.unwrap_err().kind(), io::ErrorKind::BrokenPipe);
        assert_eq!(obeyed, 1);
    }

    #[test]
    fn a_printer_line_is_answered_when_it_is_carried_out() {
        let (orders, taken) = channel::<PrinterOrder>();
        let served = std::thread::spawn(move || {
            let order = taken.recv().unwrap();
            assert_eq!(order.knob, Knob::Plugged(false));
            order.done.send(Err(io::ErrorKind::NotFound.into())).unwrap();
        });
        assert!(printer_line("jump", &orders).is_err());
        assert!(printer_line("unplug", &orders).unwrap_err().contains("not found"));
        served.join().unwrap();
        assert_eq!(printer_line("plug", &orders), Err("the printer has ended".to_owned()));
    }
}
