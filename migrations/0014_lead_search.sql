-- Names are found by their beginning, however many leads there are.
CREATE INDEX leads_name ON leads (campaign, name);
