-- Lists, what a lead is chosen by, how many leads are where, and when people answer.
CREATE TABLE lists (
  id TEXT PRIMARY KEY NOT NULL,
  campaign TEXT NOT NULL,
  name TEXT NOT NULL,
  priority INTEGER NOT NULL DEFAULT 5,
  weight INTEGER NOT NULL DEFAULT 1,
  paused INTEGER NOT NULL DEFAULT 0,
  added_at INTEGER NOT NULL
) STRICT;
CREATE INDEX lists_campaign ON lists (campaign, priority, added_at, id);
INSERT INTO lists (id, campaign, name, added_at) SELECT id, campaign, coalesce(source, ''), started_at FROM imports;

ALTER TABLE leads ADD COLUMN priority INTEGER NOT NULL DEFAULT 5;
ALTER TABLE leads ADD COLUMN segment TEXT NOT NULL DEFAULT '';
ALTER TABLE leads ADD COLUMN place TEXT NOT NULL DEFAULT '';
ALTER TABLE leads ADD COLUMN next_number TEXT;
ALTER TABLE leads ADD COLUMN bad TEXT;
ALTER TABLE leads ADD COLUMN duplicate_of TEXT;

-- The country calling code of the first number, as src/centre/zone.ts knows them.
WITH codes (code) AS (
  VALUES ('1'), ('20'), ('27'), ('31'), ('32'), ('33'), ('34'), ('39'), ('41'), ('43'), ('44'), ('45'), ('46'), ('47'), ('48'), ('49'),
    ('60'), ('61'), ('62'), ('63'), ('65'), ('66'), ('81'), ('82'), ('84'), ('86'), ('90'), ('91'), ('92'), ('94'), ('95'), ('234'),
    ('254'), ('353'), ('852'), ('853'), ('855'), ('856'), ('880'), ('886'), ('966'), ('971'), ('977')
)
UPDATE leads SET place = coalesce(
  (SELECT code FROM codes WHERE substr(json_extract(leads.phones, '$[0].number'), 2, length(code)) = code ORDER BY length(code) LIMIT 1), '');

-- One walk for each list, priority, place and segment; the counts below say which there are.
CREATE INDEX leads_ready ON leads (import, priority, place, segment, due_at, id) WHERE state = 'ready';
CREATE INDEX leads_over ON leads (import, state, reason, id) WHERE state IN ('done', 'exhausted');

CREATE TABLE lead_counts (
  campaign TEXT NOT NULL,
  list TEXT NOT NULL,
  state TEXT NOT NULL,
  priority INTEGER NOT NULL,
  place TEXT NOT NULL,
  segment TEXT NOT NULL,
  reason TEXT NOT NULL,
  leads INTEGER NOT NULL,
  PRIMARY KEY (list, state, priority, place, segment, reason)
) STRICT, WITHOUT ROWID;
CREATE INDEX lead_counts_campaign ON lead_counts (campaign, state, place, segment);
INSERT INTO lead_counts (campaign, list, state, priority, place, segment, reason, leads)
  SELECT campaign, import, state, priority, place, segment,
    CASE WHEN state IN ('done', 'exhausted', 'dnc') THEN coalesce(reason, '') ELSE '' END AS why, count(*)
  FROM leads GROUP BY campaign, import, state, priority, place, segment, why;

CREATE TRIGGER leads_counted_in AFTER INSERT ON leads
BEGIN
  INSERT INTO lead_counts (campaign, list, state, priority, place, segment, reason, leads)
  VALUES (NEW.campaign, NEW.import, NEW.state, NEW.priority, NEW.place, NEW.segment,
    CASE WHEN NEW.state IN ('done', 'exhausted', 'dnc') THEN coalesce(NEW.reason, '') ELSE '' END, 1)
  ON CONFLICT (list, state, priority, place, segment, reason) DO UPDATE SET leads = leads + 1;
END;
CREATE TRIGGER leads_counted_out AFTER DELETE ON leads
BEGIN
  UPDATE lead_counts SET leads = leads - 1
  WHERE list = OLD.import AND state = OLD.state AND priority = OLD.priority AND place = OLD.place AND segment = OLD.segment
    AND reason = CASE WHEN OLD.state IN ('done', 'exhausted', 'dnc') THEN coalesce(OLD.reason, '') ELSE '' END;
END;
CREATE TRIGGER leads_counted_over AFTER UPDATE OF state, reason ON leads
WHEN OLD.state <> NEW.state OR (NEW.state IN ('done', 'exhausted', 'dnc') AND OLD.reason IS NOT NEW.reason)
BEGIN
  UPDATE lead_counts SET leads = leads - 1
  WHERE list = OLD.import AND state = OLD.state AND priority = OLD.priority AND place = OLD.place AND segment = OLD.segment
    AND reason = CASE WHEN OLD.state IN ('done', 'exhausted', 'dnc') THEN coalesce(OLD.reason, '') ELSE '' END;
  INSERT INTO lead_counts (campaign, list, state, priority, place, segment, reason, leads)
  VALUES (NEW.campaign, NEW.import, NEW.state, NEW.priority, NEW.place, NEW.segment,
    CASE WHEN NEW.state IN ('done', 'exhausted', 'dnc') THEN coalesce(NEW.reason, '') ELSE '' END, 1)
  ON CONFLICT (list, state, priority, place, segment, reason) DO UPDATE SET leads = leads + 1;
END;

-- By segment and hour of the callee's day: calls dialled, answered, talked on.
CREATE TABLE answer_hours (
  campaign TEXT NOT NULL,
  segment TEXT NOT NULL,
  hour INTEGER NOT NULL,
  dialled INTEGER NOT NULL,
  answered INTEGER NOT NULL,
  connected INTEGER NOT NULL,
  PRIMARY KEY (campaign, segment, hour)
) STRICT, WITHOUT ROWID;
