-- What each campaign did, by the minute: the charts of its page and the replay of a day are read from here. Days before this migration have none.
CREATE TABLE campaign_minutes (
  campaign TEXT NOT NULL,
  minute_at INTEGER NOT NULL,
  dialled INTEGER NOT NULL DEFAULT 0,
  answered INTEGER NOT NULL DEFAULT 0,
  connected INTEGER NOT NULL DEFAULT 0,
  abandoned INTEGER NOT NULL DEFAULT 0,
  lines INTEGER NOT NULL DEFAULT 0,
  busy_ms INTEGER NOT NULL DEFAULT 0,
  ready_ms INTEGER NOT NULL DEFAULT 0,
  present_ms INTEGER NOT NULL DEFAULT 0,
  idle_ms INTEGER NOT NULL DEFAULT 0,
  idles INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (campaign, minute_at)
) STRICT, WITHOUT ROWID;

-- Lines of each campaign in use now.
CREATE TABLE campaign_lines (
  campaign TEXT PRIMARY KEY NOT NULL,
  lines INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO campaign_lines SELECT campaign, count(*) FROM calls WHERE ended_at IS NULL AND campaign IS NOT NULL GROUP BY campaign;

-- Whose time is whose campaign's.
CREATE TABLE campaign_members (
  agent TEXT NOT NULL,
  campaign TEXT NOT NULL,
  PRIMARY KEY (agent, campaign)
) STRICT, WITHOUT ROWID;
CREATE INDEX campaign_members_campaign ON campaign_members (campaign, agent);
INSERT OR IGNORE INTO campaign_members SELECT agents.value, campaigns.id FROM campaigns, json_each(campaigns.doc, '$.agents') AS agents;

-- What was dialled since the entry before, what else was on the floor, and the rule that held the campaign; NULL in older entries.
ALTER TABLE pacing_log ADD COLUMN mode TEXT;
ALTER TABLE pacing_log ADD COLUMN dialled INTEGER;
ALTER TABLE pacing_log ADD COLUMN lines INTEGER;
ALTER TABLE pacing_log ADD COLUMN talking INTEGER;
ALTER TABLE pacing_log ADD COLUMN wrapping INTEGER;
ALTER TABLE pacing_log ADD COLUMN free_soon REAL;
ALTER TABLE pacing_log ADD COLUMN within_s REAL;
ALTER TABLE pacing_log ADD COLUMN held TEXT;
