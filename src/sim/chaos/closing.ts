/** The orderly stop of a chaotic floor: its calls are ended one after the other, people go on wanting what they want, and only help is dialled. */
import { isCallForHelp, isEmergency } from '../../centre/calls/emergency.ts'
import { closingInputs, endHelp } from '../../centre/house-closing.ts'
import type { FloorState } from '../../centre/state.ts'
import type { Step } from '../../centre/step.ts'
import { seededRandom } from '../../lib/random.ts'
import { claim } from './claim.ts'
import { between, chance } from './people.ts'
import type { Plan } from './plan.ts'
import type { Scene } from './scene.ts'

/** Of floors. */
const closesShare = 0.3
/** As `hangUpAll` (hang-up.ts), which ends each at once, and help last; here they end over a while, so that there is something to pass on, ask and hear. */
const endsWithinMs = 20_000

/** When the house closes, in the last shift: for good, unless the process dies. null: the people go home first. */
export function closesAt({ seed, shifts }: Plan): number | null {
  const random = seededRandom(seed ^ 0xc105e)
  const { from, to } = shifts.at(-1)!
  return chance(random, closesShare) ? between(random, from + 60_000, to) : null
}

export function close({ state, random, post, soon }: Scene): void {
  for (const input of closingInputs(state)) {
    const call = input.type === 'call.end' ? state.calls.get(input.call) : undefined
    if (call === undefined || call.answeredAt === null) post(input)
    else soon(between(random, 0, endsWithinMs), () => post(input))
  }
  soon(endsWithinMs, () => {
    for (const input of endHelp(state)) post(input)
  })
}

/** What a house that closes may still begin. */
export function checkClosing(state: FloorState, { effects }: Step): void {
  if (!state.isClosing) return
  for (const effect of effects) {
    if (effect.type === 'phone.dial')
      claim(isEmergency(state, effect.number), 'while the house closes no number is dialled but for help')
    if (effect.type !== 'phone.ring') continue
    const rung = state.agents.get(effect.agent)?.rung
    const dials = rung?.leg === effect.leg && isEmergency(state, rung.intent.number)
    claim(
      dials || (effect.call !== null && isCallForHelp(state, effect.call)),
      'while the house closes no phone is rung but for help',
    )
  }
}
