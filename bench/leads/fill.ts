/**
 * A store with very many leads in no time: the rows go straight into the tables, without their facts, while indexes and triggers are away.
 * Ten lists, two priorities, two places, twenty segments; of twenty leads one is done, one exhausted, one agreed on a call back, one is ready
 * but not due, the others are due.
 */
import Sqlite from 'better-sqlite3'

type Made = { type: 'index' | 'trigger'; name: string; sql: string }

export function fillLeads(file: string, campaign: string, rows: number, now: number): void {
  const db = new Sqlite(file)
  db.pragma('journal_mode = OFF')
  db.pragma('synchronous = OFF')
  db.pragma('foreign_keys = OFF')
  db.pragma('cache_size = -1000000')
  db.pragma('threads = 2')
  const made = db
    .prepare(
      "SELECT type, name, sql FROM sqlite_master WHERE type IN ('index', 'trigger') AND tbl_name IN ('leads', 'lead_phones') AND sql IS NOT NULL",
    )
    .all() as Made[]
  for (const { type, name } of made) db.exec(`DROP ${type} ${name}`)
  db.transaction(() => {
    db.prepare(leads).run({ campaign, rows, now })
    db.exec(
      "INSERT INTO lead_phones (number, lead, relation) SELECT json_extract(phones, '$[0].number'), id, 'SELF' FROM leads ORDER BY 1",
    )
    db.prepare(
      `INSERT INTO lists (id, campaign, name, priority, weight, added_at)
       SELECT DISTINCT import, campaign, import, 5, 1 + CAST(substr(import, -1) AS INTEGER), 0 FROM leads WHERE id < 'l_0000001000'`,
    ).run()
    db.exec(counts)
  })()
  for (const { sql } of made) db.exec(sql)
  db.pragma('journal_mode = WAL')
  db.close()
}

const leads = `
WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < :rows)
INSERT INTO leads (id, campaign, ref, name, phones, fields, state, attempts, due_at, import, reason, added_at, changed_at, priority, segment, place)
SELECT printf('l_%010d', i), :campaign, printf('R%010d', i),
  substr('王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗', 1 + i % 20, 1) || substr('伟芳娜秀敏静丽强磊军洋勇艳杰娟涛明超兰霞', 1 + i / 20 % 20, 1) || (i % 997),
  printf('[{"number":"%s","relation":"SELF"}]', CASE WHEN i % 50 = 0 THEN printf('+659%07d', i % 10000000) ELSE printf('+861%010d', 3000000000 + i) END),
  printf('{"product":"instalment","city":"c%d","amount":"%d.00"}', i % 20, 100 + i % 9000),
  CASE i % 20 WHEN 0 THEN 'done' WHEN 1 THEN 'exhausted' WHEN 2 THEN 'callback' ELSE 'ready' END,
  i % 3,
  CASE i % 20 WHEN 0 THEN NULL WHEN 1 THEN NULL WHEN 2 THEN :now + 60000 + i % 86400 * 1000 WHEN 3 THEN :now + 3600000 + i % 86400 * 1000
    ELSE :now - i * 7919 % 864000 * 1000 END,
  'i_' || (i / 1000 % 10),
  CASE i % 20 WHEN 0 THEN 'sold' WHEN 1 THEN 'NO_ANSWER' END,
  :now, :now, 5 + (i % 7 = 0), 's' || (i % 20), CASE WHEN i % 50 = 0 THEN '65' ELSE '86' END
FROM n`

const counts = `
INSERT INTO lead_counts (campaign, list, state, priority, place, segment, reason, leads)
SELECT campaign, import, state, priority, place, segment,
  CASE WHEN state IN ('done', 'exhausted', 'dnc') THEN coalesce(reason, '') ELSE '' END AS why, count(*)
FROM leads GROUP BY campaign, import, state, priority, place, segment, why`
