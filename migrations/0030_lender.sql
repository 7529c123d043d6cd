-- The lender's records. Amounts are minor units, days plain dates.
CREATE TABLE parties (
  ref TEXT PRIMARY KEY NOT NULL,
  type TEXT NOT NULL,
  name TEXT NOT NULL,
  -- Keyed hash of the ID number, by which it is found.
  id_hash TEXT,
  -- All but its numbers.
  doc TEXT NOT NULL,
  added_at INTEGER NOT NULL,
  changed_at INTEGER NOT NULL
) STRICT;
CREATE INDEX parties_name ON parties (name, ref);
CREATE INDEX parties_id ON parties (id_hash) WHERE id_hash IS NOT NULL;

CREATE TABLE party_phones (
  party TEXT NOT NULL,
  number TEXT NOT NULL,
  -- In the order in which the lender gave them.
  position INTEGER NOT NULL,
  relation TEXT NOT NULL,
  status TEXT NOT NULL,
  doc TEXT NOT NULL,
  PRIMARY KEY (party, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX party_phones_number ON party_phones (number, party);

-- Custom fields that parties are found by.
CREATE TABLE party_fields (
  party TEXT NOT NULL,
  business TEXT NOT NULL,
  key TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (party, business, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX party_fields_value ON party_fields (value, party);

CREATE TABLE field_definitions (
  business TEXT PRIMARY KEY NOT NULL,
  doc TEXT NOT NULL,
  saved_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE consents (
  id TEXT PRIMARY KEY NOT NULL,
  party TEXT NOT NULL,
  purpose TEXT NOT NULL,
  channel TEXT NOT NULL,
  basis TEXT NOT NULL,
  evidence TEXT NOT NULL,
  given_at INTEGER NOT NULL,
  withdrawn_at INTEGER,
  withdrawn_reason TEXT
) STRICT;
CREATE INDEX consents_party ON consents (party, given_at);

CREATE TABLE loans (
  ref TEXT PRIMARY KEY NOT NULL,
  party TEXT NOT NULL,
  product TEXT NOT NULL,
  status TEXT NOT NULL,
  doc TEXT NOT NULL,
  -- Of the oldest instalment of which something is owed; days past due follow from it and the date of the day.
  oldest_due_on TEXT,
  owed INTEGER NOT NULL,
  added_at INTEGER NOT NULL,
  changed_at INTEGER NOT NULL
) STRICT;
CREATE INDEX loans_party ON loans (party, ref);
CREATE INDEX loans_due ON loans (oldest_due_on, ref) WHERE oldest_due_on IS NOT NULL;

CREATE TABLE repayments (
  id TEXT PRIMARY KEY NOT NULL,
  party TEXT NOT NULL,
  loan TEXT,
  amount INTEGER NOT NULL,
  currency TEXT NOT NULL,
  paid_at INTEGER NOT NULL,
  channel TEXT NOT NULL,
  -- What nothing was owed for.
  left_over INTEGER NOT NULL,
  recorded_at INTEGER NOT NULL,
  reversed_at INTEGER,
  reversed_reason TEXT
) STRICT;
CREATE INDEX repayments_party ON repayments (party, paid_at, id);

CREATE TABLE allocations (
  repayment TEXT NOT NULL,
  loan TEXT NOT NULL,
  instalment INTEGER NOT NULL,
  component TEXT NOT NULL,
  amount INTEGER NOT NULL,
  PRIMARY KEY (repayment, loan, instalment, component)
) STRICT, WITHOUT ROWID;
CREATE INDEX allocations_loan ON allocations (loan, instalment, component);

CREATE TABLE cases (
  id TEXT PRIMARY KEY NOT NULL,
  party TEXT NOT NULL,
  state TEXT NOT NULL,
  state_before TEXT,
  agent TEXT,
  loans TEXT NOT NULL,
  hold_reason TEXT,
  reason TEXT NOT NULL,
  opened_at INTEGER NOT NULL,
  changed_at INTEGER NOT NULL,
  closed_at INTEGER
) STRICT;
-- A party has one case that is open at most.
CREATE UNIQUE INDEX cases_open ON cases (party) WHERE closed_at IS NULL;
CREATE INDEX cases_party ON cases (party, opened_at);
CREATE INDEX cases_state ON cases (state, id);
CREATE INDEX cases_agent ON cases (agent, state, id);
CREATE INDEX cases_closed ON cases (closed_at) WHERE closed_at IS NOT NULL;

CREATE TABLE promises (
  id TEXT PRIMARY KEY NOT NULL,
  party TEXT NOT NULL,
  case_id TEXT,
  loan TEXT,
  amount INTEGER NOT NULL,
  currency TEXT NOT NULL,
  due_on TEXT NOT NULL,
  made_on TEXT NOT NULL,
  agent TEXT,
  call TEXT,
  state TEXT NOT NULL,
  paid INTEGER NOT NULL,
  made_at INTEGER NOT NULL,
  judged_at INTEGER
) STRICT;
CREATE INDEX promises_party ON promises (party, made_at, id);
CREATE INDEX promises_open ON promises (due_on, party) WHERE state = 'OPEN';

-- Which key sealed what is sealed here: a fingerprint, which opens nothing. No projection.
CREATE TABLE key_check (
  one INTEGER PRIMARY KEY NOT NULL CHECK (one = 1),
  fingerprint TEXT NOT NULL,
  noted_at INTEGER NOT NULL
) STRICT;

-- A party's contacts across numbers and campaigns.
CREATE INDEX calls_party ON calls (party, started_at, id) WHERE party IS NOT NULL;
