/** Entry of the recording thread: takes what the relay loop left in shared memory to disk, and seals what has ended. */
import { parentPort, workerData } from 'node:worker_threads'
import { must } from '../lib/assert.ts'
import { processMonotonic } from '../lib/clock.ts'
import { refuseLinks, refuseLinksNow } from '../lib/folder-link.ts'
import { assertMarked } from '../lib/folder-mark.ts'
import { sayUp } from '../lib/up.ts'
import type { RecorderRequest, RecordingHome } from './control.ts'
import { loadLibc } from './libc.ts'
import { Recorder, turnMs } from './recorder.ts'
import { RecordingFile, salvageRecording } from './recording-file.ts'

const port = must(parentPort, 'the recording thread has a parent')
let home = workerData as RecordingHome
const libc = loadLibc()
sayUp(port)
const recorder = new Recorder({
  now: processMonotonic(),
  create(file, payloadType) {
    if (home !== null) assertMarked(home.folder, home.mark)
    if (home !== null) refuseLinksNow(home.folder, file)
    return new RecordingFile(file, payloadType, libc)
  },
  goOn(file, payloadType, frames) {
    if (home !== null) refuseLinksNow(home.folder, file)
    return new RecordingFile(file, payloadType, libc, undefined, frames)
  },
  async salvage(file, fit) {
    if (home !== null) await refuseLinks(home.folder, file)
    return salvageRecording(file, fit)
  },
  report: message => port.postMessage(message),
})
/** Only while something is recorded: a thread that wakes for nothing costs as much as two packets. */
let timer: NodeJS.Timeout | null = null

port.on('message', (request: RecorderRequest) => {
  if (request.type === 'keepIn') {
    if (home !== null) home = { ...home, mark: request.mark }
    return
  }
  recorder.take(request)
  timer ??= setInterval(turn, turnMs)
})

function turn(): void {
  recorder.turn()
  if (recorder.count > 0 || timer === null) return
  clearInterval(timer)
  timer = null
}
