-- The technician's PIN, and what staff did.

-- One row at most. The hash is argon2id over a keyed hash of the digits, whose key is made from the store's key: who has
-- this file alone can't try PINs.
CREATE TABLE pin (
    id         INTEGER PRIMARY KEY CHECK (id = 1),
    salt       BLOB    NOT NULL,
    hash       BLOB    NOT NULL,
    memory_kib INTEGER NOT NULL,
    passes     INTEGER NOT NULL,
    failures   INTEGER NOT NULL DEFAULT 0   -- in a row; counted before each try, so that no power cut forgets one
) STRICT;

-- What staff did at the service menu, appended; no personal data. Kept at least six months.
CREATE TABLE audit (
    id    INTEGER PRIMARY KEY,
    at    INTEGER NOT NULL,
    who   TEXT    NOT NULL,
    act   TEXT    NOT NULL,
    about TEXT,                             -- a ticket's subject, a device, an instant
    trail INTEGER NOT NULL                  -- the trail's last line before it: the two stand in one order
) STRICT;
CREATE INDEX audit_clock ON audit (id) WHERE act = 'clock';

CREATE TRIGGER audit_is_kept BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit is kept'); END;
CREATE TRIGGER audit_is_fixed BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit is fixed'); END;
