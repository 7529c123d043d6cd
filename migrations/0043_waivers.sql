-- Waivers: what they took off stands among the allocations, under the waiver's id.
CREATE TABLE waivers (
  id TEXT PRIMARY KEY NOT NULL,
  party TEXT NOT NULL,
  loan TEXT NOT NULL,
  amount INTEGER NOT NULL,
  currency TEXT NOT NULL,
  components TEXT NOT NULL,
  reason TEXT NOT NULL,
  asked_by TEXT NOT NULL,
  state TEXT NOT NULL,
  decided_by TEXT,
  decided_reason TEXT,
  asked_at INTEGER NOT NULL,
  decided_at INTEGER
) STRICT;
CREATE INDEX waivers_party ON waivers (party, asked_at, id);
CREATE INDEX waivers_state ON waivers (state, asked_at, id);

-- Disputes and complaints, with their clocks.
CREATE TABLE complaints (
  id TEXT PRIMARY KEY NOT NULL,
  party TEXT NOT NULL,
  kind TEXT NOT NULL,
  text TEXT NOT NULL,
  source TEXT NOT NULL,
  opened_on TEXT NOT NULL,
  due_on TEXT NOT NULL,
  state TEXT NOT NULL,
  extended_reason TEXT,
  resolution TEXT,
  opened_at INTEGER NOT NULL,
  resolved_at INTEGER
) STRICT;
CREATE INDEX complaints_party ON complaints (party, opened_at, id);
CREATE INDEX complaints_due ON complaints (state, due_on, id);

-- When a promise of the party was broken last, where no new one was made since: such a case comes first.
ALTER TABLE cases ADD COLUMN broken_at INTEGER;
UPDATE cases SET broken_at = (SELECT max(judged_at) FROM promises AS p WHERE p.party = cases.party AND p.state IN ('BROKEN', 'PARTIAL')
  AND NOT EXISTS (SELECT 1 FROM promises AS later WHERE later.party = p.party AND later.id <> p.id AND later.made_at >= p.judged_at));
CREATE INDEX cases_broken ON cases (broken_at, id);
