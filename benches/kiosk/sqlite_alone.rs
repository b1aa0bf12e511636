//! The reference for everything durable: SQLite with two rows a commit, WAL and `synchronous=FULL`, nothing else.

use std::path::Path;
use std::time::Duration;

use kiosk_link::clock::Clock;
use rusqlite::Connection;

use super::Outcome;

/// A row of about the size of a ticket's.
const ROW: &str =
    "a row of a hundred bytes, as long as what a ticket, its trail or its event has to say, more or less";

/// A database of its own.
pub(crate) struct Alone {
    connection: Connection,
}

impl Alone {
    pub(crate) fn open(file: &Path) -> Outcome<Self> {
        let connection = Connection::open(file)?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.execute_batch(
            "CREATE TABLE first (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT;
             CREATE TABLE second (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT;",
        )?;
        Ok(Self { connection })
    }

    /// One commit of two rows.
    pub(crate) fn commit(&mut self) -> Outcome<Duration> {
        let clock = Clock::start();
        let transaction = self.connection.transaction()?;
        transaction.prepare_cached("INSERT INTO first (text) VALUES (?1)")?.execute([ROW])?;
        transaction.prepare_cached("INSERT INTO second (text) VALUES (?1)")?.execute([ROW])?;
        transaction.commit()?;
        Ok(clock.elapsed())
    }
}
