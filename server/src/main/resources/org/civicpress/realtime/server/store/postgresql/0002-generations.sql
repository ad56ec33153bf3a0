-- The same as ../sqlite/0002-generations.sql, which explains it.
ALTER TABLE generations ADD COLUMN abandoned     BYTEA;
ALTER TABLE generations ADD COLUMN body_intended BYTEA;
ALTER TABLE generations ADD COLUMN body_written  BYTEA;
ALTER TABLE generations ADD COLUMN checksum      BIGINT;

CREATE TABLE proposals (
  id          TEXT    PRIMARY KEY,
  room        BIGINT  NOT NULL REFERENCES rooms (id),
  generation  BIGINT  NOT NULL,
  time        BIGINT  NOT NULL,
  "user"      TEXT,
  reason      TEXT    NOT NULL,
  state       BYTEA   NOT NULL,
  checksum    BIGINT  NOT NULL
);

CREATE INDEX proposals_by_room ON proposals (room, time);
