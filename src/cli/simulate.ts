import { readFileSync, writeFileSync } from 'node:fs'
import { ConfigError } from '../config.ts'
import { Day } from '../sim/day/day.ts'
import type { DayResult } from '../sim/day/figures.ts'
import { dayPage } from '../sim/day/page.ts'
import { readScenario } from '../sim/day/scenario.ts'
import { readArguments } from './arguments.ts'
import { type ExitCode, type Io, UsageError } from './command.ts'
import { run as simulateDay } from './simulate-day.ts'

/**
 * `simulate [SCENARIO.json] [--seed N] [--hours N] [--agents N] [--page FILE.html] [--json]`: a day of the real floor on a virtual clock.
 * Without a file every key has its default. `--json` prints one JSON object last. With `--from-day`: a past day again (simulate-day.ts).
 */
export async function run(args: string[], io: Io): Promise<ExitCode> {
  if (args.some(each => /^--from-day(=|$)/.test(each))) return simulateDay(args, io)
  const kinds = { seed: 'number', hours: 'text', agents: 'number', page: 'text', json: 'flag' } as const
  const { options, words } = readArguments(args, kinds, { min: 0, max: 1 })
  const over: Record<string, unknown> = {}
  if (options.seed !== null) over['seed'] = options.seed
  if (options.agents !== null) over['agents'] = options.agents
  if (options.hours !== null) over['hours'] = hoursOf(options.hours)
  const [file] = words
  const scenario = readScenario(file ?? 'built-in scenario', file === undefined ? '{}' : textOf(file), over)
  const started = performance.now()
  const day = new Day(scenario)
  day.run()
  const result = day.figures.result(scenario.agents, performance.now() - started)
  if (options.page !== null) {
    writeFileSync(options.page, dayPage(scenario, result, day.figures))
    io.err(`simulate: the page is ${options.page}`)
  }
  if (options.json) io.out(JSON.stringify(result))
  else for (const line of linesOf(result)) io.out(line)
  return 0
}

function hoursOf(text: string): number {
  if (!/^\d{1,2}(\.\d{1,4})?$/.test(text)) throw new UsageError(`--hours found ${text}, allowed: a number up to 24`)
  return Number(text)
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    throw new ConfigError({ file, key: null, found: (cause as Error).message, allowed: 'a scenario that can be read' })
  }
}

function linesOf(result: DayResult): string[] {
  const percent = (share: number) => `${(share * 100).toFixed(2)} %`
  const refused = Object.entries(result.refused).map(([rule, n]) => `${rule} ${n}`)
  return [
    `utilisation         ${percent(result.utilisation)}`,
    `abandoned           ${percent(result.abandonRate)} of the answered (worst quarter of an hour ${percent(result.worst15MinAbandonRate)})`,
    `effective minutes   ${result.effectiveMinutesPerAgent.toFixed(1)} an agent`,
    `idle between calls  ${(result.idleMsMean / 1000).toFixed(1)} s`,
    `calls               ${result.dialled} dialled, ${result.answered} answered, ${result.connected} connected, ${result.abandoned} abandoned`,
    `lines               ${result.linesPeak} at most`,
    ...(result.inbound === null ? [] : [callersLine(result.inbound)]),
    `refused             ${refused.length > 0 ? refused.join(', ') : 'nothing'}`,
    `journal             ${result.journalHash}`,
    `took                ${(result.wallMs / 1000).toFixed(1)} s`,
  ]
}

function callersLine({
  offered,
  connected,
  gaveUp,
  overflowed,
  waitMsMean,
}: NonNullable<DayResult['inbound']>): string {
  const waited = (waitMsMean / 1000).toFixed(1)
  return `callers             ${offered}, ${connected} connected after ${waited} s, ${gaveUp} gave up, ${overflowed} overflowed`
}
