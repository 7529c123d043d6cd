-- Four eyes: what one person asked for and another has to approve, and who answers for a token.
CREATE TABLE approvals (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  subject TEXT NOT NULL,
  about TEXT NOT NULL,
  approver TEXT NOT NULL,
  reason TEXT NOT NULL,
  asked_by TEXT,
  actor TEXT NOT NULL,
  asked_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  state TEXT NOT NULL,
  decided_by TEXT,
  decided_at INTEGER,
  why TEXT
) STRICT;
CREATE INDEX approvals_state ON approvals (state, asked_at);
CREATE INDEX approvals_subject ON approvals (kind, subject);
ALTER TABLE tokens ADD COLUMN issued_by TEXT;
ALTER TABLE tokens ADD COLUMN approved_by TEXT;
UPDATE tokens SET issued_by = (
  SELECT substr(actor, 6) FROM journal
  WHERE type = 'token.issued' AND actor LIKE 'user:%' AND json_extract(body, '$.token') = tokens.id
);
