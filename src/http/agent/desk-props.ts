/** The desk's props: what the floor holds of this agent now, and what the store remembers of the party and the day. */

import type { ContactLine, DeskCall, DeskCallback, DeskParty, DeskProps } from '../../../web/pages/agent/desk-props.ts'
import { nothingFilled } from '../../../web/parts/form.ts'
import { type Frame, textsOf } from '../../../web/parts/frame.ts'
import { placeOf, shownNumber } from '../../../web/parts/numbers.ts'
import { startOfDay } from '../../../web/parts/time.ts'
import type { Words } from '../../../web/words/words.ts'
import type { Campaign, DispositionChoice, Lead, Relation, User } from '../../centre/entities.ts'
import type { Agent, Call, FloorState } from '../../centre/state.ts'
import type { LeadId, UserId } from '../../lib/ids.ts'
import type { CallbackRecord } from '../../store/callbacks.ts'
import type { CallRecord } from '../../store/calls.ts'
import { openCallback } from '../callbacks.ts'
import type { Deps } from '../deps.ts'
import { wordsOf } from '../live/frame.ts'

const historyMax = 12

/** What a refused action adds: its words, and what was typed. */
export type DeskExtra = Partial<Pick<DeskProps, 'notice' | 'form' | 'dialPad'>>

export async function deskOf(deps: Deps, user: User, frame: Frame, extra: DeskExtra = {}): Promise<DeskProps> {
  const now = onFloor(deps.engine.state, user, frame)
  const from = startOfDay(frame.now, frame.zone)
  const [figures, contacts, callbacks] = await Promise.all([
    deps.store.read('agents.figures', { agent: user.id, from, to: frame.now + 1, now: frame.now }),
    contactsOf(deps, now.asks),
    deps.store.read('callbacks.open', { agent: user.id, limit: 20 }),
  ])
  const today = figures[0]
  const w = textsOf(frame)
  return {
    frame,
    ...now.props,
    today: {
      calls: today?.connected ?? 0,
      effectiveMs: (today?.ms.talking ?? 0) + (today?.ms.wrapping ?? 0),
      utilisation: today && today.signedOnMs > 0 ? today.utilisation : null,
    },
    history: contacts
      .filter(call => call.id !== now.props.call?.id)
      .slice(0, historyMax)
      .map(call => contactLine(call, deps.engine.state, frame))
      // A note may say what the fields say.
      .map(line => (now.props.party?.fields === null ? { ...line, outcome: null, note: null } : line)),
    callbacks: callbacks.items.map(callback => deskCallback(callback, deps.engine.state, user, frame, w)),
    form: extra.form ?? nothingFilled,
    dialPad: extra.dialPad ?? nothingFilled,
    notice: extra.notice ?? null,
  }
}

type OnFloor = {
  props: Omit<DeskProps, 'frame' | 'today' | 'history' | 'callbacks' | 'form' | 'dialPad' | 'notice'>
  /** Whose history to ask for. */
  asks: { lead: LeadId | null; number: string | null }
}

/** Read in one go, since the floor changes under an await. */
function onFloor(state: FloorState, user: User, frame: Frame): OnFloor {
  const w = textsOf(frame)
  const agent = state.agents.get(user.id)
  const call = agent?.call ? state.calls.get(agent.call) : undefined
  const preview = agent?.preview ?? null
  const campaign = campaignOf(state, call?.campaign ?? preview?.campaign ?? null)
  const lead = call?.lead ?? preview?.lead ?? null
  return {
    props: {
      agent: {
        name: user.name,
        phase: agent?.phase ?? 'signed_off',
        since: agent?.phaseSince ?? frame.now,
        until: agent?.until ?? null,
        reason: agent?.reason ?? null,
        next: agent?.next?.phase ?? null,
      },
      station: {
        kind: user.station,
        extension: user.extension,
        up: agent?.stationLeg != null,
        lostAt: agent?.stationLostAt ?? null,
      },
      call: call && agent ? deskCall(call, agent, state, w) : null,
      preview: preview ? { campaign: campaign?.name ?? '', until: agent?.until ?? null } : null,
      party: call || preview ? party(state, call, lead, agent, campaign, user) : null,
      business: campaign?.business ?? null,
      dispositions: campaign ? campaign.dispositions : inboundDispositions,
      dialIn: dialCampaigns(state, user).map(({ id, name }) => ({ value: id, word: name })),
      held: heldOf(state, agent, w),
    },
    asks: { lead: lead?.id ?? null, number: call?.number ?? lead?.phones[0]?.number ?? null },
  }
}

/** A call that belongs to no campaign has these outcomes; the floor knows what `callback` and `dnc` mean there. */
export const inboundDispositions: DispositionChoice[] = [
  { code: 'resolved', words: { 'zh-CN': '已解决', en: 'Resolved' }, followUp: 'done' },
  { code: 'callback', words: { 'zh-CN': '约定回呼', en: 'Call back' }, followUp: 'callback' },
  { code: 'passed_on', words: { 'zh-CN': '转交处理', en: 'Passed on' }, followUp: 'done' },
  { code: 'complaint', words: { 'zh-CN': '投诉', en: 'Complaint' }, followUp: 'done' },
  { code: 'dnc', words: { 'zh-CN': '要求不再来电', en: 'Asks not to be called' }, followUp: 'dnc' },
]

/** As this agent has it: a call that was passed on is over for whom writes it up. */
function deskCall(call: Call, agent: Agent, state: FloorState, w: Words): DeskCall {
  const { user } = agent
  const passedOn = agent.phase === 'wrapping' && (call.phase !== 'ended' || call.lastAgent !== user.id)
  const ended = call.endedAt ?? (passedOn ? agent.phaseSince : null)
  return {
    id: call.id,
    phase: passedOn ? 'ended' : call.consult?.agent === user.id && agent.phase === 'ringing' ? 'assigned' : call.phase,
    consult: consultOf(call, user, state),
    passedOn,
    waits: passedOn && call.phase === 'waiting' && call.dismissed === null,
    direction: call.direction,
    mode: call.mode,
    name: call.name,
    number: shownNumber(call.number, user.numbersMasked),
    place: placeOf(call.number, w),
    relation: call.relation,
    ourNumber: shownNumber(call.ourNumber, false),
    heldBy: call.heldBy,
    supervisors: [...state.supervisions.values()]
      .filter(({ heard }) => heard?.call === call.id && state.supervisionShown[heard.mode])
      .map(({ by, mode }) => ({ name: state.users.get(by)?.displayName ?? '', mode })),
    recorded: call.recording !== null && call.endedAt === null,
    startedAt: call.startedAt,
    connectedAt: call.connectedAt,
    endedAt: ended === null ? null : Math.min(ended, passedOn ? agent.phaseSince : ended),
  }
}

function consultOf(call: Call, user: User, state: FloorState): DeskCall['consult'] {
  const { consult } = call
  if (consult === null) return null
  const talk = consult.answered ? consult.with : 'called'
  if (consult.agent === user.id)
    return { side: 'asked', name: nameOf(state, call.agent) ?? '', state: talk, outside: false }
  const outside = 'number' in consult.target ? shownNumber(consult.target.number, user.numbersMasked) : ''
  return { side: 'asks', name: nameOf(state, consult.agent) ?? outside, state: talk, outside: consult.other !== null }
}

/** On a call to somebody who is not the debtor or a guarantor, no debt field is given to the page at all (invariant 4 of the domain). */
function party(
  state: FloorState,
  call: Call | undefined,
  lead: Lead | null,
  agent: Agent | undefined,
  campaign: Campaign | null,
  user: User,
): DeskParty {
  const relation = call?.relation ?? lead?.phones[0]?.relation ?? null
  const hidden = campaign?.business === 'collections' && !mayHearDebts(relation)
  const queue = call?.queue ? state.queues.get(call.queue)?.queue.name : undefined
  return {
    name: call?.name ?? lead?.name ?? null,
    ref: lead?.ref ?? null,
    campaign: campaign?.name ?? null,
    queue: queue ?? null,
    attempts: agent?.preview?.lead.attempts ?? null,
    numbers: (lead?.phones ?? []).map(phone => ({
      number: shownNumber(phone.number, user.numbersMasked),
      relation: phone.relation,
      current: phone.number === call?.number,
    })),
    fields: hidden ? null : Object.entries(lead?.fields ?? {}),
  }
}

function mayHearDebts(relation: Relation | null): boolean {
  return relation === 'SELF' || relation === 'GUARANTOR'
}

function campaignOf(state: FloorState, id: Campaign['id'] | null): Campaign | null {
  return (id && state.campaigns.get(id)?.campaign) || null
}

/** Running campaigns that this agent works in: the policy that a call by hand is placed under. */
export function dialCampaigns(state: FloorState, user: User): Campaign[] {
  const mine: Campaign[] = []
  for (const { campaign } of state.campaigns.values())
    if (campaign.state === 'running' && campaign.agents.includes(user.id)) mine.push(campaign)
  return mine
}

/** Why no outbound call comes: said only when none of the agent's campaigns dials. */
function heldOf(state: FloorState, agent: Agent | undefined, w: Words): string | null {
  if (agent?.phase !== 'ready') return null
  let held: string | null = null
  for (const id of agent.campaigns) {
    const floor = state.campaigns.get(id)
    if (floor?.campaign.state !== 'running' || floor.mode === 'manual') continue
    if (floor.held === null || floor.held.rule.startsWith('pacing_')) return null // between two calls it dials
    held ??= wordsOf(floor.held, w)
  }
  return held
}

function contactsOf(deps: Deps, asks: OnFloor['asks']): Promise<CallRecord[]> {
  if (asks.lead) return deps.store.read('calls.ofLead', { lead: asks.lead, limit: historyMax + 1 })
  if (asks.number) return deps.store.read('calls.ofNumber', { number: asks.number, limit: historyMax + 1 })
  return Promise.resolve([])
}

export function contactLine(call: CallRecord, state: FloorState, frame: Frame): ContactLine {
  const choice = outcomeOf(state, call)
  return {
    at: call.startedAt,
    direction: call.direction,
    result: call.result,
    agent: nameOf(state, call.agent),
    talkMs: call.connectedAt !== null && call.endedAt !== null ? call.endedAt - call.connectedAt : null,
    outcome: choice?.words[frame.language] ?? call.disposition,
    note: call.note || null,
  }
}

export function outcomeOf(
  state: FloorState,
  call: Pick<CallRecord, 'campaign' | 'disposition'>,
): DispositionChoice | undefined {
  if (call.disposition === null) return undefined
  const choices = campaignOf(state, call.campaign)?.dispositions ?? inboundDispositions
  return choices.find(choice => choice.code === call.disposition)
}

export function nameOf(state: FloorState, user: UserId | null): string | null {
  return user === null ? null : (state.users.get(user)?.displayName ?? user)
}

export function deskCallback(
  callback: CallbackRecord,
  state: FloorState,
  user: User,
  frame: Frame,
  w: Words,
): DeskCallback {
  const { agent, ...shown } = openCallback(callback, { state, user, now: frame.now })
  const name = agent === null ? `(${w.agent.callbacks.anyone})` : null
  return { ...shown, name, mine: callback.agent === user.id }
}
