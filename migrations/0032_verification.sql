-- Verification: applications, checklists, tasks, whom they called and what was answered. Amounts are minor units, days plain dates.
CREATE TABLE applications (
  ref TEXT PRIMARY KEY NOT NULL,
  party TEXT NOT NULL,
  product TEXT NOT NULL,
  doc TEXT NOT NULL,
  added_at INTEGER NOT NULL,
  changed_at INTEGER NOT NULL
) STRICT;
CREATE INDEX applications_party ON applications (party, ref);

-- Every version: tasks go by the one that they were opened with.
CREATE TABLE checklists (
  id TEXT NOT NULL,
  version INTEGER NOT NULL,
  product TEXT,
  doc TEXT NOT NULL,
  saved_at INTEGER NOT NULL,
  saved_by TEXT NOT NULL,
  PRIMARY KEY (id, version)
) STRICT, WITHOUT ROWID;

CREATE TABLE verification_tasks (
  id TEXT PRIMARY KEY NOT NULL,
  application TEXT NOT NULL,
  party TEXT NOT NULL,
  state TEXT NOT NULL,
  checklist TEXT NOT NULL,
  version INTEGER NOT NULL,
  agent TEXT,
  verifiers TEXT NOT NULL,
  reviewer TEXT,
  recall_at INTEGER,
  proposal TEXT,
  reasons TEXT NOT NULL,
  note TEXT NOT NULL,
  missing TEXT NOT NULL,
  due_on TEXT,
  opened_at INTEGER NOT NULL,
  changed_at INTEGER NOT NULL,
  submitted_at INTEGER,
  decided_at INTEGER
) STRICT;
CREATE INDEX verification_tasks_application ON verification_tasks (application, opened_at);
CREATE INDEX verification_tasks_party ON verification_tasks (party, opened_at);
CREATE INDEX verification_tasks_state ON verification_tasks (state, id);
CREATE INDEX verification_tasks_agent ON verification_tasks (agent, state, id);

CREATE TABLE task_calls (
  task TEXT NOT NULL,
  call TEXT NOT NULL,
  who TEXT NOT NULL,
  place INTEGER NOT NULL,
  by TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (task, call)
) STRICT, WITHOUT ROWID;
CREATE INDEX task_calls_call ON task_calls (call, task);

CREATE TABLE task_answers (
  task TEXT NOT NULL,
  item TEXT NOT NULL,
  no INTEGER NOT NULL,
  call TEXT NOT NULL,
  doc TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (task, item, no)
) STRICT, WITHOUT ROWID;
CREATE INDEX task_answers_call ON task_answers (call, task);

-- Contacts of a task who do not want to be called.
CREATE TABLE task_refusals (
  task TEXT NOT NULL,
  place INTEGER NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (task, place)
) STRICT, WITHOUT ROWID;
