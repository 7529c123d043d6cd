-- How many cases of a batch are listed, and how many never will be, since the process died while they were: so that nothing is lost silently.
ALTER TABLE agency_batches ADD COLUMN listed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE agency_batches ADD COLUMN unlisted INTEGER NOT NULL DEFAULT 0;
ALTER TABLE agency_batches ADD COLUMN unlisted_why TEXT;
UPDATE agency_batches SET listed = (SELECT count(*) FROM placements WHERE placements.batch = agency_batches.id);
CREATE INDEX placements_waiting ON placements (case_id) WHERE state = 'WAITING';
