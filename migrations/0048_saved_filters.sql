-- Lists as one person looks at them again and again: the page, and what its URL says.
CREATE TABLE saved_filters (
  id TEXT PRIMARY KEY NOT NULL,
  owner TEXT NOT NULL,
  page TEXT NOT NULL,
  name TEXT NOT NULL,
  query TEXT NOT NULL
) STRICT, WITHOUT ROWID;
-- The same name on the same page takes the place of the one before.
CREATE UNIQUE INDEX saved_filters_name ON saved_filters (owner, page, name);
