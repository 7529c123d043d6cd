import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import { dataFiles } from '../config.ts'
import { systemClock } from '../lib/clock.ts'
import { lockData } from '../store/lock.ts'
import { configOf, readArguments } from './arguments.ts'
import { asOwnerOf, type Self } from './as-owner.ts'
import type { ExitCode, Io } from './command.ts'
import { inspect } from './inspect.ts'

/** `restore FILE`: puts a backup in the place of the database, which is kept beside it. Refused while Switchroom runs on that folder. */
export async function run(args: string[], io: Io, self: Self = process): Promise<ExitCode> {
  const { options, words } = readArguments(args, { config: 'text' }, { min: 1, max: 1 })
  const config = configOf(options, io.env)
  const { database } = dataFiles(config)
  const source = path.resolve(words[0]!)
  if (!existsSync(source)) return refuse(io, `there is no file ${source}`)
  const { lines, head, fault } = inspect(source)
  if (fault !== null) return refuse(io, `this backup is not sound, nothing was changed: ${fault}`)

  const folder = path.dirname(database)
  mkdirSync(folder, { recursive: true, mode: 0o750 })
  const from = openSync(source, 'r') // by whoever asks: the folder's owner may not read it
  try {
    // Restored by root it belongs to whom the folder belongs to all the same, the lock too, or the service could not open them.
    const kept = asOwnerOf(folder, () => putInPlace(from, database), self)
    if (kept !== null) io.err(`The database that was there is kept as ${kept}`)
  } finally {
    closeSync(from)
  }
  io.out(`${database}: ${lines} journal lines, head ${head}`)
  return 0
}

/** Answers where the database is that was there; null: there was none. Throws with words when the service runs. */
function putInPlace(from: number, database: string): string | null {
  using _lock = lockData(database)
  const part = `${database}.restoring`
  rmSync(part, { force: true }) // of a restore that was broken off
  copy(from, part)
  const kept = `${database}.before-${new Date(systemClock.now()).toISOString().replace(/[:.]/g, '-')}`
  const isThere = existsSync(database)
  if (isThere) {
    // The write-ahead log is a part of the old database and goes with it.
    for (const end of ['', '-wal']) if (existsSync(database + end)) renameSync(database + end, kept + end)
    rmSync(`${database}-shm`, { force: true })
  }
  renameSync(part, database)
  return isThere ? kept : null
}

/** Into a file that is not there yet: what lies there may be a link to another. */
function copy(from: number, to: string): void {
  const into = openSync(to, 'wx', 0o600)
  try {
    const piece = Buffer.alloc(2 ** 20)
    for (let bytes = readSync(from, piece); bytes > 0; bytes = readSync(from, piece))
      writeFileSync(into, piece.subarray(0, bytes))
    fsyncSync(into)
  } finally {
    closeSync(into)
  }
}

function refuse(io: Io, words: string): ExitCode {
  io.err(`switchroom restore: ${words}`)
  return 1
}
