-- Where a trunk has answered OPTIONS: host, port, transport and way of finding it; one that is elsewhere now is not known to. NULL: nowhere yet.
ALTER TABLE trunks ADD COLUMN answers_at TEXT;
