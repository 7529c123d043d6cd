import { chmodSync, existsSync, renameSync, rmSync } from 'node:fs'
import path from 'node:path'
import Sqlite from 'better-sqlite3'
import { dataFiles } from '../config.ts'
import { openReader } from '../store/db.ts'
import { configOf, readArguments } from './arguments.ts'
import type { ExitCode, Io } from './command.ts'
import { inspect } from './inspect.ts'

/** `backup FILE`: a consistent copy of the database while the service works. Recordings and the key file are copied by other means. */
export async function run(args: string[], io: Io): Promise<ExitCode> {
  const { options, words } = readArguments(args, { config: 'text' }, { min: 1, max: 1 })
  const config = configOf(options, io.env)
  const { database, recordings } = dataFiles(config)
  const target = path.resolve(words[0]!)
  if (!existsSync(database))
    return refuse(io, `there is no database at ${database}; start Switchroom once, or name its --config`)
  if (existsSync(target)) return refuse(io, `${target} exists; name a file that does not, so that no backup is lost`)
  if (!existsSync(path.dirname(target))) return refuse(io, `there is no folder ${path.dirname(target)}; make it first`)

  const part = `${target}.part`
  rmSync(part, { force: true })
  try {
    await copyDatabase(database, part)
    const { lines, head, fault } = inspect(part)
    if (fault !== null) return refuse(io, `the copy is not sound, nothing was kept: ${fault}`)
    renameSync(part, target)
    io.out(`${target}: ${lines} journal lines, head ${head}`)
    io.err(
      `Not in it: the recordings (${recordings}) and the key file (${config.secrets.keyFile}); copy them too, the key apart.`,
    )
    return 0
  } finally {
    for (const end of ['', '-wal', '-shm']) rmSync(part + end, { force: true })
  }
}

/** All pages in one step: a snapshot that a busy floor neither holds up nor makes begin anew. One plain file, for its owner only. */
export async function copyDatabase(from: string, to: string): Promise<void> {
  const source = openReader(from)
  try {
    await source.backup(to, { progress: () => 0x7fffffff })
  } finally {
    source.close()
  }
  const copy = new Sqlite(to)
  copy.pragma('journal_mode = DELETE')
  copy.close()
  chmodSync(to, 0o600)
}

function refuse(io: Io, words: string): ExitCode {
  io.err(`switchroom backup: ${words}`)
  return 1
}
