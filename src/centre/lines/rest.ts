/**
 * Rest of a tired caller ID: a number that is answered far less than it was, or than the others of its trunk, has been marked by phones and
 * carriers as a nuisance; so will one that calls too often in an hour. It rests, and is judged anew when it comes back.
 */
import type { CallerIdBook, TrunkBook } from './line-book.ts'

export type LineRules = {
  /** Rests when its answer rate is below this share of its own, or of the others'. 0: never. */
  restBelow: number
  /** Outcomes needed before it is judged. */
  restSamplesMin: number
  /** Calls within an hour before it rests; null: no such limit. */
  callsPerHourMax: number | null
  restMs: number
  /** How much more a caller ID of the callee's own city is worth: 0.15 is 15 %. */
  placeBonus: number
}

export const lineRulesDefault: LineRules = {
  restBelow: 0.5,
  restSamplesMin: 50,
  callsPerHourMax: null,
  restMs: 30 * 60_000,
  placeBonus: 0.15,
}

export type RestReason = 'below_own' | 'below_others' | 'calls_per_hour'

/** Chance may look like tiredness: with no difference at all, one judgement in a thousand is this far off. */
const chanceZ = 3.1

/** Why this caller ID should rest now; null: it need not. */
export function tirednessOf(id: CallerIdBook, trunk: TrunkBook, rules: LineRules, now: number): RestReason | null {
  if (rules.callsPerHourMax !== null && id.lastHour.at(now) >= rules.callsPerHourMax) return 'calls_per_hour'
  const { outcomes, answered } = id.judged
  if (outcomes < rules.restSamplesMin || rules.restBelow <= 0) return null
  const others = trunk.lately.worth(now)
  const own = id.lately.worth(now)
  const othersOutcomes = trunk.lately.outcomes * others - id.lately.outcomes * own
  const othersAnswered = trunk.lately.answered * others - id.lately.answered * own
  if (othersOutcomes >= rules.restSamplesMin && isBelow(answered, outcomes, othersAnswered / othersOutcomes, rules))
    return 'below_others'
  const before = { outcomes: id.longer.outcomes - outcomes, answered: id.longer.answered - answered }
  if (before.outcomes >= rules.restSamplesMin && isBelow(answered, outcomes, before.answered / before.outcomes, rules))
    return 'below_own'
  return null
}

function isBelow(answered: number, outcomes: number, wanted: number, rules: LineRules): boolean {
  const rate = answered / outcomes
  if (rate >= wanted * rules.restBelow) return false
  return wanted - rate > chanceZ * Math.sqrt((wanted * (1 - wanted)) / outcomes)
}
