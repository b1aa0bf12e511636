//! Opening, keys, and what the database refuses by itself.

use super::*;

fn key(byte: u8) -> StoreKey {
    StoreKey::from_bytes([byte; 32])
}

#[test]
fn a_store_opens_again_with_its_key_alone() {
    let folder = tempfile::tempdir().unwrap();
    assert!(!Store::exists(folder.path()));
    drop(Store::open(folder.path(), &key(1)).unwrap());
    assert!(Store::exists(folder.path()));
    Store::open(folder.path(), &key(1)).unwrap().check().unwrap();
    assert!(matches!(Store::open(folder.path(), &key(2)), Err(StoreError::WrongKey)));
}

#[test]
fn a_newer_store_is_refused_and_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path(), &key(1)).unwrap();
    store.connection.pragma_update(None, "user_version", 99).unwrap();
    drop(store);
    let refused = Store::open(folder.path(), &key(1));
    assert!(matches!(refused, Err(StoreError::Newer { found: 99, .. })), "{refused:?}");
}

/// Every row of a table, as SQLite prints it.
fn rows(store: &rusqlite::Connection, table: &str) -> Vec<String> {
    let mut statement = store.prepare(&format!("SELECT * FROM {table}")).unwrap();
    let columns = statement.column_count();
    let row = |row: &rusqlite::Row<'_>| {
        let values: Vec<_> = (0..columns).map(|column| format!("{:?}", row.get_ref_unwrap(column))).collect();
        Ok(values.join("|"))
    };
    statement.query_map([], row).unwrap().map(Result::unwrap).collect()
}

#[test]
fn a_store_of_an_earlier_version_keeps_every_row() {
    let earlier = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/stores/version-1.db");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(open::FILE);
    std::fs::copy(earlier, &file).unwrap();
    let tables = ["meta", "person", "ticket", "trail", "outbox"];
    let before = {
        let raw = rusqlite::Connection::open(&file).unwrap();
        let version: u32 = raw.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
        assert_eq!(version, 1, "the file kept for this test is of version 1");
        tables.map(|table| rows(&raw, table))
    };
    assert_eq!(before.each_ref().map(Vec::len), [1, 1, 5, 12, 5]);
    let mut store = Store::open(folder.path(), &key(5)).unwrap();
    assert_eq!(tables.map(|table| rows(&store.connection, table)), before);
    store.check().unwrap();
    // What is new works on it, and what was sealed opens.
    assert_eq!(store.read(|store| store.pin_failures()).unwrap(), None);
    let told = store.outbox_reader().unwrap().waiting(10, |_| true).unwrap();
    assert!(told.iter().all(|event| event.resident.is_ok()));
    let (at, day) = store.read(|store| store.latest()).unwrap();
    assert_eq!(day.unwrap().to_string(), "2026-11-24");
    assert_eq!(at.unwrap().to_string(), "2026-11-24T02:24:00Z");
}

#[test]
fn another_programs_database_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let other = rusqlite::Connection::open(folder.path().join(open::FILE)).unwrap();
    other.execute("CREATE TABLE x (a)", []).unwrap();
    let refused = Store::open(folder.path(), &key(1));
    assert!(matches!(refused, Err(StoreError::Damaged(_))), "{refused:?}");
    let tables: u32 = other.query_row("SELECT COUNT(*) FROM sqlite_master", [], |row| row.get(0)).unwrap();
    assert_eq!(tables, 1);
}

#[test]
fn no_store_and_no_folder_have_their_names() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(open::FILE), "this is no database, by no means at all").unwrap();
    assert!(matches!(Store::open(folder.path(), &key(1)), Err(StoreError::Damaged(_))));
    let missing = Store::open(&folder.path().join("missing"), &key(1));
    assert!(matches!(missing, Err(StoreError::Unreachable { .. })), "{missing:?}");
}

#[test]
fn every_commit_is_flushed() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path(), &key(1)).unwrap();
    let mode: String = store.connection.pragma_query_value(None, "journal_mode", |row| row.get(0)).unwrap();
    let synchronous: u8 = store.connection.pragma_query_value(None, "synchronous", |row| row.get(0)).unwrap();
    assert_eq!((mode.as_str(), synchronous), ("wal", 2));
}

#[test]
fn at_a_clean_end_everything_stands_in_the_one_file() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path(), &key(1)).unwrap();
    let reader = store.outbox_reader().unwrap();
    let log = folder.path().join("kiosk.db-wal");
    assert!(std::fs::metadata(&log).unwrap().len() > 0);
    drop(store);
    let left = std::fs::metadata(&log).map_or(0, |log| log.len());
    assert_eq!(left, 0, "a reader is open still");
    drop(reader);
}

#[test]
fn a_write_that_fails_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = Store::open(folder.path(), &key(1)).unwrap();
    let failed: Result<(), StoreError> = store.write(|store| {
        store.transaction.execute("INSERT INTO meta (name, value) VALUES ('x', x'00')", [])?;
        Err(StoreError::Changed)
    });
    assert!(failed.is_err());
    let rows: u32 = store
        .connection
        .query_row("SELECT COUNT(*) FROM meta WHERE name = 'x'", [], |row| row.get(0))
        .unwrap();
    assert_eq!(rows, 0);
}
