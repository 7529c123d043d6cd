/** What may be dialled: emergency numbers, barred beginnings, calls by hand abroad. */
import { z } from '@hono/zod-openapi'
import type { Actor } from '../../centre/facts.ts'
import { zoneOr } from '../../centre/numbers/zone.ts'
import { emergencyNumbersIn } from '../../centre/toll/emergency-numbers.ts'
import {
  emergencyOf,
  isEmergencyNumber,
  isPrefix,
  type TollRules,
  tollRulesDefault,
  tollRulesIn,
  tollRulesKey,
} from '../../centre/toll/rules.ts'
import { keep, type RecordsDoor } from '../door.ts'
import { InvalidInput } from '../errors.ts'
import { parseInput } from '../parse.ts'

const emergency = z.string().refine(isEmergencyNumber, '2 to 6 digits that are no telephone number: 110')
const prefix = z.string().refine(text => isPrefix(text) && text.length > 1, 'a + and the first digits: +882')
const pattern = z
  .string()
  .refine(text => text === 'home' || isPrefix(text), 'home, or a + and the first digits: +852; + alone is anywhere')
const minutes = (max: number) => z.int().min(0).max(max)
const minuteOfDay = z.int().min(0).max(1439)
const unique = (list: string[]) => [...new Set(list)]

export const tollRulesInput = z
  .strictObject({
    emergency: z
      .array(emergency)
      .min(1)
      .max(20)
      .transform(unique)
      .optional()
      .openapi({ description: 'Left out: those of the country that the centre’s time zone is of' }),
    barred: z.array(prefix).max(200).transform(unique).default(tollRulesDefault.barred),
    byHand: z
      .strictObject({
        agent: z.array(pattern).max(100).transform(unique).default(tollRulesDefault.byHand.agent),
        supervisor: z.array(pattern).max(100).transform(unique).default(tollRulesDefault.byHand.supervisor),
      })
      .default(tollRulesDefault.byHand),
    personMinutesMax: minutes(1440).default(tollRulesDefault.personMinutesMax),
    centreMinutesMax: minutes(1_000_000).default(tollRulesDefault.centreMinutesMax),
    callMinutesMax: z.int().min(1).max(1440).default(tollRulesDefault.callMinutesMax),
    night: z
      .strictObject({ from: minuteOfDay, to: minuteOfDay })
      .refine(({ from, to }) => from !== to, 'two different times of day')
      .nullable()
      .default(tollRulesDefault.night),
  })
  .openapi('TollRules')

/** The rules in force: those that somebody set, else those of where the centre is. */
export async function tollRulesNow(door: Pick<RecordsDoor, 'store'>): Promise<{ rules: TollRules; zone: string }> {
  const settings = await door.store.read('settings.all', {})
  const zone = zoneOr(settings['centre.zone'])
  const saved = settings[tollRulesKey]
  const set = saved === undefined ? {} : (JSON.parse(saved) as Partial<TollRules>)
  return { rules: { ...tollRulesIn(zone), ...set }, zone }
}

/** What is right of an extension: whoever dials an emergency number means help, and nobody else. */
export async function checkExtension(door: Pick<RecordsDoor, 'store'>, extension: string): Promise<void> {
  const { rules, zone } = await tollRulesNow(door)
  if (emergencyOf(rules, zone, extension) === null) return
  const allowed = `${extensionForHelp}: ${rules.emergency.join(', ')}`
  throw new InvalidInput([{ field: 'extension', found: extension, allowed }])
}

/** How what is allowed begins when an extension was refused for this. */
export const extensionForHelp = 'digits that are no emergency number here'

export async function saveTollRules(door: RecordsDoor, actor: Actor, given: unknown): Promise<TollRules> {
  const { emergency, ...rest } = parseInput(tollRulesInput, given)
  const zone = zoneOr((await door.store.read('settings.all', {}))['centre.zone'])
  const rules = { emergency: emergency ?? emergencyNumbersIn(zone), ...rest }
  await keep(door, actor, [{ type: 'toll.rulesSaved', rules }])
  return rules
}
