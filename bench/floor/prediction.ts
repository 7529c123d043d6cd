/** What the model of pacing says of the same floor under the same laws, and whether what was found lies in its spread. */
import { lookAhead } from '../pacing/look-ahead.ts'
import { lookMs } from '../pacing/methods.ts'
import { run } from '../pacing/model.ts'
import type { Laws } from './people.ts'

export type Spread = {
  mean: number
  sd: number
  least: number
  most: number
  found: number
  sdAway: number
  within: boolean
}

export type PredictionOf = Laws & {
  agents: number
  minutes: number
  abandonRateMax: number
  occupancyMax: number
  linesPerAgentMax: number
  callsPerSecond: number
  seeds: number
}

/** Two standard deviations: 95 of 100 runs of the model itself lie in it. */
const sdMost = 2

export function predict(
  of: PredictionOf,
  found: { utilisation: number; abandonRate: number; connected: number },
): Record<'utilisation' | 'abandonRate' | 'connected', Spread> {
  const runs = Array.from({ length: of.seeds }, (_, seed) =>
    run(
      {
        agents: of.agents,
        p: () => of.answerChance,
        ahtS: of.handleS,
        hours: of.minutes / 60,
        linesMax: of.linesPerAgentMax * of.agents,
        callsPerSecond: of.callsPerSecond,
      },
      // The house looks at the floor as often as `pacing.ts` lets it.
      lookAhead({ max: of.abandonRateMax, occupancyMax: of.occupancyMax, everyMs: lookMs(of.agents) }),
      seed + 1,
    ),
  )
  const spread = (key: 'utilisation' | 'abandonRate' | 'connected') =>
    spreadOf(
      runs.map(one => one[key]),
      found[key],
    )
  return { utilisation: spread('utilisation'), abandonRate: spread('abandonRate'), connected: spread('connected') }
}

export function spreadOf(values: number[], found: number): Spread {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const sd = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, values.length - 1))
  const sdAway = sd === 0 ? (found === mean ? 0 : Number.POSITIVE_INFINITY) : (found - mean) / sd
  return {
    mean,
    sd,
    least: Math.min(...values),
    most: Math.max(...values),
    found,
    sdAway,
    within: Math.abs(sdAway) <= sdMost,
  }
}
