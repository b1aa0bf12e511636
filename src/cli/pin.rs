//! `kiosk pin set`: the PIN that opens the service menu. It goes from the keys into its hash and is shown nowhere.

use std::io::{self, BufRead, IsTerminal, Read};

use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};
use zeroize::Zeroizing;

use super::{ConfigFile, Failure, store_is_there};
use crate::config::Config;
use crate::control::{self, ControlError};
use crate::domain::chance;
use crate::domain::pin::Pin;
use crate::engine::clock::{Clock, OsChance};
use crate::store::{AuditAct, AuditLine, PinHash, StoreError, StoreKey};
use crate::wiring;

/// More than any PIN has; the rest of a line is not read.
const LONGEST: u64 = 64;

#[derive(Debug, clap::Subcommand)]
pub(super) enum PinCommand {
    /// Sets the service menu's PIN, the first one or another: 6 to 12 digits, typed twice and not shown; one line of
    /// standard input where that is no terminal. Works beside a running terminal, and without one once it ran.
    #[command(after_help = "Example:\n  kiosk pin set --config site.toml")]
    Set {
        #[command(flatten)]
        config: ConfigFile,
    },
}

impl PinCommand {
    pub(super) fn run(&self) -> Result<(), Failure> {
        match self {
            Self::Set { config } => set(config),
        }
    }
}

fn set(file: &ConfigFile) -> Result<(), Failure> {
    let config = file.load_with_files()?;
    let key = StoreKey::load(&config.privacy.store_key_file.path)
        .map_err(|error| Failure::cannot(&error, error.advice()))?;
    // Before anything is typed. Whoever sets up a terminal may not be its user, who could not open a store made here.
    store_is_there(&config.terminal.data_dir)?;
    let pin = ask()?;
    let hash = PinHash::new(&key, &pin, chance::bytes(&mut OsChance))
        .map_err(|error| Failure::cannot(&error, error.advice()))?;
    keep(&config, hash)?;
    println!("the PIN of the service menu is set; hold the top right corner of the screen for 3 seconds");
    Ok(())
}

/// By the running terminal, which alone writes its store; where none runs, in its place.
fn keep(config: &Config, hash: PinHash) -> Result<(), Failure> {
    match control::set_pin(&config.terminal.data_dir, hash) {
        Ok(()) => return Ok(()),
        Err(ControlError::NotRunning(_)) => {}
        Err(error) => return Err(Failure::cannot(&error, error.advice())),
    }
    let failed = |error: &wiring::StartError| Failure::cannot(error, error.advice());
    let mut alone = wiring::StoreAlone::open(config).map_err(|error| failed(&error))?;
    let at = Clock::start().now().wall;
    let kept = alone.store.write(|store| {
        store.set_pin(&hash)?;
        store.audit(AuditLine { at, who: "technician", act: AuditAct::PinSet, about: None })
    });
    kept.map_err(|error: StoreError| Failure::cannot(&error, error.advice()))
}

/// Twice from a terminal, since nobody sees what is typed; once from anything else.
fn ask() -> Result<Pin, Failure> {
    let choose = |text: &str| Pin::choose(text).map_err(|weak| Failure::usage(weak, weak.advice()));
    if !io::stdin().is_terminal() {
        let mut line = Zeroizing::new(String::with_capacity(80));
        io::stdin().lock().take(LONGEST).read_line(&mut line).map_err(|error| unread(&error))?;
        return choose(line.trim_ascii_end());
    }
    let first = hidden("new PIN for the service menu: ")?;
    let pin = choose(&first)?;
    let second = hidden("the same once more: ")?;
    if *first != *second {
        return Err(Failure::usage("the two are not the same", "try again; nothing was changed"));
    }
    Ok(pin)
}

/// One line of keys that are not shown. ^C and ^D leave the terminal as it was found.
fn hidden(prompt: &str) -> Result<Zeroizing<String>, Failure> {
    // Asked only once the keys are hidden: who types at once loses none and shows none.
    let quiet = Quiet::begin().map_err(|error| unread(&error))?;
    eprint!("{prompt}");
    let mut typed = Zeroizing::new(String::with_capacity(80));
    let read = read_keys(&mut io::stdin().lock(), &mut typed);
    drop(quiet);
    eprintln!();
    match read {
        Ok(true) => Ok(typed),
        Ok(false) => Err(Failure::usage("no PIN was typed", "nothing was changed")),
        Err(error) => Err(unread(&error)),
    }
}

/// Reads keys up to Enter; `false` where it was broken off.
fn read_keys(keys: &mut impl Read, typed: &mut String) -> io::Result<bool> {
    let mut key = [0];
    loop {
        if keys.read(&mut key)? == 0 {
            return Ok(false);
        }
        match key {
            [b'\r' | b'\n'] => return Ok(true),
            [0x03 | 0x04] => return Ok(false),
            [0x08 | 0x7f] => {
                typed.pop();
            }
            // What is no digit is kept as a sign that it was typed, so that it is refused and not swallowed.
            [byte] if (typed.len() as u64) < LONGEST => {
                typed.push(if byte.is_ascii_graphic() { char::from(byte) } else { '?' });
            }
            _ => {}
        }
    }
}

/// The terminal without echo and with keys as they come, until it is dropped.
struct Quiet(Termios);

impl Quiet {
    fn begin() -> io::Result<Self> {
        let before = tcgetattr(io::stdin())?;
        let mut quiet = before.clone();
        quiet.local_modes.remove(LocalModes::ECHO | LocalModes::ICANON | LocalModes::ISIG);
        tcsetattr(io::stdin(), OptionalActions::Flush, &quiet)?;
        Ok(Self(before))
    }
}

impl Drop for Quiet {
    fn drop(&mut self) {
        if let Err(error) = tcsetattr(io::stdin(), OptionalActions::Flush, &self.0) {
            eprintln!("the terminal can't be set back ({error}): run `stty sane`");
        }
    }
}

fn unread(error: &io::Error) -> Failure {
    Failure::cannot(
        format!("the PIN can't be read: {error}"),
        "type it in a terminal, or give it on standard input",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_read_up_to_enter() {
        let typed = |keys: &[u8]| {
            let mut typed = String::new();
            read_keys(&mut &*keys, &mut typed).unwrap().then_some(typed)
        };
        assert_eq!(typed(b"271828\n314").as_deref(), Some("271828"));
        assert_eq!(typed(b"27\x7f71\x088\r").as_deref(), Some("278"));
        assert_eq!(typed(b"27\x1b[A\n").as_deref(), Some("27?[A"));
        assert_eq!(typed("２\n".as_bytes()).as_deref(), Some("???"));
        assert_eq!(typed(b"2718\x03"), None);
        assert_eq!(typed(b"2718"), None);
        assert_eq!(typed(&[b'1'; 200]), None);
    }
}
