/** Entry of the recording thread: takes what the relay loop left in shared memory to disk, every 0.4 s, and seals what has ended. */
import { parentPort } from 'node:worker_threads'
import { must } from '../lib/assert.ts'
import { processMonotonic } from '../lib/clock.ts'
import type { RecorderReport, RecorderRequest } from './control.ts'
import { RecordingFile } from './recording-file.ts'
import { framesPerMs, guardMs, RingReader, ringFrames } from './recording-ring.ts'

const flushMs = 400
const port = must(parentPort, 'the recording thread has a parent')
const now = processMonotonic()
const frames = new Uint8Array(ringFrames * 2)

type Recording = { file: RecordingFile; ring: RingReader; startMs: number; lostFrames: number }

const recordings = new Map<string, Recording>()

port.on('message', (request: RecorderRequest) => {
  if (request.type === 'record') begin(request)
  else if (request.type === 'missed') miss(request.recording, request.lostMs)
  else void end(request.recording, request.endMs)
})

setInterval(() => {
  for (const [id, recording] of recordings) {
    const stableFrame = Math.floor((now() - guardMs - recording.startMs) * framesPerMs)
    guarded(id, () => flush(recording, stableFrame))
  }
}, flushMs)

function begin(request: Extract<RecorderRequest, { type: 'record' }>): void {
  const { recording: id, file, memory, payloadType, startMs } = request
  guarded(id, () => {
    const ring = new RingReader(memory, payloadType)
    recordings.set(id, { file: new RecordingFile(file, payloadType), ring, startMs, lostFrames: 0 })
  })
}

async function end(id: string, endMs: number): Promise<void> {
  const recording = recordings.get(id)
  if (!recording) return // it failed, and was reported
  const endFrame = Math.max(0, Math.floor((endMs - recording.startMs) * framesPerMs))
  if (!guarded(id, () => flush(recording, endFrame))) return
  recordings.delete(id)
  try {
    const sealed = await recording.file.seal()
    report({ type: 'closed', recording: id, ...sealed, lostMs: recording.lostFrames / framesPerMs })
  } catch (error) {
    report({ type: 'failed', recording: id, reason: reasonOf(error) })
  }
}

function miss(id: string, lostMs: number): void {
  const recording = recordings.get(id)
  if (recording) recording.lostFrames += lostMs * framesPerMs
}

/** When the disk stalled for longer than the ring holds, what came meanwhile is gone: silence keeps the rest in its place. */
function flush(recording: Recording, untilFrame: number): void {
  const { file, ring } = recording
  while (ring.position < untilFrame) {
    const behind = untilFrame - ring.position
    const count = ring.take(untilFrame, frames)
    file.append(frames, count * 2)
    if (behind > ringFrames) recording.lostFrames += Math.min(behind - ringFrames, ringFrames)
  }
}

function guarded(id: string, work: () => void): boolean {
  try {
    work()
    return true
  } catch (error) {
    recordings.get(id)?.file.abandon()
    recordings.delete(id)
    report({ type: 'failed', recording: id, reason: reasonOf(error) })
    return false
  }
}

function report(message: RecorderReport): void {
  port.postMessage(message)
}

function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException
  const words: Record<string, string> = {
    ENOSPC: 'the disk is full',
    EDQUOT: 'the disk quota is used up',
    EROFS: 'the disk is mounted read-only',
    EIO: 'the disk reports an error',
    EACCES: 'the folder is not writable',
    ENOENT: 'the folder does not exist',
    EEXIST: 'the file exists already',
    EMFILE: 'too many open files',
    EFBIG: 'the file is too large',
  }
  return code !== undefined && code in words ? `${words[code]} (${message})` : message
}
