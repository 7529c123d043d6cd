/** Entry of the database worker: the only writer of the file. What arrives while a commit runs goes into the next one; patient requests go between. */
import { parentPort, workerData } from 'node:worker_threads'
import { collectNowAndThen } from '../lib/garbage.ts'
import { Checkpoints } from './checkpoints.ts'
import { asStoreError, type Migration, migrate, openWriter } from './db.ts'
import type { StoreError } from './port.ts'
import type { Answered, Asked } from './worker-client.ts'
import { WriteQueue } from './write-queue.ts'
import { type WriteRequest, Writer } from './writer.ts'

/** `maxPages` bounds the file, for the test of a full disk. `checkpoints`: entry of the thread for them; null: there is none. */
export type DbWorkerData = {
  file: string
  migrations: Migration[]
  now: number
  maxPages?: number
  checkpoints: string | null
}
export type DbRequest = WriteRequest | { type: 'backup'; to: string }

const port = parentPort!
const { file, migrations, now, maxPages, checkpoints: entry } = workerData as DbWorkerData
const db = openWriter(file)
migrate(db, migrations, now)
if (maxPages !== undefined) db.pragma(`max_page_count = ${Math.trunc(maxPages)}`)
const writer = new Writer(db)
const checkpoints = new Checkpoints(db, { file, entry, onDone: () => soon() })
const waiting = new WriteQueue<{ id: number; request: WriteRequest }>()
collectNowAndThen()
let isComing = false

port.on('message', (asked: Asked | 'close') => {
  if (asked === 'close') {
    return void close()
  }
  const request = JSON.parse(asked.text) as DbRequest
  if (request.type === 'backup') return void backup(asked.id, request.to)
  soon() // after all messages that are here already
  waiting.add({ id: asked.id, request }, request.type === 'transact' && request.transaction.isPatient === true)
})
port.postMessage([{ id: 0, ok: true, value: null }] satisfies Answered[])

/** What came meanwhile is heard before the next commit, so that the floor passes whoever is patient. */
function flushed(): void {
  isComing = false
  if (flush(checkpoints.isHeld) && waiting.size > 0) soon()
}

function soon(): void {
  if (!isComing) setImmediate(flushed)
  isComing = true
}

async function close(): Promise<void> {
  while (waiting.size > 0) flush()
  await checkpoints[Symbol.asyncDispose]()
  db.close()
  port.close()
}

/** Answers whether there was something to do. */
function flush(isHeld = false): boolean {
  const group = waiting.next(isHeld)
  if (group.length === 0) return false
  const answers = writer.commit(group.map(({ request }) => request))
  port.postMessage(
    group.map(({ id }, at): Answered => {
      const answer = answers[at]!
      return answer.ok ? { id, ok: true, value: answer.value } : { id, ok: false, error: plain(answer.error) }
    }),
  )
  checkpoints.committed()
  return true
}

/** Pages are copied between commits, so that the floor never waits for it. */
async function backup(id: number, to: string): Promise<void> {
  try {
    await db.backup(to, { progress: () => 500 })
    port.postMessage([{ id, ok: true, value: null }] satisfies Answered[])
  } catch (error) {
    port.postMessage([{ id, ok: false, error: plain(asStoreError(error)) }] satisfies Answered[])
  }
}

function plain(error: StoreError): { kind: StoreError['kind']; field: string | null; words: string } {
  return { kind: error.kind, field: error.field, words: error.message }
}
