-- Why a part of a call has no audio, by the name that pages and exports have words for.
ALTER TABLE calls ADD COLUMN recording_missing_cause TEXT;
UPDATE calls SET recording_missing_cause = (
  SELECT missing_cause FROM recordings AS other
  WHERE other.call = calls.id AND other.missing_reason = calls.recording_missing ORDER BY opened_at DESC LIMIT 1)
WHERE recording_missing IS NOT NULL;
