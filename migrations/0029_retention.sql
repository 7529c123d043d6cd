-- What must not be destroyed whatever its age, by whose word and why; and of what was destroyed: by which rule, and since when no file of it is left.
CREATE TABLE legal_holds (
  id TEXT PRIMARY KEY NOT NULL,
  -- 'recording', 'call' or 'party' (the lender's reference).
  kind TEXT NOT NULL,
  target TEXT NOT NULL,
  reason TEXT NOT NULL,
  placed_by TEXT NOT NULL,
  placed_at INTEGER NOT NULL,
  lifted_by TEXT,
  lifted_at INTEGER,
  lifted_reason TEXT
) STRICT;
CREATE UNIQUE INDEX legal_holds_open ON legal_holds (kind, target) WHERE lifted_at IS NULL;
CREATE INDEX legal_holds_placed ON legal_holds (placed_at);
ALTER TABLE recordings ADD COLUMN destroyed_by TEXT;
ALTER TABLE recordings ADD COLUMN erased_at INTEGER;
UPDATE recordings SET destroyed_by = (SELECT json_object('reason', json_extract(body, '$.reason'), 'days', json_extract(body, '$.days'))
  FROM journal WHERE type = 'recording.destroyed' AND json_extract(body, '$.recording') = recordings.id ORDER BY seq LIMIT 1)
  WHERE destroyed_at IS NOT NULL;
CREATE INDEX recordings_unerased ON recordings (destroyed_at) WHERE destroyed_at IS NOT NULL AND erased_at IS NULL;
CREATE INDEX recordings_kept ON recordings (sealed_at) WHERE unanswered = 0 AND destroyed_at IS NULL;
