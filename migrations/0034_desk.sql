-- What is said on calls and written down after them.
CREATE TABLE scripts (
  id TEXT NOT NULL,
  version INTEGER NOT NULL,
  doc TEXT NOT NULL,
  saved_at INTEGER NOT NULL,
  saved_by TEXT NOT NULL,
  PRIMARY KEY (id, version)
) STRICT, WITHOUT ROWID;

-- Which script the calls of a campaign or queue have: the one that named it last.
CREATE TABLE script_places (
  place TEXT PRIMARY KEY NOT NULL,
  script TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX script_places_script ON script_places (script);

-- How far a script was gone through on a call, and which sentences were read when.
CREATE TABLE call_marks (
  call TEXT NOT NULL,
  seq INTEGER NOT NULL,
  at INTEGER NOT NULL,
  agent TEXT NOT NULL,
  -- turned, read, unread
  kind TEXT NOT NULL,
  script TEXT NOT NULL,
  version INTEGER NOT NULL,
  -- The step that was turned to, or the sentence.
  key TEXT NOT NULL,
  -- Of an answer: the step where it was given, and which of its answers it was.
  from_key TEXT,
  answer INTEGER,
  -- From the beginning of the recording; null: nothing was recorded then.
  offset_ms INTEGER,
  PRIMARY KEY (call, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE write_ups (
  place TEXT PRIMARY KEY NOT NULL,
  doc TEXT NOT NULL,
  saved_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
