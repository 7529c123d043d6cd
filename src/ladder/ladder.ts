/**
 * The SIP ladder as the main thread sees it: a message is noted (one copy into a slab), the slab goes to the ladder's thread twice a second, and
 * who wants to see a call asks that thread. Signalling never waits for it: when the thread or the disk does not keep up, messages are left out
 * and counted.
 */
import { existsSync } from 'node:fs'
import { Worker } from 'node:worker_threads'
import type { Clock } from '../lib/clock.ts'
import { formatHost } from '../lib/host.ts'
import type { SipNote } from '../store/telephony/ladder-file.ts'
import type { LadderBatch, LadderReport, LadderRequest, LadderWorkerData } from './control.ts'
import { type LadderBounds, LadderDays, type LadderFigures } from './ladder-days.ts'
import type { OtherKind } from './sip-note.ts'

/** How long a message waits at most before it goes to the thread; a longer wait packs a call's messages better. */
const flushMs = 500
const slabBytes = 256 * 1024
/** Slabs on their way: 8 MB, some thousand calls. Over it messages are left out. */
const slabsMax = 32
const askWithinMs = 10_000
const pruneEveryMs = 3_600_000
/** After the thread died; and so often in a row until it is given up. */
const restartMs = 1_000
const restartsMax = 5
const resourceLimits = { maxYoungGenerationSizeMb: 6 }

type Address = { address: string; port: number }
export type NotedMessage = {
  direction: 'in' | 'out'
  transport: string
  local: Address
  remote: Address
  bytes: Uint8Array
}

export type LadderPort = {
  /** Called for each message; at most a few µs, never throws. */
  note(message: NotedMessage): void
  /** From now on the dialogs of this Call-ID belong to the leg; called before what it names is flushed. */
  name(callId: string, leg: string): void
}

/** The part that pages and the API ask. */
export type Ladders = {
  /** 0: nothing is kept. */
  readonly days: number
  /** What these legs said, by time. Rejects with LadderError. */
  ofLegs(legs: readonly string[], from: number, to: number): Promise<SipNote[]>
  others(kind: OtherKind, limit: number): Promise<SipNote[]>
  readonly figures: LadderFigures & { lost: number }
}

export class LadderError extends Error {
  override name = 'LadderError'
}

export type LadderOptions = {
  folder: string
  bounds: LadderBounds
  worker: string | URL
  clock: Clock
  onFault(words: string): void
}

export class Ladder implements LadderPort, Ladders, AsyncDisposable {
  readonly #options: LadderOptions
  readonly #asks = new Map<
    number,
    { resolve(notes: SipNote[]): void; reject(error: LadderError): void; timer: NodeJS.Timeout }
  >()
  readonly #wall: () => number
  readonly #timers: NodeJS.Timeout[] = []
  readonly #flowIds = new Map<string, number>()
  #batch = emptyBatch()
  #used = 0
  #marks: number[] = []
  #worker: Worker | null = null
  #underWay = 0
  #nextAsk = 1
  #restarts = 0
  #isClosing = false
  #lost = 0
  #told = ''
  #figures: LadderFigures = { kept: 0, leftOut: 0, todayBytes: 0, todayFull: false, trouble: null }

  constructor(options: LadderOptions) {
    this.#options = options
    const { clock, bounds } = options
    // By the clock that never steps, so that a call's messages keep their order and distance; anchored anew with each slab.
    let anchor = clock.now() - clock.monotonic()
    this.#wall = () => anchor + clock.monotonic()
    if (bounds.days === 0) {
      this.#removeAll()
      return
    }
    this.#start()
    this.#timers.push(
      setInterval(() => {
        anchor = clock.now() - clock.monotonic()
        this.#flush()
      }, flushMs).unref(),
      setInterval(() => this.#tell({ type: 'prune', now: clock.now() }), pruneEveryMs).unref(),
    )
    this.#tell({ type: 'prune', now: clock.now() })
  }

  get days(): number {
    return this.#options.bounds.days
  }

  get figures(): LadderFigures & { lost: number } {
    return { ...this.#figures, lost: this.#lost }
  }

  note({ direction, transport, local, remote, bytes }: NotedMessage): void {
    if (this.#worker === null || bytes.length < 16) return // a keep-alive
    if (this.#used + bytes.length > slabBytes) this.#flush()
    if (this.#underWay >= slabsMax || bytes.length > slabBytes) {
      this.#lost++
      return
    }
    this.#batch.bytes.set(bytes, this.#used)
    this.#used += bytes.length
    this.#marks.push(
      this.#used,
      this.#wall(),
      this.#flowOf(transport, local, remote) * 2 + (direction === 'out' ? 1 : 0),
    )
  }

  name(callId: string, leg: string): void {
    if (this.#worker !== null) this.#batch.names.push({ callId, leg })
  }

  #flowOf(transport: string, local: Address, remote: Address): number {
    const key = `${transport} ${local.address} ${local.port} ${remote.address} ${remote.port}`
    let id = this.#flowIds.get(key)
    if (id === undefined) {
      id = this.#batch.table.length
      this.#flowIds.set(key, id)
      const [here, there] = [formatHost(local.address, local.port), formatHost(remote.address, remote.port)]
      this.#batch.table.push({ transport, local: here, remote: there })
    }
    return id
  }

  #flush(): void {
    const batch = this.#batch
    if (this.#worker === null || (this.#marks.length === 0 && batch.names.length === 0)) return
    this.#batch = emptyBatch()
    this.#flowIds.clear()
    // A slab that is mostly empty is sent as what it holds: the thread would keep all of it.
    batch.bytes = this.#used > slabBytes / 2 ? batch.bytes.subarray(0, this.#used) : batch.bytes.slice(0, this.#used)
    batch.marks = Float64Array.from(this.#marks)
    this.#marks = []
    this.#used = 0
    this.#underWay++
    this.#worker.postMessage(batch, [batch.bytes.buffer as ArrayBuffer, batch.marks.buffer as ArrayBuffer])
  }

  ofLegs(legs: readonly string[], from: number, to: number): Promise<SipNote[]> {
    return legs.length === 0
      ? Promise.resolve([])
      : this.#ask(ask => ({ type: 'legs', ask, legs: [...legs], from, to }))
  }

  others(kind: OtherKind, limit: number): Promise<SipNote[]> {
    return this.#ask(ask => ({ type: 'others', ask, kind, limit }))
  }

  #ask(request: (ask: number) => LadderRequest): Promise<SipNote[]> {
    if (this.#worker === null)
      return Promise.reject(
        new LadderError(
          this.days === 0
            ? 'SIP messages are not kept (ladder.days is 0)'
            : 'the thread that keeps SIP messages is not running',
        ),
      )
    this.#flush() // what was said a moment ago is part of the answer
    const ask = this.#nextAsk++
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#asks.delete(ask)
        reject(new LadderError('the thread that keeps SIP messages does not answer'))
      }, askWithinMs)
      this.#asks.set(ask, { resolve, reject, timer })
      this.#tell(request(ask))
    })
  }

  #tell(request: LadderRequest): void {
    this.#worker?.postMessage(request)
  }

  /** Nothing is kept from now on, and nothing of before. */
  #removeAll(): void {
    const { folder, bounds, clock, onFault } = this.#options
    try {
      if (existsSync(folder)) new LadderDays(folder, bounds).prune(clock.now())
    } catch (error) {
      onFault(`SIP messages that are to be kept no more cannot be removed from ${folder}: ${(error as Error).message}`)
    }
  }

  #start(): void {
    const { folder, bounds, worker: file } = this.#options
    const worker = new Worker(file, {
      workerData: { folder, bounds } satisfies LadderWorkerData,
      name: 'ladder',
      resourceLimits,
    })
    this.#worker = worker
    this.#underWay = 0
    let reason = 'it went away'
    worker.on('message', (report: LadderReport) => this.#hear(report))
    worker.on('error', error => {
      reason = error instanceof Error ? error.message : String(error)
    })
    worker.on('exit', () => this.#gone(worker, reason))
    worker.unref()
  }

  #hear(report: LadderReport): void {
    switch (report.type) {
      case 'taken': {
        this.#underWay--
        this.#restarts = 0
        this.#figures = report.figures
        const { trouble, todayFull } = report.figures
        const words = trouble ?? (todayFull ? 'the day has its fill (ladder.mb_per_day)' : '')
        if (words !== this.#told && words !== '') this.#options.onFault(`SIP messages are not kept: ${words}`)
        this.#told = words
        return
      }
      case 'notes': {
        const waiting = this.#asks.get(report.ask)
        this.#asks.delete(report.ask)
        if (waiting === undefined) return
        clearTimeout(waiting.timer)
        return waiting.resolve(report.notes)
      }
      case 'closed':
        return
      default:
        report satisfies never
    }
  }

  #gone(worker: Worker, reason: string): void {
    if (this.#worker !== worker) return
    this.#worker = null
    for (const { reject, timer } of this.#asks.values()) {
      clearTimeout(timer)
      reject(new LadderError(`the thread that keeps SIP messages died: ${reason}`))
    }
    this.#asks.clear()
    if (this.#isClosing) return
    const isLast = ++this.#restarts > restartsMax
    this.#options.onFault(
      `the thread that keeps SIP messages died: ${reason}${isLast ? '; it is given up until the next start' : ''}`,
    )
    if (!isLast) setTimeout(() => this.#isClosing || this.#start(), restartMs).unref()
  }

  /** What was noted is on disk when this resolves, unless the disk takes longer than two seconds. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer)
    const worker = this.#worker
    this.#flush()
    this.#isClosing = true
    if (worker === null) return
    const gone = new Promise<void>(resolve => worker.once('exit', () => resolve()))
    worker.ref()
    worker.postMessage({ type: 'close' } satisfies LadderRequest)
    const late = setTimeout(() => void worker.terminate(), 2_000)
    await gone
    clearTimeout(late)
  }
}

function emptyBatch(): LadderBatch {
  return {
    type: 'batch',
    names: [],
    bytes: new Uint8Array(slabBytes),
    marks: new Float64Array(),
    table: [],
  }
}
