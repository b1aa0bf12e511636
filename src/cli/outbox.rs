//! `kiosk outbox`: what the platform has not got, and what is done about what it refused.
//!
//! Nothing here shows a resident: the outbox itself holds none, and the platform's words are not kept.

mod export;

use std::collections::BTreeSet;
use std::io::{self, BufWriter, Write};

use serde::Serialize;

use super::{ConfigFile, Failure, store_is_there};
use crate::config::Config;
use crate::control::{self, ControlError};
use crate::domain::event::DeadLetters;
use crate::domain::ids::EventId;
use crate::engine::clock::Clock;
use crate::store::{Letter, OutboxList, StoreError};
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
    Export(export::Export),
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
        let wanted = match self.all {
            true => vec![DeadLetters::All],
            false => self.ids.iter().copied().map(DeadLetters::One).collect(),
        };
        let (sent, ended) = one_by_one(&wanted, |which| send_again(&self.config, &config, which));
        // What was sent stays sent, whatever became of the rest.
        if sent > 0 || ended.is_ok() {
            println!("{sent} to be sent again");
        }
        ended
    }
}

/// Sends each again, one that is named twice once; how many were, and how it ended.
fn one_by_one(
    wanted: &[DeadLetters],
    mut send: impl FnMut(DeadLetters) -> Result<u64, Failure>,
) -> (u64, Result<(), Failure>) {
    let (mut sent, mut seen, mut unknown) = (0, BTreeSet::new(), Vec::new());
    for which in wanted.iter().copied() {
        if !seen.insert(which.to_string()) {
            continue;
        }
        match send(which) {
            Ok(0) if which != DeadLetters::All => unknown.push(which.to_string()),
            Ok(count) => sent += count,
            Err(failure) => return (sent, Err(failure)),
        }
    }
    if unknown.is_empty() {
        return (sent, Ok(()));
    }
    let what = format!("no dead letter has the id {}", unknown.join(", "));
    (sent, Err(Failure::found(what, "kiosk outbox list --dead shows them")))
}

/// By the running terminal, which alone writes its store; where none runs, in its place.
fn send_again(file: &ConfigFile, config: &Config, which: DeadLetters) -> Result<u64, Failure> {
    match control::send_again(&config.terminal.data_dir, which) {
        Ok(count) => return Ok(count),
        Err(ControlError::NotRunning(_)) => {}
        Err(error) => return Err(Failure::cannot(&error, error.advice())),
    }
    let config = file.load_with_files()?;
    store_is_there(&config.terminal.data_dir)?;
    let failed = |error: &wiring::StartError| Failure::cannot(error, error.advice());
    let mut alone = wiring::StoreAlone::open(&config).map_err(|error| failed(&error))?;
    let at = Clock::start().now().wall;
    let sent = alone.store.write(|store| store.send_again(which, at));
    sent.map_err(|error: StoreError| Failure::cannot(&error, error.advice()))
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
    store_is_there(&config.terminal.data_dir)?;
    OutboxList::open(&config.terminal.data_dir).map_err(|error| Failure::cannot(&error, error.advice()))
}

fn event_id(text: &str) -> Result<EventId, String> {
    EventId::parse(text).ok_or_else(|| "an id looks like 019aa2f0-0000-7000-8000-000000000001".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letter(number: u8) -> DeadLetters {
        DeadLetters::One(EventId::from_bytes([number; 16]))
    }

    #[test]
    fn one_that_is_named_twice_is_sent_once() {
        let mut asked = Vec::new();
        let (sent, ended) = one_by_one(&[letter(1), letter(2), letter(1)], |which| {
            asked.push(which);
            // As the store does: it is no dead letter any more.
            Ok(u64::from(asked.iter().filter(|before| **before == which).count() == 1))
        });
        assert!(ended.is_ok(), "{ended:?}");
        assert_eq!((sent, asked), (2, vec![letter(1), letter(2)]));
    }

    #[test]
    fn what_was_sent_before_a_failure_is_told() {
        let (sent, ended) = one_by_one(&[letter(1), letter(2), letter(3)], |which| {
            if which == letter(2) {
                Err(Failure::cannot("the disk is full", "free some room"))
            } else {
                Ok(1)
            }
        });
        assert_eq!((sent, ended.unwrap_err().code), (1, 3));
        let (sent, ended) = one_by_one(&[letter(1), letter(2)], |which| Ok(u64::from(which == letter(2))));
        let failure = ended.unwrap_err();
        assert_eq!((sent, failure.code), (1, 1));
        assert!(failure.what.ends_with(&letter(1).to_string()), "{failure:?}");
        assert!(one_by_one(&[DeadLetters::All], |_| Ok(0)).1.is_ok(), "none is no fault");
    }
}
