/** Entry of the ladder's thread: masks what the main thread noted and writes it down. Slow disks and long messages are its own affair. */
import { mkdirSync } from 'node:fs'
import { parentPort, workerData } from 'node:worker_threads'
import { must } from '../lib/assert.ts'
import type { LadderBatch, LadderReport, LadderRequest, LadderWorkerData } from './control.ts'
import { LadderDays, type RawNote } from './ladder-days.ts'

const port = must(parentPort, 'the ladder thread has a parent')
const { folder, bounds } = workerData as LadderWorkerData
mkdirSync(folder, { recursive: true, mode: 0o750 })
const days = new LadderDays(folder, bounds)

port.on('message', (request: LadderRequest) => {
  switch (request.type) {
    case 'batch':
      for (const { callId, leg } of request.names) days.name(callId, leg)
      days.append(notesOf(request))
      return report({ type: 'taken', figures: days.figures })
    case 'prune':
      return days.prune(request.now)
    case 'legs':
      return report({ type: 'notes', ask: request.ask, notes: days.ofLegs(request.legs, request.from, request.to) })
    case 'others':
      return report({ type: 'notes', ask: request.ask, notes: days.others(request.kind, request.limit) })
    case 'close':
      days.close()
      report({ type: 'closed' })
      return port.close()
    default:
      request satisfies never
  }
})

function notesOf({ bytes, ends, at, flows, outward, table }: LadderBatch): RawNote[] {
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  return ends.map((end, n) => ({
    ...table[flows[n]!]!,
    at: at[n]!,
    direction: outward[n] ? 'out' : 'in',
    text: all.toString('latin1', n === 0 ? 0 : ends[n - 1]!, end),
  }))
}

function report(message: LadderReport): void {
  port.postMessage(message)
}
