/**
 * The transfer key of a desk phone: what it asks is done as if it were pressed on the desk page, by the same rules. Whom it names is a colleague's
 * extension, one of our own numbers (its queue, menu or person), a slot to park in (701 to 800), or an outside number. An attended transfer means
 * whom the agent consults now.
 */
import type { Draft } from '../draft.ts'
import type { TransferTarget } from '../entities.ts'
import type { Input } from '../inputs.ts'
import { numberKey } from '../numbers/number.ts'
import type { Agent } from '../state.ts'
import { isSlotNumber, park } from './slot.ts'
import { transfer } from './transfer.ts'

const done = 200
const declined = 603

export function transferAsked(d: Draft, input: Extract<Input, { type: 'leg.transferAsked' }>): void {
  const { leg, refer, to } = input
  // Before all else: the leg may be hung up next.
  const answer = (status: number) => d.effectFirst({ type: 'phone.answerTransfer', leg, refer, status })
  const agent = agentAt(d, leg)
  if (agent === null || agent.call === null) return answer(declined)
  const target = input.with === null ? dialledTarget(d, to) : 'consulted'
  const of = { agent: agent.user.id, call: agent.call }
  const isSlot = target !== 'consulted' && 'number' in target && isSlotNumber(to)
  if (isSlot) park(d, { type: 'agent.park', ...of, slot: to })
  else transfer(d, { type: 'agent.transfer', ...of, target })
  answer(d.isRefused ? declined : done)
}

/** Whose leg it is, in the call in hand: whom is consulted moves nothing, nor does a phone that is in a call of its own (emergency.ts). */
function agentAt(d: Draft, leg: Parameters<Draft['state']['legs']['get']>[0]): Agent | null {
  const what = d.state.legs.get(leg)
  if (what === undefined || what.side === 'party' || what.side === 'consult') return null
  const id = 'agent' in what ? what.agent : d.state.calls.get(what.call)?.agent
  const agent = id ? d.state.agents.get(id) : undefined
  return agent === undefined || ('call' in what && agent.call !== what.call) ? null : agent
}

/** Whom a desk phone means by what its user typed. */
export function dialledTarget(d: Draft, to: string): TransferTarget {
  for (const { user } of d.state.agents.values())
    if (user.extension !== null && user.extension === to) return { agent: user.id }
  const ours = d.state.numberIndex.get(numberKey(to))
  const target = ours === undefined ? undefined : d.state.numbers.get(ours)?.target
  if (target === undefined) return { number: to }
  return 'user' in target ? { agent: target.user } : target
}
