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

/// Letters that are read at once.
const PAGE: u32 = 200;

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
    /// Nothing is held open while `look` looks: it may write to a pipe whose reader has gone home, and a read that is
    /// open keeps the log that the terminal writes beside the store from ever being begun anew. So this is no picture of
    /// one moment.
    ///
    /// # Errors
    /// What `look` returned, or where the store fails.
    pub fn each<E: From<StoreError>>(
        &self,
        dead_only: bool,
        mut look: impl FnMut(Letter) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut after = 0;
        loop {
            let page = self.page(dead_only, after)?;
            let Some((last, _)) = page.last() else { return Ok(()) };
            after = *last;
            for (_, letter) in page {
                look(letter)?;
            }
        }
    }

    /// The next letters behind a position, each with its own.
    fn page(&self, dead_only: bool, after: i64) -> Result<Vec<(i64, Letter)>, StoreError> {
        let mut statement = self.0.prepare_cached(
            "SELECT event, subject, seq, kind, at, body, state, reason,
                    (SELECT COUNT(*) FROM outbox b
                     WHERE b.subject = o.subject AND b.seq > o.seq AND b.state = 'waiting'),
                    position
             FROM outbox o WHERE position > ?2 AND (state = 'dead' OR (state = 'waiting' AND NOT ?1))
             ORDER BY position LIMIT ?3",
        )?;
        let rows = statement.query_map((dead_only, after, PAGE), |row| Ok((row.get(9)?, letter(row)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
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

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::domain::event::{DeadLetters, Happening, Subject, TicketChange};
    use crate::domain::ids::TicketId;
    use crate::store::{Store, StoreKey};

    fn event(number: u8) -> EventId {
        EventId::from_bytes([number; 16])
    }

    fn at() -> Timestamp {
        "2026-11-24T01:00:00Z".parse().unwrap()
    }

    /// A store with three events of one ticket, then one of another.
    fn four_events(folder: &Path) -> Store {
        let mut store = Store::open(folder, &StoreKey::from_bytes([1; 32])).unwrap();
        let written: Result<(), StoreError> = store.write(|store| {
            for (number, ticket) in [(1, 1), (2, 1), (3, 1), (4, 2)] {
                let subject = Subject::Ticket(TicketId::from_bytes([ticket; 16]));
                let happening = Happening::TicketReprinted(TicketChange { by: "T01".into(), reason: None });
                store.append(event(number), &subject, "2026-11-24T09:00:00+08:00", &happening, None)?;
            }
            Ok(())
        });
        written.unwrap();
        store
    }

    fn write<T>(
        store: &mut Store,
        act: impl FnOnce(&crate::store::Writing<'_>) -> Result<T, StoreError>,
    ) -> T {
        store.write(act).unwrap()
    }

    fn listed(folder: &Path, dead_only: bool) -> Vec<Letter> {
        let mut letters = Vec::new();
        let list = OutboxList::open(folder).unwrap();
        list.each(dead_only, |letter| {
            letters.push(letter);
            Ok::<_, StoreError>(())
        })
        .unwrap();
        letters
    }

    #[test]
    fn what_is_sent_again_takes_its_old_place() {
        let folder = tempfile::tempdir().unwrap();
        let mut store = four_events(folder.path());
        write(&mut store, |store| store.settle_accepted(event(4)));
        write(&mut store, |store| store.settle_refused(event(1), "bad_body"));
        let letters = listed(folder.path(), false);
        let seen: Vec<_> = letters.iter().map(|l| (l.event, l.is_dead, l.waiting_behind)).collect();
        assert_eq!(seen, [(event(1), true, 2), (event(2), false, 1), (event(3), false, 0)]);
        assert_eq!((letters[0].reason.as_deref(), letters[1].reason.as_deref()), (Some("bad_body"), None));
        assert_eq!(listed(folder.path(), true), letters[..1]);
        let counts = store.outbox_reader().unwrap().counts().unwrap();
        assert_eq!((counts.waiting, counts.dead), (2, 1));
        assert_eq!(counts.oldest_dead.as_deref(), Some("2026-11-24T09:00:00+08:00"));

        // Neither what waits nor what was taken is touched, whatever is asked for.
        for number in [2, 4, 9] {
            let one = DeadLetters::One(event(number));
            assert_eq!(write(&mut store, |store| store.send_again(one, at())), 0);
        }
        let one = DeadLetters::One(event(1));
        assert_eq!(write(&mut store, |store| store.send_again(one, at())), 1);
        let waiting = store.outbox_reader().unwrap().waiting(10, |_| true).unwrap();
        let order: Vec<_> = waiting.iter().map(|event| (event.event, event.seq)).collect();
        assert_eq!(order, [(event(1), 1), (event(2), 2), (event(3), 3)]);
        assert!(listed(folder.path(), true).is_empty() && listed(folder.path(), false)[0].reason.is_none());

        for number in [1, 3] {
            write(&mut store, |store| store.settle_refused(event(number), "fault"));
        }
        assert_eq!(write(&mut store, |store| store.send_again(DeadLetters::All, at())), 2);
        assert_eq!(write(&mut store, |store| store.send_again(DeadLetters::All, at())), 0);
        let raw = Connection::open(store.file()).unwrap();
        let mut audit = raw.prepare("SELECT act, about FROM audit ORDER BY id").unwrap();
        let lines: Vec<(String, String)> =
            audit.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap().map(Result::unwrap).collect();
        let expected = [event(1).to_string(), "all".to_owned()].map(|about| ("sent_again".to_owned(), about));
        assert_eq!(lines, expected, "an audit line for what was done, none for what was not");
    }

    #[test]
    fn a_list_of_many_pages_is_whole_and_holds_nothing_open_while_it_is_looked_at() {
        let folder = tempfile::tempdir().unwrap();
        let mut store = four_events(folder.path());
        let many = u64::from(2 * PAGE + 1);
        let added: Result<(), StoreError> = store.write(|store| {
            for number in 5..=many {
                let subject = Subject::Ticket(TicketId::from_bytes([9; 16]));
                let happening = Happening::TicketReprinted(TicketChange { by: "T01".into(), reason: None });
                let event = EventId::from_bytes((u128::from(number) << 64).to_be_bytes());
                store.append(event, &subject, "2026-11-24T09:00:00+08:00", &happening, None)?;
            }
            Ok(())
        });
        added.unwrap();
        let letters = listed(folder.path(), false);
        assert_eq!(letters.len() as u64, many);
        let of_one = letters.iter().filter(|letter| letter.subject == letters[4].subject);
        assert!(of_one.map(|letter| letter.seq).eq(1..=many - 4));

        let other = Connection::open(store.file()).unwrap();
        let mut looks = 0;
        let list = OutboxList::open(folder.path()).unwrap();
        let looked = list.each(false, |_| {
            looks += 1;
            if looks == 2 {
                write(&mut store, |store| store.settle_refused(event(1), "fault"));
                // Begins the log anew, which nobody can while a read is open.
                let busy: i64 = other.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
                assert_eq!(busy, 0, "something holds the log");
            }
            Ok::<_, StoreError>(())
        });
        looked.unwrap();
        assert_eq!(looks, many);
    }

    #[test]
    fn a_list_stops_with_whoever_looks_and_refuses_what_it_does_not_know() {
        let folder = tempfile::tempdir().unwrap();
        assert!(matches!(OutboxList::open(folder.path()), Err(StoreError::Unreachable { .. })));
        let store = four_events(folder.path());
        let mut seen = 0;
        let stopped = OutboxList::open(folder.path()).unwrap().each(false, |_| {
            seen += 1;
            Err(StoreError::Full)
        });
        assert!(matches!(stopped, Err(StoreError::Full)) && seen == 1);
        Connection::open(store.file()).unwrap().pragma_update(None, "user_version", 99).unwrap();
        assert!(matches!(OutboxList::open(folder.path()), Err(StoreError::Newer { found: 99, .. })));
    }
}
