-- E-mail: what a message is headed with, what it is for, and the promise that it reminds of.
ALTER TABLE messages ADD COLUMN subject TEXT NOT NULL DEFAULT '';
ALTER TABLE messages ADD COLUMN purpose TEXT NOT NULL DEFAULT 'collections';
ALTER TABLE messages ADD COLUMN promise TEXT;
