/**
 * The hold key of a desk phone, and above all of one that is up for the shift. Held audio is no audio: whoever left a call on hold, by its end or by passing it on, would
 * be given the next customer, who hears nothing. So between calls such a phone means a break, until its user takes it up again. In a call it is
 * the party who waits (leg.ts).
 */
import type { LegId } from '../../lib/ids.ts'
import { takeState } from '../agents/settle.ts'
import { stationOf } from '../agents/station-now.ts'
import { withdrawPreview } from '../dialler/preview.ts'
import type { Draft } from '../draft.ts'

/** The leg is held, or taken up again: a phone of the shift is on hold also when there is no call, and a caller's before anybody talks to it. */
export function phoneTurned(d: Draft, leg: LegId, held: boolean): void {
  const what = d.state.legs.get(leg)
  if (what === undefined) return
  if (what.side !== 'station') return d.turnLeg(leg, held)
  const agent = d.state.agents.get(what.agent)
  if (agent?.stationLeg !== leg || agent.stationHeld === held) return
  d.turnStation(agent.user.id, held)
  if (!held) {
    if (agent.phase === 'break' && agent.reason === 'phone_holds') takeState(d, agent, 'ready', null)
    return
  }
  if (stationOf(agent) === 'phone-rung') return // it listens to others on this leg, and is rung for its calls
  if (agent.phase === 'preview') withdrawPreview(d, agent, 'phone_holds')
  if (agent.phase === 'preview' || agent.phase === 'ready') takeState(d, agent, 'break', 'phone_holds')
}
