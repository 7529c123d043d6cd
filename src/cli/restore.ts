import {
  chmodSync,
  chownSync,
  closeSync,
  copyFileSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs'
import path from 'node:path'
import { dataFiles } from '../config.ts'
import { systemClock } from '../lib/clock.ts'
import { lockData } from '../store/lock.ts'
import { configOf, readArguments } from './arguments.ts'
import type { ExitCode, Io } from './command.ts'
import { inspect } from './inspect.ts'

/** `restore FILE`: puts a backup in the place of the database, which is kept beside it. Refused while Switchroom runs on that folder. */
export async function run(args: string[], io: Io): Promise<ExitCode> {
  const { options, words } = readArguments(args, { config: 'text' }, { min: 1, max: 1 })
  const config = configOf(options, io.env)
  const { database } = dataFiles(config)
  const source = path.resolve(words[0]!)
  if (!existsSync(source)) return refuse(io, `there is no file ${source}`)
  const { lines, head, fault } = inspect(source)
  if (fault !== null) return refuse(io, `this backup is not sound, nothing was changed: ${fault}`)

  mkdirSync(path.dirname(database), { recursive: true, mode: 0o750 })
  using _lock = lockData(database) // throws with words when the service runs
  const part = `${database}.restoring`
  copyFileSync(source, part)
  chmodSync(part, 0o600) // a copy comes with the mode of its source
  // Restored by root it belongs to whom the folder belongs to all the same, or the service could not open it.
  const { uid, gid } = statSync(path.dirname(database))
  if (process.getuid?.() === 0) chownSync(part, uid, gid)
  const written = openSync(part, 'r+')
  fsyncSync(written)
  closeSync(written)
  const kept = `${database}.before-${new Date(systemClock.now()).toISOString().replace(/[:.]/g, '-')}`
  if (existsSync(database)) {
    // The write-ahead log is a part of the old database and goes with it.
    for (const end of ['', '-wal']) if (existsSync(database + end)) renameSync(database + end, kept + end)
    rmSync(`${database}-shm`, { force: true })
    io.err(`The database that was there is kept as ${kept}`)
  }
  renameSync(part, database)
  io.out(`${database}: ${lines} journal lines, head ${head}`)
  return 0
}

function refuse(io: Io, words: string): ExitCode {
  io.err(`switchroom restore: ${words}`)
  return 1
}
