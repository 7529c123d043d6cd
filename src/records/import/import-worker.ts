/** Entry of the thread that reads a file for an import, at a low priority, so that no call waits for it. */
import { setPriority } from 'node:os'
import { parentPort, workerData } from 'node:worker_threads'
import { must } from '../../lib/assert.ts'
import { InvalidInput } from '../errors.ts'
import { importTroubleOf } from './import-trouble.ts'
import { inspect } from './inspect.ts'
import type { FromJob, JobData } from './job-port.ts'
import { runJob } from './read-job.ts'

const lowPriority = 10
const port = must(parentPort, 'the thread of an import has a parent')
const post = (message: FromJob) => port.postMessage(message)
try {
  setPriority(0, lowPriority) // on Linux of this thread alone (setpriority(2), "C library/kernel differences")
} catch {} // not allowed: then it runs like the others

void work(workerData as JobData).then(() => port.close())

/** The executable's modules know no await at their top. */
async function work(job: JobData): Promise<void> {
  try {
    if (job.type === 'inspect') post({ type: 'inspected', inspection: await inspect(job.file, job.key) })
    else await runJob(job, { post, onMessage: listener => void port.on('message', listener) })
  } catch (error) {
    const isInput = error instanceof InvalidInput
    const words = isInput
      ? error.problems.map(({ found, allowed }) => `found ${found}; allowed: ${allowed}`).join('. ')
      : error instanceof Error
        ? error.message
        : String(error)
    post({ type: 'failed', why: importTroubleOf(error), words, isInput })
  }
}
