/** Entry of the thread that makes recordings into Ogg Opus: one after the other, at the lowest priority, with the share of a core it is given. */
import { existsSync } from 'node:fs'
import { setPriority } from 'node:os'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parentPort, workerData } from 'node:worker_threads'
import { must } from '../../lib/assert.ts'
import type { DeriveReport, DeriveRequest } from './deriver.ts'
import { TranscodeError, transcode } from './transcode.ts'

const idlePriority = 19
/** How soon a thread that was paused sees that it may go on. */
const pausedMs = 200

const port = must(parentPort, 'the thread of derivatives has a parent')
try {
  setPriority(0, idlePriority) // on Linux of this thread alone (setpriority(2), "C library/kernel differences")
} catch {} // not allowed: its share still holds

/** In thousandths of a core; 0: paused. Written by the main thread. */
const share = new Int32Array((workerData as { share: SharedArrayBuffer }).share)
const now = () => performance.now()

async function rest(workedMs: number): Promise<void> {
  while (Atomics.load(share, 0) === 0) await sleep(pausedMs)
  const part = Math.min(1000, Atomics.load(share, 0) || 1000) / 1000
  await sleep(workedMs * (1 / part - 1))
}

port.on('message', async (request: DeriveRequest) => {
  const tell = (report: DeriveReport) => port.postMessage(report)
  try {
    await rest(0)
    tell({ ok: true, ...(await transcode(request, { now, rest })) })
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    // What is wrong with the source stays wrong; a full disk does not, nor one that is not mounted: no folder is there either.
    const isGone = code === 'ENOENT' && existsSync(dirname(request.source))
    tell({
      ok: false,
      reason: message,
      forGood: error instanceof TranscodeError ? error.why : isGone ? 'absent' : null,
    })
  }
})
