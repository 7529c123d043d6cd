/**
 * The whole house with a predictive campaign, agents at desk phones and a carrier, on real SIP and RTP: how long a customer who picks up hears
 * nobody, at 50, 200 and 500 agents; and with `--compare`, whether a floor for real does what the model of pacing says of it. `--json` prints
 * one JSON object last.
 */
import { parseArgs } from 'node:util'
import { predict, type Spread } from './floor/prediction.ts'
import { type FloorFound, type FloorSpec, runFloor } from './floor/run.ts'

const { values } = parseArgs({
  options: {
    agents: { type: 'string', default: '50,200,500' },
    minutes: { type: 'string', default: '1' },
    compare: { type: 'boolean', default: false },
    seeds: { type: 'string', default: '40' },
    seed: { type: 'string', default: '1' },
    answer: { type: 'string', default: '0.4' },
    handle: { type: 'string', default: '45' },
    abandon: { type: 'string', default: '0.03' },
    occupancy: { type: 'string', default: '1' },
    lines: { type: 'string', default: '3' },
    speaking: { type: 'string', default: '100' },
    json: { type: 'boolean', default: false },
  },
})

function number(
  name: Exclude<keyof typeof values, 'compare' | 'json' | 'agents'>,
  least: number,
  most: number,
): number {
  const value = Number(values[name])
  if (value >= least && value <= most) return value
  console.error(`bench:floor: --${name} found ${values[name]}, allowed: a number from ${least} to ${most}`)
  process.exit(2)
}

const floors = values.agents.split(',').map(Number)
if (!floors.every(agents => Number.isInteger(agents) && agents >= 1 && agents <= 500)) {
  console.error(
    `bench:floor: --agents found ${values.agents}, allowed: whole numbers from 1 to 500, with commas between`,
  )
  process.exit(2)
}
const minutes = number('minutes', 0.2, 480)
const common = {
  seconds: Math.round(minutes * 60),
  seed: number('seed', 0, 1e9),
  answerChance: number('answer', 0.05, 0.95),
  handleS: number('handle', 5, 3600),
  abandonRateMax: number('abandon', 0.001, 0.5),
  occupancyMax: number('occupancy', 0.5, 1),
  linesPerAgentMax: number('lines', 1, 20),
  speaking: number('speaking', 0, 500),
  callsPerSecond: 100,
}
const seeds = number('seeds', 2, 1000)

const found: Record<string, unknown>[] = []
for (const agents of floors) {
  const spec: FloorSpec = { ...common, agents }
  const floor = await runFloor(spec)
  const figures = figuresOf(agents, floor)
  print(agents, floor, figures)
  const compared = values.compare ? predict({ ...spec, minutes: spec.seconds / 60, seeds }, floor.account) : null
  if (compared !== null) {
    say('utilisation', compared.utilisation, 100, ' %')
    say('abandoned', compared.abandonRate, 100, ' %')
    say('conversations', compared.connected, 1, '')
  }
  found.push({ ...figures, ...(compared === null ? {} : { seeds, compared: rounded(compared) }) })
}
const largest = found.at(-1)!
if (values.json)
  console.log(
    JSON.stringify({
      agents: largest['agents'],
      p50Ms: largest['heardAtOnceP50Ms'],
      p99Ms: largest['heardAtOnceP99Ms'],
      ...(values.compare
        ? { laws: { answerChance: common.answerChance, handleS: common.handleS, occupancyMax: common.occupancyMax } }
        : {}),
      speaking: common.speaking,
      floors: found,
    }),
  )
process.exit(found.every(floor => (floor['connected'] as number) > 0) ? 0 : 1)

function figuresOf(agents: number, { account, company, ...floor }: FloorFound) {
  return {
    agents,
    seconds: common.seconds,
    utilisation: round(account.utilisation),
    abandonRate: round(account.abandonRate),
    dialled: account.dialled,
    connected: account.connected,
    abandoned: account.abandoned,
    heard: floor.heardMs.length,
    heardP50Ms: at(floor.heardMs, 0.5),
    heardP99Ms: at(floor.heardMs, 0.99),
    heardAtOnce: floor.heardAtOnceMs.length,
    heardAtOnceP50Ms: at(floor.heardAtOnceMs, 0.5),
    heardAtOnceP99Ms: at(floor.heardAtOnceMs, 0.99),
    patchP50MsAtMost: floor.patchP50Ms,
    patchP99MsAtMost: floor.patchP99Ms,
    patches: floor.patches,
    cpuPercentOfOneCore: { house: company.house, ends: company.ends, others: company.others },
    company: company.words,
    trouble: floor.trouble,
  }
}

function print(agents: number, { account, company }: FloorFound, figures: ReturnType<typeof figuresOf>): void {
  const percent = (share: number) => `${(share * 100).toFixed(1)} %`
  console.log(
    `\n${agents} agents, ${common.seconds} s: ${account.dialled} dialled, ${account.connected} connected, ${account.abandoned} abandoned (${percent(account.abandonRate)}), ${percent(account.utilisation)} busy`,
  )
  console.log(
    `  200 OK to the agent's voice at the customer: ${figures.heardAtOnceP50Ms} ms (p50), ${figures.heardAtOnceP99Ms} ms (p99) of ${figures.heardAtOnce} for whom somebody was free; ${figures.heardP50Ms} and ${figures.heardP99Ms} ms of all ${figures.heard}`,
  )
  console.log(
    `  200 OK to the patch in the house, without the wait: at most ${figures.patchP50MsAtMost} ms (p50), ${figures.patchP99MsAtMost} ms (p99) of ${figures.patches}`,
  )
  console.log(`  CPU of one core: house ${company.house} %, the other ends ${company.ends} %; ${company.words}`)
  if (Object.keys(figures.trouble).length > 0) console.log(`  trouble: ${JSON.stringify(figures.trouble)}`)
}

function say(what: string, spread: Spread, factor: number, unit: string): void {
  const words = (value: number) => `${(value * factor).toFixed(1)}${unit}`
  console.log(
    `  ${what}: found ${words(spread.found)}; the model says ${words(spread.mean)} ± ${words(spread.sd)} (${words(spread.least)} to ${words(spread.most)} of ${seeds} seeds): ${spread.sdAway.toFixed(1)} standard deviations away, ${spread.within ? 'within noise' : 'not within noise'}`,
  )
}

function at(values: number[], share: number): number | null {
  if (values.length === 0) return null
  const sorted = [...values].sort((a, b) => a - b)
  return Number(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!.toFixed(1))
}

function round(value: number): number {
  return Number(value.toFixed(4))
}

function rounded(compared: Record<string, Spread>) {
  const round4 = (_: string, value: unknown) => (typeof value === 'number' ? round(value) : value)
  return JSON.parse(JSON.stringify(compared, round4)) as Record<string, Spread>
}
