/** The main thread's end of a store worker: questions out, answers in their order, and a worker that died is replaced. */
import { Worker } from 'node:worker_threads'
import { StoreError } from '../port.ts'

/** Questions travel as JSON text: one copy of bytes, and the worker does the parsing. */
export type Asked = { id: number; text: string }
export type Answered =
  | { id: number; ok: true; value: unknown }
  | { id: number; ok: false; error: { kind: StoreError['kind']; field: string | null; words: string } }

type Waiting = { resolve: (value: unknown) => void; reject: (error: StoreError) => void }

const maxWaiting = 50_000
const restartDelayMs = 200
/** V8 would let the young half of each heap grow to 48 MB for good while modules load. */
const resourceLimits = { maxYoungGenerationSizeMb: 6 }

export class WorkerClient {
  readonly #path: string | URL
  readonly #data: () => unknown
  readonly #onDied: (reason: string) => void
  readonly #waiting = new Map<number, Waiting>()
  #worker: Worker | null = null
  #nextId = 1
  #closing = false

  /** `data` is asked again at every start. `onDied` is told why a running worker went away; a new one is on its way then. */
  constructor(path: string | URL, data: () => unknown, onDied: (reason: string) => void) {
    this.#path = path
    this.#data = data
    this.#onDied = onDied
  }

  get waiting(): number {
    return this.#waiting.size
  }

  /** Resolves when the worker has opened the file; rejects with its words when it cannot. */
  start(): Promise<void> {
    return new Promise((resolve, reject) => {
      const worker = new Worker(this.#path, { workerData: this.#data(), resourceLimits })
      let opened = false
      let fault: unknown = null
      worker.on('message', (answers: Answered[]) => {
        if (!opened) {
          opened = true
          this.#worker = worker
          return resolve()
        }
        for (const answer of answers) this.#settle(answer)
      })
      worker.on('error', error => {
        fault = error
      })
      worker.on('exit', () => {
        if (this.#worker === worker) this.#worker = null
        const reason = fault instanceof Error ? fault.message : 'it went away'
        this.#rejectAll(reason)
        if (!opened) return reject(new StoreError('fault', null, reason, { cause: fault }))
        if (this.#closing) return
        this.#onDied(reason)
        this.#restart()
      })
    })
  }

  /** Rejects with StoreError; `fault` also when the worker dies before it answered, and then the write may or may not be done. */
  ask(text: string): Promise<unknown> {
    const worker = this.#worker
    if (worker === null) return Promise.reject(new StoreError('fault', null, 'The store is starting again.'))
    if (this.#waiting.size >= maxWaiting)
      return Promise.reject(new StoreError('fault', null, 'The store does not keep up.'))
    const id = this.#nextId++
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject })
      worker.postMessage({ id, text } satisfies Asked)
    })
  }

  /** For tests: ends the thread as a fault would. */
  async kill(): Promise<void> {
    await this.#worker?.terminate()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing = true
    const worker = this.#worker
    if (worker === null) return
    const gone = new Promise<void>(resolve => worker.once('exit', () => resolve()))
    worker.postMessage('close')
    await gone
  }

  #settle(answer: Answered): void {
    const waiting = this.#waiting.get(answer.id)
    if (!waiting) return
    this.#waiting.delete(answer.id)
    if (answer.ok) waiting.resolve(answer.value)
    else waiting.reject(new StoreError(answer.error.kind, answer.error.field, answer.error.words))
  }

  #rejectAll(reason: string): void {
    const left = [...this.#waiting.values()]
    this.#waiting.clear()
    for (const { reject } of left) reject(new StoreError('fault', null, `The store's worker died: ${reason}`))
  }

  #restart(): void {
    setTimeout(() => {
      if (this.#closing) return
      this.start().catch(error => {
        this.#onDied(String(error))
        this.#restart()
      })
    }, restartDelayMs)
  }
}
