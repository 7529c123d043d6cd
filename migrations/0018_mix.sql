-- Who listened to which call, when, how and why: a row for each stretch in one mode.
CREATE TABLE supervisions (
  seq INTEGER PRIMARY KEY,
  call TEXT NOT NULL,
  agent TEXT NOT NULL,
  supervisor TEXT NOT NULL,
  mode TEXT NOT NULL,
  reason TEXT NOT NULL,
  from_at INTEGER NOT NULL,
  until_at INTEGER,
  cause TEXT
) STRICT;
CREATE INDEX supervisions_call ON supervisions (call);
CREATE INDEX supervisions_open ON supervisions (supervisor) WHERE until_at IS NULL;
