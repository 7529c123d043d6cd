-- The zip of an export of evidence is taken out of the data folder after some days; that it was made, and its hash, stay.
ALTER TABLE exports ADD COLUMN erased_at INTEGER;
