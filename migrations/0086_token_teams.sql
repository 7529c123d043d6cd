-- The team that a program's token is bound to: it sees and hears no other. None: all that its role may.
ALTER TABLE tokens ADD COLUMN team TEXT;
