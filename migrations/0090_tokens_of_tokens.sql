-- Who answers for a token that another token asked for: the person behind that one, as for those that are issued from now on.
WITH RECURSIVE asked (token, actor) AS (
  SELECT json_extract(body, '$.token'), actor FROM journal WHERE type = 'token.issued'
), behind (token, actor) AS (
  SELECT token, actor FROM asked WHERE actor LIKE 'token:%'
  UNION
  SELECT behind.token, asked.actor FROM behind JOIN asked ON 'token:' || asked.token = behind.actor
)
UPDATE tokens SET issued_by = (SELECT substr(actor, 6) FROM behind WHERE token = tokens.id AND actor LIKE 'user:%')
WHERE issued_by IS NULL;
