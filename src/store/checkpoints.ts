/**
 * When the write-ahead log goes into the database file. A thread of its own does nearly all of it while the writer goes on; what was written meanwhile
 * is little, and the writer puts it in itself, after which the log begins anew (SQLite lets it only when all of it is in the file).
 */
import { Worker } from 'node:worker_threads'
import { type Connection, checkpointed } from './db.ts'

/**
 * In pages of the log. `ask`: so many are not in the file yet, and the thread is asked. `anew`: of this length (32 MB) it is to begin anew. `hold`: of
 * this (96 MB) rows of files wait until the thread has caught up.
 */
const usualPages = { ask: 2_000, anew: 8_000, hold: 24_000 }

export class Checkpoints implements AsyncDisposable {
  readonly #db: Connection
  readonly #entry: string | null
  readonly #file: string
  readonly #pages: typeof usualPages
  readonly #onDone: () => void
  #worker: Worker | null = null
  #isBusy = false
  #isHeld = false

  /** `entry` null: SQLite does it by itself within a commit, as it is set. `onDone`: rows of files need not wait any more. */
  constructor(
    db: Connection,
    given: {
      file: string
      entry: string | null
      onDone: () => void
      pages?: typeof usualPages
    },
  ) {
    const { file, entry, onDone, pages = usualPages } = given
    this.#db = db
    this.#pages = pages
    this.#file = file
    this.#entry = entry
    this.#onDone = onDone
    // Far beyond what is held: should the thread be gone, SQLite sees to it.
    if (entry !== null) db.pragma(`wal_autocheckpoint = ${2 * pages.hold}`)
  }

  /** Whether rows of files are to wait. */
  get isHeld(): boolean {
    return this.#isHeld
  }

  /** To be told after each commit; some microseconds. */
  committed(): void {
    if (this.#entry === null) return
    const { log, done } = checkpointed(this.#db, 'NOOP')
    if (this.#isBusy) {
      this.#isHeld = log >= this.#pages.hold
      return
    }
    if (log - done < this.#pages.ask) return
    this.#isBusy = true
    this.#started(this.#entry).postMessage('go')
  }

  /** The thread has put in what there was when it began. */
  #passed(): void {
    this.#isBusy = false
    this.#isHeld = false
    try {
      if (checkpointed(this.#db, 'NOOP').log >= this.#pages.anew) checkpointed(this.#db, 'PASSIVE')
    } catch {} // the disk is full, as the next commit will say
    this.#onDone()
  }

  #started(entry: string): Worker {
    if (this.#worker !== null) return this.#worker
    const worker = new Worker(entry, {
      workerData: { file: this.#file },
      resourceLimits: { maxYoungGenerationSizeMb: 4 },
    })
    this.#worker = worker
    worker.on('message', () => {
      if (this.#worker === worker) this.#passed()
    })
    worker.on('error', () => {})
    worker.on('exit', () => {
      if (this.#worker !== worker) return
      this.#worker = null // another one is started with the next pages
      this.#isBusy = this.#isHeld = false
      this.#onDone()
    })
    return worker
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const worker = this.#worker
    this.#worker = null
    if (worker === null) return
    const gone = new Promise<void>(resolve => worker.once('exit', () => resolve()))
    worker.postMessage('close')
    await gone
  }
}
