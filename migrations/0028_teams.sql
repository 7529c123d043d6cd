-- Who works together, and who leads them.
CREATE TABLE teams (
  id TEXT PRIMARY KEY NOT NULL,
  name TEXT NOT NULL UNIQUE,
  doc TEXT NOT NULL,
  saved_at INTEGER NOT NULL
) STRICT;
