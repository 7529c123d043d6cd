/** The thread that reads a file, as the main thread holds it: there only while there is work. */
import { Worker } from 'node:worker_threads'
import type { ImportTrouble } from '../../centre/records/file-import.ts'
import { InvalidInput } from '../errors.ts'
import { noTable } from '../sheets/table-file.ts'
import { importTroubleOf, isOutOfMemory } from './import-trouble.ts'
import type { FromJob, Inspection, JobData, JobProgress, ToJob } from './job-port.ts'

export type Applied = Omit<Extract<ToJob, { type: 'applied' }>, 'type'>
/** `gone`: it was ended before it had done. */
export type JobOutcome = { as: 'finished' | 'cancelled' | 'gone' } | { as: 'failed'; why: ImportTrouble; words: string }

/** A workbook's texts are outside this heap; rows in hand are bounded by slices. */
const resourceLimits = { maxYoungGenerationSizeMb: 32, maxOldGenerationSizeMb: 256 }
/** Of the first rows of any file; a thread that takes longer is ended. */
const inspectMaxMs = 60_000
/** After a cancel; then it is ended whatever it does. */
const cancelMaxMs = 5_000

export class ImportThread implements AsyncDisposable {
  readonly #entry: string | URL
  #worker: Worker | null = null

  constructor(entry: string | URL) {
    this.#entry = entry
  }

  /** Throws InvalidInput when the file is no table. */
  async inspect(file: string, key: Uint8Array): Promise<Inspection> {
    const worker = this.#start({ type: 'inspect', file, key })
    const timer = setTimeout(() => void worker.terminate(), inspectMaxMs)
    try {
      return await new Promise<Inspection>((resolve, reject) => {
        worker.on('message', (message: FromJob) => {
          if (message.type === 'inspected') resolve(message.inspection)
          else if (message.type === 'failed')
            reject(message.isInput ? refused(message.words) : new Error(message.words))
        })
        worker.on('error', error =>
          reject(isOutOfMemory(error) ? noTable('a file that takes more memory than there is for it') : error),
        )
        worker.on('exit', () => reject(noTable(`a file whose first rows take longer than ${inspectMaxMs / 1000} s`)))
      })
    } finally {
      clearTimeout(timer)
      await this[Symbol.asyncDispose]()
    }
  }

  /** Never rejects, unless `apply` does. Slices are applied one after the other; the thread hears of each when it is kept, in their order. */
  async run(
    job: JobData,
    {
      apply,
      onProgress,
    }: {
      apply: (values: unknown[]) => Promise<{ applied: Applied; kept: Promise<unknown> }>
      onProgress: (progress: JobProgress) => void
    },
  ): Promise<JobOutcome> {
    const worker = this.#start(job)
    let applying: Promise<void> = Promise.resolve()
    let answering: Promise<void> = Promise.resolve()
    return new Promise((resolve, reject) => {
      worker.on('message', (message: FromJob) => {
        switch (message.type) {
          case 'slice':
            applying = applying.then(async () => {
              if (this.#worker !== worker) return
              const { applied, kept } = await apply(JSON.parse(message.values) as unknown[])
              answering = Promise.all([kept, answering]).then(() =>
                worker.postMessage({ type: 'applied', ...applied } satisfies ToJob),
              )
              answering.catch(reject)
            })
            applying.catch(reject)
            break
          case 'progress':
            onProgress(message.progress)
            break
          case 'ended':
            onProgress(message.progress)
            resolve({ as: message.as })
            break
          case 'failed':
            resolve({ as: 'failed', why: message.why, words: message.words })
            break
          case 'inspected':
            break
          default:
            message satisfies never
        }
      })
      worker.on('error', error =>
        resolve({
          ...{ as: 'failed', why: importTroubleOf(error) },
          words: isOutOfMemory(error) ? 'the file takes more memory than there is for it' : String(error),
        }),
      )
      worker.on('exit', () => void applying.then(() => answering).then(() => resolve({ as: 'gone' }), reject))
    })
  }

  /** It ends after what is in hand. */
  cancel(): void {
    const worker = this.#worker
    worker?.postMessage({ type: 'cancel' } satisfies ToJob)
    setTimeout(() => void worker?.terminate(), cancelMaxMs).unref()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const worker = this.#worker
    this.#worker = null
    await worker?.terminate()
  }

  #start(job: JobData): Worker {
    this.#worker = new Worker(this.#entry, { workerData: job, resourceLimits })
    return this.#worker
  }
}

/** The words of the thread's own InvalidInput. */
function refused(words: string): InvalidInput {
  const [found = words, allowed = ''] = words.replace(/^found /, '').split('; allowed: ')
  return new InvalidInput([{ field: 'file', found, allowed }])
}
