-- Trunks in the order in which a call tries them, and what each call tried before the trunk that it went out on.
CREATE TABLE trunk_groups (
  id TEXT PRIMARY KEY NOT NULL,
  name TEXT NOT NULL,
  doc TEXT NOT NULL,
  saved_at INTEGER NOT NULL
) STRICT;

ALTER TABLE calls ADD COLUMN trunk_tries TEXT;
