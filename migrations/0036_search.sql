-- A party is found by any part of its name: each end of it, from a character or a word on, in small letters (see store/party-names.ts).
CREATE TABLE party_name_parts (
  part TEXT NOT NULL,
  party TEXT NOT NULL,
  PRIMARY KEY (part, party)
) STRICT, WITHOUT ROWID;
-- Parties of before: their names from every character on. What a word is, is told when they are saved again; more parts find no less.
INSERT OR IGNORE INTO party_name_parts (part, party)
WITH RECURSIVE ends (part, party) AS (
  SELECT lower(substr(name, 1, 40)), ref FROM parties
  UNION ALL
  SELECT substr(part, 2), party FROM ends WHERE length(part) > 1
)
SELECT part, party FROM ends WHERE substr(part, 1, 1) <> ' ';

-- Names are found by their parts alone.
DROP INDEX parties_name;

-- By the last four digits of a number, as people say whom they mean.
CREATE INDEX party_phones_tail ON party_phones (substr(number, -4), party);

-- Flags that stand with few.
CREATE TABLE party_flags (
  flag TEXT NOT NULL,
  party TEXT NOT NULL,
  PRIMARY KEY (flag, party)
) STRICT, WITHOUT ROWID;
INSERT OR IGNORE INTO party_flags (flag, party) SELECT flag.value, parties.ref FROM parties, json_each(parties.doc, '$.flags') AS flag;
