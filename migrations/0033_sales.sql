-- Sales on instalments: products, prospects, orders. Amounts are minor units, days plain dates.
CREATE TABLE products (
  id TEXT PRIMARY KEY NOT NULL,
  doc TEXT NOT NULL,
  saved_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE prospects (
  party TEXT PRIMARY KEY NOT NULL,
  grade TEXT,
  follow_up_at INTEGER,
  doc TEXT NOT NULL,
  added_at INTEGER NOT NULL,
  changed_at INTEGER NOT NULL
) STRICT;
CREATE INDEX prospects_grade ON prospects (grade, party);
CREATE INDEX prospects_follow_up ON prospects (follow_up_at, party) WHERE follow_up_at IS NOT NULL;

CREATE TABLE orders (
  id TEXT PRIMARY KEY NOT NULL,
  party TEXT NOT NULL,
  state TEXT NOT NULL,
  agent TEXT NOT NULL,
  doc TEXT NOT NULL,
  opened_at INTEGER NOT NULL,
  changed_at INTEGER NOT NULL
) STRICT;
CREATE INDEX orders_party ON orders (party, opened_at);
CREATE INDEX orders_state ON orders (state, id);
CREATE INDEX orders_agent ON orders (agent, state, id);
