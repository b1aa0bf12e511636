-- Tickets, their trail, the people behind them, and what the platform is still to be told.
-- Times are milliseconds since 1970, UTC. Ids are the 16 bytes of a UUIDv7.

CREATE TABLE meta (
    name  TEXT PRIMARY KEY,
    value BLOB NOT NULL
) STRICT;

-- The only place where a person stands, sealed. Erasing empties lookup and sealed and leaves every other row as it is.
-- A row never changes: an event that was sent goes out again just as it was. Who typed the number first and lays the
-- card later gets a second row with the name, which points at the first.
CREATE TABLE person (
    id      INTEGER PRIMARY KEY,
    day     TEXT NOT NULL,
    lookup  BLOB,          -- keyed hash of the identity number; empty once erased, and in a second row
    sealed  BLOB,          -- nonce, ciphertext, tag; empty once erased
    named   INTEGER NOT NULL,
    same_as INTEGER REFERENCES person (id),
    UNIQUE (day, lookup)
) STRICT;
CREATE UNIQUE INDEX person_same_as ON person (same_as) WHERE same_as IS NOT NULL;

CREATE TABLE ticket (
    id           BLOB PRIMARY KEY,
    day          TEXT    NOT NULL,
    class        TEXT    NOT NULL,
    number       INTEGER NOT NULL,
    width        INTEGER NOT NULL,
    state        TEXT    NOT NULL,
    channel      TEXT    NOT NULL,
    priorities   TEXT    NOT NULL,  -- words, joined by a blank
    people_ahead INTEGER NOT NULL,
    code         TEXT    NOT NULL UNIQUE,
    person       INTEGER REFERENCES person (id),
    print        TEXT,
    reserved_at  INTEGER NOT NULL,
    UNIQUE (day, class, number)     -- no number twice in a business day
) STRICT, WITHOUT ROWID;

-- A resident has one live ticket a class.
CREATE UNIQUE INDEX ticket_one_live ON ticket (day, class, person)
    WHERE person IS NOT NULL AND state IN ('reserved', 'issued');
-- Spelled with OR: so the planner sees that `state = 'issued'` lies within it.
CREATE INDEX ticket_open ON ticket (state, day, class)
    WHERE state = 'reserved' OR state = 'issued' OR state = 'unconfirmed';
CREATE INDEX ticket_issued ON ticket (day, class) WHERE print IS NOT NULL;

-- Every change of a ticket, appended.
CREATE TABLE trail (
    id     INTEGER PRIMARY KEY,
    ticket BLOB    NOT NULL REFERENCES ticket (id),
    at     INTEGER NOT NULL,
    act    TEXT    NOT NULL,
    who    TEXT    NOT NULL,
    why    TEXT
) STRICT;
CREATE INDEX trail_ticket ON trail (ticket);

CREATE TABLE outbox (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    event    BLOB    NOT NULL UNIQUE,
    subject  TEXT    NOT NULL,
    seq      INTEGER NOT NULL,
    kind     TEXT    NOT NULL,
    at       TEXT    NOT NULL,      -- RFC 3339 with the site's offset, as it goes out
    body     TEXT    NOT NULL,      -- JSON without the resident
    person   INTEGER REFERENCES person (id),
    state    TEXT    NOT NULL DEFAULT 'waiting',
    reason   TEXT,
    UNIQUE (subject, seq)
) STRICT;
CREATE INDEX outbox_waiting ON outbox (position) WHERE state = 'waiting';
CREATE INDEX outbox_dead ON outbox (position) WHERE state = 'dead';

CREATE TRIGGER ticket_is_kept BEFORE DELETE ON ticket BEGIN SELECT RAISE(ABORT, 'tickets are kept'); END;
CREATE TRIGGER trail_is_kept BEFORE DELETE ON trail BEGIN SELECT RAISE(ABORT, 'the trail is kept'); END;
CREATE TRIGGER trail_is_fixed BEFORE UPDATE ON trail BEGIN SELECT RAISE(ABORT, 'the trail is fixed'); END;
CREATE TRIGGER outbox_is_kept BEFORE DELETE ON outbox BEGIN SELECT RAISE(ABORT, 'events are kept'); END;
CREATE TRIGGER person_is_kept BEFORE DELETE ON person BEGIN SELECT RAISE(ABORT, 'person rows are emptied, not deleted'); END;
