import assert from 'node:assert/strict'
import { test } from 'node:test'
import Sqlite from 'better-sqlite3'
import type { TrunkId, UserId } from '../lib/ids.ts'
import { asset } from '../lib/places.ts'
import { drizzleOf, migrate, readMigrations } from './db.ts'
import { tollQueries } from './gate/toll.ts'
import { loadQueries } from './load.ts'
import { agentQueries } from './people/agents.ts'

/** A database of today, and what is asked of it from now on. */
function listened() {
  const connection = new Sqlite(':memory:')
  migrate(connection, readMigrations(asset('migrations')), 1)
  const asked: string[] = []
  const prepare = connection.prepare.bind(connection)
  connection.prepare = ((text: string) => {
    asked.push(text)
    return prepare(text)
  }) as typeof connection.prepare
  const stepsOf = (text: string) =>
    (
      prepare(`EXPLAIN QUERY PLAN ${text}`).all(...Array(text.split('?').length - 1).fill(null)) as { detail: string }[]
    ).map(({ detail }) => detail)
  return { db: drizzleOf(connection), asked, stepsOf }
}

test('no question of a start walks through the journal, however long it is', () => {
  const { db, asked, stepsOf } = listened()
  loadQueries['load.inFlight'](db, {})
  loadQueries['load.setup'](db, { now: 1 })
  const ofJournal = asked.filter(text => /\bjournal\b/.test(text))
  assert.ok(ofJournal.length >= 2 && asked.length > 30, `${ofJournal.length} of ${asked.length}`)
  for (const text of ofJournal) {
    for (const detail of stepsOf(text)) assert.doesNotMatch(detail, /SCAN journal|journal_type/, text)
  }
})

test('an agent’s own figures cost their own day, and not the day of all: the desk asks at every change', () => {
  const { db, asked, stepsOf } = listened()
  agentQueries['agents.figures'](db, { agent: 'u_1' as UserId, from: 0, to: 1, now: 1 })
  assert.equal(asked.length, 4)
  for (const text of asked) assert.match(stepsOf(text)[0]!, /^SEARCH .*agent=\?/, text)
})

test('the page of a trunk seeks the first line of the day, and reads its alarms alone', () => {
  const { db, asked, stepsOf } = listened()
  tollQueries['alarms.turnedAway'](db, { trunk: 't_1' as TrunkId, since: 1 })
  const [text] = asked as [string]
  const [alarms, , first, ...more] = stepsOf(text)
  assert.match(alarms!, /^SEARCH journal USING INDEX journal_type \(type=\? AND seq>\?\)$/)
  assert.match(first!, /^SEARCH journal USING COVERING INDEX journal_at \(at>\?\)$/)
  assert.deepEqual(more, [], 'nothing is sorted')
})
