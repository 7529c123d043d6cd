import { ConfigError } from '../config.ts'
import { nearest } from '../lib/nearest.ts'
import { type Command, type Io, UsageError } from './command.ts'

import { later } from './later.ts'

/** Every command by name, in the order the usage lists them. A module is loaded only when its command runs. */
export const commands: Record<string, Command> = {
  serve: {
    usage: '[--config FILE]',
    summary: 'run the call centre (the default)',
    load: () => import('./serve.ts'),
  },
  check: {
    usage: '[--trunk NAME [--number N]] [--config FILE] [--json]',
    summary: 'configuration, disk, ports, trunks, clock, certificate and emergency numbers, and what to do about each',
    load: () => import('./check.ts'),
  },
  user: {
    usage: '(add NAME --role ROLE | reset NAME | list) [--extension DIGITS] [--password-stdin] [--config FILE]',
    summary: 'people who may sign in; a password that is not given is made and shown once',
    load: () => import('./user.ts'),
  },
  token: {
    usage: '(add NAME --role ROLE | revoke ID | list) [--json] [--config FILE]',
    summary: 'programs that may use the API; the secret is shown once',
    load: () => import('./token.ts'),
  },
  backup: {
    usage: 'FILE [--config FILE]',
    summary: 'a consistent copy of the database while the service works',
    load: () => import('./backup.ts'),
  },
  restore: {
    usage: 'FILE [--config FILE]',
    summary: 'put such a copy back; the service must be stopped',
    load: () => import('./restore.ts'),
  },
  recordings: {
    usage: 'accept [--config FILE]',
    summary: 'say that the folder of recordings is meant to be another than before (new, moved, restored)',
    load: () => import('./recordings.ts'),
  },
  import: {
    usage: '(leads FILE --campaign NAME | parties|loans|repayments|suppressions FILE) [--json] [--config FILE]',
    summary: 'read a table, and report each row that was refused',
    load: () => import('./import.ts'),
  },
  export: {
    usage:
      '--from TIME [--to TIME] --reason TEXT [--agent ID] [--campaign ID] [--number N] [--out FILE] [--config FILE]',
    summary: 'evidence: recordings, metadata, hashes and the journal’s proof',
    load: () => import('./export.ts'),
  },
  verify: {
    usage: '(FILE | --journal) [--head HASH] [--config FILE]',
    summary: 'check an export, or the journal of this machine from its first line',
    load: () => import('./verify.ts'),
  },
  carrier: {
    usage: '[SCENARIO.json] [--listen udp:ADDRESS:PORT] [--seed N] [--seconds N] [--record DIR] [--quiet]',
    summary: 'a carrier and its people, on real SIP and RTP, to try the house against',
    load: () => import('./carrier.ts'),
  },
  simulate: {
    usage:
      '[SCENARIO.json] [--seed N] [--hours N] [--agents N] [--page FILE.html] [--json] | --from-day YYYY-MM-DD --campaign ID [--occupancy-max N] …',
    summary: 'a day of the floor in seconds, with people made up',
    load: () => import('./simulate.ts'),
  },
  loadtest: {
    usage: '[--agents N]',
    summary: 'how many agents this machine carries',
    load: later('loadtest'),
  },
  version: {
    usage: '[--json]',
    summary: 'which version this is',
    load: () => import('./version.ts'),
  },
}

/** `switchroom ARGS`: finds the command, runs it, and turns what may go wrong into words and an exit code. Never throws. */
export async function dispatch(args: string[], io: Io, table: Record<string, Command> = commands): Promise<number> {
  const [first = 'serve', ...rest] = args
  if (['help', '--help', '-h'].includes(first)) {
    io.out(usage(table))
    return 0
  }
  const name = first === '--version' ? 'version' : first.startsWith('-') ? 'serve' : first
  const command = Object.hasOwn(table, name) ? table[name] : undefined
  if (command === undefined) {
    const hint = nearest(name.slice(0, 40), Object.keys(table))
    const words = `there is no command ${JSON.stringify(name.slice(0, 40))}${hint === undefined ? '' : `; ${hint}`}`
    io.err(`switchroom: ${words}\n\n${usage(table)}`)
    return 2
  }
  const own = first.startsWith('-') && first !== '--version' ? args : rest
  if (own.includes('--help') || own.includes('-h')) {
    io.out(`switchroom ${name} ${command.usage}\n  ${command.summary}`)
    return 0
  }
  try {
    return await (await command.load()).run(own, io)
  } catch (error) {
    if (error instanceof UsageError) {
      io.err(`switchroom ${name}: ${error.message}\nusage: switchroom ${name} ${command.usage}`)
      return 2
    }
    if (error instanceof ConfigError) {
      io.err(`switchroom ${name}: ${error.message}`)
      return 2
    }
    io.err(`switchroom ${name}: ${inWords(error)}`)
    return 1
  }
}

export function usage(table: Record<string, Command> = commands): string {
  const lines = Object.entries(table).map(([name, { summary }]) => `  ${name.padEnd(10)} ${summary}`)
  return ['usage: switchroom COMMAND', '', ...lines, '', 'Each command explains itself with --help.'].join('\n')
}

/** A fault of the machine in one line; a bug with its stack, so that it can be reported. */
function inWords(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const isFault = 'code' in error || error.name !== 'Error'
  const isBug = ['TypeError', 'ReferenceError', 'RangeError', 'AssertionError'].includes(error.name)
  return isFault && !isBug ? error.message : (error.stack ?? error.message)
}
