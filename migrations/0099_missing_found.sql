-- A recording that was told as missing, and whose file was there after all. Those that are missing are looked for again, newest first.
ALTER TABLE recordings ADD COLUMN was_missing INTEGER NOT NULL DEFAULT 0;
CREATE INDEX recordings_missing ON recordings (opened_at, id) WHERE sealed_at IS NULL AND missing_reason IS NOT NULL;
