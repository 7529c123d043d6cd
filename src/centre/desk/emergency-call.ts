/** Dialling an emergency number: on the desk page, whatever is in hand there, and on a desk phone by itself. */
import type { UserId } from '../../lib/ids.ts'
import { ringBeforeDial } from '../agents/ring.ts'
import { hasStation, ringsFirst } from '../agents/station-now.ts'
import { placeByHand } from '../calls/dial.ts'
import type { DialIntent } from '../calls/dial-intent.ts'
import { leaveUnwritten } from '../calls/disposition.ts'
import { emergencyRingMs, emergencyWay, emergencyWords } from '../calls/emergency.ts'
import { withdrawPreview } from '../dialler/preview.ts'
import type { Draft } from '../draft.ts'
import type { Input } from '../inputs.ts'
import type { Agent } from '../state.ts'
import { emergencyOf } from '../toll/rules.ts'
import { dialledBeside } from '../transfer/second-line.ts'

/** Such calls of one person's desk phones at once: a phone that keeps dialling by itself takes no more of the trunks and the journal. */
const deskCallsMax = 4
/** And one after the other: who needs help dials again, and not every second. */
const [burstMax, burstMs] = [6, 10_000]

export function dialEmergency(d: Draft, id: UserId, intent: DialIntent): void {
  const agent = d.state.agents.get(id)
  if (agent === undefined || agent.phase === 'signed_off')
    return d.refuse('not_signed_on', 'Sign on first, or dial on the desk phone itself.')
  // A phone that holds is no reason to say no: who takes it up is heard.
  if (!hasStation(agent) && !ringsFirst(agent))
    return d.refuse('no_audio', 'Your audio is not connected: check the microphone or desk phone.')
  const way = emergencyWay(d.state, d.now)
  if (way === null) return d.refuse('no_trunk', 'No trunk is set up: use another telephone.')
  if (!leaveForEmergency(d, agent)) return d.refuse('agent_busy', 'Hang up the call in hand first, then dial again.')
  const { number } = intent
  d.fact({
    type: 'safety.alarmed',
    ...{ rule: 'emergency', user: agent.user.id, call: null, number, words: emergencyWords(number) },
  })
  if (ringsFirst(agent)) ringBeforeDial(d, agent, intent)
  else placeByHand(d, agent, intent, 'manual', null, way)
}

/** The preview or the outcome in hand waits no longer. Answers whether the agent may dial now: only a call that goes on is hung up first. */
function leaveForEmergency(d: Draft, agent: Agent): boolean {
  switch (agent.phase) {
    case 'ready':
    case 'break':
      return true
    case 'preview':
      withdrawPreview(d, agent, 'emergency')
      return true
    case 'wrapping': {
      const call = agent.call === null ? undefined : d.state.calls.get(agent.call)
      if (call !== undefined) leaveUnwritten(d, agent, call)
      return true
    }
    case 'signed_off':
    case 'dialing':
    case 'ringing':
    case 'talking':
      return false
    default:
      return agent.phase satisfies never
  }
}

/** A desk phone dialled by itself, for help or on its second line. Of a call for help the phone hears the ring-back and the call is patched to it when it is answered. */
export function deskDialled(d: Draft, { leg, user, to }: Extract<Input, { type: 'desk.dialled' }>): void {
  if (d.state.legs.has(leg)) return d.refuse('leg_known', 'This leg is in use already.')
  const number = emergencyOf(d.state.toll.rules, d.state.zone, to)
  const isTooMuch = () =>
    deskCallsOf(d, user) >= deskCallsMax ||
    d.state.toll.helpedIn(user, { from: d.now - burstMs, to: d.now }) >= burstMax
  if (number !== null && isTooMuch()) return d.effect({ type: 'phone.reject', leg, sipStatus: 486 })
  if (number === null) return dialledBeside(d, { type: 'desk.dialled', leg, user, to })
  const way = emergencyWay(d.state, d.now)
  if (way === null) return d.effect({ type: 'phone.reject', leg, sipStatus: 503 })
  const call = d.id<'call'>('c')
  const out = d.id<'leg'>('l')
  const { trunk, callerId } = way.line
  const nobody = { campaign: null, lead: null, party: null, name: null, relation: null, agent: null }
  const line = { number, trunk, callerId, leg: out, agentLeg: leg }
  d.fact({ type: 'call.dialed', call, mode: 'manual', ...nobody, ...line, desk: user, verdict: way.verdict })
  d.fact({ type: 'safety.alarmed', rule: 'emergency', user, call, number, words: emergencyWords(number) })
  d.effect({ type: 'phone.answer', leg })
  const within = way.progressMs === undefined ? {} : { progressMs: way.progressMs }
  d.effect({ type: 'phone.dial', leg: out, call, trunk, number, callerId, ringMs: emergencyRingMs, ...within })
}

function deskCallsOf({ state }: Draft, user: UserId): number {
  let count = 0
  for (const call of state.calls.values()) if (call.desk === user && call.phase !== 'ended') count++
  return count
}
