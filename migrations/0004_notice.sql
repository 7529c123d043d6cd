-- What came of a robot notice: {"heardMs","whole","digit"}, for calls in mode notice that were answered.
ALTER TABLE calls ADD COLUMN notice TEXT;
