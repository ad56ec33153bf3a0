-- What a generation has to know of those before it, and of the file that follows the room.
ALTER TABLE generations ADD COLUMN abandoned     BLOB;     -- what older ones held and it does not (Abandoned.java)
ALTER TABLE generations ADD COLUMN body_intended BLOB;     -- SHA-256 of the body that is being written
ALTER TABLE generations ADD COLUMN body_written  BLOB;     -- SHA-256 of the body that was written last
ALTER TABLE generations ADD COLUMN checksum      INTEGER;  -- NULL in a row that has none of these

-- What was written in an older generation and waits for a person to apply or drop it.
CREATE TABLE proposals (
  id          TEXT    PRIMARY KEY,
  room        INTEGER NOT NULL REFERENCES rooms (id),
  generation  INTEGER NOT NULL,    -- the room's own when it was kept
  time        INTEGER NOT NULL,
  user        TEXT,                -- as in entries
  reason      TEXT    NOT NULL,    -- 'stale', 'replaced'
  state       BLOB    NOT NULL,    -- the whole document, V1
  checksum    INTEGER NOT NULL
) STRICT;

CREATE INDEX proposals_by_room ON proposals (room, time);
