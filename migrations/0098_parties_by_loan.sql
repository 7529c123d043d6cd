-- Parties are listed by state and product of their loans: each list is a walk of one of these, in the order of the parties.
CREATE INDEX loans_status ON loans (status, party);
CREATE INDEX loans_product ON loans (product, status, party);
