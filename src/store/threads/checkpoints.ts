/**
 * When the write-ahead log goes into the database file. A thread of its own does nearly all of it while the writer goes on; what was written meanwhile
 * is little, and the writer puts it in itself, after which the log begins anew (SQLite lets it only when all of it is in the file). A read that goes on
 * keeps what it still needs in the log, which grows meanwhile. So do reads that are short and never all over at once, as on a machine with too much to
 * do (3.2 GB were seen): when it is long for its size, the writer waits a moment for them.
 */
import { Worker } from 'node:worker_threads'
import { type Connection, checkpointed, restarted, type WalState } from '../db.ts'

/**
 * In pages of the log. `ask`: so many are not in the file yet, and the thread is asked. `anew`: of this length (32 MB) it is to begin anew, and at most
 * about `rest` of it is left to a commit. `hold`: of this (96 MB) rows of files wait until the thread has caught up. `wait`: of this (128 MB) the writer
 * waits for those who read, and in vain not again before it is twice as long.
 */
const usualPages = { ask: 2_000, anew: 8_000, rest: 200, hold: 24_000, wait: 32_000 }
const waitsMs = 100
/** Threads that died one after the other without having done anything; from then on the writer does it. */
const deathsMax = 3

export class Checkpoints implements AsyncDisposable {
  readonly #db: Connection
  readonly #entry: string | null
  readonly #file: string
  readonly #pages: typeof usualPages
  readonly #onDone: () => void
  #worker: Worker | null = null
  #isBusy = false
  #isHeld = false
  #isForRest = false
  /** What was in the file when the thread was asked: a read that needs the log lets it put in nothing, and then nobody asks in vain before the next commit. */
  #doneBefore = 0
  #deaths = 0
  #waitAt: number

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
    this.#waitAt = pages.wait
    this.#file = file
    this.#entry = entry
    this.#onDone = onDone
    // Or the first commit after a long read would put in itself whatever came meanwhile.
    if (entry !== null) db.pragma('wal_autocheckpoint = 0')
  }

  /** Whether rows of files are to wait. */
  get isHeld(): boolean {
    return this.#isHeld
  }

  /** To be told after each commit; some microseconds. */
  committed(): void {
    if (this.#entry === null) return
    const state = this.#state()
    if (!this.#isBusy && state.log - state.done >= this.#pages.ask) this.#ask(this.#entry, state)
    this.#isHeld = this.#isToBeHeld(state)
  }

  #isToBeHeld({ log }: WalState): boolean {
    return this.#isBusy && (this.#isForRest || log >= this.#pages.hold)
  }

  #ask(entry: string, { log, done }: WalState): void {
    if (this.#deaths >= deathsMax) return void this.#putIn()
    this.#isBusy = true
    this.#isForRest = false
    // Begun anew, the log counts from nothing.
    this.#doneBefore = done < log ? done : 0
    this.#started(entry).postMessage('go')
  }

  /** The thread has put in what there was when it began: what came meanwhile is the writer's if it is little, else the thread's again. */
  #passed(entry: string): void {
    this.#isBusy = false
    this.#deaths = 0
    const state = this.#state()
    const left = state.log - state.done
    const isLong = state.log >= this.#pages.anew
    const isMuch = left >= this.#pages.ask
    if ((isMuch || (isLong && left > this.#pages.rest && !this.#isForRest)) && state.done > this.#doneBefore) {
      this.#ask(entry, state)
      this.#isForRest = !isMuch // meanwhile rows of files wait, and what is left to the writer is of the floor alone
    } else if (isLong && !isMuch) this.#begin(state)
    this.#isHeld = this.#isToBeHeld(state)
    this.#onDone()
  }

  #state(): WalState {
    try {
      return checkpointed(this.#db, 'NOOP')
    } catch {
      return { log: 0, done: 0 } // the disk fails, as the next commit will say
    }
  }

  /** All but little of it is in the file: the rest as well, so that the log begins anew. */
  #begin({ log }: WalState): void {
    if (log < this.#waitAt) return this.#putIn()
    try {
      this.#waitAt = restarted(this.#db, waitsMs) ? this.#pages.wait : 2 * log
    } catch {} // as below
  }

  #putIn(): void {
    try {
      checkpointed(this.#db, 'PASSIVE')
    } catch {} // the disk is full, as the next commit will say
  }

  #started(entry: string): Worker {
    if (this.#worker !== null) return this.#worker
    const worker = new Worker(entry, {
      workerData: { file: this.#file },
      resourceLimits: { maxYoungGenerationSizeMb: 4 },
    })
    this.#worker = worker
    worker.on('message', () => {
      if (this.#worker === worker) this.#passed(entry)
    })
    worker.on('error', () => {})
    worker.on('exit', () => {
      if (this.#worker !== worker) return
      this.#worker = null // another one is started with the next pages
      this.#deaths++
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
