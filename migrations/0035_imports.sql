-- Files that are read into the records. The file itself and what came back of it lie in the data folder.
CREATE TABLE file_imports (
  id TEXT PRIMARY KEY NOT NULL,
  kind TEXT NOT NULL,
  -- Of leads: whose they become.
  campaign TEXT,
  name TEXT NOT NULL,
  bytes INTEGER NOT NULL,
  sha256 TEXT NOT NULL,
  -- Who sent it.
  received_by TEXT NOT NULL,
  received_at INTEGER NOT NULL,
  -- received, running, finished, cancelled, failed
  state TEXT NOT NULL,
  mapping TEXT,
  started_at INTEGER,
  ended_at INTEGER,
  "rows" INTEGER NOT NULL DEFAULT 0,
  saved INTEGER NOT NULL DEFAULT 0,
  unchanged INTEGER NOT NULL DEFAULT 0,
  rejected INTEGER NOT NULL DEFAULT 0,
  trouble TEXT
) STRICT;
CREATE INDEX file_imports_received ON file_imports (received_at, id);

-- What the columns of a lender's files are, so that nobody says it twice.
CREATE TABLE import_mappings (
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  headings TEXT NOT NULL,
  mapping TEXT NOT NULL,
  saved_at INTEGER NOT NULL,
  PRIMARY KEY (kind, name)
) STRICT;
