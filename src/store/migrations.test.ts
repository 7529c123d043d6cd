import assert from 'node:assert/strict'
import { test } from 'node:test'
import Sqlite from 'better-sqlite3'
import { asset } from '../lib/places.ts'
import { migrate, readMigrations } from './db.ts'

/** A database as the program was before `name`, with `rows`; then brought up to date. */
function broughtUp(name: string, rows: string): Sqlite.Database {
  const db = new Sqlite(':memory:')
  const all = readMigrations(asset('migrations'))
  migrate(
    db,
    all.filter(one => one.name < name),
    1,
  )
  db.exec(rows)
  assert.equal(migrate(db, all, 2)[0]?.slice(0, 4), name)
  return db
}

const call = (id: string, endedAt: number | null, missing: string | null) =>
  `INSERT INTO calls (id, direction, number, started_at, ended_at, recording_missing)
   VALUES ('${id}', 'out', '13800000000', 1000, ${endedAt ?? 'NULL'}, ${missing === null ? 'NULL' : `'${missing}'`});`

test('calls that were told to lack audio have its cause: that of their part which gives that reason, the last of them', () => {
  const part = (id: string, of: string, at: number, reason: string, cause: string) =>
    `INSERT INTO recordings (id, call, path, opened_at, missing_reason, missing_cause)
     VALUES ('${id}', '${of}', '${id}.wav', ${at}, '${reason}', '${cause}');`
  const db = broughtUp(
    '0120',
    call('c1', 5000, 'the disk was full') +
      call('c2', 5000, null) +
      call('c3', 5000, 'nobody knows') +
      part('r1', 'c1', 1000, 'the disk was full', 'full') +
      part('r2', 'c1', 2000, 'the disk was full', 'unwritable') +
      part('r3', 'c1', 3000, 'the thread died', 'thread') +
      part('r4', 'c2', 1000, 'the disk was full', 'full'),
  )
  assert.deepEqual(db.prepare('SELECT recording_missing_cause FROM calls ORDER BY id').pluck().all(), [
    'unwritable',
    null,
    null,
  ])
  db.close()
})

test('a recording that was found late is kept from its call on: how late it was sealed is known of old ones too', () => {
  const sealed = (id: string, of: string, sealedAt: number | null, wasMissing: number) =>
    `INSERT INTO recordings (id, call, path, opened_at, duration_ms, sealed_at, was_missing)
     VALUES ('${id}', '${of}', '${id}.wav', 1000, 500, ${sealedAt ?? 'NULL'}, ${wasMissing});`
  const db = broughtUp(
    '0133',
    call('ended', 5000, null) +
      call('open', null, null) +
      sealed('a', 'ended', 9000, 1) +
      sealed('b', 'open', 9000, 1) +
      sealed('c', 'ended', 9000, 0) +
      sealed('d', 'ended', null, 1) +
      sealed('e', 'ended', 4000, 1),
  )
  assert.deepEqual(db.prepare('SELECT id, found_after_ms FROM recordings ORDER BY id').raw().all(), [
    ['a', 4000],
    ['b', 7500],
    ['c', 0],
    ['d', 0],
    ['e', 0],
  ])
  db.close()
})
