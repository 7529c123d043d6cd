-- Agents who asked for help on a call: when, who came and how soon, how it ended.
CREATE TABLE appeals (
  seq INTEGER PRIMARY KEY,
  call TEXT NOT NULL,
  agent TEXT NOT NULL,
  reason TEXT NOT NULL,
  asked_at INTEGER NOT NULL,
  taken_by TEXT,
  waited_ms INTEGER,
  ended_at INTEGER,
  how TEXT,
  ended_by TEXT
) STRICT;
CREATE INDEX appeals_call ON appeals (call);
CREATE INDEX appeals_asked ON appeals (asked_at);
CREATE INDEX appeals_open ON appeals (call) WHERE ended_at IS NULL;
