import { configOf, readArguments } from './arguments.ts'
import type { ExitCode, Io } from './command.ts'

export async function run(args: string[], io: Io): Promise<ExitCode> {
  const { options } = readArguments(args, { config: 'text', json: 'flag' })
  configOf(options, io.env)
  return 0
}
