/**
 * The folder of recordings, as `/readyz` and `switchroom check` look at it. It is often a disk or a share of its own, and then what goes wrong
 * first is that it is not there: an empty folder in its place takes recordings as well, on the disk below.
 */
import { access, constants, readdir, stat, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { systemClock } from './lib/clock.ts'
import { refuseLinks } from './lib/folder-link.ts'
import { markOf, OtherFolder } from './lib/folder-mark.ts'
import type { NewestRecording } from './store/calls/recordings.ts'

/** A share that hangs answers nothing at all. */
const patienceMs = 1_500
const floorBytes = 1e9
const dayMs = 86_400_000

/**
 * `device` tells one file system from another, until the machine starts anew. `folders`: what is written next comes into one of these. `file`: one of those
 * that were sealed last; null: none is there.
 */
export type RecordingsFolder = {
  device: number
  freeBytes: number
  fault: string | null
  folders: string[]
  file: string | null
}

/** What the records know of it. `newest`: sealed last, and kept. `mark`: what it must bear, see `recordings-mark.ts`; null: not known. */
export type Known = { newest: NewestRecording[]; mark: string | null }

/** Rejects when it cannot be asked, or does not answer in time. */
export async function lookAtFolder(folder: string, known: Known, now = systemClock.now()): Promise<RecordingsFolder> {
  const late = new Error(`${folder} does not answer: does the disk or share hang?`)
  let timer: NodeJS.Timeout | undefined
  const isLate = new Promise<never>((_, fail) => {
    timer = setTimeout(() => fail(late), patienceMs)
  })
  try {
    return await Promise.race([seen(folder, known, now), isLate])
  } finally {
    clearTimeout(timer)
  }
}

async function seen(folder: string, known: Known, now: number): Promise<RecordingsFolder> {
  const { dev: device } = await stat(folder)
  const { bavail, bsize } = await statfs(folder)
  const freeBytes = bavail * bsize
  const folders = [folder, ...(await newestDay(folder, now))]
  const file = await fileThere(folder, known.newest)
  const fault = (await faultOf(folder, known, { folders, file })) ?? spaceFault(folder, freeBytes)
  return { device, freeBytes, fault, folders, file }
}

/** Those of the years and months that are links: what lies behind them is not found. A few readdir(2), one a year. Rejects with the file system's error. */
export async function linkedFolders(folder: string): Promise<string[]> {
  const linked: string[] = []
  const foldersIn = async (place: string, form: RegExp) => {
    const named = (await readdir(place, { withFileTypes: true })).filter(({ name }) => form.test(name))
    for (const each of named) if (each.isSymbolicLink()) linked.push(join(place, each.name))
    return named.filter(each => each.isDirectory()).map(({ name }) => join(place, name))
  }
  for (const year of await foldersIn(folder, /^\d{4}$/)) await foldersIn(year, /^\d\d$/)
  return linked.sort()
}

async function fileThere(folder: string, newest: NewestRecording[]): Promise<string | null> {
  for (const { path } of newest) if (await isThere(join(folder, path))) return join(folder, path)
  return null
}

async function faultOf(
  folder: string,
  { newest, mark }: Known,
  { folders, file }: Pick<RecordingsFolder, 'folders' | 'file'>,
): Promise<string | null> {
  for (const each of folders) {
    const fault = (await linkFault(folder, each)) ?? (await writeFault(each))
    if (fault !== null) return fault
  }
  if (file !== null) return null
  if (mark !== null && (await markOf(folder)) !== mark) return new OtherFolder(folder).message
  const [last] = newest
  if (last === undefined) return null
  return `${join(folder, last.path)}, which was recorded last, is not there: is the disk of the recordings mounted?`
}

/**
 * The folder of the newest day, after those of its year and month: what is recorded next comes there, or beside it. None later than tomorrow, which
 * somebody laid there: nothing is recorded in it.
 */
async function newestDay(folder: string, now: number): Promise<string[]> {
  const tomorrow = new Date(now + dayMs).toISOString().slice(0, 10).split('-') // as the folders are named
  let day: string[] = []
  for (const [depth, form] of [/^\d{4}$/, /^\d\d$/, /^\d\d$/].entries()) {
    const names = await readdir(join(folder, ...day)).catch(() => []) // told by whether it can be written
    const last = names
      .filter(name => form.test(name) && [...day, name].join('/') <= tomorrow.slice(0, depth + 1).join('/'))
      .sort()
      .at(-1)
    if (last === undefined) break
    day = [...day, last]
  }
  return day.map((_, depth) => join(folder, ...day.slice(0, depth + 1)))
}

/** Nothing is recorded through one that stands in place of a day's folder; the folder of all may be one. */
function linkFault(folder: string, each: string): Promise<string | null> {
  return refuseLinks(folder, join(each, 'recording')).then(
    () => null,
    (error: Error) => error.message,
  )
}

async function writeFault(folder: string): Promise<string | null> {
  try {
    await access(folder, constants.W_OK | constants.X_OK)
  } catch (error) {
    return `${folder} cannot be written (${(error as NodeJS.ErrnoException).code})`
  }
  return null
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
  now?(): number
}

/** Answers what is wrong, in words; null while nothing is. While no mark is known, the disk it is on when it is well first is the one that it must stay. */
export function recordingsProbe({
  folder,
  newest,
  mark = () => null,
  disk,
  now = systemClock.now,
}: FolderWatch): () => Promise<string | null> {
  let looking: Promise<string | null> | null = null // one at a time: each look at a share that hangs keeps a thread
  let device: number | null = null
  const look = async () => {
    const found = await lookAtFolder(folder, { newest: await newest(), mark: mark() }, now())
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
