/** One sealed recording, read where it lies, as Ogg Opus beside it: hashed on the way in and on the way out, whole on disk or not there. */
import { createHash } from 'node:crypto'
import { closeSync, constants, fsyncSync, openSync, readSync, renameSync, rmSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { openFreshNow } from '../../lib/fresh-file.ts'
import { linearTable, payloadTypeOf } from '../g711.ts'
import { wavHeaderBytes } from '../wav.ts'
import { OpusStream, packetSamples } from './opus-stream.ts'

export type Transcoded = { sha256: string; bytes: number; sourceSha256: string; tookMs: number }

export type Pace = {
  /** ms of a clock that never steps back. */
  now(): number
  /** Waited for after each turn with the time it took, in ms; throws to give up. */
  rest(workedMs: number): Promise<void>
}

/** `changed`: it is not what was sealed; `not_ours`: no recording of this program. */
export class TranscodeError extends Error {
  override name = 'TranscodeError'
  readonly why: 'changed' | 'not_ours'
  constructor(why: 'changed' | 'not_ours', words: string) {
    super(words)
    this.why = why
  }
}

/** So much is read, encoded and written in one go: 9.6 s of the recording, about 60 ms of work. */
const packetsPerTurn = 160
/** Offset of the format tag in our header; 7 is µ-law. */
const formatAt = 20
const ulaw = 7
/** Whoever may write in the folder can lay a link there that leads to a file of ours, or a pipe. */
const toRead = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK

/**
 * A file `target` that is there already is replaced; what was begun and not ended has `.part` behind its name. Throws TranscodeError when the
 * source is not what was sealed, and the file system's errors.
 */
export async function transcode(
  { source, target, sha256 }: { source: string; target: string; sha256: string },
  pace: Pace,
): Promise<Transcoded> {
  const part = `${target}.part`
  const input = openSync(source, toRead)
  let output: number | null = null
  try {
    output = openFreshNow(part)
    const made = await encode(input, output, serialOf(sha256), pace)
    if (made.sourceSha256 !== sha256)
      throw new TranscodeError('changed', `the file is not what was sealed: its SHA-256 is ${made.sourceSha256}`)
    fsyncSync(output)
    renameSync(part, target)
    syncFolder(dirname(target))
    return made
  } catch (error) {
    rmSync(part, { force: true })
    throw error
  } finally {
    closeSync(input)
    if (output !== null) closeSync(output)
  }
}

async function encode(input: number, output: number, serial: number, { now, rest }: Pace): Promise<Transcoded> {
  const [read, written] = [createHash('sha256'), createHash('sha256')]
  let bytes = 0
  const pages: Uint8Array[] = []
  using stream = await OpusStream.open(serial, page => pages.push(page))
  const save = () => {
    const chunk = Buffer.concat(pages.splice(0))
    written.update(chunk)
    for (let done = 0; done < chunk.length; ) done += writeSync(output, chunk, done)
    bytes += chunk.length
  }
  const header = readWhole(input, Buffer.alloc(wavHeaderBytes))
  if (header.length < wavHeaderBytes || header.toString('latin1', 0, 4) !== 'RIFF' || header[22] !== 2)
    throw new TranscodeError('not_ours', 'the file is not a recording of this program')
  read.update(header)
  const linear = linearTable(header.readUInt16LE(formatAt) === ulaw ? payloadTypeOf.pcmu : payloadTypeOf.pcma)
  const frames = Buffer.alloc(packetSamples * 2 * packetsPerTurn)
  const [left, right] = [new Int16Array(packetSamples), new Int16Array(packetSamples)]
  let samples = 0
  let tookMs = 0
  for (let isOver = false; !isOver; ) {
    const began = now()
    const chunk = readWhole(input, frames)
    isOver = chunk.length < frames.length
    read.update(chunk)
    const count = chunk.length >> 1
    for (let from = 0; from < count; from += packetSamples) {
      for (let i = 0; i < packetSamples; i++) {
        const at = (from + i) * 2
        left[i] = from + i < count ? linear[chunk[at]!]! : 0
        right[i] = from + i < count ? linear[chunk[at + 1]!]! : 0
      }
      stream.encode(left, right)
    }
    samples += count
    if (isOver) stream.finish(samples)
    save()
    const workedMs = now() - began
    tookMs += workedMs
    if (!isOver) await rest(workedMs)
  }
  return { sha256: written.digest('hex'), bytes, sourceSha256: read.digest('hex'), tookMs }
}

/** As much as there is, up to the buffer's length: read(2) may give less. */
function readWhole(fd: number, into: Buffer): Buffer {
  let done = 0
  while (done < into.length) {
    const count = readSync(fd, into, done, into.length - done, null)
    if (count === 0) break
    done += count
  }
  return into.subarray(0, done)
}

/** The same for the same recording, so that a derivative that is made again is the same to the byte. */
function serialOf(sha256: string): number {
  return Number.parseInt(sha256.slice(0, 8), 16) >>> 0
}

/** A name is on disk when its folder is. */
function syncFolder(folder: string): void {
  const fd = openSync(folder, 'r')
  try {
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
}
