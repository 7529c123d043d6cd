/** Entry of the thread that writes a table of the records, at a low priority, on a connection of its own that only reads. */
import { setPriority } from 'node:os'
import { parentPort, workerData } from 'node:worker_threads'
import { must } from '../../lib/assert.ts'
import type { ExportJob, ToExport } from './job-port.ts'
import { writeExport } from './write-job.ts'

const lowPriority = 10
const port = must(parentPort, 'the thread of an export has a parent')
let cancelled = false
port.on('message', (message: ToExport) => {
  if (message.type === 'cancel') cancelled = true
})
try {
  setPriority(0, lowPriority) // on Linux of this thread alone (setpriority(2), "C library/kernel differences")
} catch {} // not allowed: then it runs like the others

void writeExport(workerData as ExportJob, {
  post: message => port.postMessage(message),
  isCancelled: () => cancelled,
}).then(() => port.close())
