-- What cases are listed and dealt by stands with them: since when and how much is owed of their party's loans, of which product the oldest is, and by
-- which rule and group they were assigned last.
ALTER TABLE cases ADD COLUMN oldest_due_on TEXT;
ALTER TABLE cases ADD COLUMN owed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE cases ADD COLUMN product TEXT;
ALTER TABLE cases ADD COLUMN rule TEXT;
ALTER TABLE cases ADD COLUMN rule_group TEXT;
ALTER TABLE cases ADD COLUMN assigned_at INTEGER;
UPDATE cases SET
  oldest_due_on = (SELECT min(oldest_due_on) FROM loans WHERE loans.party = cases.party),
  owed = coalesce((SELECT sum(owed) FROM loans WHERE loans.party = cases.party), 0),
  product = (SELECT product FROM loans WHERE loans.party = cases.party AND oldest_due_on IS NOT NULL ORDER BY oldest_due_on, ref LIMIT 1);
CREATE INDEX cases_owed ON cases (owed, id);
CREATE INDEX cases_due ON cases (oldest_due_on, id);
CREATE INDEX cases_changed ON cases (changed_at, id);
CREATE INDEX cases_group ON cases (rule, rule_group) WHERE rule IS NOT NULL;

-- The daily work, done once a day: what it came to.
CREATE TABLE lender_days (
  day TEXT PRIMARY KEY NOT NULL,
  opened INTEGER NOT NULL,
  judged INTEGER NOT NULL,
  settled INTEGER NOT NULL,
  assigned INTEGER NOT NULL,
  done_at INTEGER NOT NULL
) STRICT;
