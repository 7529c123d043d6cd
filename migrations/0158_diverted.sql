-- Who sent the call on before it came to us (null: withheld), and why, as its carrier said; NULL: nobody.
ALTER TABLE calls ADD COLUMN diverted TEXT;
