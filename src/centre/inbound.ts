/** An answered caller goes where the dialled number leads. */

import type { Call } from './call-state.ts'
import type { Draft } from './draft.ts'
import { enterMenu } from './menu/menu-call.ts'
import { numberKey } from './numbers/number.ts'
import { enterPerson, enterQueue, leadsNowhere } from './queues/waiting.ts'

export function enter(d: Draft, call: Call): void {
  const id = d.state.numberIndex.get(numberKey(call.ourNumber))
  const target = id === undefined ? undefined : d.state.numbers.get(id)?.target
  if (target === undefined) return leadsNowhere(d, call)
  if ('queue' in target) return enterQueue(d, call, target.queue)
  if ('ivr' in target) return enterMenu(d, call, target.ivr)
  enterPerson(d, call, target.user)
}
