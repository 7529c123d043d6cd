/** One of the bay's threads, as the main thread holds it: started, spoken to, and started anew when it dies, unless it dies too often. */
import { Worker } from 'node:worker_threads'
import { isUp, upMsMax } from '../lib/up.ts'
import { Restarts } from './restarts.ts'

/** These threads make next to no garbage once they run; loading their modules would grow each heap's young half to 48 MB for good. */
const resourceLimits = { maxYoungGenerationSizeMb: 6 }

export type ThreadSpec<Report> = {
  name: string
  entry: string | URL
  /** Made for each start anew. */
  workerData?(): unknown
  hear(report: Report): void
  /** Not told when it was ended on purpose. The owner decides whether to `restart`. */
  died(reason: string): void
}

export class BayThread<Request, Report> {
  readonly #spec: ThreadSpec<Report>
  readonly #restarts: Restarts
  #worker: Worker | null
  #killedFor = ''
  #up: Promise<void> = Promise.resolve()

  /** `monotonic`: ms. Starts at once. */
  constructor(spec: ThreadSpec<Report>, monotonic: () => number) {
    this.#spec = spec
    this.#restarts = new Restarts(monotonic)
    this.#worker = this.#start()
  }

  get isAlive(): boolean {
    return this.#worker !== null
  }

  /** Nothing happens while the thread is dead. */
  post(request: Request): void {
    this.#worker?.postMessage(request)
  }

  /** False: it has died too often within a minute, and stays dead. */
  restart(): boolean {
    if (!this.#restarts.take()) return false
    this.#worker = this.#start()
    return true
  }

  /** Resolves when the thread is gone, be it by itself. */
  gone(): Promise<unknown> {
    const worker = this.#worker
    return worker === null || worker.threadId === -1
      ? Promise.resolve()
      : new Promise(resolve => worker.once('exit', resolve))
  }

  /** Ends a thread that hangs; it is told as dead for this reason. */
  kill(reason: string): void {
    this.#killedFor = reason
    if (this.#worker !== null) void this.#end(this.#worker)
  }

  async terminate(): Promise<void> {
    const worker = this.#worker
    this.#worker = null
    if (worker !== null) await this.#end(worker)
  }

  /** Not while it is loading its native bindings: see `lib/up.ts`. */
  async #end(worker: Worker): Promise<void> {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<void>(resolve => (timer = setTimeout(resolve, upMsMax)))
    await Promise.race([this.#up, late])
    clearTimeout(timer)
    await worker.terminate()
  }

  #start(): Worker {
    const { name, entry, workerData, hear, died } = this.#spec
    const worker = new Worker(entry, { name, workerData: workerData?.(), resourceLimits })
    let reason = ''
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#up = promise
    worker.on('message', (message: unknown) => {
      resolve() // whatever it says, it can speak
      if (!isUp(message)) hear(message as Report)
    })
    worker.on('error', (error: unknown) => {
      reason = (error as Error).stack ?? String(error)
    })
    worker.once('exit', code => {
      resolve()
      if (worker !== this.#worker) return
      this.#worker = null
      const why = this.#killedFor || reason || `exit code ${code}`
      this.#killedFor = ''
      died(why)
    })
    return worker
  }
}
