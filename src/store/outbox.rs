//! The outbox (发件箱): what the platform is still to be told, in the transaction of the row it tells of.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension};

use super::audit::{AuditAct, AuditLine};
use super::keys::Derived;
use super::{PersonRow, StoreError, Writing, open, people};
use crate::domain::event::{DeadLetters, Happening, Subject};
use crate::domain::ids::EventId;
use crate::domain::resident::Resident;

/// An event that waits, as its sender needs it.
#[derive(Debug)]
pub struct Waiting {
    /// Its id, by which the platform takes it once.
    pub event: EventId,
    /// `ticket/…`.
    pub subject: String,
    /// Its count in the subject, from 1.
    pub seq: u64,
    /// `ticket.issued` and so on.
    pub kind: String,
    /// RFC 3339.
    pub at: String,
    /// JSON object, without the resident.
    pub body: String,
    /// Who joins the body on the wire, where the kind names a resident and they are not erased; or why the row that
    /// holds them does not open, which is no reason to keep back this event or any other.
    pub resident: Result<Option<Resident>, StoreError>,
}

/// How the outbox stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OutboxCounts {
    /// Events that wait.
    pub waiting: u64,
    /// When the oldest of them happened, RFC 3339.
    pub oldest: Option<String>,
    /// Events that the platform refused.
    pub dead: u64,
    /// When the oldest of those happened, RFC 3339.
    pub oldest_dead: Option<String>,
}

impl Writing<'_> {
    /// Appends an event to its subject.
    ///
    /// # Errors
    /// Where the store fails.
    pub fn append(
        &self,
        event: EventId,
        subject: &Subject,
        at: &str,
        happening: &Happening,
        person: Option<PersonRow>,
    ) -> Result<(), StoreError> {
        let body = happening.body().map_err(|error| StoreError::Damaged(error.to_string()))?;
        let person = match person {
            Some(person) if happening.names_resident() => Some(self.fullest(person)?.0),
            _ => None,
        };
        let subject = subject.to_string();
        self.transaction
            .prepare_cached(
                "INSERT INTO outbox (event, subject, seq, kind, at, body, person)
                 SELECT ?1, ?2, COALESCE(MAX(seq), 0) + 1, ?3, ?4, ?5, ?6 FROM outbox WHERE subject = ?2",
            )?
            .execute((event.as_bytes(), subject, happening.kind(), at, body, person))?;
        Ok(())
    }

    /// The platform has it.
    ///
    /// # Errors
    /// Where the store fails.
    pub fn settle_accepted(&self, event: EventId) -> Result<(), StoreError> {
        self.transaction
            .prepare_cached("UPDATE outbox SET state = 'accepted' WHERE event = ?1 AND state = 'waiting'")?
            .execute([event.as_bytes()])?;
        Ok(())
    }

    /// The platform refused it: it goes to the dead letters with the reason.
    ///
    /// # Errors
    /// Where the store fails.
    pub fn settle_refused(&self, event: EventId, reason: &str) -> Result<(), StoreError> {
        self.transaction
            .prepare_cached(
                "UPDATE outbox SET state = 'dead', reason = ?2 WHERE event = ?1 AND state = 'waiting'",
            )?
            .execute((event.as_bytes(), reason))?;
        Ok(())
    }

    /// Has dead letters sent again: they wait once more, in their old places before what follows in their subjects. The
    /// audit gets a line if there was one. Gives how many there were.
    ///
    /// # Errors
    /// Where the store fails.
    pub fn send_again(&self, which: DeadLetters, at: Timestamp) -> Result<u64, StoreError> {
        let sql = "UPDATE outbox SET state = 'waiting', reason = NULL WHERE state = 'dead'";
        let count = match which {
            DeadLetters::All => self.transaction.execute(sql, [])?,
            DeadLetters::One(event) => {
                self.transaction.execute(&format!("{sql} AND event = ?1"), [event.as_bytes()])?
            }
        };
        if count > 0 {
            let about = which.to_string();
            let line = AuditLine { at, who: "technician", act: AuditAct::SentAgain, about: Some(&about) };
            self.audit(line)?;
        }
        Ok(count as u64)
    }
}

/// Reads the outbox beside the writer.
#[derive(Debug)]
pub struct OutboxReader {
    connection: Connection,
    keys: Derived,
}

impl OutboxReader {
    pub(super) fn open(file: &std::path::Path, keys: Derived) -> Result<Self, StoreError> {
        Ok(Self { connection: open::reader(file)?, keys })
    }

    /// Waiting events in the order in which they happened; `take` says for each subject whether it is wanted
    /// now, and reading ends once it had `limit` of them.
    ///
    /// # Errors
    /// Where the store fails.
    pub fn waiting(
        &self,
        limit: usize,
        mut take: impl FnMut(&str) -> bool,
    ) -> Result<Vec<Waiting>, StoreError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT o.event, o.subject, o.seq, o.kind, o.at, o.body, p.day, p.sealed
             FROM outbox o LEFT JOIN person p ON p.id = o.person
             WHERE o.state = 'waiting' ORDER BY o.position",
        )?;
        let mut rows = statement.query([])?;
        let mut found = Vec::new();
        while found.len() < limit {
            let Some(row) = rows.next()? else { break };
            let subject: String = row.get(1)?;
            if !take(&subject) {
                continue;
            }
            let sealed: (Option<String>, Option<Vec<u8>>) = (row.get(6)?, row.get(7)?);
            let resident = match sealed {
                (Some(day), Some(sealed)) => people::open_resident(&self.keys, &day, &sealed).map(Some),
                _ => Ok(None),
            };
            found.push(Waiting {
                event: EventId::from_bytes(row.get(0)?),
                subject,
                seq: row.get(2)?,
                kind: row.get(3)?,
                at: row.get(4)?,
                body: row.get(5)?,
                resident,
            });
        }
        Ok(found)
    }

    /// How the outbox stands.
    ///
    /// # Errors
    /// Where the store fails.
    pub fn counts(&self) -> Result<OutboxCounts, StoreError> {
        let count = |state: &str| {
            let sql = format!("SELECT COUNT(*) FROM outbox WHERE state = '{state}'");
            self.connection.query_row(&sql, [], |row| row.get(0))
        };
        let oldest = |state: &str| {
            let sql = format!("SELECT at FROM outbox WHERE state = '{state}' ORDER BY position LIMIT 1");
            self.connection.query_row(&sql, [], |row| row.get(0)).optional()
        };
        Ok(OutboxCounts {
            waiting: count("waiting")?,
            oldest: oldest("waiting")?,
            dead: count("dead")?,
            oldest_dead: oldest("dead")?,
        })
    }
}
