import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Fact } from '../../centre/facts.ts'
import { asset } from '../../lib/places.ts'
import { type Connection, migrate, openWriter, readMigrations } from '../db.ts'
import { type WriteRequest, Writer } from './writer.ts'

function request(what: string): WriteRequest {
  const fact = { type: 'audit.noted', what, detail: '' } as unknown as Fact
  return { type: 'transact', transaction: { recorded: [{ at: 1_000, actor: 'system', fact }] } }
}

/** Its fact and its first secret can be written, its second not. */
function halfRefused(): WriteRequest {
  const { transaction } = request('half') as Extract<WriteRequest, { type: 'transact' }>
  const secret = { owner: 'tr_one', kind: 'trunk-password', value: 'x' } as const
  const secrets = [secret, { ...secret, owner: null as never }]
  return { type: 'transact', transaction: { ...transaction, secrets } }
}

/** A connection that writes down the SQL that it is asked to prepare. */
function spied(db: Connection): { db: Connection; seen: string[] } {
  const seen: string[] = []
  const spy = new Proxy(db, {
    get(target, key) {
      if (key === 'prepare')
        return (text: string) => {
          seen.push(text)
          return target.prepare(text)
        }
      const value: unknown = Reflect.get(target, key)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
  return { db: spy, seen }
}

test('a request that is alone has no savepoint, whose list SQLite would walk at each statement; neighbours have one each', t => {
  const folder = mkdtempSync(join(tmpdir(), 'switchroom-writer-'))
  const plain = openWriter(join(folder, 'switchroom.db'))
  t.after(() => {
    plain.close()
    rmSync(folder, { recursive: true })
  })
  migrate(plain, readMigrations(asset('migrations')), 0)
  const { db, seen } = spied(plain)
  const writer = new Writer(db)
  const kept = () => plain.prepare("SELECT json_extract(body, '$.what') FROM journal ORDER BY seq").pluck().all()
  const savepoints = () => seen.filter(text => text.startsWith('SAVEPOINT')).length
  assert.equal(writer.commit([request('one')])[0]!.ok, true)
  assert.equal(savepoints(), 0)

  const broken = halfRefused()
  const [refused] = writer.commit([broken])
  assert.equal(refused!.ok, false)
  assert.equal(db.inTransaction, false)
  assert.equal(savepoints(), 0)
  assert.deepEqual(kept(), ['one'], 'not the half of it that the disk would have taken')
  assert.equal(writer.head.seq, 1)

  const answers = writer.commit([request('two'), broken, request('three')])
  assert.deepEqual(
    answers.map(({ ok }) => ok),
    [true, false, true],
  )
  assert.equal(savepoints(), 1, 'one statement, prepared once')
  assert.deepEqual(kept(), ['one', 'two', 'three'])
  assert.deepEqual(plain.prepare('SELECT count(*) FROM secrets').pluck().get(), 0)
})
