import type { Config } from '../config.ts'
import { systemClock } from '../lib/clock.ts'
import { configOf, readArguments } from './arguments.ts'
import { checkHelp } from './check-help.ts'
import {
  type Checked,
  checkCertificate,
  checkClock,
  checkDisk,
  checkFiles,
  checkLimits,
  checkPorts,
} from './check-machine.ts'
import { checkRecordings } from './check-recordings.ts'
import { type CheckWish, checkTrunks } from './check-trunks.ts'
import { type ExitCode, type Io, UsageError } from './command.ts'

/** Every check, in the order a person would put things right. None of them changes anything that lasts. */
const checks: Record<string, (config: Config, wish: CheckWish) => Promise<Checked[]>> = {
  disk: checkDisk,
  recordings: config => checkRecordings(config),
  files: config => checkFiles(config),
  limits: checkLimits,
  clock: () => checkClock(),
  certificate: config => checkCertificate(config, systemClock.now()),
  ports: checkPorts,
  help: checkHelp,
  trunks: checkTrunks,
}

const marks = { ok: 'ok  ', warn: 'look', bad: 'BAD ' }

/** Exit 1 when something would keep calls from working; a `look` alone is exit 0. */
export async function run(args: string[], io: Io): Promise<ExitCode> {
  const { options } = readArguments(args, { config: 'text', json: 'flag', trunk: 'text', number: 'text' })
  if (options.number !== null && options.trunk === null)
    throw new UsageError('--number found without --trunk, allowed: --trunk NAME --number N')
  const config = configOf(options, io.env)
  const { trunk, number } = options
  const wanted = trunk === null ? Object.entries(checks) : [['trunks', checkTrunks] as const]
  const results: (Checked & { check: string })[] = [
    { check: 'config', state: 'ok', found: config.file ?? 'built-in defaults and the environment' },
  ]
  for (const [check, look] of wanted) {
    const found = await look(config, { trunk, number }).catch((error: Error): Checked[] => [
      { state: 'bad', found: `the check itself failed: ${error.message}`, advice: 'report this' },
    ])
    results.push(...found.map(result => ({ check, ...result })))
  }
  const bad = results.filter(({ state }) => state === 'bad').length
  if (options.json) io.out(JSON.stringify({ ok: bad === 0, results }))
  else {
    for (const { check, state, found, advice } of results) {
      io.out(`${marks[state]} ${check.padEnd(12)} ${found}`)
      if (advice !== undefined) io.out(`${' '.repeat(18)}→ ${advice}`)
    }
    io.out(
      bad === 0
        ? trunk === null
          ? 'This machine is ready.'
          : 'This trunk works.'
        : `${bad} thing${bad === 1 ? '' : 's'} to put right first.`,
    )
  }
  return bad === 0 ? 0 : 1
}
