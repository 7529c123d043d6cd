/** What all of the lender's records ask of the house: its zone, what it has set of how to reckon, and today's date there. */
import type { Actor } from '../../centre/facts.ts'
import { dateIn } from '../../lender/dates.ts'
import { faultOfRules, type LenderRules, lenderRulesKey, readLenderRules } from '../../lender/rules.ts'
import { keep, type RecordsDoor } from '../door.ts'
import { InvalidInput } from '../errors.ts'
import { parseInput } from '../parse.ts'
import { lenderRulesInput } from './lender-schemas.ts'

const zoneDefault = 'Asia/Shanghai'

export type Reckoning = { rules: LenderRules; zone: string; today: string; dateOf(at: number): string }

export async function reckoningOf(door: RecordsDoor): Promise<Reckoning> {
  const settings = await door.store.read('settings.all', {})
  const zone = settings['centre.zone'] || zoneDefault
  const dateOf = (at: number) => dateIn(zone, at)
  return { rules: readLenderRules(settings[lenderRulesKey]), zone, today: dateOf(door.clock.now()), dateOf }
}

/** From the next repayment on; what was allocated stays as it is. */
export async function saveLenderRules(door: RecordsDoor, actor: Actor, given: unknown): Promise<LenderRules> {
  const rules = parseInput(lenderRulesInput, given)
  const fault = faultOfRules(rules)
  if (fault !== null) throw new InvalidInput([fault])
  await keep(door, actor, [{ type: 'setting.saved', key: lenderRulesKey, value: JSON.stringify(rules) }])
  return rules
}
