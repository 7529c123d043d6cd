/**
 * The outside leg of a call: a number that its agent consults, or that the call is passed on to. It is a contact as any other: allowed for whom
 * it is (outside.ts), asked of the gate and the guard against toll fraud in the decision that dials it, on a line of a trunk and within its caps, recorded from its answer on. It
 * is a call of its own, `of` the other; how it goes is told to that call, and when it ends that call is looked after (loose-ends.ts).
 */
import { assert } from '../../lib/assert.ts'
import type { CallId } from '../../lib/ids.ts'
import { maskNumber } from '../../lib/mask.ts'
import type { Call } from '../call-state.ts'
import type { Draft } from '../draft.ts'
import type { Refusal } from '../entities.ts'
import { mayContact, mayShow } from '../gate/compliance.ts'
import { pickOnRoute, queueOf, routeOf } from '../lines/route.ts'
import { normaliseNumber, numberKey } from '../numbers/number.ts'
import type { Agent } from '../state.ts'
import { alarmIfCostly, alarmOf, tollGuard, tollObstacle } from '../toll/guard.ts'
import { ringMsOn } from '../trunks/trunk-rules.ts'
import { mayPassTo } from './outside.ts'

/** Dials it for a call, or refuses and says why; null: refused. */
export function placeOutside(
  d: Draft,
  call: Call,
  agent: Agent,
  typed: string,
  why: 'consultation' | 'transfer',
): CallId | null {
  const placed = tryOutside(d, call, agent, typed, why)
  if ('call' in placed) return placed.call
  d.refuse(placed.refusal.rule, placed.refusal.words)
  return null
}

/** `agent` null: a voice menu, which names the number itself, since an administrator wrote it there. */
export function tryOutside(
  d: Draft,
  call: Call,
  agent: Agent | null,
  typed: string,
  why: 'consultation' | 'transfer',
): { call: CallId } | { refusal: Refusal } {
  const no = (rule: string, words: string) => ({ refusal: { rule, words } })
  const by = agent?.user.id ?? null
  const number = normaliseNumber(typed)
  if (number === null) return no('number_invalid', 'This is not a telephone number: write it as +86…, 138… or 021….')
  if (d.state.numberIndex.has(numberKey(number)))
    return no('number_ours', 'That number is one of our own: choose the queue or the person it leads to.')
  if (agent !== null && !mayPassTo(d.state, call, agent, number)) {
    alarmIfCostly(d, agent.user.id, number)
    const words = `Calls may not be passed on to ${maskNumber(number)}: an administrator allows outside numbers by name.`
    return no('transfer_not_allowed', words)
  }
  const refused = { campaign: null, lead: null, agent: by, number }
  const costly = tollObstacle(d.state, { by, number, isKnown: false }, d.now)
  if (costly !== null) {
    d.fact({ type: 'call.refused', ...refused, refusal: costly, under: tollGuard })
    alarmOf(d, costly, by, number)
    return no(costly.rule, costly.words)
  }
  const agency = (by === null ? null : d.state.users.get(by)?.agency) ?? null
  const gate = mayContact(d.state, { number, relation: null, campaign: null, mode: 'manual', agency }, d.now)
  if (!gate.ok) {
    const { rule, words, under } = gate.refusal
    d.fact({ type: 'call.refused', ...refused, refusal: { rule, words }, under })
    alarmOf(d, { rule, words }, by, number)
    return no(rule, words)
  }
  const line = pickOnRoute(d.state, routeOf(d.state, { ...call, queue: queueOf(call) }), d.now, number)
  if (!line.ok) return no(line.refusal.rule, line.refusal.words)
  const { trunk, callerId } = line
  assert(mayShow(d.state, trunk, callerId), 'the number shown is one of the trunk it goes out on')
  const id = d.id<'call'>('c')
  const leg = d.id<'leg'>('l')
  const nobody = { campaign: null, lead: null, party: null, name: null, relation: null, agent: null } as const
  const of = { call: call.id, agent: by, why }
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
  const ringMs = ringMsOn(d.state.trunks.get(trunk)?.trunk ?? null, null)
  d.effect({ type: 'phone.dial', leg, call: id, trunk, number, callerId, ringMs })
  return { call: id }
}
