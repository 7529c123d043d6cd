/**
 * A trunk could not take the call: the next one of the route is tried, within the same attempt. The gate was asked once, and the number counts
 * once, since nobody has heard it ring. Whatever the callee's side says (busy, declined, not there) ends the attempt: the same number through
 * another trunk would be a second call. A call for help goes on whatever a trunk says before it rings, or where it says nothing beyond a 100, and as
 * long as one is left: many gateways have no way to these numbers, and who answers there is hurt by no second call.
 */

import type { Call } from '../call-state.ts'
import type { Draft } from '../draft.ts'
import type { TrunkTry } from '../entities.ts'
import type { Input } from '../inputs.ts'
import { pickOnRoute, queueOf, routeOf } from '../lines/route.ts'
import { isOfTheNetwork, ringMsOn, rulesOf } from '../trunks/trunk-rules.ts'
import { emergencyRingMs, emergencyWay, isEmergency } from './emergency.ts'

/** Trunks that one attempt tries, the first included; for help all that there are. */
export const triesMax = 4
/** No further trunk is tried once an attempt is so old: the person whom it was started for may be gone. */
export const rerouteWithinMs = 15_000

type Ended = Extract<Input, { type: 'leg.ended' }>

/** Answers whether the call goes on, on another trunk. */
export function reroute(d: Draft, call: Call, ended: Ended): boolean {
  const emergency = isEmergency(d.state, call.number)
  const why = whyNotHere(d, call, ended, emergency)
  if (why === null) return false
  const failed: TrunkTry = { trunk: call.trunk, at: d.now, why, sipStatus: ended.sipStatus, q850: ended.q850 }
  const tried = [...call.tries.map(each => each.trunk), call.trunk]
  if (!emergency && (tried.length >= triesMax || d.now - call.startedAt > rerouteWithinMs)) return false
  const about = (call.of === null ? null : d.state.calls.get(call.of)) ?? call // an outside leg goes the way of its call,
  const agent = about.agent ?? about.passed?.by ?? null // which is still that of the agent who passed it on
  const help = emergency
    ? emergencyWay(d.state, d.now, { tries: [...call.tries, failed], startedAt: call.startedAt })
    : null
  const line = emergency
    ? help?.line
    : pickOnRoute(
        d.state,
        routeOf(d.state, { campaign: about.campaign, agent, queue: queueOf(about) }),
        d.now,
        call.number,
        tried,
      )
  if (!line?.ok) return false
  const leg = d.id<'leg'>('l')
  const { trunk, callerId } = line
  d.fact({ type: 'call.rerouted', call: call.id, failed, trunk, callerId, leg })
  const campaign = call.campaign === null ? null : (d.state.campaigns.get(call.campaign)?.campaign ?? null)
  const ringMs = emergency ? emergencyRingMs : ringMsOn(d.state.trunks.get(trunk)?.trunk ?? null, campaign)
  const within = help?.progressMs === undefined ? {} : { progressMs: help.progressMs }
  d.effect({ type: 'phone.dial', leg, call: call.id, trunk, number: call.number, callerId, ringMs, ...within })
  return true
}

/** What kept the trunk from taking the call; null: it took it, or the answer came from beyond it. */
function whyNotHere(d: Draft, call: Call, ended: Ended, isForHelp: boolean): TrunkTry['why'] | null {
  if (call.direction !== 'out' || call.phase !== 'dialing' || call.early) return null
  if (ended.heard === 'progress' && !isForHelp) return null
  const { cause } = ended
  if (cause === 'unreachable' || cause === 'no_response' || cause === 'no_progress') return cause
  if (isForHelp && (ended.cause === 'rejected' || ended.cause === 'fault')) return 'refused'
  if (ended.cause !== 'rejected' || ended.sipStatus === null) return null
  if (!isOfTheNetwork(ended.q850)) return null
  // A 408 may come late from someone who timed out ringing the phone: only one that nothing went before is the trunk's own.
  if (ended.sipStatus === 408) return ended.heard === 'nothing' ? 'refused' : null
  const trunk = d.state.trunks.get(call.trunk)?.trunk
  return rulesOf(trunk ?? {}).overflowOn.includes(ended.sipStatus) ? 'refused' : null
}
