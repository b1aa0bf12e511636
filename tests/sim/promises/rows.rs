//! The rows of the store: read as they stand on disk, and held against each other.

use std::collections::{BTreeMap, HashSet};

use kiosk::domain::ticket::TicketState;
use rusqlite::Connection;

use super::{Broken, Promises};
use crate::platform::Platform;
use crate::time::Times;

/// A ticket as its row has it.
#[derive(Debug, Clone)]
pub struct Row {
    id: Vec<u8>,
    pub(super) day: String,
    class: String,
    /// `A023`.
    pub number: String,
    pub state: TicketState,
    pub(super) person: Option<i64>,
    pub(super) print: Option<String>,
    pub(super) closed: bool,
}

impl Promises {
    pub(super) fn no_row_twice(&self) -> Result<(), Broken> {
        let (mut numbers, mut live) = (HashSet::new(), HashSet::new());
        for row in self.rows.values() {
            if !numbers.insert((&row.day, &row.number)) {
                return Err(Broken::new("a number twice in a business day", &row.number));
            }
            if let (Some(person), true) = (row.person, row.state.is_live())
                && !live.insert((&row.day, &row.class, person))
            {
                return Err(Broken::new("two live tickets of one resident", &row.number));
            }
        }
        Ok(())
    }

    /// Business days go on only; where a clock was wrong, back to the true day on the platform's word.
    pub(super) fn follow_trail(&mut self, times: &Times) -> Result<(), Broken> {
        let Some(store) = &self.store else { return Ok(()) };
        let mut statement = store.prepare_cached(
            "SELECT t.id, k.day FROM trail t JOIN ticket k ON k.id = t.ticket WHERE t.id > ?1 AND t.act = 'reserved'
             ORDER BY t.id",
        )?;
        let mut rows = statement.query([self.trail_seen])?;
        let today = times.date().to_string();
        while let Some(row) = rows.next()? {
            self.trail_seen = row.get(0)?;
            let day: String = row.get(1)?;
            if day < self.last_day && day != today {
                return Err(Broken::new(
                    "the business day went back",
                    &format!("{} to {day}", self.last_day),
                ));
            }
            if !times.ever_wrong && day != today {
                return Err(Broken::new("a right clock and a wrong business day", &format!("{today} {day}")));
            }
            self.last_day = day;
        }
        Ok(())
    }

    /// What is told of each ticket fits its state, and what counts as told was taken.
    pub(super) fn outbox_agrees(&self, platform: &Platform) -> Result<(), Broken> {
        let Some(store) = &self.store else { return Ok(()) };
        let mut told: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let mut statement =
            store.prepare_cached("SELECT subject, seq, kind, state, event FROM outbox ORDER BY position")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let (subject, seq, kind): (String, usize, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
            let (state, event): (String, [u8; 16]) = (row.get(3)?, row.get(4)?);
            let kinds = told.entry(subject).or_default();
            kinds.push(kind);
            if kinds.len() != seq {
                return Err(Broken::new("a gap in a subject", &format!("place {seq}")));
            }
            let id = uuid::Uuid::from_bytes(event);
            if state == "accepted" && !platform.accepted.contains_key(&id) {
                return Err(Broken::new(
                    "an event counts as taken that the platform never took",
                    &id.to_string(),
                ));
            }
            if state == "dead" && !platform.rejected.contains_key(&id) {
                return Err(Broken::new(
                    "an event counts as refused that the platform never refused",
                    &id.to_string(),
                ));
            }
        }
        for row in self.rows.values() {
            let id = uuid::Uuid::from_slice(&row.id).map_err(|_| Broken::new("an odd id", &row.number))?;
            let kinds = told.remove(&format!("ticket/{id}")).unwrap_or_default();
            let kinds: Vec<_> = kinds.iter().map(|kind| kind.trim_start_matches("ticket.")).collect();
            if !fits(row.state, &kinds) {
                return Err(Broken::new(
                    "what is told does not fit",
                    &format!("{} {:?} {kinds:?}", row.number, row.state),
                ));
            }
        }
        match told.keys().next() {
            Some(subject) => Err(Broken::new("something is told of a ticket that is not there", subject)),
            None => Ok(()),
        }
    }
}

/// Nothing unissued is told but void; an end is told once, and last.
fn fits(state: TicketState, kinds: &[&str]) -> bool {
    let lived = |kinds: &[&str]| matches!(kinds, ["issued", rest @ ..] if rest.iter().all(|kind| *kind == "reprinted"));
    match (state, kinds) {
        (TicketState::Reserved | TicketState::Unconfirmed, []) | (TicketState::Void, ["void"]) => true,
        (TicketState::Issued, kinds) => lived(kinds),
        (TicketState::Cancelled, [kinds @ .., "cancelled"])
        | (TicketState::Expired, [kinds @ .., "expired"]) => lived(kinds),
        _ => false,
    }
}

pub(super) fn read_rows(store: &Connection) -> Result<BTreeMap<String, Row>, Broken> {
    let mut statement = store.prepare_cached(
        "SELECT k.id, k.day, k.class, k.number, k.width, k.state, k.person, k.print, k.code,
                EXISTS (SELECT 1 FROM trail t WHERE t.ticket = k.id AND t.why = 'day_closed')
         FROM ticket k",
    )?;
    let mut rows = statement.query([])?;
    let mut found = BTreeMap::new();
    while let Some(row) = rows.next()? {
        let class: String = row.get(2)?;
        let (number, width): (u32, usize) = (row.get(3)?, row.get(4)?);
        let state: String = row.get(5)?;
        let code: String = row.get(8)?;
        let read = Row {
            id: row.get(0)?,
            day: row.get(1)?,
            number: format!("{class}{number:0width$}"),
            class,
            state: TicketState::from_code(&state).ok_or_else(|| Broken::new("an unknown state", &state))?,
            person: row.get(6)?,
            print: row.get(7)?,
            closed: row.get(9)?,
        };
        if found.insert(code, read).is_some() {
            return Err(Broken::new("a code twice", ""));
        }
    }
    Ok(found)
}
