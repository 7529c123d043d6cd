import { dataFiles } from '../config.ts'
import { setMarkNow } from '../lib/folder-mark.ts'
import { acceptFolder } from '../recordings-mark.ts'
import type { RecordsDoor } from '../records/door.ts'
import { configOf, readArguments } from './arguments.ts'
import { asOwnerOf, type Self } from './as-owner.ts'
import { type ExitCode, type Io, UsageError } from './command.ts'
import { type RecordsCommand, runWithRecords } from './records-door.ts'

const kinds = {
  config: 'text',
  /** Told by the command itself, since the service does not read its configuration again. */
  folder: 'text',
} as const

/** `recordings accept`: the folder that is there now is the one, whatever it holds; recordings go on in it at once. */
export async function run(args: string[], io: Io, self: Self = process): Promise<ExitCode | number> {
  const { options } = readArguments(args, kinds, { min: 1, max: 1 })
  const config = configOf(options, io.env)
  const { recordings } = dataFiles(config)
  // Marked by root it is the service's all the same, or the service could not read it, and would record nothing.
  const setHere = (folder: string, mark: string) => asOwnerOf(config.dataDir, () => setMarkNow(folder, mark), self)
  const here: RecordsCommand = (given, its, door) => accept(given, its, door, setHere)
  return runWithRecords('recordings', here, { args: [...args, '--folder', recordings], io, config })
}

/** The service's end. */
export const recordingsFolder: RecordsCommand = (args, io, door) => accept(args, io, door)

async function accept(
  args: string[],
  io: Io,
  door: RecordsDoor,
  set?: (folder: string, mark: string) => void,
): Promise<number> {
  const { options, words } = readArguments(args, kinds, { min: 1, max: 1 })
  if (words[0] !== 'accept' || options.folder === null) throw new UsageError('accept is what can be done')
  await acceptFolder(door, options.folder, set)
  io.out(`${options.folder} is the folder of recordings from now on`)
  io.err(
    'what was recorded elsewhere belongs into it, copied with its times (cp -p, rsync -t), and what was not sealed yet within a day of its call, or an auditor has to accept it on the page of its call: until it is there, its pages say that its file is missing',
  )
  return 0
}
