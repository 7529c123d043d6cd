-- Why there is no smaller form of a recording, by a name that pages have words for. What was told before has its reason alone.
ALTER TABLE recordings ADD COLUMN underivable_cause TEXT;
