-- Who answered, as an agent or an auditor heard it: beside what the sound was judged to be, so that the judgement can be measured.
ALTER TABLE calls ADD COLUMN told TEXT;
CREATE INDEX calls_told ON calls (started_at) WHERE told IS NOT NULL;
CREATE INDEX calls_judged ON calls (started_at) WHERE judged IS NOT NULL;
