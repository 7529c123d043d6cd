/** Entry of the thread that works out a rehearsal: one scenario after the other, at the lowest priority, so that no call waits for it. */
import { setPriority } from 'node:os'
import { parentPort, workerData } from 'node:worker_threads'
import type { RehearseData, RehearseTold } from './rehearsals.ts'
import { rehearse } from './rehearse.ts'

const idlePriority = 19
const port = parentPort!
const tell = (told: RehearseTold) => port.postMessage(told)

try {
  setPriority(0, idlePriority) // on Linux of this thread alone (setpriority(2), "C library/kernel differences")
} catch {} // not allowed: then it runs like the others

const { runs, warmMinutes } = workerData as RehearseData
for (const [at, { scenario }] of runs.entries()) {
  const figures = rehearse(scenario, warmMinutes, share =>
    tell({ type: 'progress', share: (at + share) / runs.length }),
  )
  tell({ type: 'run', at, figures })
}
tell({ type: 'done' })
