//! Opening the file: pragmas, migrations, and whether the key fits.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, OptionalExtension};

use super::StoreError;
use super::keys::Derived;

/// The store's file in the data folder.
pub(super) const FILE: &str = "kiosk.db";

/// Each version's way from the one before; the file's `user_version` counts those it has.
const MIGRATIONS: &[&str] = &[include_str!("migrations/0001.sql"), include_str!("migrations/0002.sql")];

/// How long a statement waits for the other connection before it fails.
const BUSY: Duration = Duration::from_secs(5);

/// Opens, migrates and checks the writer's connection.
pub(super) fn writer(file: &Path, keys: &Derived) -> Result<Connection, StoreError> {
    let unreachable = |cause: String| StoreError::Unreachable { file: file.to_path_buf(), cause };
    let mut connection = Connection::open(file).map_err(|error| unreachable(error.to_string()))?;
    owner_only(file).map_err(|error| unreachable(error.to_string()))?;
    connection.busy_timeout(BUSY)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.set_prepared_statement_cache_capacity(64);
    migrate(&mut connection)?;
    key_fits(&connection, keys)?;
    Ok(connection)
}

/// Opens one more connection that only reads.
pub(super) fn reader(file: &Path) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(file, flags)
        .map_err(|error| StoreError::Unreachable { file: file.to_path_buf(), cause: error.to_string() })?;
    connection.busy_timeout(BUSY)?;
    Ok(connection)
}

/// SQLite's check of every page, index and constraint; its first line is `ok` or the first finding.
pub(super) fn whole_check(connection: &Connection) -> Result<(), StoreError> {
    let first: String = connection.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
    if first == "ok" { Ok(()) } else { Err(StoreError::Damaged(first)) }
}

/// Whether this program knows the file's version, for who only reads: it brings none up to date.
pub(super) fn version_is_known(connection: &Connection) -> Result<(), StoreError> {
    let found: u32 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let known = u32::try_from(MIGRATIONS.len()).unwrap_or(u32::MAX);
    if found > known { Err(StoreError::Newer { found, known }) } else { Ok(()) }
}

fn migrate(connection: &mut Connection) -> Result<(), StoreError> {
    let found: u32 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let tables: u32 = connection.query_row("SELECT COUNT(*) FROM sqlite_master", [], |row| row.get(0))?;
    if found == 0 && tables > 0 {
        return Err(StoreError::Damaged("it is another program's database".to_owned()));
    }
    let known = u32::try_from(MIGRATIONS.len()).unwrap_or(u32::MAX);
    if found > known {
        return Err(StoreError::Newer { found, known });
    }
    for (version, sql) in (1_u32..).zip(MIGRATIONS).filter(|(version, _)| *version > found) {
        let step = connection.transaction()?;
        step.execute_batch(sql)?;
        step.pragma_update(None, "user_version", version)?;
        step.commit()?;
    }
    Ok(())
}

/// A new store remembers what its key is known by; an old one tells a wrong key before anything is read.
fn key_fits(connection: &Connection, keys: &Derived) -> Result<(), StoreError> {
    let stored: Option<Vec<u8>> = connection
        .query_row("SELECT value FROM meta WHERE name = 'key_mark'", [], |row| row.get(0))
        .optional()?;
    match stored {
        Some(mark) if mark == keys.mark() => Ok(()),
        Some(_) => Err(StoreError::WrongKey),
        None => {
            connection.execute("INSERT INTO meta (name, value) VALUES ('key_mark', ?1)", [keys.mark()])?;
            Ok(())
        }
    }
}

fn owner_only(file: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o600))
}
