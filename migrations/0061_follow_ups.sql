-- What agents wrote down of sales calls is known of prospects now: what was written down before this version is told again, in its order, as if it had
-- been read then; else the tables would not say what the journal says.
CREATE TABLE follow_ups_told (
  seq INTEGER PRIMARY KEY NOT NULL,
  place INTEGER NOT NULL,
  kind TEXT NOT NULL,
  party TEXT NOT NULL,
  grade TEXT,
  follow_up_at INTEGER,
  doc TEXT,
  at INTEGER NOT NULL
);
CREATE TRIGGER follow_ups_tell AFTER INSERT ON follow_ups_told BEGIN
  INSERT INTO prospects (party, grade, follow_up_at, doc, added_at, changed_at)
    SELECT NEW.party, NEW.grade, NEW.follow_up_at, NEW.doc, NEW.at, NEW.at WHERE NEW.kind = 'saved'
    ON CONFLICT (party) DO UPDATE SET grade = excluded.grade, follow_up_at = excluded.follow_up_at, doc = excluded.doc, changed_at = excluded.changed_at;
  INSERT INTO prospects (party, grade, follow_up_at, doc, added_at, changed_at)
    SELECT NEW.party, NEW.grade, NULL, json_object('party', NEW.party, 'limit', NULL, 'limitUntil', NULL, 'purchases', json('[]'),
      'grade', NEW.grade, 'followUpAt', NULL, 'note', ''), NEW.at, NEW.at WHERE NEW.kind = 'graded'
    ON CONFLICT (party) DO UPDATE SET grade = excluded.grade, changed_at = excluded.changed_at, doc = json_set(prospects.doc, '$.grade', excluded.grade);
  UPDATE prospects SET follow_up_at = NEW.follow_up_at, changed_at = NEW.at, doc = json_set(doc, '$.followUpAt', NEW.follow_up_at)
    WHERE NEW.kind = 'agreed' AND party = NEW.party;
  UPDATE prospects SET follow_up_at = NULL, changed_at = NEW.at, doc = json_set(doc, '$.followUpAt', NULL)
    WHERE NEW.kind = 'closed' AND party = NEW.party AND follow_up_at = NEW.follow_up_at;
END;
DELETE FROM prospects;
INSERT INTO follow_ups_told (place, kind, party, grade, follow_up_at, doc, at)
  SELECT j.seq, 'saved', json_extract(p.value, '$.party'), json_extract(p.value, '$.grade'), json_extract(p.value, '$.followUpAt'), p.value, j.at
    FROM journal j, json_each(j.body, '$.prospects') p WHERE j.type = 'prospects.saved'
  UNION ALL
  SELECT j.seq, 'graded', p.ref, CASE WHEN json_extract(j.body, '$.fields.grade') IN ('A', 'B', 'C', 'D') THEN json_extract(j.body, '$.fields.grade')
      ELSE CASE json_extract(j.body, '$.code') WHEN 'buy_now' THEN 'A' WHEN 'interested' THEN 'B' WHEN 'cold' THEN 'C' WHEN 'refused' THEN 'D' END END AS grade,
      NULL, NULL, j.at
    FROM journal j JOIN calls c ON c.id = json_extract(j.body, '$.call') AND c.relation = 'SELF'
    JOIN campaigns k ON k.id = c.campaign AND json_extract(k.doc, '$.business') = 'sales'
    LEFT JOIN leads l ON l.id = c.lead JOIN parties p ON p.ref = coalesce(c.party, l.ref)
    WHERE j.type = 'call.disposed' AND grade IS NOT NULL
  UNION ALL
  SELECT j.seq, 'agreed', party, NULL, due, NULL, at FROM (
    SELECT j.seq, j.at, json_extract(j.body, '$.callback.at') AS due, CASE WHEN json_extract(j.body, '$.callback.lead') IS NULL
        THEN (SELECT c.party FROM calls c WHERE c.number = json_extract(j.body, '$.callback.number') AND c.party IS NOT NULL AND c.started_at <= j.at
          ORDER BY c.started_at DESC, c.id DESC LIMIT 1)
        ELSE (SELECT l.ref FROM leads l WHERE l.id = json_extract(j.body, '$.callback.lead')) END AS party
      FROM journal j JOIN campaigns k ON k.id = json_extract(j.body, '$.callback.campaign') AND json_extract(k.doc, '$.business') = 'sales'
      WHERE j.type = 'callback.scheduled' AND json_extract(j.body, '$.callback.reason') = 'agreed') AS j WHERE party IS NOT NULL
  UNION ALL
  SELECT j.seq, 'closed', party, NULL, due, NULL, at FROM (
    SELECT j.seq, j.at, b.at AS due, CASE WHEN b.lead IS NULL
        THEN (SELECT c.party FROM calls c WHERE c.number = b.number AND c.party IS NOT NULL AND c.started_at <= j.at
          ORDER BY c.started_at DESC, c.id DESC LIMIT 1)
        ELSE (SELECT l.ref FROM leads l WHERE l.id = b.lead) END AS party
      FROM journal j JOIN callbacks b ON b.id = json_extract(j.body, '$.callback') WHERE j.type = 'callback.closed') AS j WHERE party IS NOT NULL
  ORDER BY 1;
DROP TABLE follow_ups_told;
