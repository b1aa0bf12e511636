//! What the morning proved: the promises, each held against store, paper and platform.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::Path;

use serde_json::{Value, json};

use super::morning::Tally;
use crate::cli::demo::NOT_BUILT;
use crate::cli::demo::stage::Stage;
use crate::domain::device::Printer;

/// Promises and whether they held.
pub(super) struct Proof {
    promises: BTreeMap<&'static str, bool>,
    events: u64,
}

impl Proof {
    /// Looks at what the morning left behind.
    pub(super) fn gather(stage: &Stage, tally: &Tally, played: &Result<(), String>) -> Self {
        let events = platform_events(stage).unwrap_or_default();
        let of =
            |kind: &str| -> Vec<&Value> { events.iter().filter(|event| event["kind"] == kind).collect() };
        let issued: Vec<_> = of("ticket.issued")
            .iter()
            .filter_map(|event| event["body"]["number"].as_str().map(str::to_owned))
            .collect();
        let held: BTreeSet<_> = tally.held.iter().cloned().collect();
        let papers: Vec<_> =
            Printer::ALL.into_iter().flat_map(|printer| stage.devices.papers(printer)).collect();
        let printed =
            |number: &str| papers.iter().any(|paper| paper.text().iter().any(|line| line.trim() == number));
        let paperless: BTreeSet<_> = of("ticket.issued")
            .iter()
            .filter(|event| event["body"]["print"] == "paperless")
            .filter_map(|event| event["body"]["number"].as_str().map(str::to_owned))
            .collect();
        let played = played.is_ok();
        let in_hand = held.iter().all(|number| paperless.contains(number) || printed(number));
        let once = issued.len() == held.len() && issued.iter().cloned().collect::<BTreeSet<_>>() == held;
        let folder = stage.config.file.parent().unwrap_or(Path::new("."));
        let promises = BTreeMap::from([
            ("a ticket in the queue is in somebody's hand", played && in_hand),
            ("no number twice in a business day", played && held.len() == tally.held.len()),
            ("every event reaches the platform once, in order", played && once && in_order(&events)),
            ("a lost number is void and never given out", played && of("ticket.void").len() == tally.lost),
            ("a reprint carries the same number", played && of("ticket.reprinted").len() == tally.reprints),
            (
                "tickets go on without a network",
                played && tally.waited > 0 && tally.report.outbox.waiting == 0,
            ),
            (
                "no personal data in clear in the data folder or the report",
                played && tells_nobody(folder, tally),
            ),
        ]);
        Self { promises, events: events.len() as u64 }
    }

    pub(super) fn holds(&self) -> bool {
        self.promises.values().all(|held| *held)
    }

    pub(super) fn table(&self) -> String {
        let line =
            |(name, held): (&&str, &bool)| format!("  {}  {name}", if *held { "held  " } else { "BROKEN" });
        self.promises.iter().map(line).collect::<Vec<_>>().join("\n")
    }

    pub(super) fn summary(&self, tally: &Tally, pictures: usize) -> Value {
        json!({
            "promises": self.promises,
            "tickets": tally.held.len(),
            "events": self.events,
            "pictures": pictures,
            "skipped": NOT_BUILT,
        })
    }
}

/// What the sandbox accepted, asked over HTTP as anybody would.
fn platform_events(stage: &Stage) -> Option<Vec<Value>> {
    let url = format!("http://{}/sandbox/events", stage.sandbox.address());
    let text = ureq::get(&url).call().ok()?.body_mut().read_to_string().ok()?;
    serde_json::from_str(&text).ok()
}

/// Each subject's events count from 1 without gaps.
fn in_order(events: &[Value]) -> bool {
    let mut last: BTreeMap<&str, u64> = BTreeMap::new();
    events.iter().all(|event| {
        let (Some(subject), Some(seq)) = (event["subject"].as_str(), event["seq"].as_u64()) else {
            return false;
        };
        let before = last.insert(subject, seq).unwrap_or(0);
        seq == before + 1
    })
}

/// Whether no name or number of the residents stands in clear in the terminal's own files or report; what can't be read
/// proves nothing. The sandbox's folder is the platform's: it must know them. The demo keeps no log.
fn tells_nobody(folder: &Path, tally: &Tally) -> bool {
    let Ok(mut bytes) = serde_json::to_vec(&tally.report) else { return false };
    if let Err(error) = read_all(&folder.join("data"), &mut bytes) {
        log::error!("the terminal's files can't be read: {error}");
        return false;
    }
    !tally.people.iter().any(|person| {
        let secrets = [
            person.number.as_bytes(),
            person.number.as_bytes().get(6..14).unwrap_or_default(),
            person.name.as_bytes(),
        ];
        secrets
            .iter()
            .any(|secret| !secret.is_empty() && bytes.windows(secret.len()).any(|part| part == *secret))
    })
}

fn read_all(folder: &Path, bytes: &mut Vec<u8>) -> io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let kind = std::fs::metadata(&path)?.file_type();
        if kind.is_dir() {
            read_all(&path, bytes)?;
        } else if kind.is_file() {
            bytes.extend(std::fs::read(&path)?);
        }
        // A socket keeps nothing.
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;
    use crate::cli::demo::people::Sample;

    #[test]
    fn a_name_in_a_file_is_found_and_a_file_that_cannot_be_read_is_no_proof() {
        let folder = tempfile::tempdir().unwrap();
        let person = Sample::new(&mut fastrand::Rng::with_seed(1));
        let tally = Tally { people: vec![person.clone()], ..Tally::default() };
        assert!(!tells_nobody(folder.path(), &tally), "there is no data folder");
        let inner = folder.path().join("data/log");
        std::fs::create_dir_all(&inner).unwrap();
        std::fs::write(inner.join("one.log"), "a card was read").unwrap();
        assert!(tells_nobody(folder.path(), &tally));

        symlink("loop", inner.join("loop")).unwrap();
        assert!(!tells_nobody(folder.path(), &tally), "what nobody can open");
        std::fs::remove_file(inner.join("loop")).unwrap();
        for secret in [person.name.as_str(), &person.number[6..14]] {
            std::fs::write(inner.join("two.log"), format!("a card was read: {secret}")).unwrap();
            assert!(!tells_nobody(folder.path(), &tally), "{secret}");
        }
    }
}
