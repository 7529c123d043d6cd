-- What each campaign's dialler saw and did, once a minute: why it held back, and what a day is replayed from.
CREATE TABLE pacing_log (
  seq INTEGER PRIMARY KEY NOT NULL,
  at INTEGER NOT NULL,
  campaign TEXT NOT NULL,
  agents INTEGER NOT NULL,
  free INTEGER NOT NULL,
  ringing INTEGER NOT NULL,
  waiting INTEGER NOT NULL,
  answer_chance REAL NOT NULL,
  risk REAL NOT NULL,
  theta REAL NOT NULL,
  limiter TEXT NOT NULL,
  answered INTEGER NOT NULL,
  abandoned INTEGER NOT NULL
) STRICT;
CREATE INDEX pacing_log_campaign ON pacing_log (campaign, at);
