-- What a lead costs when a million of them come in: pages are walked by ref (leads_ref), nothing asks for a number by its relation or for the
-- numbers of a lead in this table, and leads that come in are counted by the slice (project-leads.ts).
DROP INDEX leads_page;
DROP TRIGGER leads_counted_in;

CREATE TABLE lead_numbers (
  number TEXT NOT NULL,
  lead TEXT NOT NULL,
  PRIMARY KEY (number, lead)
) STRICT, WITHOUT ROWID;
INSERT INTO lead_numbers (number, lead) SELECT number, lead FROM lead_phones ORDER BY number, lead;
DROP TABLE lead_phones;
ALTER TABLE lead_numbers RENAME TO lead_phones;
