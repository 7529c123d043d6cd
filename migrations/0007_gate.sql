-- Which policy's rule refused a contact.
ALTER TABLE attempts ADD COLUMN refused_by TEXT;
