-- The numbers that a stop was told with: those that the party has today are not all that it covers.
ALTER TABLE party_stops ADD COLUMN numbers TEXT NOT NULL DEFAULT '[]';
UPDATE party_stops SET numbers = coalesce((
  SELECT json_extract(body, '$.numbers') FROM journal
  WHERE type = 'party.held' AND json_extract(body, '$.party') = party_stops.party AND json_extract(body, '$.kind') = party_stops.kind
  ORDER BY seq DESC LIMIT 1
), '[]');
