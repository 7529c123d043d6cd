-- What applicants were told of decisions in writing: the message, or why none was written.
CREATE TABLE task_confirmations (
  task TEXT NOT NULL,
  no INTEGER NOT NULL,
  channel TEXT NOT NULL,
  state TEXT NOT NULL,
  message TEXT,
  why TEXT,
  at INTEGER NOT NULL,
  PRIMARY KEY (task, no, channel)
) STRICT, WITHOUT ROWID;
CREATE INDEX task_confirmations_message ON task_confirmations (message);
