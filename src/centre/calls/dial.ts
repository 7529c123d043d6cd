/** Placing a call: the gate, a line, and the call itself in one decision; by hand, from a preview, or by the dialler. */

import { assert } from '../../lib/assert.ts'
import type { CallId, LegId, UserId } from '../../lib/ids.ts'
import { releaseIntent, ringBeforeDial } from '../agents/ring.ts'
import { settle } from '../agents/settle.ts'
import { hasAudio, hasStation, phoneHoldsWords, ringsFirst } from '../agents/station-now.ts'
import { modeNow } from '../campaigns/mode.ts'
import type { Draft } from '../draft.ts'
import type { BufferedLead, CampaignMode, LeadPhone, Refusal } from '../entities.ts'
import { type GateRefusal, mayContact, mayShow } from '../gate/compliance.ts'
import type { Verdict } from '../gate/verdict.ts'
import type { Input } from '../inputs.ts'
import { personOf } from '../leads/lead.ts'
import type { Line } from '../lines/line.ts'
import { pickOnRoute, routeOf } from '../lines/route.ts'
import { normaliseNumber } from '../numbers/number.ts'
import type { Agent, CampaignFloor } from '../state.ts'
import { alarmOf, tollGuard, tollObstacle } from '../toll/guard.ts'
import { ringMsOn } from '../trunks/trunk-rules.ts'
import type { DialIntent } from './dial-intent.ts'
import { emergencyRingMs, emergencyWay, isEmergency } from './emergency.ts'

/** An agent dials a number: by hand, by a click on a party, or to keep a callback. */
export function dialByHand(d: Draft, input: Extract<Input, { type: 'agent.dial' }>): void {
  const agent = d.state.agents.get(input.agent)
  if (agent === undefined || agent.phase === 'signed_off') return d.refuse('not_signed_on', 'Sign on first.')
  if (agent.phase !== 'ready' && agent.phase !== 'break') {
    return d.refuse('agent_busy', 'Finish the call in hand first, its outcome included.')
  }
  const isHeard = hasAudio(agent) || ringsFirst(agent)
  if (!isHeard && hasStation(agent)) return d.refuse('phone_holds', phoneHoldsWords)
  if (!isHeard) return d.refuse('no_audio', 'Your audio is not connected: check the microphone or desk phone.')
  const number = normaliseNumber(input.number)
  if (number === null)
    return d.refuse('number_invalid', 'This is not a telephone number: write it as +86…, 138… or 021….')
  if (input.lead !== null) {
    if (input.campaign === null) return d.refuse('campaign_missing', 'A lead is dialled within its campaign.')
    if (d.state.leadsInHand.has(input.lead)) return d.refuse('lead_in_hand', 'This lead is in a call or preview now.')
  }
  const campaign = input.campaign === null ? null : d.state.campaigns.get(input.campaign)
  if (campaign !== null && campaign !== undefined && !campaign.campaign.agents.includes(agent.user.id)) {
    return d.refuse('not_in_campaign', 'You do not belong to this campaign: ask a supervisor.')
  }
  const { lead, party, name, relation } = input
  const { consent = null, debt = null, override = null, agreedAt = null, callback = null } = input
  const { promised = null, owedBy = null, attempts, task = null, former = null } = input
  const mode = 'manual' as const
  const tried = lead === null || attempts === undefined ? {} : { attempts }
  const stood = lead === null || former === null ? {} : { former }
  const ofTask = task === null ? {} : { task }
  const known = { consent, debt, override, agreedAt, promised, owedBy, ...tried, ...stood, ...ofTask }
  const intent = { number, campaign: input.campaign, lead, party, name, relation, callback, mode, ...known }
  startByHand(d, agent, intent, mode, true)
}

/** Checks all that stands in the way, then rings the agent's phone first or places the call at once. Answers whether it went ahead. */
export function startByHand(
  d: Draft,
  agent: Agent,
  intent: DialIntent,
  mode: CampaignMode,
  reserve: boolean,
): 'placed' | 'no_line' | 'not_allowed' {
  const way = wayFor(d, agent, intent, mode)
  if ('obstacle' in way) return stoppedBy(d, agent, intent, way)
  if (reserve && intent.lead !== null && intent.campaign !== null) {
    d.fact({ type: 'lead.reserved', lead: intent.lead, campaign: intent.campaign, agent: agent.user.id })
  }
  if (ringsFirst(agent)) ringBeforeDial(d, agent, intent)
  else placeByHand(d, agent, intent, mode, null, way)
  return 'placed'
}

/** The agent's rung phone was picked up: the gate is asked now, at dial time. */
export function dialAfterPickUp(d: Draft, agent: Agent, leg: LegId): void {
  if (agent.rung?.leg !== leg) return
  const { intent, call } = agent.rung
  const { mode = 'manual' } = intent
  const way = wayFor(d, agent, intent, mode)
  if (!('obstacle' in way)) return placeByHand(d, agent, intent, mode, { leg, call }, way)
  stoppedBy(d, agent, intent, way)
  d.effect({ type: 'phone.hangUp', leg, q850: 16 })
  releaseIntent(d, intent, way.obstacle.rule)
  // Who dials is told why; whom the dialler had taken is free again, and not put on a break for a line that was busy.
  if (intent.mode === 'progressive') settle(d, agent, agent.before)
  else settle(d, agent, 'break', 'dial_refused')
}

/** The dialler calls a lead for whoever of the campaign is free; the caller has asked the gate and has the line. */
export function placeForCampaign(d: Draft, floor: CampaignFloor, lead: BufferedLead, phone: LeadPhone, way: Way): void {
  const { campaign } = floor
  d.fact({ type: 'lead.reserved', lead: lead.id, campaign: campaign.id, agent: null })
  const { number, relation } = phone
  const party = { ...personOf(lead, phone), relation }
  const intent: DialIntent = { number, campaign: campaign.id, lead: lead.id, ...party }
  place(d, intent, modeNow(floor), null, null, way)
}

/** The dialler calls a lead for this agent, who is taken first and hears it ring. */
export function placeForAgent(
  d: Draft,
  floor: CampaignFloor,
  agent: Agent,
  lead: BufferedLead,
  phone: LeadPhone,
  way: Way,
): void {
  const { number, relation } = phone
  const { id: campaign } = floor.campaign
  d.fact({ type: 'lead.reserved', lead: lead.id, campaign, agent: agent.user.id })
  const party = { ...personOf(lead, phone), relation }
  const intent: DialIntent = { number, campaign, lead: lead.id, mode: 'progressive', ...party }
  if (ringsFirst(agent)) ringBeforeDial(d, agent, intent)
  else placeByHand(d, agent, intent, 'progressive', null, way)
}

/** The agent's own phone, picked up already, and the id that the call was given when it was rung. */
type Rung = { leg: LegId; call: CallId }
/** `progressMs`: see `phone.dial`. */
export type Way = { verdict: Verdict; line: Extract<Line, { ok: true }>; progressMs?: number }
type Obstacle = { obstacle: GateRefusal; by: 'gate' } | { obstacle: Refusal; by: 'line' }

function wayFor(d: Draft, agent: Agent, intent: DialIntent, mode: CampaignMode): Way | Obstacle {
  const help = isEmergency(d.state, intent.number) ? emergencyWay(d.state, d.now) : null
  if (help !== null) return help
  const gate = mayContact(d.state, { ...intent, mode, agency: agent.user.agency ?? null }, d.now)
  if (!gate.ok) return { obstacle: gate.refusal, by: 'gate' }
  const isKnown = mode !== 'manual' || intent.lead !== null || (intent.callback !== null && intent.campaign !== null)
  const costly = tollObstacle(d.state, { by: agent.user.id, number: intent.number, isKnown }, d.now)
  if (costly !== null) return { obstacle: { ...costly, retryAt: null, under: tollGuard }, by: 'gate' }
  const { campaign, owedBy: queue = null } = intent
  const route = routeOf(d.state, { campaign, agent: agent.user.id, queue })
  const line = pickOnRoute(d.state, route, d.now, intent.number)
  return line.ok ? { verdict: gate.verdict, line } : { obstacle: line.refusal, by: 'line' }
}

function stoppedBy(d: Draft, agent: Agent, intent: DialIntent, way: Obstacle): 'no_line' | 'not_allowed' {
  const { rule, words } = way.obstacle
  d.refuse(rule, words)
  if (way.by === 'line') return 'no_line'
  const { campaign, lead, number } = intent
  const { under } = way.obstacle
  alarmOf(d, way.obstacle, agent.user.id, number)
  d.fact({ type: 'call.refused', campaign, lead, agent: agent.user.id, number, refusal: { rule, words }, under })
  return 'not_allowed'
}

/** The way is free: the call is placed and the agent waits for the answer. */
export function placeByHand(
  d: Draft,
  agent: Agent,
  intent: DialIntent,
  mode: CampaignMode,
  rung: Rung | null,
  way: Way,
): void {
  const call = place(d, intent, mode, agent.user.id, rung, way)
  const dialing = { agent: agent.user.id, state: 'dialing', reason: null, call, until: null } as const
  d.fact({ type: 'agent.stateChanged', ...dialing })
}

function place(
  d: Draft,
  intent: DialIntent,
  mode: CampaignMode,
  agent: UserId | null,
  rung: Rung | null,
  { verdict, line, progressMs }: Way,
): CallId {
  const call = rung?.call ?? d.id<'call'>('c')
  const agentLeg = rung?.leg ?? null
  const leg = d.id<'leg'>('l')
  const { number, campaign: of, lead, party, name, relation, callback, debt, promised, owedBy, attempts, task } = intent
  const { trunk, callerId } = line
  assert(mayShow(d.state, trunk, callerId), 'the number shown is one of the trunk it goes out on')
  const campaign = intent.campaign === null ? null : (d.state.campaigns.get(intent.campaign)?.campaign ?? null)
  const who = { number, campaign: of, lead, party, name, relation, ...(debt === undefined ? {} : { debt }) }
  const owed = callback === null ? {} : { callback, promised: promised ?? null, ...(owedBy == null ? {} : { owedBy }) }
  const tried = { ...(attempts === undefined ? {} : { attempts }), ...(task == null ? {} : { task }) }
  d.fact({ type: 'call.dialed', call, mode, ...who, ...owed, ...tried, agent, trunk, callerId, leg, agentLeg, verdict })
  const campaignRingMs = ringMsOn(d.state.trunks.get(trunk)?.trunk ?? null, campaign)
  const ringMs = isEmergency(d.state, number) ? emergencyRingMs : campaignRingMs
  const within = progressMs === undefined ? {} : { progressMs }
  d.effect({ type: 'phone.dial', leg, call, trunk, number: intent.number, callerId, ringMs, ...within })
  return call
}
