/**
 * Consulting by the desk phone alone: its user holds the call, dials a colleague, a number of ours or an outside number on the second line, goes
 * to and fro between the lines, joins them in the phone, and passes the call on with its key (REFER with Replaces) or puts the second line down.
 * The floor knows it as a consultation like any other (consultation.ts), by the same rules; only that each line is patched by itself: the party
 * to the first, whom is consulted to the second, as far as the phone does not hold it.
 *
 *     talking ── holds ──▶ held ── dials ──▶ other ◀── holds one, takes up the other ──▶ party
 *                            ▲                 │                both taken up: the phone mixes
 *                            └── puts down ────┴── transfer key ──▶ the other has the call
 */

import { agentLegOf } from '../agents/settle.ts'
import type { Call } from '../call-state.ts'
import type { Draft } from '../draft.ts'
import type { Input } from '../inputs.ts'
import { mute, partyStillHolds, unmute } from '../queues/acd.ts'
import { alarmIfCostly } from '../toll/guard.ts'
import { consult, otherLegOf, patchOther, takeBack, wait } from './consultation.ts'
import { pickUpByPhone } from './slot.ts'
import { dialledTarget } from './transfer-key.ts'

/** What no time changes, and a phone is not to try again (RFC 3261 §21.4.4). */
const forbidden = new Set([
  ...['transfer_not_allowed', 'number_invalid', 'number_barred', 'number_not_allowed', 'do_not_call'],
])

/** A desk phone dials while its user talks on another line; whoever does not picks up from a slot, or is turned away: calls begin on the desk page. */
export function dialledBeside(d: Draft, { leg, user, to }: Extract<Input, { type: 'desk.dialled' }>): void {
  const agent = d.state.agents.get(user)
  const call = agent?.call ? d.state.calls.get(agent.call) : undefined
  const reject = (sipStatus: number) => d.effectFirst({ type: 'phone.reject', leg, sipStatus })
  const turnAway = () => {
    alarmIfCostly(d, user, to)
    reject(403)
  }
  if (agent === undefined || agent.user.station === 'browser') return turnAway()
  if (call?.agent !== user || call.phase !== 'talking') {
    const slotted = d.state.slots.get(to)
    if (slotted === undefined) return turnAway()
    pickUpByPhone(d, agent, slotted, leg)
    return d.isRefused ? reject(403) : undefined
  }
  consult(d, { type: 'agent.consult', agent: user, call: call.id, target: dialledTarget(d, to) }, leg)
  if (d.refusal !== null) return reject(call.consult !== null ? 486 : forbidden.has(d.refusal.rule) ? 403 : 480)
  d.effectFirst({ type: 'phone.answer', leg })
}

/** The phone holds one of its lines, or takes it up again. */
export function lineTurned(d: Draft, call: Call, { line, held }: { line: 'first' | 'second'; held: boolean }): void {
  const { consult: asked } = call
  if (asked === null || asked.own === null) return
  // Some phones hold the first line only after they have dialled on the second.
  if (line === 'first' && held && asked.with === 'other' && !asked.phoneHolds)
    return d.fact({ type: 'call.consultTurned', call: call.id, to: 'other', otherWaits: asked.otherWaits })
  if (!asked.answered) return line === 'first' && !held ? backToParty(d, call, asked.phoneHolds) : undefined
  const before = { party: asked.with !== 'other', other: asked.with !== 'party' && !asked.otherWaits }
  const now = line === 'first' ? { ...before, party: !held } : { ...before, other: !held }
  if (now.party === before.party && now.other === before.other) return
  const other = otherLegOf(d, asked)
  if (now.party !== before.party) d.fact({ type: now.party ? 'call.resumed' : 'call.held', call: call.id, by: 'agent' })
  const to = now.party ? (now.other ? 'both' : 'party') : 'other'
  d.fact({ type: 'call.consultTurned', call: call.id, to, ...(now.party || now.other ? {} : { otherWaits: true }) })
  if (now.party !== before.party) now.party ? unmute(d, call, agentLegOf(d, call)) : mute(d, call)
  if (now.other === before.other || other === null) return
  if (now.other) patchOther(d, other, asked.own)
  else wait(d, other)
}

/** The user went back to the first line before anybody picked up on the second. */
function backToParty(d: Draft, call: Call, phoneHeld: boolean): void {
  takeBack(d, call, 'cancelled')
  if (!phoneHeld) return
  d.fact({ type: 'call.resumed', call: call.id, by: 'agent' })
  unmute(d, call)
  partyStillHolds(d, call)
}

/** The phone put its second line down: whom was consulted is let go. */
export function secondLineGone(d: Draft, call: Call): void {
  if (call.consult !== null) takeBack(d, call, 'cancelled', call.consult.own)
}
