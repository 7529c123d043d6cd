/** The records door has committed something: the floor takes note, and withdraws what is no longer allowed. */
import { agencyBar } from '../../lender/agency.ts'
import type { AgencyId, CampaignId, UserId } from '../../lib/ids.ts'
import { stopRinging } from '../agents/ring.ts'
import { leaveFloor, settle } from '../agents/settle.ts'
import { isDialledAheadFor, stationOf } from '../agents/station-now.ts'
import type { Call } from '../call-state.ts'
import type { DialIntent } from '../calls/dial-intent.ts'
import { isCallForHelp, isEmergency } from '../calls/emergency.ts'
import { endCall } from '../calls/ending.ts'
import { signOff } from '../desk/agent.ts'
import { moveStation } from '../desk/station.ts'
import { withdrawPreview } from '../dialler/preview.ts'
import type { Draft } from '../draft.ts'
import type { User } from '../entities.ts'
import { agencyOfCall } from '../gate/agencies.ts'
import { isAboutDebt, isSale, type Overtaken, overtakenBy, settledBy } from '../leads/settled.ts'
import { dateOf } from '../numbers/day.ts'
import { numberKey } from '../numbers/number.ts'
import type { Agent } from '../state.ts'
import type { RecordFact } from './record-facts.ts'

export function takeNote(d: Draft, facts: RecordFact[]): void {
  const suppressed = new Set<string>()
  const stopped = new Set<CampaignId>()
  const held = new Set<string>()
  /** Of those who are on hold: a call to one of these rings for them, whoever was meant. */
  const heldNumbers = new Set<string>()
  const unsold = new Set<string>()
  const told = new Map<string, Overtaken>()
  /** Only of calls about their debt. */
  const settled = new Set<string>()
  const agencies = new Set<AgencyId>()
  for (const fact of facts) {
    if (fact.type === 'suppression.added') suppressed.add(numberKey(fact.number))
    if (fact.type === 'party.held') {
      held.add(fact.party)
      for (const number of fact.numbers ?? []) heldNumbers.add(numberKey(number))
    }
    if (fact.type === 'consent.withdrawn' && fact.sales === false) unsold.add(fact.party)
    const party = settledBy(fact)
    if (party !== null) settled.add(party)
    const news = overtakenBy(fact)
    if (news !== null) told.set(news.party, news.by)
    if (fact.type === 'campaign.saved' && fact.campaign.state !== 'running') stopped.add(fact.campaign.id)
    if (fact.type === 'user.saved' && !mayWork(fact.user) && isSignedOn(d, fact.user.id))
      leave(d, fact.user.id, 'user_disabled')
    if (fact.type === 'user.saved') changeStation(d, fact.user)
    d.note({ type: 'note.record', fact })
    if (fact.type === 'agency.saved' && agencyBar(fact.agency, dateOf(d.state.zone, d.now)) !== null)
      agencies.add(fact.agency.id)
    if (fact.type === 'agency.removed') agencies.add(fact.agency)
  }
  for (const agency of agencies) sendAway(d, agency)
  if (suppressed.size + held.size + settled.size + stopped.size + unsold.size === 0) return
  const isBarred = (number: string) =>
    suppressed.has(number) || (heldNumbers.size > 0 && heldNumbers.has(numberKey(number)))
  const isOut = (party: string | null, campaign: CampaignId | null) =>
    party !== null &&
    (held.has(party) ||
      (settled.has(party) && isAboutDebt(d.state, campaign)) ||
      (unsold.has(party) && isSale(d.state, campaign)))
  withdrawCalls(d, ({ number, party, campaign }) => isBarred(number) || isOut(party, campaign))
  tellTalking(d, told)
  withdrawPreviews(d, ({ campaign, lead }) => {
    if (stopped.has(campaign)) return 'campaign_stopped'
    if (held.has(lead.ref)) return 'party_hold'
    return isOut(lead.ref, campaign) ? 'party_settled' : null
  })
  withdrawRung(
    d,
    ({ number, party, campaign }) =>
      isBarred(number) || isOut(party, campaign) || (campaign !== null && stopped.has(campaign)),
  )
}

/** As `signOn` has it: who is switched off, or is an auditor from now on, leaves the floor after the call in hand. */
function mayWork({ enabled, role }: User): boolean {
  return enabled && (role === 'agent' || role === 'supervisor')
}

function changeStation(d: Draft, user: User): void {
  const agent = d.state.agents.get(user.id)
  if (agent === undefined || !mayWork(user) || agent.user.station === user.station) return
  const phoneOpen = agent.phase !== 'break' && agent.phase !== 'signed_off' && isDialledAheadFor(d.state, agent)
  const station = stationOf({ user, phoneOpen })
  if (station !== stationOf(agent)) moveStation(d, agent, station)
}

/** Its people leave the floor after the call in hand, and what rings for it is withdrawn. */
function sendAway(d: Draft, agency: AgencyId): void {
  withdrawCalls(d, call => agencyOfCall(d.state, call) === agency)
  for (const agent of d.state.agents.values()) {
    if (agent.user.agency !== agency || agent.phase === 'signed_off') continue
    const call = agent.call === null ? undefined : d.state.calls.get(agent.call)
    const isWithdrawn = call !== undefined && isWithdrawable(d, call)
    // The state shows the call still that has just been ended.
    if (isWithdrawn) leaveFloor(d, agent, 'agency_suspended')
    else leave(d, agent.user.id, 'agency_suspended')
  }
}

/** Whose desk phone rings for the help that they dialled gets to it first. */
function leave(d: Draft, id: UserId, reason: string): void {
  const rung = d.state.agents.get(id)?.rung ?? null
  if (rung === null || !isEmergency(d.state, rung.intent.number)) return signOff(d, id, reason)
  d.fact({ type: 'agent.nextPlanned', agent: id, next: { phase: 'signed_off' } })
}

/** It only rings; who calls for help is left alone. */
function isWithdrawable(d: Draft, call: Call): boolean {
  return call.direction === 'out' && call.answeredAt === null && !isCallForHelp(d.state, call.id)
}

/** A number or person that may not be called any more stops ringing at once. */
function withdrawCalls(d: Draft, isMeant: (call: Call) => boolean): void {
  for (const call of d.state.calls.values()) {
    if (!isWithdrawable(d, call) || !isMeant(call)) continue
    endCall(d, call, { by: 'system', cause: 'cancelled', result: 'CANCELLED', sipStatus: null, q850: null })
  }
}

/** Who talks to the party goes on talking, and is told. */
function tellTalking(d: Draft, told: ReadonlyMap<string, Overtaken>): void {
  if (told.size === 0) return
  for (const call of d.state.calls.values()) {
    const by = call.party === null ? undefined : told.get(call.party)
    if (by === undefined || call.phase === 'ended' || call.answeredAt === null) continue
    if (by === 'consent_withdrawn' && !isSale(d.state, call.campaign)) continue
    if (by !== 'party_hold' && by !== 'consent_withdrawn' && !isAboutDebt(d.state, call.campaign)) continue
    d.fact({ type: 'call.overtaken', call: call.id, agent: call.agent, by })
  }
}

/** Each once, for the first reason there is; null: it stays. */
function withdrawPreviews(d: Draft, reasonOf: (preview: NonNullable<Agent['preview']>) => string | null): void {
  for (const agent of d.state.agents.values()) {
    const reason = agent.preview === null || agent.phase !== 'preview' ? null : reasonOf(agent.preview)
    if (reason === null) continue
    withdrawPreview(d, agent, reason)
    settle(d, agent, 'ready')
  }
}

/** A desk phone that rings before someone is dialled stops when that may not be any more: nobody picks up for a call that cannot be. */
function withdrawRung(d: Draft, isMeant: (intent: DialIntent) => boolean): void {
  for (const agent of d.state.agents.values()) {
    if (agent.rung === null || !isMeant(agent.rung.intent)) continue
    stopRinging(d, agent)
    settle(d, agent, agent.before)
  }
}

function isSignedOn(d: Draft, id: Parameters<Draft['state']['agents']['get']>[0]): boolean {
  return (d.state.agents.get(id)?.phase ?? 'signed_off') !== 'signed_off'
}
