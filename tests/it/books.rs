//! The books after a kill: rows as they stand on disk, papers as a person reads them, events as the platform has them.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::Path;

use kiosk_escpos::simulator::PrintedPaper;
use rusqlite::{Connection, OpenFlags};
use serde_json::Value;

use crate::papers::read_sheet;

/// A ticket's row.
#[derive(Debug)]
pub struct Row {
    id: String,
    day: String,
    /// `A023`.
    pub number: String,
    /// As its column has it.
    pub state: String,
    print: Option<String>,
    code: String,
    whys: Vec<String>,
}

/// What the books come to.
#[derive(Debug, Default)]
pub struct Totals {
    /// Rows by their state.
    pub states: BTreeMap<String, u64>,
    /// Whole papers that came out.
    pub papers: u64,
    /// Events that the platform has.
    pub events: u64,
}

/// The store as it stands on disk.
pub struct Books {
    /// Every ticket.
    pub rows: Vec<Row>,
    /// Accepted events by their id, with kind and subject.
    accepted: BTreeMap<String, (String, String)>,
    waiting: usize,
    dead: usize,
}

impl Books {
    /// Reads the store in that folder.
    pub fn read(folder: &Path) -> rusqlite::Result<Self> {
        let store = Connection::open_with_flags(folder.join("kiosk.db"), OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        store.busy_timeout(std::time::Duration::from_secs(5))?;
        // One unchanging picture of all tables.
        store.execute_batch("BEGIN")?;
        let mut rows = Vec::new();
        let mut statement = store.prepare(
            "SELECT lower(hex(id)), day, printf('%s%0*d', class, width, number), state, print, code,
                    (SELECT group_concat(coalesce(why, ''), ' ') FROM trail WHERE ticket = ticket.id)
             FROM ticket ORDER BY id",
        )?;
        let mut read = statement.query([])?;
        while let Some(row) = read.next()? {
            let whys: Option<String> = row.get(6)?;
            rows.push(Row {
                id: row.get(0)?,
                day: row.get(1)?,
                number: row.get(2)?,
                state: row.get(3)?,
                print: row.get(4)?,
                code: row.get(5)?,
                whys: whys.unwrap_or_default().split_whitespace().map(str::to_owned).collect(),
            });
        }
        let mut books = Self { rows, accepted: BTreeMap::new(), waiting: 0, dead: 0 };
        let mut statement = store.prepare("SELECT lower(hex(event)), kind, subject, state FROM outbox")?;
        let mut read = statement.query([])?;
        while let Some(row) = read.next()? {
            match row.get::<_, String>(3)?.as_str() {
                "accepted" => {
                    books.accepted.insert(row.get(0)?, (row.get(1)?, row.get(2)?));
                }
                "dead" => books.dead += 1,
                _ => books.waiting += 1,
            }
        }
        Ok(books)
    }

    /// No number twice, nothing half done left, and rows and papers agree.
    pub fn check(&self, papers: &[PrintedPaper]) -> Result<(), String> {
        let mut numbers = HashSet::new();
        for row in &self.rows {
            if !numbers.insert((&row.day, &row.number)) {
                return Err(format!("the number {} twice on {}", row.number, row.day));
            }
            // Nobody takes a number while this is looked at.
            if row.state == "reserved" {
                return Err(format!("the reservation {} of before was not set aside", row.number));
            }
        }
        self.check_papers(papers)
    }

    fn check_papers(&self, papers: &[PrintedPaper]) -> Result<(), String> {
        let sheets: Vec<_> = papers.iter().map(read_sheet).filter(|sheet| sheet.is_out_whole(true)).collect();
        let mut given = HashSet::new();
        for sheet in &sheets {
            let ([code], [number]) = (sheet.codes.as_slice(), sheet.numbers.as_slice()) else {
                return Err(format!("not one ticket on one paper: {sheet}"));
            };
            let Some(row) = self.rows.iter().find(|row| row.code == *code) else {
                return Err(format!("a paper without a row: {sheet}"));
            };
            if row.number != *number {
                return Err(format!("the paper says {number}, its row {}", row.number));
            }
            if !sheet.reprint && !given.insert((&row.day, number)) {
                return Err(format!("two papers with the number {number}"));
            }
            if row.state == "void" && !row.whys.iter().any(|why| why == "day_closed") {
                return Err(format!("a whole paper of the void ticket {number}"));
            }
        }
        for row in &self.rows {
            let printed = matches!(row.print.as_deref(), Some("confirmed" | "likely"));
            if printed && !given.contains(&(&row.day, &row.number)) {
                return Err(format!("{} is {} and on no whole paper", row.number, row.state));
            }
        }
        Ok(())
    }

    /// What a resident was told is done, is done.
    pub fn has_issued(&self, number: &str) -> bool {
        self.rows.iter().any(|row| {
            row.number == number && ["issued", "cancelled", "expired"].contains(&row.state.as_str())
        })
    }

    /// After all was sent: the platform has each event once and in order, and every ticket's whole story.
    pub fn agree_with(&self, events: &[Value], papers: &[PrintedPaper]) -> Result<Totals, String> {
        if self.waiting + self.dead > 0 {
            return Err(format!("{} events wait and {} are dead letters", self.waiting, self.dead));
        }
        let text = |event: &Value, key: &str| event[key].as_str().unwrap_or_default().to_owned();
        let mut last: BTreeMap<String, u64> = BTreeMap::new();
        let mut told: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let mut ids = BTreeSet::new();
        for event in events {
            let (subject, seq) = (text(event, "subject"), event["seq"].as_u64().unwrap_or(0));
            if last.insert(subject.clone(), seq).unwrap_or(0) + 1 != seq {
                return Err(format!("the platform has an event twice or out of order: {event}"));
            }
            if !ids.insert(text(event, "id").replace('-', "")) {
                return Err(format!("the platform has an event twice: {event}"));
            }
            told.entry(subject).or_default().push(text(event, "kind"));
        }
        if !ids.iter().eq(self.accepted.keys()) {
            return Err(format!("{} events at the platform, {} told", ids.len(), self.accepted.len()));
        }
        let mut totals = Totals { events: ids.len() as u64, ..Totals::default() };
        for row in &self.rows {
            let id = uuid::Uuid::parse_str(&row.id).map_err(|_| format!("an odd id: {}", row.id))?;
            let kinds = told.remove(&format!("ticket/{id}")).unwrap_or_default();
            let kinds: Vec<_> = kinds.iter().map(|kind| kind.trim_start_matches("ticket.")).collect();
            let fits = match row.state.as_str() {
                "issued" => {
                    kinds.first() == Some(&"issued") && kinds[1..].iter().all(|it| *it == "reprinted")
                }
                "cancelled" | "expired" => {
                    kinds.first() == Some(&"issued") && kinds.last() == Some(&row.state.as_str())
                }
                "void" => kinds == ["void"],
                "unconfirmed" => kinds.is_empty(),
                _ => false,
            };
            if !fits {
                return Err(format!("the platform was told {kinds:?} of {} {}", row.number, row.state));
            }
            *totals.states.entry(row.state.clone()).or_default() += 1;
        }
        if let Some(subject) = told.keys().next() {
            return Err(format!("the platform knows of {subject}, of which there is no row"));
        }
        totals.papers = papers.iter().map(read_sheet).filter(|sheet| sheet.is_out_whole(true)).count() as u64;
        Ok(totals)
    }
}
