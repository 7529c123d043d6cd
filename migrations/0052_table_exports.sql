-- Tables of the records as files. The file itself lies in the data folder, sealed, and is erased after some days.
CREATE TABLE table_exports (
  id TEXT PRIMARY KEY NOT NULL,
  kind TEXT NOT NULL,
  form TEXT NOT NULL,
  language TEXT NOT NULL,
  filter TEXT NOT NULL,
  -- clear, masked
  numbers TEXT NOT NULL,
  secrets INTEGER NOT NULL,
  reason TEXT NOT NULL,
  requested_by TEXT NOT NULL,
  requested_at INTEGER NOT NULL,
  -- running, finished, cancelled, failed
  state TEXT NOT NULL,
  ended_at INTEGER,
  "rows" INTEGER NOT NULL DEFAULT 0,
  bytes INTEGER NOT NULL DEFAULT 0,
  sha256 TEXT,
  trouble TEXT,
  downloads INTEGER NOT NULL DEFAULT 0,
  erased_at INTEGER
) STRICT;
CREATE INDEX table_exports_requested ON table_exports (requested_at, id);
