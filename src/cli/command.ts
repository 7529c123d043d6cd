import { text } from 'node:stream/consumers'

/** What every command of the program is: arguments after its name and a way to talk in, an exit code out. */

/** 0 done · 1 the check or the job failed · 2 wrong usage or configuration. */
export type ExitCode = 0 | 1 | 2

export type Io = {
  /** One line to standard output: results only, so that it can be piped. */
  out(line: string): void
  /** One line to standard error: progress, advice, refusals. */
  err(line: string): void
  /** All of standard input; empty when a person sits at it. */
  input(): Promise<string>
  readonly env: NodeJS.ProcessEnv
}

export type CommandModule = { run(args: string[], io: Io): Promise<ExitCode | number> }

export type Command = {
  /** After the name, as the usage shows it. */
  usage: string
  summary: string
  load(): Promise<CommandModule>
}

/** Wrong usage: the words are shown, the exit code is 2. Thrown by a command while it reads its arguments. */
export class UsageError extends Error {
  override name = 'UsageError'
}

export const terminal: Io = {
  out: line => void process.stdout.write(`${line}\n`),
  err: line => void process.stderr.write(`${line}\n`),
  input: async () => (process.stdin.isTTY ? '' : text(process.stdin)),
  env: process.env,
}
