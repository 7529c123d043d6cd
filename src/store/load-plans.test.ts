import assert from 'node:assert/strict'
import { test } from 'node:test'
import Sqlite from 'better-sqlite3'
import { asset } from '../lib/places.ts'
import { drizzleOf, migrate, readMigrations } from './db.ts'
import { loadQueries } from './load.ts'

test('no question of a start walks through the journal, however long it is', () => {
  const connection = new Sqlite(':memory:')
  migrate(connection, readMigrations(asset('migrations')), 1)
  const asked: string[] = []
  const prepare = connection.prepare.bind(connection)
  connection.prepare = ((text: string) => {
    asked.push(text)
    return prepare(text)
  }) as typeof connection.prepare
  loadQueries['load.inFlight'](drizzleOf(connection), {})
  loadQueries['load.setup'](drizzleOf(connection), { now: 1 })
  const ofJournal = asked.filter(text => /\bjournal\b/.test(text))
  assert.ok(ofJournal.length >= 2 && asked.length > 30, `${ofJournal.length} of ${asked.length}`)
  for (const text of ofJournal) {
    const steps = prepare(`EXPLAIN QUERY PLAN ${text}`).all(...Array(text.split('?').length - 1).fill(null))
    for (const { detail } of steps as { detail: string }[])
      assert.doesNotMatch(detail, /SCAN journal|journal_type/, text)
  }
})
