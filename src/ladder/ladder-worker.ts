/** Entry of the ladder's thread: masks what the main thread noted and writes it down. Slow disks and long messages are its own affair. */
import { mkdirSync } from 'node:fs'
import { parentPort, workerData } from 'node:worker_threads'
import { must } from '../lib/assert.ts'
import { type LadderBatch, type LadderReport, type LadderRequest, type LadderWorkerData, marksEach } from './control.ts'
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

function notesOf({ bytes, marks, table }: LadderBatch): RawNote[] {
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  const notes: RawNote[] = []
  for (let at = 0, from = 0; at < marks.length; at += marksEach) {
    const [end, instant, way] = [marks[at]!, marks[at + 1]!, marks[at + 2]!]
    const text = all.toString('latin1', from, end)
    notes.push({ ...table[way >> 1]!, at: instant, direction: way & 1 ? 'out' : 'in', text })
    from = end
  }
  return notes
}

function report(message: LadderReport): void {
  port.postMessage(message)
}
