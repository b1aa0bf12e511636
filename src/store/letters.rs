//! The outbox as a technician looks at it: read beside a running terminal, without the store's key and so without residents.

use std::path::Path;

use rusqlite::Connection;

use super::{StoreError, open};
use crate::domain::ids::EventId;

/// An event that the platform has not got.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// Its id.
    pub event: EventId,
    /// `ticket/…`.
    pub subject: String,
    /// Its count in the subject, from 1.
    pub seq: u64,
    /// `ticket.issued` and so on.
    pub kind: String,
    /// When it happened, RFC 3339.
    pub at: String,
    /// JSON object, without the resident.
    pub body: String,
    /// Whether the platform refused it; else it waits.
    pub is_dead: bool,
    /// Why, where it is dead.
    pub reason: Option<String>,
    /// Events that follow in its subject and wait.
    pub waiting_behind: u64,
}

/// What the platform has not got.
#[derive(Debug)]
pub struct OutboxList(Connection);

impl OutboxList {
    /// Opens the store in `folder` for reading.
    ///
    /// # Errors
    /// Where it can't be opened, or is of a version that this program does not know.
    pub fn open(folder: &Path) -> Result<Self, StoreError> {
        let connection = open::reader(&folder.join(open::FILE))?;
        open::version_is_known(&connection)?;
        Ok(Self(connection))
    }

    /// Gives each event in the order in which they happened, or the dead ones alone, until `look` fails.
    ///
    /// # Errors
    /// What `look` returned, or where the store fails.
    pub fn each<E: From<StoreError>>(
        &self,
        dead_only: bool,
        mut look: impl FnMut(Letter) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut statement = self
            .0
            .prepare(
                "SELECT event, subject, seq, kind, at, body, state, reason,
                        (SELECT COUNT(*) FROM outbox b
                         WHERE b.subject = o.subject AND b.seq > o.seq AND b.state = 'waiting')
                 FROM outbox o WHERE state = 'dead' OR (state = 'waiting' AND NOT ?1) ORDER BY position",
            )
            .map_err(StoreError::from)?;
        let mut rows = statement.query([dead_only]).map_err(StoreError::from)?;
        while let Some(row) = rows.next().map_err(StoreError::from)? {
            look(letter(row).map_err(StoreError::from)?)?;
        }
        Ok(())
    }
}

fn letter(row: &rusqlite::Row<'_>) -> rusqlite::Result<Letter> {
    let state: String = row.get(6)?;
    Ok(Letter {
        event: EventId::from_bytes(row.get(0)?),
        subject: row.get(1)?,
        seq: row.get(2)?,
        kind: row.get(3)?,
        at: row.get(4)?,
        body: row.get(5)?,
        is_dead: state == "dead",
        reason: row.get(7)?,
        waiting_behind: row.get(8)?,
    })
}
