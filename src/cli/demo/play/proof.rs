//! What the morning proved: the promises, each held against store, paper and platform.

use std::collections::{BTreeMap, BTreeSet};
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
            ("no personal data in store, log or report in clear", played && !leaks(folder, tally)),
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

/// Whether a name or number of the residents stands in clear in the terminal's own files or report. The sandbox's
/// folder is the platform's: it must know them.
fn leaks(folder: &Path, tally: &Tally) -> bool {
    let mut bytes = serde_json::to_vec(&tally.report).unwrap_or_default();
    read_all(&folder.join("data"), &mut bytes);
    tally.people.iter().any(|person| {
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

fn read_all(folder: &Path, bytes: &mut Vec<u8>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            read_all(&path, bytes);
        } else if let Ok(content) = std::fs::read(&path) {
            bytes.extend(content);
        }
    }
}
