-- What agents typed and have not saved yet, sealed; no fact and not rebuilt from the journal: it is erased when it is saved, or after a day.
CREATE TABLE drafts (
  agent TEXT NOT NULL,
  call TEXT NOT NULL,
  at INTEGER NOT NULL,
  text TEXT NOT NULL,
  PRIMARY KEY (agent, call)
) STRICT, WITHOUT ROWID;
CREATE INDEX drafts_at ON drafts (at);
