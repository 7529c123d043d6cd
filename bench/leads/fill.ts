/**
 * A store with very many leads in little time: the rows go straight into the tables, without their facts, while indexes and triggers are away.
 * Ten lists, two priorities, two places, twenty segments; of twenty leads one is done, one exhausted, one agreed on a call back, one is ready
 * but not due, the others are due. It stops when its time is over, and goes on from there when it is called again.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import Sqlite from 'better-sqlite3'

type Made = { type: 'index' | 'trigger'; name: string; sql: string }
export type Fill = { file: string; campaign: string; rows: number; now: number }

const chunk = 200_000

/** Answers whether it is full. `isLate`: asked between two steps of some ten seconds at most. */
export function fillLeads({ file, campaign, rows, now }: Fill, isLate: () => boolean): boolean {
  const db = new Sqlite(file)
  try {
    db.pragma('journal_mode = MEMORY')
    db.pragma('synchronous = OFF')
    db.pragma('foreign_keys = OFF')
    db.pragma('cache_size = -1000000')
    db.pragma('threads = 2')
    const made = takenAway(db, `${file}.made.json`)
    const count = db.prepare('SELECT coalesce(max(rowid), 0) AS n FROM leads')
    for (let from = (count.get() as { n: number }).n; from < rows; from += chunk) {
      if (isLate()) return false
      const slice = { campaign, now, from, to: Math.min(rows, from + chunk) }
      db.transaction(() => {
        db.prepare(leads).run(slice)
        db.prepare(phones).run({ from: slice.from, to: slice.to })
      })()
    }
    if ((db.prepare('SELECT count(*) AS n FROM lists').get() as { n: number }).n === 0) {
      if (isLate()) return false
      db.transaction(() => {
        db.prepare(lists).run(campaign)
        db.exec(counts)
      })()
    }
    const there = new Set(
      (db.prepare('SELECT name FROM sqlite_master').all() as { name: string }[]).map(each => each.name),
    )
    for (const { name, sql } of made) {
      if (there.has(name)) continue
      if (isLate()) return false
      db.exec(sql)
    }
    db.pragma('journal_mode = WAL')
    return true
  } finally {
    db.close()
  }
}

/** Indexes and triggers of the tables to fill; taken away the first time, and kept in a file beside. */
function takenAway(db: Sqlite.Database, file: string): Made[] {
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8'))
  const made = db
    .prepare(
      "SELECT type, name, sql FROM sqlite_master WHERE type IN ('index', 'trigger') AND tbl_name IN ('leads', 'lead_phones') AND sql IS NOT NULL",
    )
    .all() as Made[]
  writeFileSync(file, JSON.stringify(made))
  for (const { type, name } of made) db.exec(`DROP ${type} ${name}`)
  return made
}

/** +65 for one in fifty, mobiles of China for the others. */
const number = "CASE WHEN i % 50 = 0 THEN printf('+659%07d', i % 10000000) ELSE printf('+861%010d', 3000000000 + i) END"

const series = 'WITH RECURSIVE n (i) AS (SELECT :from UNION ALL SELECT i + 1 FROM n WHERE i + 1 < :to)'

const leads = `${series}
INSERT INTO leads (id, campaign, ref, name, phones, fields, state, attempts, due_at, import, reason, added_at, changed_at, priority, segment, place)
SELECT printf('l_%010d', i), :campaign, printf('R%010d', i),
  substr('王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗', 1 + i % 20, 1) || substr('伟芳娜秀敏静丽强磊军洋勇艳杰娟涛明超兰霞', 1 + i / 20 % 20, 1) || (i % 997),
  '[{"number":"' || ${number} || '","relation":"SELF"}]',
  '{"product":"instalment","city":"c' || (i % 20) || '","amount":"' || (100 + i % 9000) || '.00"}',
  CASE i % 20 WHEN 0 THEN 'done' WHEN 1 THEN 'exhausted' WHEN 2 THEN 'callback' ELSE 'ready' END,
  i % 3,
  CASE i % 20 WHEN 0 THEN NULL WHEN 1 THEN NULL WHEN 2 THEN :now + 60000 + i % 86400 * 1000 WHEN 3 THEN :now + 3600000 + i % 86400 * 1000
    ELSE :now - i * 7919 % 864000 * 1000 END,
  'i_' || (i / 1000 % 10),
  CASE i % 20 WHEN 0 THEN 'sold' WHEN 1 THEN 'NO_ANSWER' END,
  :now, :now, 5 + (i % 7 = 0), 's' || (i % 20), CASE WHEN i % 50 = 0 THEN '65' ELSE '86' END
FROM n`

const phones = `${series}
INSERT INTO lead_phones (number, lead) SELECT ${number} AS number, printf('l_%010d', i) FROM n ORDER BY 1`

const lists = `INSERT INTO lists (id, campaign, name, priority, weight, added_at)
SELECT DISTINCT import, ?, import, 5, 1 + CAST(substr(import, -1) AS INTEGER), 0 FROM leads WHERE rowid <= 10000`

const counts = `
INSERT INTO lead_counts (campaign, list, state, priority, place, segment, reason, leads)
SELECT campaign, import, state, priority, place, segment,
  CASE WHEN state IN ('done', 'exhausted', 'dnc') THEN coalesce(reason, '') ELSE '' END AS why, count(*)
FROM leads GROUP BY campaign, import, state, priority, place, segment, why`
