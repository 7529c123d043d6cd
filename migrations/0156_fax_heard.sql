-- A fax that was heard on the line after the answer: by what, how sure, after how long; NULL: none.
ALTER TABLE calls ADD COLUMN fax TEXT;
