-- Screens on the wall that show the wallboard with nobody signed in: who made each, of which team (none: all that its maker sees), and what became of it.
CREATE TABLE walls (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  team TEXT,
  made_by TEXT NOT NULL,
  made_at INTEGER NOT NULL,
  linked_at INTEGER NOT NULL,
  opened_at INTEGER,
  opened_from TEXT,
  revoked_at INTEGER
) STRICT;
-- When and from where each was seen last: no fact, and so no projection.
CREATE TABLE wall_seen (
  wall TEXT PRIMARY KEY,
  seen_at INTEGER NOT NULL,
  address TEXT NOT NULL
) STRICT;
