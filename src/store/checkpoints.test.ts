import assert from 'node:assert/strict'
import { statSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { workerFile } from '../lib/places.ts'
import { Checkpoints } from './checkpoints.ts'
import { checkpointed, openReader, openWriter } from './db.ts'
import { testFolder } from './testing/people.ts'

const pages = { ask: 50, anew: 200, hold: 400 }
const entry = workerFile('store/checkpoint-worker')

/** A database whose every commit is some ten pages of the log. */
function written(file: string) {
  const db = openWriter(file)
  db.exec('CREATE TABLE kept (n INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT')
  const insert = db.prepare('INSERT INTO kept (text) VALUES (?)')
  return { db, commit: () => void insert.run('x'.repeat(40_000)) }
}

test('another thread puts the log into the file, and the log begins anew instead of growing with what is written', async () => {
  using folder = testFolder()
  const file = path.join(folder.path, 'a.db')
  const { db, commit } = written(file)
  let wake = () => {}
  await using checkpoints = new Checkpoints(db, { file, entry, pages, onDone: () => wake() })
  let most = 0
  for (let n = 0; n < 600; n++) {
    commit()
    checkpoints.committed()
    most = Math.max(most, checkpointed(db, 'NOOP').log)
    if (checkpoints.isHeld) await new Promise<void>(resolve => (wake = resolve))
    else if (n % 10 === 0) await new Promise(resolve => setImmediate(resolve))
  }
  assert.ok(most < 2 * pages.hold, `${most} pages of ${600 * 10}`)
  assert.ok(statSync(file).size > 4_000 * 4096, 'most of it is in the file while nobody has closed it')
  await checkpoints[Symbol.asyncDispose]()
  db.close()
  const reader = openReader(file)
  assert.equal(reader.prepare('SELECT count(*) AS n FROM kept').pluck().get(), 600)
  reader.close()
})

test('without the thread SQLite sees to the log by itself, and nobody is held', async () => {
  using folder = testFolder()
  const file = path.join(folder.path, 'a.db')
  const { db, commit } = written(file)
  const checkpoints = new Checkpoints(db, { file, entry: null, pages, onDone: () => {} })
  for (let n = 0; n < 300; n++) {
    commit()
    checkpoints.committed()
    assert.equal(checkpoints.isHeld, false)
  }
  assert.ok(checkpointed(db, 'NOOP').log <= 2_100)
  db.close()
})
