-- The gate: the centre's own policies in all their versions, people whom no channel may reach, what caps by debt and consent need.
CREATE TABLE policies (
  id TEXT NOT NULL,
  version TEXT NOT NULL,
  doc TEXT NOT NULL,
  saved_at INTEGER NOT NULL,
  saved_by TEXT NOT NULL,
  PRIMARY KEY (id, version)
) STRICT, WITHOUT ROWID;

CREATE TABLE party_stops (
  party TEXT NOT NULL,
  kind TEXT NOT NULL,
  reason TEXT NOT NULL,
  until INTEGER,
  added_at INTEGER NOT NULL,
  PRIMARY KEY (party, kind)
) STRICT, WITHOUT ROWID;

ALTER TABLE calls ADD COLUMN debt TEXT;
CREATE INDEX calls_out ON calls (started_at) WHERE direction = 'out';
ALTER TABLE attempts ADD COLUMN override TEXT;
ALTER TABLE leads ADD COLUMN consent TEXT;
ALTER TABLE leads ADD COLUMN debt TEXT;
