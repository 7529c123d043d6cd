/** The thread that makes derivatives, as the main thread holds it: there only while there is work, one recording at a time. */
import { Worker } from 'node:worker_threads'
import type { Transcoded, TranscodeError } from './transcode.ts'

export type DeriveRequest = { source: string; target: string; sha256: string }
/** `forGood`: why it will not do better another time (`absent`: its file is gone from a folder that is there); null: it may. */
export type DeriveReport =
  | ({ ok: true } & Transcoded)
  | { ok: false; reason: string; forGood: TranscodeError['why'] | 'absent' | null }

/** The encoder's memory is its own; what this thread allocates besides is a few buffers. */
const resourceLimits = { maxYoungGenerationSizeMb: 6 }

export class Deriver implements AsyncDisposable {
  readonly #entry: string | URL
  readonly #share = new Int32Array(new SharedArrayBuffer(4))
  #worker: Worker | null = null
  #answer: (report: DeriveReport) => void = () => undefined

  constructor(entry: string | URL) {
    this.#entry = entry
  }

  /** 0 to 1 of a core; 0 pauses it after what is in hand, some 60 ms of work. */
  set share(part: number) {
    Atomics.store(this.#share, 0, Math.round(Math.max(0, Math.min(1, part)) * 1000))
  }

  /** Never rejects; a thread that dies has failed, and the next call starts another. One at a time. */
  derive(request: DeriveRequest): Promise<DeriveReport> {
    this.#worker ??= this.#start()
    this.#worker.postMessage(request)
    return new Promise(resolve => {
      this.#answer = resolve
    })
  }

  /** Gives the encoder's memory back until there is work again; what is in hand has failed. */
  async rest(): Promise<void> {
    await this.#worker?.terminate()
  }

  #start(): Worker {
    const worker = new Worker(this.#entry, { workerData: { share: this.#share.buffer }, resourceLimits })
    let died = 'it was ended'
    worker.on('message', (report: DeriveReport) => this.#answer(report))
    worker.on('error', error => {
      died = error instanceof Error ? error.message : String(error)
    })
    worker.on('exit', () => {
      if (this.#worker === worker) this.#worker = null
      this.#answer({ ok: false, reason: `the thread of derivatives died: ${died}`, forGood: null })
    })
    return worker
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.rest()
  }
}
