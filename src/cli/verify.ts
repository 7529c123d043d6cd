import { existsSync } from 'node:fs'
import { dataFiles } from '../config.ts'
import { asset } from '../lib/places.ts'
import { verifyEvidence } from '../records/custody/evidence-check.ts'
import { openReader, readMigrations } from '../store/db.ts'
import { type Difference, differenceFromJournal } from '../store/journal/held-against.ts'
import { configOf, readArguments } from './arguments.ts'
import { type ExitCode, type Io, UsageError } from './command.ts'
import { inspect } from './inspect.ts'

/**
 * `verify --journal`: every line of the journal follows from the one before, and the tables say what it says; prints the head. `verify FILE`: an evidence zip holds what it
 * held when it was made, and its lines stand in the journal. `--head HASH`: the head known from elsewhere, 64 hex digits.
 */
export async function run(args: string[], io: Io): Promise<ExitCode> {
  const { options, words } = readArguments(args, { config: 'text', journal: 'flag', head: 'text' }, { min: 0, max: 1 })
  if (options.journal === (words.length === 1)) throw new UsageError('name either an evidence FILE or --journal')
  if (options.head !== null && !/^[0-9a-f]{64}$/.test(options.head)) throw new UsageError('--head takes 64 hex digits')
  return options.journal ? verifyJournal(options, io) : verifyFile(words[0]!, options.head, io)
}

function verifyJournal(options: { config: string | null; head: string | null }, io: Io): ExitCode {
  const { database } = dataFiles(configOf(options, io.env))
  if (!existsSync(database)) return fail(io, `there is no database at ${database}`)
  const { lines, head, fault } = inspect(database)
  if (fault !== null) return fail(io, fault)
  if (options.head !== null && options.head !== head) return fail(io, `the head is ${head}, not ${options.head}`)
  const edited = difference(database)
  if (edited !== null)
    return fail(
      io,
      `the table ${edited.table} does not say what the journal says, from ${edited.row} on: it was changed by other hands; restore a backup`,
    )
  io.out(`ok: ${lines} journal lines, head ${head}`)
  return 0
}

function difference(database: string): Difference | null {
  const db = openReader(database)
  try {
    return differenceFromJournal(db, readMigrations(asset('migrations')))
  } finally {
    db.close()
  }
}

async function verifyFile(file: string, head: string | null, io: Io): Promise<ExitCode> {
  if (!existsSync(file)) return fail(io, `there is no file ${file}`)
  const report = await verifyEvidence(file, head)
  for (const fault of report.faults) io.err(fault)
  if (report.missing.length > 0)
    io.err(`sealed once, and missing when the export was made: ${report.missing.slice(0, 100).join(', ')}`)
  if (!report.ok) return fail(io, `${file} is not what was exported`)
  io.out(
    `ok: ${report.files} files as exported, ${report.recordings} recordings sealed, journal head ${report.head?.hash}`,
  )
  return 0
}

function fail(io: Io, words: string): ExitCode {
  io.err(`switchroom verify: ${words}`)
  return 1
}
