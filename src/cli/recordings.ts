import { dataFiles } from '../config.ts'
import { acceptFolder } from '../recordings-mark.ts'
import { configOf, readArguments } from './arguments.ts'
import { type ExitCode, type Io, UsageError } from './command.ts'
import { type RecordsCommand, runWithRecords } from './records-door.ts'

const kinds = {
  config: 'text',
  /** Told by the command itself, since the service does not read its configuration again. */
  folder: 'text',
} as const

/** `recordings accept`: the folder that is there now is the one, whatever it holds; recordings go on in it at once. */
export async function run(args: string[], io: Io): Promise<ExitCode | number> {
  const { options } = readArguments(args, kinds, { min: 1, max: 1 })
  const config = configOf(options, io.env)
  const { recordings } = dataFiles(config)
  return runWithRecords('recordings', recordingsFolder, { args: [...args, '--folder', recordings], io, config })
}

export const recordingsFolder: RecordsCommand = async (args, io, door) => {
  const { options, words } = readArguments(args, kinds, { min: 1, max: 1 })
  if (words[0] !== 'accept' || options.folder === null) throw new UsageError('accept is what can be done')
  await acceptFolder(door, options.folder)
  io.out(`${options.folder} is the folder of recordings from now on`)
  io.err('what was recorded elsewhere belongs into it: until it is there, its pages say that its file is missing')
  return 0
}
