/** Entry of the recording thread: takes what the relay loop left in shared memory to disk, and seals what has ended. */
import { parentPort } from 'node:worker_threads'
import { must } from '../lib/assert.ts'
import { processMonotonic } from '../lib/clock.ts'
import { sayUp } from '../lib/up.ts'
import type { RecorderRequest } from './control.ts'
import { loadLibc } from './libc.ts'
import { Recorder, turnMs } from './recorder.ts'
import { RecordingFile, salvageRecording } from './recording-file.ts'

const port = must(parentPort, 'the recording thread has a parent')
const libc = loadLibc()
sayUp(port)
const recorder = new Recorder({
  now: processMonotonic(),
  create: (file, payloadType) => new RecordingFile(file, payloadType, libc),
  goOn: (file, payloadType, frames) => new RecordingFile(file, payloadType, libc, undefined, frames),
  salvage: salvageRecording,
  report: message => port.postMessage(message),
})
/** Only while something is recorded: a thread that wakes for nothing costs as much as two packets. */
let timer: NodeJS.Timeout | null = null

port.on('message', (request: RecorderRequest) => {
  recorder.take(request)
  timer ??= setInterval(turn, turnMs)
})

function turn(): void {
  recorder.turn()
  if (recorder.count > 0 || timer === null) return
  clearInterval(timer)
  timer = null
}
