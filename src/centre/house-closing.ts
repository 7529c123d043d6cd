import { endByOrder } from './call.ts'
import type { Draft } from './draft.ts'
import { isCallForHelp } from './emergency.ts'
import type { Call } from './state.ts'

/** Nothing begins any more, and who has not picked up yet is not let pick up for nobody: their calls are withdrawn, their leads given back. */
export function closeHouse(d: Draft): void {
  d.note({ type: 'note.closing' })
  for (const call of d.state.calls.values())
    if (isUnanswered(call) && !isCallForHelp(d.state, call.id)) endByOrder(d, call.id, 'system')
}

function isUnanswered({ direction, phase, answeredAt }: Call): boolean {
  return direction === 'out' && phase !== 'ended' && answeredAt === null
}
