-- The lender's own recordings, in all their versions; one is said from the moment at which a person who heard it puts it to use.
CREATE TABLE phrases (
  name TEXT NOT NULL,
  version INTEGER NOT NULL,
  words TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  bytes INTEGER NOT NULL,
  duration_ms INTEGER NOT NULL,
  saved_at INTEGER NOT NULL,
  saved_by TEXT NOT NULL,
  used_at INTEGER,
  used_by TEXT,
  used_seq INTEGER,
  PRIMARY KEY (name, version)
) STRICT, WITHOUT ROWID;

CREATE TABLE phrase_hearings (
  name TEXT NOT NULL,
  version INTEGER NOT NULL,
  actor TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (name, version, actor)
) STRICT, WITHOUT ROWID;
