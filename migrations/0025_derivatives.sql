-- A recording's smaller form, what became of its files by policy, and the sound that it lacks: projections of recording.derived, .underivable,
-- .sourceRemoved, .destroyed and .sealed.
ALTER TABLE recordings ADD COLUMN derived_at INTEGER;
ALTER TABLE recordings ADD COLUMN derived_path TEXT;
ALTER TABLE recordings ADD COLUMN derived_sha256 TEXT;
ALTER TABLE recordings ADD COLUMN derived_bytes INTEGER;
-- Why there is no smaller form; it is not tried again.
ALTER TABLE recordings ADD COLUMN underivable TEXT;
ALTER TABLE recordings ADD COLUMN source_removed_at INTEGER;
ALTER TABLE recordings ADD COLUMN destroyed_at INTEGER;
ALTER TABLE recordings ADD COLUMN lost_ms INTEGER NOT NULL DEFAULT 0;
-- Where in it sound was lost: JSON, [[from, for], …] in ms.
ALTER TABLE recordings ADD COLUMN lost TEXT;
-- 'consultation': of the talk between those who look after the party, who hears none of it.
ALTER TABLE recordings ADD COLUMN kind TEXT NOT NULL DEFAULT 'call';
UPDATE recordings SET lost_ms = coalesce((SELECT round(json_extract(body, '$.lostMs')) FROM journal
  WHERE type = 'recording.sealed' AND json_extract(body, '$.lostMs') IS NOT NULL AND json_extract(body, '$.recording') = recordings.id
  ORDER BY seq LIMIT 1), 0)
  WHERE id IN (SELECT json_extract(body, '$.recording') FROM journal WHERE type = 'recording.sealed' AND json_extract(body, '$.lostMs') IS NOT NULL);
-- Of a call that nobody answered: such recordings may go earlier.
ALTER TABLE recordings ADD COLUMN unanswered INTEGER NOT NULL DEFAULT 0;
UPDATE recordings SET unanswered = 1
  WHERE sealed_at IS NOT NULL AND EXISTS (SELECT 1 FROM calls WHERE calls.id = recordings.call AND calls.answered_at IS NULL);
CREATE INDEX recordings_underived ON recordings (sealed_at)
  WHERE sealed_at IS NOT NULL AND derived_at IS NULL AND underivable IS NULL AND destroyed_at IS NULL;
CREATE INDEX recordings_lost ON recordings (opened_at) WHERE lost_ms > 0;
CREATE INDEX recordings_twofold ON recordings (sealed_at)
  WHERE derived_at IS NOT NULL AND source_removed_at IS NULL AND destroyed_at IS NULL;
CREATE INDEX recordings_unanswered ON recordings (sealed_at) WHERE unanswered = 1 AND destroyed_at IS NULL;
CREATE INDEX recordings_removed ON recordings (coalesce(destroyed_at, source_removed_at))
  WHERE coalesce(destroyed_at, source_removed_at) IS NOT NULL;
