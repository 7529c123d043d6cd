-- Who changed what of the settings and when, told field by field. It begins with this version; what was before stands in the journal.
CREATE TABLE changes (
  seq INTEGER PRIMARY KEY NOT NULL,
  -- A kind and what of it: trunk:t_1, setting:centre.zone.
  subject TEXT NOT NULL,
  at INTEGER NOT NULL,
  actor TEXT NOT NULL,
  kind TEXT NOT NULL,
  -- [{field, before, after}]
  fields TEXT NOT NULL
) STRICT;
CREATE INDEX changes_subject ON changes (subject, seq);

-- How each of them is now, to compare the next change with.
CREATE TABLE change_heads (
  subject TEXT PRIMARY KEY NOT NULL,
  name TEXT NOT NULL,
  doc TEXT NOT NULL
) STRICT, WITHOUT ROWID;
-- Of what there is already, so that its next change is told as one and not as its making.
INSERT INTO change_heads (subject, name, doc)
SELECT 'user:' || id, name, doc FROM users
UNION ALL SELECT 'trunk:' || id, name, doc FROM trunks
UNION ALL SELECT 'trunkGroup:' || id, name, doc FROM trunk_groups
UNION ALL SELECT 'queue:' || id, name, doc FROM queues
UNION ALL SELECT 'menu:' || id, name, doc FROM menus
UNION ALL SELECT 'team:' || id, name, doc FROM teams
UNION ALL SELECT 'number:' || id, number, doc FROM numbers
UNION ALL SELECT 'campaign:' || id, name, doc FROM campaigns
UNION ALL SELECT 'setting:' || key, key, CASE WHEN json_valid(value) AND json_type(value) IN ('object', 'array') THEN value
  ELSE json_object('value', value) END FROM settings;
