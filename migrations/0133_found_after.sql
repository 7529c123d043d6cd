-- How long after its call a recording that had been told as missing was found: what is kept by rule is kept from the call on.
ALTER TABLE recordings ADD COLUMN found_after_ms INTEGER NOT NULL DEFAULT 0;
UPDATE recordings SET found_after_ms = max(0, sealed_at - coalesce(
    (SELECT ended_at FROM calls WHERE calls.id = recordings.call), opened_at + coalesce(duration_ms, 0)))
  WHERE was_missing = 1 AND sealed_at IS NOT NULL;
DROP INDEX recordings_kept;
CREATE INDEX recordings_kept ON recordings (sealed_at - found_after_ms) WHERE unanswered = 0 AND destroyed_at IS NULL;
DROP INDEX recordings_unanswered;
CREATE INDEX recordings_unanswered ON recordings (sealed_at - found_after_ms) WHERE unanswered = 1 AND destroyed_at IS NULL;
