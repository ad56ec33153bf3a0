-- What the server must not lose. All times are epoch milliseconds, all checksums CRC-32C (see Checksums.java).

-- A room that was ever written to. Its number never changes and is never given to another room.
CREATE TABLE rooms (
  id          INTEGER PRIMARY KEY,
  type        TEXT    NOT NULL,
  name        TEXT    NOT NULL,
  generation  INTEGER NOT NULL,
  created_at  INTEGER NOT NULL,
  UNIQUE (type, name)
) STRICT;

-- Each new start of a room: 1 at first, one more when its content had to be replaced as a whole. Clients of an older
-- generation must not be merged into a newer one.
CREATE TABLE generations (
  room        INTEGER NOT NULL REFERENCES rooms (id),
  generation  INTEGER NOT NULL,
  started_at  INTEGER NOT NULL,
  source      TEXT    NOT NULL,    -- 'empty', 'seed' (made from a file), 'snapshot' (from realtime_snapshots)
  seed_hash   BLOB,                -- SHA-256 of the bytes it started from, NULL when it started empty
  PRIMARY KEY (room, generation)
) STRICT, WITHOUT ROWID;

-- The state after all entries up to and including `sequence`, as one update. At most one a generation.
CREATE TABLE base_states (
  room        INTEGER NOT NULL,
  generation  INTEGER NOT NULL,
  sequence    INTEGER NOT NULL,
  time        INTEGER NOT NULL,
  state       BLOB    NOT NULL,
  checksum    INTEGER NOT NULL,
  PRIMARY KEY (room, generation),
  FOREIGN KEY (room, generation) REFERENCES generations (room, generation)
) STRICT;

-- What was accepted since. Sequences of a generation start at 1 and have no gaps; they lie clustered by room, so that
-- loading reads neighbouring pages and compacting frees whole ones.
CREATE TABLE entries (
  room        INTEGER NOT NULL,
  generation  INTEGER NOT NULL,
  sequence    INTEGER NOT NULL,
  time        INTEGER NOT NULL,
  user        TEXT,                -- who, as the room type names people; NULL for the server itself
  session     TEXT,
  clients     BLOB    NOT NULL,    -- varUint* the client ids in the update
  data        BLOB    NOT NULL,    -- the update, V1
  checksum    INTEGER NOT NULL,
  PRIMARY KEY (room, generation, sequence)
) STRICT, WITHOUT ROWID;

-- Entries that were not what they claimed to be when a room was loaded; kept for a person to look at.
CREATE TABLE damaged_entries (
  room        INTEGER NOT NULL,
  generation  INTEGER NOT NULL,
  sequence    INTEGER NOT NULL,
  found_at    INTEGER NOT NULL,
  reason      TEXT    NOT NULL,
  time        INTEGER,
  user        TEXT,
  session     TEXT,
  clients     BLOB,
  data        BLOB,
  checksum    INTEGER,
  PRIMARY KEY (room, generation, sequence)
) STRICT, WITHOUT ROWID;
