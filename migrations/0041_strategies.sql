-- Steps of strategies that are over, of each case once; reminders of promises stand among them.
CREATE TABLE case_steps (
  case_id TEXT NOT NULL,
  strategy TEXT NOT NULL,
  step TEXT NOT NULL,
  party TEXT NOT NULL,
  version INTEGER NOT NULL,
  how TEXT NOT NULL,
  why TEXT NOT NULL,
  lead TEXT,
  message TEXT,
  at INTEGER NOT NULL,
  PRIMARY KEY (case_id, strategy, step)
) STRICT, WITHOUT ROWID;

-- Texts and letters: waiting, sent, or dropped.
CREATE TABLE messages (
  id TEXT PRIMARY KEY NOT NULL,
  party TEXT NOT NULL,
  case_id TEXT,
  why TEXT NOT NULL,
  channel TEXT NOT NULL,
  recipient TEXT NOT NULL,
  text TEXT NOT NULL,
  state TEXT NOT NULL,
  tries INTEGER NOT NULL,
  next_at INTEGER,
  reason TEXT,
  way TEXT,
  ref TEXT,
  queued_at INTEGER NOT NULL,
  done_at INTEGER
) STRICT;
CREATE INDEX messages_party ON messages (party, queued_at, id);
CREATE INDEX messages_waiting ON messages (next_at, id) WHERE state = 'waiting';
CREATE INDEX messages_state ON messages (state, queued_at, id);
