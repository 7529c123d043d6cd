-- Why an import failed, by a name that pages have words for. What was told before has its words alone.
ALTER TABLE file_imports ADD COLUMN trouble_why TEXT;
