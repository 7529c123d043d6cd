-- Why a recording is missing, by a name that pages have words for. What was told before has its reason alone.
ALTER TABLE recordings ADD COLUMN missing_cause TEXT;
