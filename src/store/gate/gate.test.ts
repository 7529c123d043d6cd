import assert from 'node:assert/strict'
import { test } from 'node:test'
import Sqlite from 'better-sqlite3'
import type { Fact } from '../../centre/facts.ts'
import type { PhoneRelation } from '../../lender/party.ts'
import { asset } from '../../lib/places.ts'
import { drizzleOf, migrate, readMigrations } from '../db.ts'
import { project } from '../project.ts'
import { stopsAt } from './gate.ts'

const [first, second, third] = ['+8613800000001', '+8613800000002', '+8613800000003']

function books() {
  const connection = new Sqlite(':memory:')
  migrate(connection, readMigrations(asset('migrations')), 1)
  let seq = 0
  const tell = (fact: unknown) =>
    project(connection, { seq: ++seq, at: seq, actor: 'system', fact: fact as Fact, previousAt: 0 })
  const party = (...numbers: string[]) => {
    const phones = numbers.map(number => ({ number, relation: 'SELF' as PhoneRelation, status: 'UNTRIED' }))
    tell({
      type: 'parties.saved',
      parties: [{ ref: 'K-1', type: 'person', name: 'Carl', flags: [], phones, fields: {} }],
    })
  }
  const stops = (now = 1_000) => stopsAt(drizzleOf(connection), now)
  return { tell, party, stops, connection }
}

const held = (numbers: string[], more: object = {}) => ({
  ...{ type: 'party.held', party: 'K-1', kind: 'hold', reason: 'dispute', until: null, numbers },
  ...more,
})

test('after a start a HOLD covers the numbers that it was told with, those of today, and each once', () => {
  const { tell, party, stops } = books()
  party(first!, second!)
  tell(held([first!, second!]))
  party(third!)
  assert.deepEqual(stops(), [
    { party: 'K-1', kind: 'hold', reason: 'dispute', until: null, numbers: [first, second, third] },
  ])
  tell(held([first!, second!, third!]))
  party(second!)
  assert.deepEqual(stops()[0]!.numbers, [first, second, third])
})

test('a stop that is over covers nothing, and a journal of before, which names no numbers, covers those of today', () => {
  const { tell, party, stops } = books()
  party(first!)
  const { numbers: _, ...plain } = held([], { until: 500 })
  tell(plain)
  assert.deepEqual(stops(400)[0]!.numbers, [first])
  assert.deepEqual(stops(600), [])
  tell({ type: 'party.released', party: 'K-1', kind: 'hold', reason: 'settled' })
  assert.deepEqual(stops(400), [])
})
