-- Voice menus: what callers hear, and where each key leads.
CREATE TABLE menus (
  id TEXT PRIMARY KEY NOT NULL,
  name TEXT NOT NULL COLLATE NOCASE,
  doc TEXT NOT NULL,
  saved_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX menus_name ON menus (name);
