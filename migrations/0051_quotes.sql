-- Sales: what was offered on calls and read out, each version of a product, and each step of an order.
CREATE TABLE quotes (
  id TEXT PRIMARY KEY NOT NULL,
  party TEXT NOT NULL,
  agent TEXT NOT NULL,
  order_id TEXT,
  doc TEXT NOT NULL,
  made_at INTEGER NOT NULL,
  changed_at INTEGER NOT NULL
) STRICT;
CREATE INDEX quotes_party ON quotes (party, made_at);
CREATE INDEX quotes_order ON quotes (order_id) WHERE order_id IS NOT NULL;

CREATE TABLE product_versions (
  id TEXT NOT NULL,
  version INTEGER NOT NULL,
  doc TEXT NOT NULL,
  saved_at INTEGER NOT NULL,
  saved_by TEXT NOT NULL,
  PRIMARY KEY (id, version)
) STRICT, WITHOUT ROWID;

CREATE TABLE order_moves (
  order_id TEXT NOT NULL,
  seq INTEGER NOT NULL,
  at INTEGER NOT NULL,
  actor TEXT NOT NULL,
  from_state TEXT,
  state TEXT NOT NULL,
  reason TEXT,
  note TEXT NOT NULL,
  PRIMARY KEY (order_id, seq)
) STRICT, WITHOUT ROWID;

CREATE INDEX orders_changed ON orders (state, changed_at, id);
CREATE INDEX orders_product ON orders (json_extract(doc, '$.product'));

-- What the journal already tells of these.
INSERT OR REPLACE INTO product_versions (id, version, doc, saved_at, saved_by)
  SELECT json_extract(body, '$.product.id'), 1, json_extract(body, '$.product'), at, actor FROM journal WHERE type = 'product.saved' ORDER BY seq;
INSERT INTO order_moves (order_id, seq, at, actor, from_state, state, reason, note)
  SELECT json_extract(body, '$.order.id'), seq, at, actor, json_extract(body, '$.from'), json_extract(body, '$.order.state'), NULL, json_extract(body, '$.order.note')
  FROM journal WHERE type IN ('order.opened', 'order.moved');
