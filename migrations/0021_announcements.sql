-- Recordings of what networks say before the answer: sent by a person, or first heard on a call and waiting for somebody to label them.
CREATE TABLE announcements (
  id TEXT NOT NULL PRIMARY KEY,
  label TEXT,
  language TEXT NOT NULL,
  words TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  bytes INTEGER NOT NULL,
  duration_ms INTEGER NOT NULL,
  call TEXT,
  saved_at INTEGER NOT NULL,
  saved_by TEXT NOT NULL,
  heard INTEGER NOT NULL DEFAULT 0,
  heard_at INTEGER
) STRICT, WITHOUT ROWID;

ALTER TABLE calls ADD COLUMN announced TEXT;
ALTER TABLE calls ADD COLUMN judged TEXT;
