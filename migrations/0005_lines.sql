-- How each line (a trunk and a caller ID shown on it) did, by the hour in which its calls were dialled; and where mobile numbers are at home.
CREATE TABLE line_hours (
  hour_at INTEGER NOT NULL,
  trunk TEXT NOT NULL,
  caller_id TEXT NOT NULL,
  dialled INTEGER NOT NULL DEFAULT 0,
  outcomes INTEGER NOT NULL DEFAULT 0,
  answered INTEGER NOT NULL DEFAULT 0,
  connected INTEGER NOT NULL DEFAULT 0,
  short INTEGER NOT NULL DEFAULT 0,
  delays INTEGER NOT NULL DEFAULT 0,
  delay_ms INTEGER NOT NULL DEFAULT 0,
  talk_ms INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (hour_at, trunk, caller_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE line_results (
  hour_at INTEGER NOT NULL,
  trunk TEXT NOT NULL,
  caller_id TEXT NOT NULL,
  result TEXT NOT NULL,
  calls INTEGER NOT NULL,
  PRIMARY KEY (hour_at, trunk, caller_id, result)
) STRICT, WITHOUT ROWID;

CREATE TABLE attributions (
  prefix INTEGER PRIMARY KEY NOT NULL,
  area INTEGER NOT NULL
) STRICT;
