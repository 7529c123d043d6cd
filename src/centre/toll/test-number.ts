/**
 * Whether a trunk may be tested with a call to this number. A test is a call that nobody asked the gate about, so it goes to a number that the
 * gateway answers itself (`*43`, `600`), or to one that a supervisor may dial by hand; never to an emergency number, and to no barred one.
 */
import type { Refusal } from '../entities.ts'
import { normaliseNumber } from '../numbers/number.ts'
import { barringOf, emergencyOf, matches, type TollRules } from './rules.ts'

/** `dialled` as the gateway dials it; null: it may be. */
export function testObstacle(rules: TollRules, zone: string, dialled: string): Refusal | null {
  const plain = dialled.replace(/[\s-]/g, '')
  if (!/^\+?[0-9*#]{1,20}$/.test(plain))
    return {
      rule: 'number_invalid',
      words: `${JSON.stringify(dialled.slice(0, 24))}: 1 to 20 digits, * and # allowed.`,
    }
  if (emergencyOf(rules, zone, plain) !== null)
    return { rule: 'number_emergency', words: `${plain} is an emergency number: nobody tests with it.` }
  const number = asDialled(plain)
  if (number === null) return null
  const prefix = barringOf(rules, number)
  if (prefix !== null)
    return { rule: 'number_barred', words: `Numbers that begin with ${prefix} are barred: they cost extra.` }
  if (!matches(rules.byHand.supervisor, number, zone))
    return { rule: 'number_not_allowed', words: `${number} is not a number that a supervisor may dial by hand.` }
  return null
}

/** What the network beyond the gateway would take it for; null: a number of the gateway's own. */
function asDialled(plain: string): string | null {
  if (/[*#]/.test(plain)) return null
  const abroad = /^00([1-9]\d{5,14})$/.exec(plain)
  return abroad !== null ? `+${abroad[1]}` : normaliseNumber(plain)
}
