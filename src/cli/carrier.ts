import { mkdirSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { ordinaryPeople, scenarioSchema } from '../sim/carrier/scenario.ts'
import { startCarrier } from '../sim/carrier/start.ts'
import { readArguments } from './arguments.ts'
import { type ExitCode, type Io, UsageError } from './command.ts'

/** `switchroom carrier [SCENARIO.json] [--listen udp:ADDRESS:PORT] [--seed N] [--seconds N] [--record DIR] [--quiet]` */
export async function run(args: string[], io: Io): Promise<ExitCode> {
  const { options, words } = readArguments(
    args,
    {
      listen: 'text',
      seed: 'number',
      seconds: 'number',
      record: 'text',
      quiet: 'flag',
    },
    { min: 0, max: 1 },
  )
  const [file] = words
  const parsed = scenarioSchema.safeParse({
    ...(file === undefined ? { people: ordinaryPeople } : readScenario(file)),
    ...(options.listen === null ? {} : { listen: [options.listen] }),
    ...(options.seed === null ? {} : { seed: options.seed }),
  })
  if (!parsed.success) {
    const problems = parsed.error.issues.map(issue => `  ${issue.path.join('.') || 'the file'}: ${issue.message}`)
    throw new UsageError(`the scenario ${file ?? '(built in)'} is not right:\n${problems.join('\n')}`)
  }
  const recordTo = options.record === null ? null : resolve(options.record)
  if (recordTo !== null) mkdirSync(recordTo, { recursive: true })
  await using carrier = await startCarrier({
    scenario: parsed.data,
    recordTo,
    log: line => options.quiet || io.out(JSON.stringify(line)),
    onFault: (error, doing) => io.err(`carrier: ${doing}: ${error instanceof Error ? error.message : String(error)}`),
  })
  io.err(`carrier: listening at ${carrier.bound.map(({ address, port }) => `${address}:${port}`).join(', ')}`)
  const stopped = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopped.abort())
  await sleep(options.seconds === null ? 2 ** 31 - 1 : options.seconds * 1000, null, {
    signal: stopped.signal,
  }).catch(() => {})
  io.out(JSON.stringify(carrier.figures))
  return 0
}

function readScenario(file: string): object {
  let value: unknown
  try {
    value = JSON.parse(readFileSync(file, 'utf8'))
  } catch (cause) {
    throw new UsageError(`the scenario ${file} cannot be read: ${(cause as Error).message}`)
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new UsageError(`the scenario ${file} must be a JSON object`)
  return value
}
