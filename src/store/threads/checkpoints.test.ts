import assert from 'node:assert/strict'
import { once } from 'node:events'
import { statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { workerFile } from '../../lib/places.ts'
import { checkpointed, openReader, openWriter } from '../db.ts'
import { testFolder } from '../testing/people.ts'
import { Checkpoints } from './checkpoints.ts'

const pages = { ask: 50, anew: 200, rest: 20, hold: 400, wait: 100_000 }
const entry = workerFile('store/threads/checkpoint-worker')

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

test('when a read that held the log up is over, the thread puts it in, and neither a commit nor the writer in between', async () => {
  using folder = testFolder()
  const file = path.join(folder.path, 'a.db')
  const { db, commit } = written(file)
  let wake = () => {}
  await using checkpoints = new Checkpoints(db, { file, entry, pages, onDone: () => wake() })
  const passed = () => new Promise<void>(resolve => (wake = resolve))
  const tell = () => {
    const over = passed()
    checkpoints.committed()
    return over
  }
  const reader = openReader(file)
  const left = () => {
    const { log, done } = checkpointed(db, 'NOOP')
    return log - done
  }
  const held = async () => {
    reader.exec('BEGIN')
    reader.prepare('SELECT count(*) FROM kept').get()
    while (left() < 3 * pages.hold) commit()
    await tell()
    await tell() // what came before the read is in the file, and the thread was asked once more
    assert.ok(left() >= 3 * pages.hold, 'what a read still needs stays')
  }
  await held()
  reader.exec('COMMIT')
  const before = left()
  commit()
  assert.ok(left() > before, 'the commit put nothing in')
  for (let n = 0; left() > pages.ask && n < 100; n++) await tell()
  assert.ok(left() <= pages.ask)

  await held()
  const over = tell()
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200) // the thread has found nothing to put in, and says so
  reader.exec('COMMIT')
  await over
  assert.ok(left() >= 3 * pages.hold, 'nor did the writer, as it heard of it')
  for (let n = 0; left() > pages.ask && n < 100; n++) {
    const next = tell()
    commit()
    await next
  }
  assert.ok(left() <= pages.ask)
  reader.close()
  await checkpoints[Symbol.asyncDispose]()
  db.close()
})

test('while no thread of that kind lives the writer sees to the log itself', async () => {
  using folder = testFolder()
  const file = path.join(folder.path, 'a.db')
  const { db, commit } = written(file)
  const gone = path.join(folder.path, 'gone.ts')
  writeFileSync(gone, 'throw new Error("no thread")')
  let wake = () => {}
  await using checkpoints = new Checkpoints(db, { file, entry: gone, pages, onDone: () => wake() })
  for (let n = 0; n < 5; n++) {
    for (let k = 0; k < 10; k++) commit()
    const over = new Promise<void>(resolve => (wake = resolve))
    checkpoints.committed()
    if (n < 3) await over
  }
  for (let n = 0; n < 200; n++) {
    commit()
    checkpoints.committed()
  }
  const { log, done } = checkpointed(db, 'NOOP')
  assert.ok(log - done < 2 * pages.ask && log < pages.hold, `${log} pages, ${done} of them in the file`)
  await checkpoints[Symbol.asyncDispose]()
  db.close()
})

/** Reads for some 5 ms, again and again, with hardly a pause; told to stop by what is shared. */
function readsOn(file: string, isOver: Int32Array): Worker {
  const script = `
    const { workerData: { file, isOver }, parentPort } = require('node:worker_threads')
    const db = new (require(${JSON.stringify(fileURLToPath(import.meta.resolve('better-sqlite3')))}))(file, { readonly: true })
    const read = db.prepare('SELECT count(*) FROM kept')
    let n = 0
    while (Atomics.load(isOver, 0) === 0) {
      db.exec('BEGIN')
      read.get()
      Atomics.wait(isOver, 0, 0, 5)
      db.exec('COMMIT')
      if (++n === 1) parentPort.postMessage('reading')
    }
    db.close()`
  return new Worker(script, { eval: true, workerData: { file, isOver } })
}

test('reads that are short and never all over at once do not keep the log from beginning anew', async () => {
  using folder = testFolder()
  const file = path.join(folder.path, 'a.db')
  const { db, commit } = written(file)
  const isOver = new Int32Array(new SharedArrayBuffer(4))
  const readers = [1, 2, 3].map(() => readsOn(file, isOver))
  const gone = readers.map(reader => once(reader, 'exit'))
  await Promise.all(readers.map(reader => once(reader, 'message')))
  await using checkpoints = new Checkpoints(db, {
    ...{ file, entry, pages: { ...pages, ask: 100, wait: 600 } },
    onDone: () => {},
  })
  let most = 0
  for (let n = 0; n < 600; n++) {
    commit()
    checkpoints.committed()
    most = Math.max(most, checkpointed(db, 'NOOP').log)
    await sleep(2) // as the floor writes: little while one read goes on
  }
  Atomics.store(isOver, 0, 1)
  Atomics.notify(isOver, 0)
  await Promise.all(gone)
  await checkpoints[Symbol.asyncDispose]()
  db.close()
  assert.ok(most < 5_000, `${most} pages of some 7,000, which it is if nobody waits`)
})
