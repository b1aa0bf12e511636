//! `kiosk outbox`: what the platform has not got, and what is done about what it refused.
//!
//! Nothing here shows a resident: the outbox itself holds none, and the platform's words are not kept.

use std::fs::OpenOptions;
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::{ConfigFile, Failure};
use crate::config::Config;
use crate::control::{self, ControlError};
use crate::domain::event::DeadLetters;
use crate::domain::ids::EventId;
use crate::engine::clock::Clock;
use crate::store::{Letter, OutboxList, Store, StoreError};
use crate::wiring;

/// What stands below the verbs in `--help`.
pub(super) const HELP: &str = "\
Example:
  kiosk outbox list --config site.toml --dead

What waits is tried for ever by itself. A dead letter is what the platform refused by name, or alone time and again:
mend the cause there, then send it again. If the event itself was wrong, a new one corrects it, not this one.
Carrying the outbox on a USB stick and reading the receipt that comes back are not part of this version.";

#[derive(Debug, clap::Subcommand)]
pub(super) enum Outbox {
    /// Lists what waits for the platform and what it refused (dead letters), oldest first. Works beside a running
    /// terminal.
    #[command(after_help = "\
Examples:
  kiosk outbox list --config site.toml
  kiosk outbox list --config site.toml --dead --json")]
    List(List),
    /// Sends dead letters again: the same events in their old places. For use after the cause was mended at the
    /// platform; what it refuses once more becomes a dead letter once more.
    #[command(after_help = "\
Examples:
  kiosk outbox retry --config site.toml 019aa2f0-0000-7000-8000-000000000001
  kiosk outbox retry --config site.toml --all")]
    Retry(Retry),
    /// Writes the same as `list`, with the events' bodies, into a new file: a JSON object a line, without residents, for
    /// the platform's operator to look at.
    #[command(after_help = "Example:\n  kiosk outbox export --config site.toml --dead refused.jsonl")]
    Export(Export),
}

#[derive(Debug, clap::Args)]
pub(super) struct List {
    #[command(flatten)]
    config: ConfigFile,
    /// Only what the platform refused.
    #[arg(long)]
    dead: bool,
    /// As JSON, for programs.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Args)]
pub(super) struct Retry {
    #[command(flatten)]
    config: ConfigFile,
    /// The dead letters' ids, as `list` shows them.
    #[arg(value_name = "ID", value_parser = event_id, required_unless_present = "all", conflicts_with = "all")]
    ids: Vec<EventId>,
    /// All of them.
    #[arg(long)]
    all: bool,
}

#[derive(Debug, clap::Args)]
pub(super) struct Export {
    #[command(flatten)]
    config: ConfigFile,
    /// Only what the platform refused.
    #[arg(long)]
    dead: bool,
    /// The file; one that is there is never overwritten.
    file: PathBuf,
}

/// One event as it is shown.
#[derive(Serialize)]
struct Line<'l> {
    id: String,
    subject: &'l str,
    seq: u64,
    kind: &'l str,
    at: &'l str,
    state: &'static str,
    reason: Option<&'l str>,
    waiting_behind: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<serde_json::Value>,
}

impl<'l> Line<'l> {
    fn of(letter: &'l Letter, with_body: bool) -> Self {
        // A row that is no JSON is shown as the text that it is.
        let body = || serde_json::from_str(&letter.body).unwrap_or_else(|_| letter.body.as_str().into());
        Self {
            id: letter.event.to_string(),
            subject: &letter.subject,
            seq: letter.seq,
            kind: &letter.kind,
            at: &letter.at,
            state: if letter.is_dead { "dead" } else { "waiting" },
            reason: letter.reason.as_deref(),
            waiting_behind: letter.waiting_behind,
            body: with_body.then(body),
        }
    }
}

impl Outbox {
    pub(super) fn run(&self) -> Result<(), Failure> {
        match self {
            Self::List(list) => list.run(),
            Self::Retry(retry) => retry.run(),
            Self::Export(export) => export.run(),
        }
    }
}

impl List {
    fn run(&self) -> Result<(), Failure> {
        let letters = open(&self.config.load()?)?;
        let mut out = BufWriter::new(io::stdout().lock());
        let shown = if self.json { self.json(&letters, &mut out) } else { self.table(&letters, &mut out) };
        match shown.and_then(|()| Ok(out.flush()?)) {
            Ok(()) => Ok(()),
            // Whoever reads has seen enough.
            Err(Broken::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            Err(broken) => Err(broken.into()),
        }
    }

    fn json(&self, letters: &OutboxList, out: &mut impl Write) -> Result<(), Broken> {
        let mut separator = "[";
        letters.each(self.dead, |letter| {
            write!(out, "{separator}")?;
            separator = ",";
            serde_json::to_writer(&mut *out, &Line::of(&letter, false)).map_err(io::Error::from)?;
            Ok::<_, Broken>(())
        })?;
        writeln!(out, "{}", if separator == "[" { "[]" } else { "]" })?;
        Ok(())
    }

    fn table(&self, letters: &OutboxList, out: &mut impl Write) -> Result<(), Broken> {
        let (mut waiting, mut dead) = (0_u64, 0_u64);
        letters.each(self.dead, |letter| {
            let Letter { event, subject, seq, kind, at, .. } = &letter;
            write!(out, "{event}  {at}  {kind:18}  {subject} {seq}  ")?;
            if letter.is_dead {
                dead += 1;
                write!(out, "dead: {}", letter.reason.as_deref().unwrap_or("no reason"))?;
                if letter.waiting_behind > 0 {
                    write!(out, "; {} of its subject wait behind it", letter.waiting_behind)?;
                }
            } else {
                waiting += 1;
                write!(out, "waiting")?;
            }
            writeln!(out)?;
            Ok::<_, Broken>(())
        })?;
        match (self.dead, dead) {
            (true, _) => writeln!(out, "{dead} dead")?,
            (false, _) => writeln!(out, "{waiting} waiting, {dead} dead")?,
        }
        Ok(())
    }
}

impl Retry {
    fn run(&self) -> Result<(), Failure> {
        let config = self.config.load()?;
        let wanted: Vec<_> = match self.all {
            true => vec![DeadLetters::All],
            false => self.ids.iter().copied().map(DeadLetters::One).collect(),
        };
        let (mut sent, mut unknown) = (0, Vec::new());
        for which in wanted {
            let count = send_again(&self.config, &config, which)?;
            sent += count;
            if count == 0 && which != DeadLetters::All {
                unknown.push(which.to_string());
            }
        }
        println!("{sent} to be sent again");
        if unknown.is_empty() {
            return Ok(());
        }
        Err(Failure::found(
            format!("no dead letter has the id {}", unknown.join(", ")),
            "kiosk outbox list --dead shows them",
        ))
    }
}

/// By the running terminal, which alone writes its store; where none runs, in its place.
fn send_again(file: &ConfigFile, config: &Config, which: DeadLetters) -> Result<u64, Failure> {
    match control::send_again(&config.terminal.data_dir, which) {
        Ok(count) => return Ok(count),
        Err(ControlError::NotRunning(_)) => {}
        Err(error) => return Err(Failure::cannot(&error, error.advice())),
    }
    let config = file.load_with_files()?;
    there(&config.terminal.data_dir)?;
    let failed = |error: &wiring::StartError| Failure::cannot(error, error.advice());
    let mut alone = wiring::StoreAlone::open(&config).map_err(|error| failed(&error))?;
    let at = Clock::start().now().wall;
    let sent = alone.store.write(|store| store.send_again(which, at));
    sent.map_err(|error: StoreError| Failure::cannot(&error, error.advice()))
}

impl Export {
    fn run(&self) -> Result<(), Failure> {
        let letters = open(&self.config.load()?)?;
        let unwritten = |error: &io::Error| {
            Failure::cannot(
                format!("{} can't be written: {error}", self.file.display()),
                "name a new file in a folder that you may write to, with room on its disk",
            )
        };
        let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&self.file);
        let mut out = BufWriter::new(file.map_err(|error| unwritten(&error))?);
        let mut count = 0_u64;
        let written = letters.each(self.dead, |letter| {
            count += 1;
            serde_json::to_writer(&mut out, &Line::of(&letter, true)).map_err(io::Error::from)?;
            writeln!(out)?;
            Ok::<_, Broken>(())
        });
        let written = written.and_then(|()| {
            out.flush()?;
            Ok(out.get_ref().sync_all()?)
        });
        match written {
            Ok(()) => {
                println!("{count} events in {}, residents left out", self.file.display());
                Ok(())
            }
            Err(Broken::Output(error)) => Err(unwritten(&error)),
            Err(broken) => Err(broken.into()),
        }
    }
}

/// Why a list did not come to its end.
#[derive(Debug, thiserror::Error)]
enum Broken {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("it can't be written: {0}")]
    Output(#[from] io::Error),
}

impl From<Broken> for Failure {
    fn from(broken: Broken) -> Self {
        match broken {
            Broken::Store(error) => Self::cannot(&error, error.advice()),
            Broken::Output(_) => Self::cannot(&broken, "check what standard output is connected to"),
        }
    }
}

fn open(config: &Config) -> Result<OutboxList, Failure> {
    there(&config.terminal.data_dir)?;
    OutboxList::open(&config.terminal.data_dir).map_err(|error| Failure::cannot(&error, error.advice()))
}

fn there(folder: &Path) -> Result<(), Failure> {
    if Store::exists(folder) {
        return Ok(());
    }
    Err(Failure::cannot(
        format!("there is no store in {}", folder.display()),
        "check [terminal] data_dir; the first start of the terminal makes the store",
    ))
}

fn event_id(text: &str) -> Result<EventId, String> {
    EventId::parse(text).ok_or_else(|| "an id looks like 019aa2f0-0000-7000-8000-000000000001".to_owned())
}
