//! What the sandbox has accepted, in order, and what it must remember to be idempotent: SQLite in WAL mode.
//!
//! A batch is one transaction, so that what was answered is kept and what was not answered may be asked again.

use std::fmt::Write;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OptionalExtension, Transaction, params};
use uuid::Uuid;

/// A nonce is remembered for so long: a request of then would long be refused for its timestamp.
const NONCE_KEPT_MS: i64 = 20 * 60 * 1000;

const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS event (
    n INTEGER PRIMARY KEY AUTOINCREMENT, id BLOB NOT NULL UNIQUE, subject TEXT NOT NULL, seq INTEGER NOT NULL,
    kind TEXT NOT NULL, at TEXT NOT NULL, body TEXT NOT NULL, digest TEXT NOT NULL, app_id TEXT NOT NULL,
    terminal TEXT NOT NULL, site TEXT NOT NULL, received INTEGER NOT NULL, UNIQUE (subject, seq)) STRICT;
CREATE TABLE IF NOT EXISTS rejected (
    id BLOB PRIMARY KEY, subject TEXT NOT NULL, seq INTEGER NOT NULL, code TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS subject (name TEXT PRIMARY KEY, last_seq INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS nonce (app_id TEXT NOT NULL, nonce TEXT NOT NULL, seen INTEGER NOT NULL,
    PRIMARY KEY (app_id, nonce)) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS nonce_seen ON nonce (seen);
";

/// Why the store is of no use.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The folder could not be made.
    #[error("the folder {} cannot be made: {reason}", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// What the system said.
        reason: std::io::Error,
    },
    /// SQLite failed.
    #[error("the sandbox's store failed: {0}")]
    Sqlite(#[from] rusqlite::Error),
}

impl StoreError {
    /// The next step.
    pub fn advice(&self) -> &'static str {
        match self {
            Self::Folder { .. } => "give a folder that this user may write to as --data",
            Self::Sqlite(_) => "check the disk's space and that no other sandbox uses the same folder",
        }
    }
}

/// The store.
#[derive(Debug)]
pub struct Store(Connection);

/// One event that passed all checks.
#[derive(Debug)]
pub struct Accepted<'a> {
    /// Its id.
    pub id: Uuid,
    /// What it is about.
    pub subject: &'a str,
    /// Its place in the subject.
    pub seq: i64,
    /// What happened.
    pub kind: &'a str,
    /// When, as it was sent.
    pub at: &'a str,
    /// Its body as JSON text.
    pub body: &'a str,
    /// SM3 over all of it, by which a repeat is known.
    pub digest: &'a str,
}

/// Who sent a batch, and when.
#[derive(Clone, Copy, Debug)]
pub struct Sender<'a> {
    /// Who the caller is.
    pub app_id: &'a str,
    /// The terminal.
    pub terminal: &'a str,
    /// The site.
    pub site: &'a str,
    /// The platform's clock, milliseconds since 1970.
    pub received_ms: i64,
}

impl Store {
    /// Opens the store in a folder, which is made if it is missing.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub fn open(folder: &Path) -> Result<Self, StoreError> {
        std::fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)
            .map_err(|reason| StoreError::Folder { path: folder.to_owned(), reason })?;
        let connection = Connection::open(folder.join("sandbox.sqlite"))?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        Self::of(connection)
    }

    /// A store that is gone with this value.
    ///
    /// # Errors
    /// [`StoreError::Sqlite`].
    pub fn in_memory() -> Result<Self, StoreError> {
        Self::of(Connection::open_in_memory()?)
    }

    fn of(connection: Connection) -> Result<Self, StoreError> {
        connection.execute_batch(SCHEMA)?;
        connection.set_prepared_statement_cache_capacity(32);
        Ok(Self(connection))
    }

    /// Remembers a nonce; `false` if it was used before.
    ///
    /// # Errors
    /// [`StoreError::Sqlite`].
    pub fn use_nonce(&mut self, app_id: &str, nonce: &str, now_ms: i64) -> Result<bool, StoreError> {
        let transaction = self.0.transaction()?;
        transaction
            .prepare_cached("DELETE FROM nonce WHERE seen < ?1 OR seen > ?2")?
            .execute(params![now_ms.saturating_sub(NONCE_KEPT_MS), now_ms.saturating_add(NONCE_KEPT_MS)])?;
        let fresh = transaction
            .prepare_cached("INSERT OR IGNORE INTO nonce (app_id, nonce, seen) VALUES (?1, ?2, ?3)")?
            .execute(params![app_id, nonce, now_ms])?;
        transaction.commit()?;
        Ok(fresh == 1)
    }

    /// Begins a batch; it counts once it is committed.
    ///
    /// # Errors
    /// [`StoreError::Sqlite`].
    pub fn batch(&mut self) -> Result<BatchStore<'_>, StoreError> {
        Ok(BatchStore(self.0.transaction()?))
    }

    /// How many events were accepted.
    ///
    /// # Errors
    /// [`StoreError::Sqlite`].
    pub fn accepted(&self) -> Result<u64, StoreError> {
        let count: i64 = self.0.query_row("SELECT count(*) FROM event", [], |row| row.get(0))?;
        Ok(u64::try_from(count).unwrap_or(0))
    }

    /// The accepted events after the `after`th as a JSON array, at most `limit`: each with its number `n`, when and
    /// from whom it came.
    ///
    /// # Errors
    /// [`StoreError::Sqlite`].
    pub fn events_json(&self, after: i64, limit: i64) -> Result<String, StoreError> {
        let mut statement = self.0.prepare_cached(
            "SELECT n, received, app_id, terminal, site, id, subject, seq, kind, at, body FROM event
             WHERE n > ?1 ORDER BY n LIMIT ?2",
        )?;
        let mut rows = statement.query(params![after, limit])?;
        let mut json = String::from("[");
        while let Some(row) = rows.next()? {
            let (n, received, seq): (i64, i64, i64) = (row.get(0)?, row.get(1)?, row.get(7)?);
            let id: [u8; 16] = row.get(5)?;
            let text =
                |column| row.get::<_, String>(column).map(|text| serde_json::Value::from(text).to_string());
            if json.len() > 1 {
                json.push(',');
            }
            // Writing to a String cannot fail.
            let _ = write!(
                json,
                "{{\"n\":{n},\"received\":{received},\"app_id\":{},\"terminal\":{},\"site\":{},\"id\":\"{}\",\
                 \"subject\":{},\"seq\":{seq},\"kind\":{},\"at\":{},\"body\":{}}}",
                text(2)?,
                text(3)?,
                text(4)?,
                Uuid::from_bytes(id),
                text(6)?,
                text(8)?,
                text(9)?,
                row.get::<_, String>(10)?,
            );
        }
        json.push(']');
        Ok(json)
    }
}

/// One batch within its transaction.
#[derive(Debug)]
pub struct BatchStore<'a>(Transaction<'a>);

impl BatchStore<'_> {
    /// The digest of an accepted event.
    ///
    /// # Errors
    /// [`StoreError::Sqlite`].
    pub fn digest(&self, id: Uuid) -> Result<Option<String>, StoreError> {
        let mut statement = self.0.prepare_cached("SELECT digest FROM event WHERE id = ?1")?;
        Ok(statement.query_row([id.into_bytes()], |row| row.get(0)).optional()?)
    }

    /// Whether this very event was rejected at this very place before.
    ///
    /// # Errors
    /// [`StoreError::Sqlite`].
    pub fn was_rejected(&self, id: Uuid, subject: &str, seq: i64) -> Result<bool, StoreError> {
        let mut statement =
            self.0.prepare_cached("SELECT 1 FROM rejected WHERE id = ?1 AND subject = ?2 AND seq = ?3")?;
        Ok(statement.exists(params![id.into_bytes(), subject, seq])?)
    }

    /// The last place of the subject that is used; 0 if none is.
    ///
    /// # Errors
    /// [`StoreError::Sqlite`].
    pub fn last_seq(&self, subject: &str) -> Result<i64, StoreError> {
        let mut statement = self.0.prepare_cached("SELECT last_seq FROM subject WHERE name = ?1")?;
        Ok(statement.query_row([subject], |row| row.get(0)).optional()?.unwrap_or(0))
    }

    /// Takes an event.
    ///
    /// # Errors
    /// [`StoreError::Sqlite`].
    pub fn accept(&self, event: &Accepted<'_>, sender: Sender<'_>) -> Result<(), StoreError> {
        self.0.prepare_cached("DELETE FROM rejected WHERE id = ?1")?.execute([event.id.into_bytes()])?;
        self.0
            .prepare_cached(
                "INSERT INTO event (id, subject, seq, kind, at, body, digest, app_id, terminal, site, received)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
            )?
            .execute(params![
                event.id.into_bytes(),
                event.subject,
                event.seq,
                event.kind,
                event.at,
                event.body,
                event.digest,
                sender.app_id,
                sender.terminal,
                sender.site,
                sender.received_ms
            ])?;
        self.use_seq(event.subject, event.seq)
    }

    /// Rejects an event for good: its place is used.
    ///
    /// # Errors
    /// [`StoreError::Sqlite`].
    pub fn reject(&self, id: Uuid, subject: &str, seq: i64, code: &str) -> Result<(), StoreError> {
        self.0
            .prepare_cached(
                "INSERT OR REPLACE INTO rejected (id, subject, seq, code) VALUES (?1, ?2, ?3, ?4)",
            )?
            .execute(params![id.into_bytes(), subject, seq, code])?;
        self.use_seq(subject, seq)
    }

    /// Makes the batch count.
    ///
    /// # Errors
    /// [`StoreError::Sqlite`].
    pub fn commit(self) -> Result<(), StoreError> {
        Ok(self.0.commit()?)
    }

    fn use_seq(&self, subject: &str, seq: i64) -> Result<(), StoreError> {
        self.0
            .prepare_cached(
                "INSERT INTO subject (name, last_seq) VALUES (?1, ?2)
                 ON CONFLICT (name) DO UPDATE SET last_seq = max(last_seq, excluded.last_seq)",
            )?
            .execute(params![subject, seq])?;
        Ok(())
    }
}
