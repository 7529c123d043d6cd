/**
 * The outside leg of a call: a number that its agent consults, or that the call is passed on to. It is a contact as any other: allowed for whom
 * it is (outside.ts), asked of the gate in the decision that dials it, on a line of a trunk and within its caps, recorded from its answer on. It
 * is a call of its own, `of` the other; how it goes is told to that call, and when it ends that call is looked after (loose-ends.ts).
 */
import { assert } from '../lib/assert.ts'
import type { CallId } from '../lib/ids.ts'
import { maskNumber } from '../lib/mask.ts'
import { mayContact, mayShow } from './compliance.ts'
import type { Draft } from './draft.ts'
import { pickLine } from './line.ts'
import { normaliseNumber, numberKey } from './number.ts'
import { mayPassTo } from './outside.ts'
import type { Agent, Call } from './state.ts'

/** An outside number rings this long. */
export const outsideRingMs = 30_000

/** Dials it for a call, or refuses and says why; null: refused. */
export function placeOutside(
  d: Draft,
  call: Call,
  agent: Agent,
  typed: string,
  why: 'consultation' | 'transfer',
): CallId | null {
  const no = (rule: string, words: string) => {
    d.refuse(rule, words)
    return null
  }
  const number = normaliseNumber(typed)
  if (number === null) return no('number_invalid', 'This is not a telephone number: write it as +86…, 138… or 021….')
  if (d.state.numberIndex.has(numberKey(number)))
    return no('number_ours', 'That number is one of our own: choose the queue or the person it leads to.')
  if (!mayPassTo(d.state, call, agent, number)) {
    const words = `Calls may not be passed on to ${maskNumber(number)}: an administrator allows outside numbers by name.`
    return no('transfer_not_allowed', words)
  }
  const gate = mayContact(d.state, { number, relation: null, campaign: null, mode: 'manual' }, d.now)
  if (!gate.ok) {
    const { rule, words, under } = gate.refusal
    const refused = { campaign: null, lead: null, agent: agent.user.id, number }
    d.fact({ type: 'call.refused', ...refused, refusal: { rule, words }, under })
    return no(rule, words)
  }
  const trunks = call.campaign === null ? [] : (d.state.campaigns.get(call.campaign)?.campaign.trunks ?? [])
  const line = pickLine(d.state, trunks, d.now, number)
  if (!line.ok) return no(line.refusal.rule, line.refusal.words)
  const { trunk, callerId } = line
  assert(mayShow(d.state, trunk, callerId), 'the number shown is one of the trunk it goes out on')
  const id = d.id<'call'>('c')
  const leg = d.id<'leg'>('l')
  const nobody = { campaign: null, lead: null, party: null, name: null, relation: null, agent: null } as const
  const of = { call: call.id, agent: agent.user.id, why }
  d.fact({
    type: 'call.dialed',
    call: id,
    mode: 'manual',
    ...nobody,
    number,
    trunk,
    callerId,
    leg,
    agentLeg: null,
    verdict: gate.verdict,
    of,
  })
  d.effect({ type: 'phone.dial', leg, call: id, trunk, number, callerId, ringMs: outsideRingMs })
  return id
}
