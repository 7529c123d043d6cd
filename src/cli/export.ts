import { constants, copyFile } from 'node:fs/promises'
import { missingWords } from '../../web/words/custody.ts'
import { dataFiles } from '../config.ts'
import { exportTo } from '../records/custody/exports.ts'
import { InvalidInput } from '../records/errors.ts'
import { configOf, readArguments } from './arguments.ts'
import { type ExitCode, type Io, UsageError } from './command.ts'
import { type RecordsCommand, runWithRecords } from './records-door.ts'
import { programVersion } from './version.ts'

const kinds = {
  config: 'text',
  from: 'text',
  to: 'text',
  reason: 'text',
  agent: 'text',
  campaign: 'text',
  number: 'text',
  out: 'text',
  json: 'flag',
  /** Told by the command itself, since the service does not read its configuration again. */
  recordings: 'text',
  exports: 'text',
} as const

type Made = { id: string; file: string; calls: number; sha256: string; bytes: number; keptUntil: number }

/** `--from TIME [--to TIME] --reason TEXT`; TIME is ISO 8601 with its offset. The zip lies in the data folder for some days, and in `--out FILE` as a copy that stays. */
export async function run(args: string[], io: Io): Promise<ExitCode | number> {
  const { options } = readArguments(args, kinds)
  if (options.from === null || options.reason === null)
    throw new UsageError('--from TIME (2026-11-24T00:00:00+08:00) and --reason TEXT are needed')
  const config = configOf(options, io.env)
  const files = dataFiles(config)
  const lines: string[] = []
  const code = await runWithRecords('export', evidence, {
    args: [...args, '--recordings', files.recordings, '--exports', files.exports],
    io: { ...io, out: line => void lines.push(line), input: async () => '' },
    config,
  })
  if (code !== 0) return code
  const made = JSON.parse(lines.at(-1)!) as Made
  // Copied by whoever asks: the service may not write into this person's folders.
  if (options.out !== null) await copyFile(made.file, options.out, constants.COPYFILE_EXCL)
  const file = options.out ?? made.file
  if (options.json) io.out(JSON.stringify({ ...made, file }))
  else {
    const until =
      options.out === null ? `; kept there until ${new Date(made.keptUntil).toISOString().slice(0, 16)}Z` : ''
    io.out(`${file}: ${made.calls} calls, ${made.bytes} bytes, SHA-256 ${made.sha256}${until}`)
  }
  return 0
}

/** Says what was made as one JSON object; exit code 0: the zip is whole on disk and its hash in the journal. */
export const evidence: RecordsCommand = async (args, io, door) => {
  const { options } = readArguments(args, kinds)
  const { reason, from, to, agent, campaign, number, recordings, exports } = options
  if (recordings === null || exports === null) throw new UsageError('the folders are needed')
  const chosen = Object.entries({ agent, campaign, number }).filter(([, value]) => value !== null)
  const given = { from, ...(to === null ? {} : { to }), reason, filter: Object.fromEntries(chosen) }
  try {
    const folders = { recordingsDir: recordings, exportsDir: exports }
    const onUnread = (recording: string, error: Error) =>
      io.err(
        `recordings are missing in this export, ${recording} the first of them: they cannot be read: ${error.message}`,
      )
    const made = await exportTo({ door, ...folders, missingWords, version: programVersion(), onUnread }, given)
    io.out(JSON.stringify(made))
    return 0
  } catch (error) {
    if (error instanceof InvalidInput) throw new UsageError(error.message, { cause: error })
    throw error
  }
}
