/** Entry of the database worker: the only writer of the file. What arrives while a commit runs goes into the next one; patient requests go between. */
import { closeSync, fdatasyncSync, openSync } from 'node:fs'
import { parentPort, workerData } from 'node:worker_threads'
import { asStoreError, type Migration, migrate, openWriter } from '../db.ts'
import type { StoreError } from '../port.ts'
import { Checkpoints } from './checkpoints.ts'
import { SyncDebt } from './sync-debt.ts'
import type { Answered, Asked } from './worker-client.ts'
import { isPatient, WriteQueue } from './write-queue.ts'
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

/** Patient commits that wait for a sync at most. */
const unsyncedMax = 3

const port = parentPort!
const { file, migrations, now, maxPages, checkpoints: entry } = workerData as DbWorkerData
const db = openWriter(file)
migrate(db, migrations, now)
if (maxPages !== undefined) db.pragma(`max_page_count = ${Math.trunc(maxPages)}`)
const writer = new Writer(db)
const checkpoints = new Checkpoints(db, { file, entry, onDone: () => soon() })
const waiting = new WriteQueue<{ id: number; request: WriteRequest }>()
const debt = new SyncDebt<Answered>(syncLog)
let isComing = false
let log: number | null = null

port.on('message', (asked: Asked | 'close') => {
  if (asked === 'close') {
    return void close()
  }
  const request = JSON.parse(asked.text) as DbRequest
  if (request.type === 'backup') return void backup(asked.id, request.to)
  soon() // after all messages that are here already
  waiting.add({ id: asked.id, request })
})
port.postMessage([{ id: 0, ok: true, value: null }] satisfies Answered[])

/** What came meanwhile is heard before the next commit, so that the floor passes whoever is patient. */
function flushed(): void {
  isComing = false
  const isDone = flush(checkpoints.isHeld)
  // Who is patient goes on without a sync, but for so many; when nobody comes meanwhile whose commit has one, there is one for them.
  if (debt.size >= (isDone ? unsyncedMax : 1)) post(debt.pay(notSynced))
  if (isDone && (waiting.size > 0 || debt.size > 0)) soon()
}

function soon(): void {
  if (!isComing) setImmediate(flushed)
  isComing = true
}

async function close(): Promise<void> {
  while (waiting.size > 0) flush()
  post(debt.pay(notSynced))
  await checkpoints[Symbol.asyncDispose]()
  if (log !== null) closeSync(log)
  db.close()
  port.close()
}

/** Answers whether there was something to do. */
function flush(isHeld = false): boolean {
  const group = waiting.next(isHeld)
  if (group.length === 0) return false
  const isSynced = !isPatient(group[0]!.request)
  const { seq } = writer.head
  const answers = writer.commit(
    group.map(({ request }) => request),
    { isSynced },
  )
  const told = group.map(({ id }, at): Answered => {
    const answer = answers[at]!
    return answer.ok ? { id, ok: true, value: answer.value } : { id, ok: false, error: plain(answer.error) }
  })
  if (!isSynced && told.every(({ ok }) => ok)) debt.owe(told)
  else {
    // A commit that wrote nothing has synced nothing.
    post(!isSynced || writer.head.seq === seq ? told : [...debt.paid(), ...told])
  }
  checkpoints.committed()
  return true
}

function post(answers: Answered[]): void {
  if (answers.length > 0) port.postMessage(answers)
}

function notSynced({ id }: Answered, error: unknown): Answered {
  return { id, ok: false, error: plain(asStoreError(error)) }
}

/** The log as a file: SQLite does not take it away while the writer is open. */
function syncLog(): void {
  log ??= openSync(`${file}-wal`, 'r+')
  fdatasyncSync(log)
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
