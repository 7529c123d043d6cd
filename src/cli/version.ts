import { readFileSync } from 'node:fs'
import { asset } from '../lib/places.ts'
import { readArguments } from './arguments.ts'
import type { ExitCode, Io } from './command.ts'

/** `0.1.0`, from package.json. */
export function programVersion(): string {
  return (JSON.parse(readFileSync(asset('package.json'), 'utf8')) as { version: string }).version
}

export async function run(args: string[], io: Io): Promise<ExitCode> {
  const { options } = readArguments(args, { json: 'flag' })
  const version = programVersion()
  const node = process.versions.node
  io.out(
    options.json
      ? JSON.stringify({ version, node, platform: `${process.platform}-${process.arch}` })
      : `switchroom ${version} (node ${node})`,
  )
  return 0
}
