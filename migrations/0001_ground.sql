-- The journal and every table it projects. Instants are Unix milliseconds; documents are JSON text.
CREATE TABLE journal (
  seq INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  actor TEXT NOT NULL,
  type TEXT NOT NULL,
  body TEXT NOT NULL,
  digest BLOB NOT NULL CHECK (length(digest) = 32),
  hash BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;
CREATE INDEX journal_at ON journal (at);
CREATE INDEX journal_type ON journal (type, seq);
CREATE INDEX journal_call ON journal (json_extract(body, '$.call'), seq) WHERE json_extract(body, '$.call') IS NOT NULL;
CREATE INDEX journal_recording ON journal (json_extract(body, '$.recording'), seq)
  WHERE type IN ('recording.listened', 'recording.opened', 'recording.sealed', 'recording.missing');

-- Append-only, without a gap: what was written can be neither changed nor left out.
CREATE TRIGGER journal_no_update BEFORE UPDATE ON journal
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER journal_no_delete BEFORE DELETE ON journal
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER journal_no_gap BEFORE INSERT ON journal
WHEN NEW.seq <> (SELECT coalesce(max(seq), 0) + 1 FROM journal)
BEGIN SELECT RAISE(ABORT, 'the journal has no gaps'); END;

CREATE TABLE users (
  id TEXT PRIMARY KEY NOT NULL,
  name TEXT NOT NULL COLLATE NOCASE,
  extension TEXT,
  role TEXT NOT NULL,
  enabled INTEGER NOT NULL,
  doc TEXT NOT NULL,
  failed_sign_ins INTEGER NOT NULL DEFAULT 0,
  locked_until INTEGER,
  password_set_at INTEGER,
  sip_password_set_at INTEGER,
  saved_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX users_name ON users (name);
CREATE UNIQUE INDEX users_extension ON users (extension);

CREATE TABLE trunks (
  id TEXT PRIMARY KEY NOT NULL,
  name TEXT NOT NULL COLLATE NOCASE,
  doc TEXT NOT NULL,
  state TEXT,
  state_reason TEXT,
  state_at INTEGER,
  password_set_at INTEGER,
  saved_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX trunks_name ON trunks (name);

CREATE TABLE numbers (
  id TEXT PRIMARY KEY NOT NULL,
  number TEXT NOT NULL,
  doc TEXT NOT NULL,
  saved_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX numbers_number ON numbers (number);

CREATE TABLE queues (
  id TEXT PRIMARY KEY NOT NULL,
  name TEXT NOT NULL COLLATE NOCASE,
  doc TEXT NOT NULL,
  saved_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX queues_name ON queues (name);

CREATE TABLE campaigns (
  id TEXT PRIMARY KEY NOT NULL,
  name TEXT NOT NULL COLLATE NOCASE,
  state TEXT NOT NULL,
  doc TEXT NOT NULL,
  saved_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX campaigns_name ON campaigns (name);

CREATE TABLE leads (
  id TEXT PRIMARY KEY NOT NULL,
  campaign TEXT NOT NULL,
  ref TEXT NOT NULL,
  name TEXT NOT NULL,
  phones TEXT NOT NULL,
  fields TEXT NOT NULL,
  state TEXT NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0,
  due_at INTEGER,
  callback TEXT,
  callback_agent TEXT,
  agent TEXT,
  import TEXT NOT NULL,
  last_call TEXT,
  reason TEXT,
  added_at INTEGER NOT NULL,
  changed_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX leads_ref ON leads (campaign, ref);
CREATE INDEX leads_due ON leads (campaign, state, due_at, id);
CREATE INDEX leads_page ON leads (campaign, id);
CREATE INDEX leads_in_hand ON leads (id) WHERE state = 'in_call';
CREATE INDEX leads_callback ON leads (callback) WHERE callback IS NOT NULL;

CREATE TABLE lead_phones (
  number TEXT NOT NULL,
  lead TEXT NOT NULL REFERENCES leads (id) ON DELETE CASCADE,
  relation TEXT NOT NULL,
  PRIMARY KEY (number, lead)
) STRICT, WITHOUT ROWID;
CREATE INDEX lead_phones_lead ON lead_phones (lead);

CREATE TABLE suppressions (
  number TEXT PRIMARY KEY NOT NULL,
  reason TEXT NOT NULL,
  until INTEGER,
  added_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE callbacks (
  id TEXT PRIMARY KEY NOT NULL,
  at INTEGER NOT NULL,
  number TEXT NOT NULL,
  agent TEXT,
  campaign TEXT,
  lead TEXT,
  queue TEXT,
  reason TEXT NOT NULL,
  scheduled_at INTEGER NOT NULL,
  closed_at INTEGER,
  how TEXT
) STRICT;
CREATE INDEX callbacks_due ON callbacks (closed_at, at, id);

CREATE TABLE calls (
  id TEXT PRIMARY KEY NOT NULL,
  direction TEXT NOT NULL,
  mode TEXT,
  campaign TEXT,
  lead TEXT,
  party TEXT,
  name TEXT,
  relation TEXT,
  queue TEXT,
  agent TEXT,
  trunk TEXT,
  number TEXT NOT NULL,
  our_number TEXT,
  started_at INTEGER NOT NULL,
  ringing_at INTEGER,
  early_at INTEGER,
  answered_at INTEGER,
  queued_at INTEGER,
  connected_at INTEGER,
  ended_at INTEGER,
  abandoned_at INTEGER,
  waited_ms INTEGER,
  held_at INTEGER,
  hold_ms INTEGER NOT NULL DEFAULT 0,
  ending TEXT,
  result TEXT,
  announcement TEXT,
  disposition TEXT,
  note TEXT,
  fields TEXT,
  disposed_at INTEGER,
  recording TEXT,
  recording_missing TEXT
) STRICT;
CREATE INDEX calls_started ON calls (started_at, id);
CREATE INDEX calls_agent ON calls (agent, started_at, id);
CREATE INDEX calls_number ON calls (number, started_at, id);
CREATE INDEX calls_campaign ON calls (campaign, started_at, id);
CREATE INDEX calls_lead ON calls (lead, started_at);
CREATE INDEX calls_in_flight ON calls (id) WHERE ended_at IS NULL;

CREATE TABLE attempts (
  seq INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  campaign TEXT,
  lead TEXT,
  agent TEXT,
  number TEXT NOT NULL,
  call TEXT,
  policy TEXT,
  version TEXT,
  rules TEXT,
  refused_rule TEXT,
  words TEXT
) STRICT;
CREATE INDEX attempts_number ON attempts (number, at);
CREATE INDEX attempts_at ON attempts (at);

CREATE TABLE recordings (
  id TEXT PRIMARY KEY NOT NULL,
  call TEXT NOT NULL,
  path TEXT NOT NULL,
  opened_at INTEGER NOT NULL,
  sealed_at INTEGER,
  sha256 TEXT,
  bytes INTEGER,
  duration_ms INTEGER,
  salvaged INTEGER NOT NULL DEFAULT 0,
  missing_reason TEXT,
  listens INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX recordings_call ON recordings (call);
CREATE INDEX recordings_opened ON recordings (opened_at, id);
CREATE INDEX recordings_open ON recordings (id) WHERE sealed_at IS NULL AND missing_reason IS NULL;

CREATE TABLE agent_states (
  seq INTEGER PRIMARY KEY,
  agent TEXT NOT NULL,
  phase TEXT NOT NULL,
  reason TEXT,
  call TEXT,
  from_at INTEGER NOT NULL,
  to_at INTEGER
) STRICT;
CREATE INDEX agent_states_agent ON agent_states (agent, from_at);
CREATE INDEX agent_states_open ON agent_states (agent) WHERE to_at IS NULL;

CREATE TABLE agent_slots (
  agent TEXT NOT NULL,
  slot_at INTEGER NOT NULL,
  phase TEXT NOT NULL,
  ms INTEGER NOT NULL,
  PRIMARY KEY (agent, slot_at, phase)
) STRICT, WITHOUT ROWID;

CREATE TABLE tokens (
  id TEXT PRIMARY KEY NOT NULL,
  name TEXT NOT NULL,
  role TEXT NOT NULL,
  issued_at INTEGER NOT NULL,
  revoked_at INTEGER
) STRICT;

CREATE TABLE exports (
  id TEXT PRIMARY KEY NOT NULL,
  user TEXT NOT NULL,
  reason TEXT NOT NULL,
  calls INTEGER NOT NULL,
  filter TEXT NOT NULL,
  requested_at INTEGER NOT NULL,
  finished_at INTEGER,
  sha256 TEXT,
  bytes INTEGER,
  downloads INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE imports (
  id TEXT PRIMARY KEY NOT NULL,
  campaign TEXT NOT NULL,
  source TEXT,
  started_at INTEGER NOT NULL,
  finished_at INTEGER,
  added INTEGER NOT NULL DEFAULT 0,
  accepted INTEGER,
  rejected INTEGER
) STRICT;

CREATE TABLE settings (
  key TEXT PRIMARY KEY NOT NULL,
  value TEXT NOT NULL,
  saved_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- From here on no projections: what must not, or need not, be in the journal.
CREATE TABLE secrets (
  owner TEXT NOT NULL,
  kind TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (owner, kind)
) STRICT, WITHOUT ROWID;
CREATE INDEX secrets_value ON secrets (kind, value);

CREATE TABLE sessions (
  token_hash TEXT PRIMARY KEY NOT NULL,
  user TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  seen_at INTEGER NOT NULL,
  address TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_user ON sessions (user);

CREATE TABLE idempotency (
  owner TEXT NOT NULL,
  key TEXT NOT NULL,
  request_hash TEXT NOT NULL,
  status INTEGER,
  response TEXT,
  at INTEGER NOT NULL,
  PRIMARY KEY (owner, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX idempotency_at ON idempotency (at);

CREATE TABLE commits (
  sender TEXT PRIMARY KEY NOT NULL,
  key TEXT NOT NULL,
  first_seq INTEGER NOT NULL,
  last_seq INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
