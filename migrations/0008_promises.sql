-- A callback stays open until someone was talked to or a person closes it: how often it was tried, what came of it, when it is tried again.
ALTER TABLE callbacks ADD COLUMN tries INTEGER NOT NULL DEFAULT 0;
ALTER TABLE callbacks ADD COLUMN last_result TEXT;
ALTER TABLE callbacks ADD COLUMN next_at INTEGER;
ALTER TABLE callbacks ADD COLUMN close_reason TEXT;
