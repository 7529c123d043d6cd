/**
 * The folder of recordings, as `/readyz` and `switchroom check` look at it. It is often a disk or a share of its own, and then what goes wrong
 * first is that it is not there: an empty folder in its place takes recordings as well, on the disk below.
 */
import { access, constants, stat, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { markOf, OtherFolder } from './lib/folder-mark.ts'
import type { NewestRecording } from './store/recordings.ts'

/** A share that hangs answers nothing at all. */
const patienceMs = 1_500
const floorBytes = 1e9

/** `device` tells one file system from another, until the machine starts anew. */
export type RecordingsFolder = { device: number; freeBytes: number; fault: string | null }

/** What the records know of it. `newest`: sealed last, and kept. `mark`: what it must bear, see `recordings-mark.ts`; null: not known. */
export type Known = { newest: NewestRecording[]; mark: string | null }

/** Rejects when it cannot be asked, or does not answer in time. */
export async function lookAtFolder(folder: string, known: Known): Promise<RecordingsFolder> {
  const late = new Error(`${folder} does not answer: does the disk or share hang?`)
  let timer: NodeJS.Timeout | undefined
  const isLate = new Promise<never>((_, fail) => {
    timer = setTimeout(() => fail(late), patienceMs)
  })
  try {
    return await Promise.race([seen(folder, known), isLate])
  } finally {
    clearTimeout(timer)
  }
}

async function seen(folder: string, known: Known): Promise<RecordingsFolder> {
  const { dev: device } = await stat(folder)
  const { bavail, bsize } = await statfs(folder)
  const freeBytes = bavail * bsize
  return { device, freeBytes, fault: (await faultOf(folder, known)) ?? spaceFault(folder, freeBytes) }
}

async function faultOf(folder: string, { newest, mark }: Known): Promise<string | null> {
  try {
    await access(folder, constants.W_OK | constants.X_OK)
  } catch (error) {
    return `${folder} cannot be written (${(error as NodeJS.ErrnoException).code})`
  }
  for (const { path } of newest) if (await isThere(join(folder, path))) return null
  if (mark !== null && (await markOf(folder)) !== mark) return new OtherFolder(folder).message
  const [last] = newest
  if (last === undefined) return null
  return `${join(folder, last.path)}, which was recorded last, is not there: is the disk of the recordings mounted?`
}

function spaceFault(folder: string, freeBytes: number): string | null {
  if (freeBytes >= floorBytes) return null
  return `${Math.round(freeBytes / 1e6)} MB are free in ${folder}; at least ${floorBytes / 1e6} are needed`
}

function isThere(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  )
}

export type FolderWatch = {
  folder: string
  newest(): Promise<NewestRecording[]>
  /** Left out: not known. */
  mark?(): string | null
  /** What the recorder says of its disk: anything but `well` is told. */
  disk(): string
}

/** Answers what is wrong, in words; null while nothing is. While no mark is known, the disk it is on when it is well first is the one that it must stay. */
export function recordingsProbe({
  folder,
  newest,
  mark = () => null,
  disk,
}: FolderWatch): () => Promise<string | null> {
  let looking: Promise<string | null> | null = null // one at a time: each look at a share that hangs keeps a thread
  let device: number | null = null
  const look = async () => {
    const found = await lookAtFolder(folder, { newest: await newest(), mark: mark() })
    if (found.fault === null) device ??= found.device
    if (mark() === null && device !== null && found.device !== device)
      return `${folder} is another disk than when the service started: was one mounted or taken away?`
    return found.fault
  }
  const begin = () => {
    looking ??= look().finally(() => {
      looking = null
    })
    return looking
  }
  void begin().catch(() => {}) // told when it is asked
  return async () => {
    if (disk() === 'well') return await begin()
    const fault = disk() === 'unwritable' ? await begin().catch((error: Error) => error.message) : null
    return fault === null ? diskWords(disk()) : `${diskWords(disk())}; ${fault}`
  }
}

export function diskWords(disk: string): string {
  return `the recorder says that its disk is ${disk}: what is said on calls now may not be recorded`
}
