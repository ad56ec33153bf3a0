-- What the server must not lose; the tables are explained beside ../sqlite/0001-journal.sql.

-- Which server took the journal last; one row (see PostgresDatabase.java).
CREATE TABLE journal_owner (
  token       TEXT    NOT NULL,
  server      TEXT    NOT NULL,    -- for a person: its process, and from where it comes
  since       BIGINT  NOT NULL,
  batch       BIGINT  NOT NULL     -- its last transaction
);

CREATE TABLE rooms (
  id          BIGINT  PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
  type        TEXT    NOT NULL,
  name        TEXT    NOT NULL,
  generation  BIGINT  NOT NULL,
  created_at  BIGINT  NOT NULL,
  UNIQUE (type, name)
);

CREATE TABLE generations (
  room        BIGINT  NOT NULL REFERENCES rooms (id),
  generation  BIGINT  NOT NULL,
  started_at  BIGINT  NOT NULL,
  source      TEXT    NOT NULL,
  seed_hash   BYTEA,
  PRIMARY KEY (room, generation)
);

CREATE TABLE base_states (
  room        BIGINT  NOT NULL,
  generation  BIGINT  NOT NULL,
  sequence    BIGINT  NOT NULL,
  time        BIGINT  NOT NULL,
  state       BYTEA   NOT NULL,
  checksum    BIGINT  NOT NULL,
  PRIMARY KEY (room, generation),
  FOREIGN KEY (room, generation) REFERENCES generations (room, generation)
);

CREATE TABLE entries (
  room        BIGINT  NOT NULL,
  generation  BIGINT  NOT NULL,
  sequence    BIGINT  NOT NULL,
  time        BIGINT  NOT NULL,
  "user"      TEXT,
  session     TEXT,
  clients     BYTEA   NOT NULL,
  data        BYTEA   NOT NULL,
  checksum    BIGINT  NOT NULL,
  PRIMARY KEY (room, generation, sequence)
);

CREATE TABLE damaged_entries (
  room        BIGINT  NOT NULL,
  generation  BIGINT  NOT NULL,
  sequence    BIGINT  NOT NULL,
  found_at    BIGINT  NOT NULL,
  reason      TEXT    NOT NULL,
  time        BIGINT,
  "user"      TEXT,
  session     TEXT,
  clients     BYTEA,
  data        BYTEA,
  checksum    BIGINT,
  PRIMARY KEY (room, generation, sequence)
);
