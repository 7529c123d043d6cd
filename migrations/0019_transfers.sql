-- Who talked to the party of a call, and when: one row a stretch. A call that was passed on has several; each agent's outcome stands in the last of theirs.
CREATE TABLE talks (
  call TEXT NOT NULL,
  agent TEXT NOT NULL,
  from_at INTEGER NOT NULL,
  to_at INTEGER,
  -- The agent gave the call away.
  passed INTEGER NOT NULL DEFAULT 0,
  disposition TEXT,
  note TEXT,
  fields TEXT,
  disposed_at INTEGER,
  PRIMARY KEY (call, agent, from_at)
) STRICT, WITHOUT ROWID;
CREATE INDEX talks_agent ON talks (agent, from_at);
CREATE INDEX talks_passed ON talks (agent, from_at) WHERE passed = 1;

INSERT INTO talks (call, agent, from_at, to_at, disposition, note, fields, disposed_at)
SELECT id, agent, connected_at, max(connected_at, ended_at), disposition, note, fields, disposed_at
FROM calls WHERE connected_at IS NOT NULL AND agent IS NOT NULL;

-- The call that this one is the outside leg of; and since when a call is on its way to its next agent.
ALTER TABLE calls ADD COLUMN of_call TEXT;
ALTER TABLE calls ADD COLUMN passed_at INTEGER;
CREATE INDEX calls_of ON calls (of_call) WHERE of_call IS NOT NULL;
