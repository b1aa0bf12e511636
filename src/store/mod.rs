//! The terminal's memory: one SQLite file, one writer, every commit on disk before anybody is told.
//!
//! WAL and `synchronous=FULL`: what was committed survives a power cut at any instant. What a resident would
//! mind others reading stands sealed in `person` and nowhere else. The store keeps rows and knows the words of
//! the domain; it decides nothing.

mod audit;
mod keys;
mod letters;
mod open;
mod outbox;
mod people;
mod pin;
mod seal;
mod tickets;

use std::cell::Cell;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use rusqlite::{Connection, Transaction, TransactionBehavior};

pub use audit::{AuditAct, AuditLine};
pub use keys::{KeyError, StoreKey, write_new_secret};
pub use letters::{Letter, OutboxList};
pub use outbox::{OutboxCounts, OutboxReader, Waiting};
pub use people::PersonRow;
pub use pin::{PinHash, PinTry};
pub use tickets::{LastPaper, NewTicket, TrailLine, onto};

/// The open store and its writer.
#[derive(Debug)]
pub struct Store {
    connection: Connection,
    keys: keys::Derived,
    file: PathBuf,
}

impl Store {
    /// Opens the store in `folder`, making it where there is none, and brings it up to this version.
    ///
    /// # Errors
    /// [`StoreError`] tells the cause; nothing of an existing store was changed unless it is of an older version.
    pub fn open(folder: &Path, key: &StoreKey) -> Result<Self, StoreError> {
        let file = folder.join(open::FILE);
        let keys = key.derive();
        let connection = open::writer(&file, &keys)?;
        Ok(Self { connection, keys, file })
    }

    /// A second, read-only connection for whoever sends the outbox, so that sending never waits for the writer.
    ///
    /// # Errors
    /// Where the file can't be opened once more.
    pub fn outbox_reader(&self) -> Result<OutboxReader, StoreError> {
        OutboxReader::open(&self.file, self.keys.clone())
    }

    /// Runs `act` in one transaction: all of it is on disk when this returns `Ok`, none of it otherwise.
    ///
    /// # Errors
    /// What `act` or the commit returned.
    pub fn write<T, E: From<StoreError>>(
        &mut self,
        act: impl FnOnce(&Writing<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let transaction = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(StoreError::from)?;
        let writing = Writing::of(transaction, &self.keys);
        let done = act(&writing)?;
        writing.transaction.commit().map_err(StoreError::from)?;
        Ok(done)
    }

    /// Runs `look` on one unchanging picture of the store; nothing that it writes is kept.
    ///
    /// # Errors
    /// What `look` returned.
    pub fn read<T, E: From<StoreError>>(
        &mut self,
        look: impl FnOnce(&Writing<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let transaction = self.connection.transaction().map_err(StoreError::from)?;
        look(&Writing::of(transaction, &self.keys))
    }

    /// Writes something that changes nothing, to find out whether the store takes writes again.
    ///
    /// # Errors
    /// Why it does not.
    pub fn try_writing(&mut self) -> Result<(), StoreError> {
        self.write(|store| {
            store.transaction.execute("UPDATE meta SET value = value", [])?;
            Ok(())
        })
    }

    /// The file that holds it.
    #[must_use]
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// Free bytes on the disk that holds it; `None` where the system does not say.
    #[must_use]
    pub fn free_bytes(&self) -> Option<u64> {
        let disk = rustix::fs::statvfs(&self.file).ok()?;
        Some(disk.f_bavail.saturating_mul(disk.f_frsize))
    }

    /// Whether a store stands in `folder` already; a file of no bytes is none.
    #[must_use]
    pub fn exists(folder: &Path) -> bool {
        std::fs::metadata(folder.join(open::FILE)).is_ok_and(|file| file.len() > 0)
    }

    /// SQLite's own check of the whole file.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] with SQLite's first finding.
    pub fn check(&self) -> Result<(), StoreError> {
        open::whole_check(&self.connection)
    }
}

/// Whoever copies the one file after a clean end has everything.
impl Drop for Store {
    fn drop(&mut self) {
        if let Err(error) = self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())) {
            // A reader may be at it still; nothing is lost in the log beside it.
            log::debug!("the store's log stays beside it: {error}");
        }
    }
}

/// One transaction under way; its methods stand beside the tables that they write.
#[derive(Debug)]
pub struct Writing<'s> {
    transaction: Transaction<'s>,
    keys: &'s keys::Derived,
    latest: Cell<Option<Timestamp>>,
}

impl<'s> Writing<'s> {
    fn of(transaction: Transaction<'s>, keys: &'s keys::Derived) -> Self {
        Self { transaction, keys, latest: Cell::new(None) }
    }

    /// The instant of the last line of trail that this transaction wrote.
    #[must_use]
    pub fn latest_written(&self) -> Option<Timestamp> {
        self.latest.get()
    }
}

/// Why the store did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The folder or file can't be opened or written.
    #[error("the store {file} can't be opened: {cause}")]
    Unreachable {
        /// The file.
        file: PathBuf,
        /// What the system said.
        cause: String,
    },
    /// The file was written by a later version of this program.
    #[error("the store is of version {found}, this program knows versions up to {known}")]
    Newer {
        /// The file's version.
        found: u32,
        /// The last version known here.
        known: u32,
    },
    /// The key file does not fit the store.
    #[error("the store key is not the one that this store was made with")]
    WrongKey,
    /// The file is no store or is damaged.
    #[error("the store is damaged: {0}")]
    Damaged(String),
    /// The disk is full.
    #[error("the disk is full")]
    Full,
    /// The disk or the file takes no writes.
    #[error("the disk takes no writes")]
    ReadOnly,
    /// A rule that the database itself keeps was about to be broken (a number twice, a second live ticket).
    #[error("the database refused: {0}")]
    Refused(String),
    /// A row was not in the state that the change starts from.
    #[error("the row changed meanwhile")]
    Changed,
    /// Anything else that SQLite reported.
    #[error("SQLite: {0}")]
    Sqlite(rusqlite::Error),
}

impl StoreError {
    /// What a technician does about it.
    #[must_use]
    pub fn advice(&self) -> &'static str {
        match self {
            Self::Unreachable { .. } => "check [terminal] data_dir, its owner and its mode",
            Self::Newer { .. } => "install the newer version again; a store is never taken back",
            Self::WrongKey => "put back the key file that belongs to this store ([privacy] store_key_file)",
            Self::Damaged(_) => "put back the last backup, or move the store away to start anew",
            Self::Full => "free some room on the disk that holds data_dir",
            Self::ReadOnly => "mount the disk writable and check the mode of data_dir",
            Self::Refused(_) | Self::Changed | Self::Sqlite(_) => "run `kiosk check` and keep the log",
        }
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode;
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::Full,
            Some(ErrorCode::ReadOnly) => Self::ReadOnly,
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Self::Damaged(error.to_string()),
            Some(ErrorCode::ConstraintViolation) => Self::Refused(error.to_string()),
            _ => Self::Sqlite(error),
        }
    }
}

#[cfg(test)]
mod tests;
