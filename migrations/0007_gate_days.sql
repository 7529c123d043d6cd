-- Live-answered and abandoned calls of each campaign by quarter of an hour (every time zone's day begins on one), for windows of up to 30 days.
CREATE TABLE abandon_quarters (
  campaign TEXT NOT NULL,
  quarter_at INTEGER NOT NULL,
  answered INTEGER NOT NULL,
  abandoned INTEGER NOT NULL,
  PRIMARY KEY (campaign, quarter_at)
) STRICT, WITHOUT ROWID;
INSERT INTO abandon_quarters (campaign, quarter_at, answered, abandoned)
  SELECT campaign, coalesce(connected_at, abandoned_at) / 900000 * 900000 AS quarter, count(*), count(abandoned_at) FROM calls
  WHERE direction = 'out' AND campaign IS NOT NULL AND mode IN ('predictive', 'progressive', 'notice')
    AND coalesce(connected_at, abandoned_at) IS NOT NULL
  GROUP BY campaign, quarter;
