/**
 * A recording on disk: stereo WAV at 8 kHz in the law the call used (A-law, format 6, or µ-law, format 7: 16 KB a second, bit for bit what
 * was heard; Chromium plays and seeks both). The sizes in the header are right after every flush, so that a file cut off by a kill -9 plays up
 * to its last flush as it lies there.
 */
import { createHash, type Hash } from 'node:crypto'
import {
  type BigIntStats,
  close,
  closeSync,
  constants,
  fdatasync,
  fstatSync,
  ftruncate,
  ftruncateSync,
  mkdirSync,
  openSync,
  read,
  readSync,
  unlinkSync,
  write,
  writeSync,
} from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Readable } from 'node:stream'
import { promisify } from 'node:util'
import { type Fit, type Found, type Left, type Looked, longestMs, mustFit, Other, type Seen } from '../lib/fit.ts'
import { isGone } from './disk-trouble.ts'
import { payloadTypeOf } from './g711.ts'
import { framesPerMs } from './recording-ring.ts'
import { setWavSize, WavError, wavHeader, wavHeaderBytes } from './wav.ts'

const frameBytes = 2
/** What lies there is written to: a link that somebody laid in the folder leads to no other file of ours. */
const toGoOn = constants.O_RDWR | constants.O_NOFOLLOW
/** Nor is a pipe waited for. */
const toLook = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK
const chunkBytes = 1 << 20
/** What is read into, for the next file: a thread that makes no other garbage would keep one of each file it ever sealed. Two are sealed at a time. */
const spareChunks: Buffer[] = []
const spareChunksMax = 2

/** One minute of a call, so that the file lies in few pieces and a disk that fills up is noticed before sound is lost. */
const reserveBytes = 1 << 20

/** Of a file that is sealed: by the threads of the process, so that the recording thread goes on meanwhile. */
const closed = promisify(close)
const synced = promisify(fdatasync)
const truncated = promisify(ftruncate)
const readInto = promisify(read)
const written = promisify(write)
const FALLOC_FL_KEEP_SIZE = 1
/** fallocate(2), of the C library; the file's size stays what is written. */
export type Reserve = { fallocate(fd: number, mode: number, offset: number, length: number): number }

/** Resolves when what was written to the file is on the disk. */
export type Sync = (fd: number) => Promise<void>

export type Sealed = { sha256: string; bytes: number; durationMs: number } & Left

/** An open recording. Every method may throw the file system's error; the owner then calls `abandon`. */
export class RecordingFile {
  readonly #fd: number
  readonly #reserve: Reserve | null
  readonly #sync: Sync
  readonly #header: Buffer
  #dataBytes = 0
  /** Up to here the disk has promised room. */
  #reservedBytes = 0

  /**
   * Never writes over a file: two recordings of one name are a fault. The folder is made where it is not there. One that could not be begun leaves
   * nothing behind, if the disk allows. `reserve`: keeps room on the disk ahead of what is written; null where that cannot be done. `sync`:
   * fdatasync(2). `frames`: not null goes on with the file that lies there, with so many of its frames at most. Throws WavError when it is none
   * of ours.
   */
  constructor(
    file: string,
    payloadType: number,
    reserve: Reserve | null = null,
    sync: Sync = synced,
    frames: number | null = null,
  ) {
    this.#fd = frames === null ? created(file) : openSync(file, toGoOn)
    this.#reserve = reserve
    this.#sync = sync
    this.#header = wavHeader(payloadType, 2, 0)
    try {
      if (frames !== null) this.#dataBytes = Math.min(frames, this.#framesThere(file)) * frameBytes
      this.#writeHeader()
    } catch (error) {
      quietly(() => closeSync(this.#fd))
      if (frames === null) quietly(() => unlinkSync(file))
      throw error
    }
  }

  /** Frames that were written. */
  get frames(): number {
    return this.#dataBytes / frameBytes
  }

  /** Appends whole frames, then corrects the header if `sizes`. After an error it may be called again with the same frames. */
  append(frames: Uint8Array, length: number, sizes = true): void {
    const end = wavHeaderBytes + this.#dataBytes + length
    if (this.#reserve !== null && end > this.#reservedBytes) {
      this.#reservedBytes = end + reserveBytes
      this.#reserve.fallocate(this.#fd, FALLOC_FL_KEEP_SIZE, 0, this.#reservedBytes) // a disk that cannot is asked in vain
    }
    for (let done = 0; done < length; )
      done += writeSync(this.#fd, frames, done, length - done, wavHeaderBytes + this.#dataBytes + done)
    if (sizes) this.#writeHeader(this.#dataBytes + length)
    this.#dataBytes += length
  }

  /** Syncs, hashes what lies on the disk in slices of a megabyte, and closes; nothing of it holds up the thread but the hashing of a slice. */
  async seal(): Promise<Sealed> {
    try {
      await truncated(this.#fd, wavHeaderBytes + this.#dataBytes) // gives back what was reserved, and cuts what was written by halves
      setWavSize(this.#header, 2, this.#dataBytes)
      await written(this.#fd, this.#header, 0, wavHeaderBytes, 0)
      await this.#sync(this.#fd)
      return {
        sha256: await this.#hash(),
        bytes: wavHeaderBytes + this.#dataBytes,
        durationMs: this.#dataBytes / frameBytes / framesPerMs,
      }
    } finally {
      await closed(this.#fd)
    }
  }

  async #hash(): Promise<string> {
    const hash = createHash('sha256')
    const chunk = spareChunks.pop() ?? Buffer.allocUnsafeSlow(chunkBytes)
    try {
      for (let at = 0; ; ) {
        const { bytesRead } = await readInto(this.#fd, chunk, 0, chunkBytes, at)
        if (bytesRead === 0) return hash.digest('hex')
        hash.update(chunk.subarray(0, bytesRead))
        at += bytesRead
      }
    } finally {
      if (spareChunks.length < spareChunksMax) spareChunks.push(chunk)
    }
  }

  /** After a fault: keeps what was written whole, as far as the disk allows. */
  abandon(): void {
    // Where the disk refuses, salvageRecording finds what lies there.
    quietly(() => {
      ftruncateSync(this.#fd, wavHeaderBytes + this.#dataBytes)
      this.#writeHeader()
    })
    quietly(() => closeSync(this.#fd))
  }

  #framesThere(file: string): number {
    const header = Buffer.alloc(wavHeaderBytes)
    const bytes = readSync(this.#fd, header, 0, wavHeaderBytes, 0)
    if (bytes === wavHeaderBytes && !isLike(header, this.#header))
      throw new WavError(`${file} is not a recording of this program`)
    return Math.max(0, Math.floor((fstatSync(this.#fd).size - wavHeaderBytes) / frameBytes))
  }

  #writeHeader(dataBytes = this.#dataBytes): void {
    setWavSize(this.#header, 2, dataBytes)
    writeSync(this.#fd, this.#header, 0, wavHeaderBytes, 0)
  }
}

/**
 * Makes a recording whole that a dead process left open: cuts a partial frame and what was added after the last sound, corrects the header, writes all of it again, syncs, hashes. Again,
 * since a sync may have been refused: Linux then takes for written what it could not write, and the next sync says that all is well while the disk
 * holds something else than is read (fsync(2)). Safe to repeat. Throws WavError when the file is none of ours, and the file system's errors (ENOENT
 * when the process died before the file existed); with `fit`, Misfit before anything is changed, and Other where it is not as it was seen. When it was
 * written last stays as it was: when it was recorded. Once anything was changed, what is thrown is `Left` as well, by the file that is open here.
 */
export async function salvageRecording(file: string, fit?: Fit | Seen, sync: Sync = synced): Promise<Sealed> {
  await using handle = await open(file, toGoOn)
  const mostMs = fit !== undefined && 'mostMs' in fit ? fit.mostMs : longestMs
  const { payloadType, dataBytes, found, stats } = await lookInto(handle, file, mostMs)
  if (fit !== undefined && 'seen' in fit && fit.seen !== seenAs(stats))
    throw new Other(`${file} is not as it was when somebody looked at it`)
  if (fit !== undefined && 'mostMs' in fit) mustFit(file, found, fit)
  const durationMs = found.soundMs
  const { atime, mtime } = stats
  const hash = createHash('sha256')
  try {
    try {
      await handle.truncate(wavHeaderBytes + dataBytes)
      await handle.write(wavHeader(payloadType, 2, dataBytes), 0, wavHeaderBytes, 0)
      await writtenAgain(handle, hash)
    } finally {
      await handle.utimes(atime, mtime).catch(() => undefined) // only its owner may
    }
    await sync(handle.fd)
  } catch (error) {
    throw Object.assign(error as Error, await leftAs(handle))
  }
  const sealed = { sha256: hash.digest('hex'), bytes: wavHeaderBytes + dataBytes, durationMs }
  return { ...sealed, ...(await leftAs(handle)) }
}

/**
 * What lies there under the name of a recording, which nobody writes to any more: nothing is changed. Its sound is as long as `salvageRecording` would take it,
 * which may be a gigabyte to read: where it is still as it was `known`, that is the answer. `seen` names the file and its state; any change of it gives another.
 * Rejects as `salvageRecording`, and with WavError where it is no file.
 */
export async function lookAtRecording(file: string, known: Looked | null = null): Promise<Looked> {
  await using handle = await open(file, toLook)
  if (known !== null && seenAs(await handle.stat({ bigint: true })) === known.seen) return known
  const { payloadType, dataBytes, found, stats } = await lookInto(handle, file, longestMs)
  const sealedBytes = wavHeaderBytes + dataBytes
  return { ...found, seen: seenAs(stats), bytes: Number(stats.size), sealedBytes, payloadType }
}

/**
 * A part of what would be sealed of a file as somebody looked at it, octet for octet, both ends included; null: another lies there, or it was changed.
 * Rejects with the file system's error.
 */
export async function readAsSealed(
  file: string,
  { seen, payloadType, sealedBytes }: Looked,
  { from, to }: { from: number; to: number },
): Promise<Readable | null> {
  const handle = await openSeen(file, seen)
  if (handle === null) return null
  const head = wavHeader(payloadType, 2, sealedBytes - wavHeaderBytes).subarray(from, to + 1)
  if (to < wavHeaderBytes) {
    await handle.close()
    return Readable.from([head])
  }
  const sound = handle.createReadStream({ start: Math.max(from, wavHeaderBytes), end: to })
  if (head.length > 0) sound.unshift(head)
  return sound
}

/** The file as it was seen, to be read; null: another lies there, or it was changed. Whoever gets it closes it. */
async function openSeen(file: string, seen: string): Promise<FileHandle | null> {
  const handle = await open(file, toLook)
  if (seenAs(await handle.stat({ bigint: true })) === seen) return handle
  await handle.close()
  return null
}

/** No program sets when an inode was changed last. */
function seenAs({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): string {
  return [dev, ino, size, mtimeNs, ctimeNs].join('-')
}

async function leftAs(handle: FileHandle): Promise<Left> {
  const stats = await handle.stat({ bigint: true }).catch(() => null)
  return stats === null ? {} : { leftAt: Number(stats.ctimeMs), leftSeen: seenAs(stats) }
}

async function lookInto(handle: FileHandle, file: string, mostMs: number) {
  const stats = await handle.stat({ bigint: true })
  if (!stats.isFile()) throw new WavError(`${file} is no file`)
  const header = Buffer.alloc(wavHeaderBytes)
  const { bytesRead } = await handle.read(header, 0, wavHeaderBytes, 0)
  const payloadType = header[20] === 7 ? payloadTypeOf.pcmu : payloadTypeOf.pcma
  if (bytesRead === wavHeaderBytes && !isLike(header, wavHeader(payloadType, 2, 0)))
    throw new WavError(`${file} is not a recording of this program`)
  const dataBytes = await soundBytes(handle, {
    saidBytes: header.readUInt32LE(54),
    size: Number(stats.size),
    mostBytes: mostMs * framesPerMs * frameBytes,
  })
  const soundMs = dataBytes / frameBytes / framesPerMs
  const found: Found = { soundMs, writtenAt: Number(stats.mtimeMs), changedAt: Number(stats.ctimeMs) }
  return { payloadType, dataBytes, found, stats }
}

/**
 * Whole frames after the header. Beyond the size that the header says lies at most what came since the last flush: it is read on up to a megabyte of
 * zeros, which are silence in neither law (a file that somebody made longer, a disk that lost power), or until there is more than there can be.
 */
async function soundBytes(
  handle: FileHandle,
  { saidBytes, size, mostBytes }: { saidBytes: number; size: number; mostBytes: number },
): Promise<number> {
  const thereBytes = Math.max(0, Math.floor((size - wavHeaderBytes) / frameBytes) * frameBytes)
  let end = Math.min(thereBytes, saidBytes)
  if (end === thereBytes) return end
  const chunk = Buffer.allocUnsafe(chunkBytes)
  for (let at = end; at <= mostBytes; ) {
    const { bytesRead } = await handle.read(chunk, 0, chunkBytes, wavHeaderBytes + at)
    let used = bytesRead
    while (used > 0 && chunk[used - 1] === 0) used--
    if (used === 0) break
    end = at + used
    at += bytesRead
  }
  return Math.min(thereBytes, Math.ceil(end / frameBytes) * frameBytes)
}

async function writtenAgain(handle: FileHandle, hash: Hash): Promise<void> {
  const chunk = Buffer.allocUnsafe(chunkBytes)
  for (let at = 0; ; ) {
    const { bytesRead } = await handle.read(chunk, 0, chunkBytes, at)
    if (bytesRead === 0) return
    const { bytesWritten } = await handle.write(chunk, 0, bytesRead, at)
    hash.update(chunk.subarray(0, bytesWritten))
    at += bytesWritten
  }
}

/** But for the sizes. */
function isLike(header: Buffer, ours: Buffer): boolean {
  return ours.subarray(8, 46).equals(header.subarray(8, 46))
}

function created(file: string): number {
  try {
    return openSync(file, 'wx+', 0o640)
  } catch (error) {
    if (!isGone(error)) throw error
    mkdirSync(dirname(file), { recursive: true, mode: 0o750 }) // the first recording of a day
    return openSync(file, 'wx+', 0o640)
  }
}

/** The error that matters is the one that was met before. */
function quietly(work: () => void): void {
  try {
    work()
  } catch {}
}
