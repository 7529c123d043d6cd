-- Who took a misfit for the recording of its call, why, and what did not fit; NULL: it fits.
ALTER TABLE recordings ADD COLUMN accepted TEXT;
