-- Agencies, and cases placed with them as batches. A case has one holder: the index allows one placement of it at a time.
ALTER TABLE cases ADD COLUMN agency TEXT;
ALTER TABLE cases ADD COLUMN placed TEXT;
CREATE INDEX cases_agency ON cases (agency, agent, id) WHERE agency IS NOT NULL;

CREATE TABLE agencies (
  id TEXT PRIMARY KEY NOT NULL,
  name TEXT NOT NULL,
  state TEXT NOT NULL,
  doc TEXT NOT NULL,
  saved_at INTEGER NOT NULL,
  removed_at INTEGER
) STRICT;
CREATE UNIQUE INDEX agencies_name ON agencies (name) WHERE removed_at IS NULL;

CREATE TABLE agency_batches (
  id TEXT PRIMARY KEY NOT NULL,
  agency TEXT NOT NULL,
  state TEXT NOT NULL,
  until TEXT NOT NULL,
  doc TEXT NOT NULL,
  reason TEXT,
  opened_by TEXT NOT NULL,
  opened_at INTEGER NOT NULL,
  placed_at INTEGER,
  ended_at INTEGER
) STRICT;
CREATE INDEX agency_batches_agency ON agency_batches (agency, opened_at, id);
CREATE INDEX agency_batches_state ON agency_batches (state, until, id);

CREATE TABLE placements (
  batch TEXT NOT NULL,
  case_id TEXT NOT NULL,
  agency TEXT NOT NULL,
  party TEXT NOT NULL,
  state TEXT NOT NULL,
  agent TEXT,
  owed INTEGER NOT NULL,
  currency TEXT NOT NULL,
  why TEXT,
  placed_at INTEGER,
  ended_at INTEGER,
  PRIMARY KEY (batch, case_id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX placements_holder ON placements (case_id) WHERE state = 'PLACED';
CREATE INDEX placements_agency ON placements (agency, state);
CREATE INDEX placements_party ON placements (party, placed_at);

CREATE TABLE batch_exports (
  seq INTEGER PRIMARY KEY NOT NULL,
  batch TEXT NOT NULL,
  format TEXT NOT NULL,
  rows INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  sha256 TEXT NOT NULL,
  reason TEXT NOT NULL,
  actor TEXT NOT NULL,
  at INTEGER NOT NULL
) STRICT;
CREATE INDEX batch_exports_batch ON batch_exports (batch, seq);
