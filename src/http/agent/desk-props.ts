/** The desk's props: what the floor holds of this agent now, and what the store remembers of the party and the day. */

import type { DeskCall, DeskCallback, DeskParty, DeskProps } from '../../../web/pages/agent/desk-props.ts'
import type { DeskWriteUp } from '../../../web/pages/agent/write-props.ts'
import { shownDiverted } from '../../../web/parts/diverted.ts'
import { nothingFilled } from '../../../web/parts/form.ts'
import { type Frame, textsOf } from '../../../web/parts/frame.ts'
import { placeOf, shownNumber } from '../../../web/parts/numbers.ts'
import { startOfDay } from '../../../web/parts/time.ts'
import type { Words } from '../../../web/words/words.ts'
import type { Call } from '../../centre/call-state.ts'
import { hearsEarly } from '../../centre/calls/early-media.ts'
import { isCallForHelp } from '../../centre/calls/emergency.ts'
import type { Campaign, Lead, Relation, User } from '../../centre/entities.ts'
import { normaliseNumber } from '../../centre/numbers/number.ts'
import type { Agent, FloorState } from '../../centre/state.ts'
import { defaultWriteUp, type WriteUp } from '../../lender/write-up.ts'
import type { CallId } from '../../lib/ids.ts'
import { reckoningOf } from '../../records/parties/lender.ts'
import type { CallbackRecord } from '../../store/campaigns/callbacks.ts'
import type { DeskAsks, DeskRead } from '../../store/desk/desk.ts'
import { openCallback } from '../callbacks.ts'
import type { Deps } from '../deps.ts'
import { wordsOf } from '../live/frame.ts'
import { nearOf, ofAgency, onlyPlacedCallbacks } from './agency-desk.ts'
import { checklistOf, hiddenFields, hiddenOf, taskOfCall, unasked } from './checklist.ts'
import { campaignOf, inboundDispositions, nameOf } from './contact-line.ts'
import { dialCampaigns } from './dial-campaigns.ts'
import { announcedOf, deskLast, lastCall } from './last-call.ts'
import { openedBy } from './opened.ts'
import { historyOf, mayHearDebts, recordOf, type Seen, valuesByKey } from './party-view.ts'
import { quietSince } from './quiet.ts'
import { isRegistered } from './registered.ts'
import { salesOf } from './sales-desk.ts'
import { type Said, sayOf } from './say.ts'

/** What a refused action adds: its words, and what was typed. */
export type DeskExtra = Partial<Pick<DeskProps, 'notice' | 'form' | 'dialPad' | 'dialWhom'>>

export async function deskOf(deps: Deps, user: User, frame: Frame, extra: DeskExtra = {}): Promise<DeskProps> {
  const { store, engine } = deps
  const opened = await openedBy(deps, user, frame.zone)
  const now = onFloor(engine.state, user, frame, opened)
  const quiet = quietSince(deps, user.id)
  const from = startOfDay(frame.now, frame.zone)
  const [figures, found, reckoning, definitions, callbacks, near, last, texts] = await Promise.all([
    store.read('agents.figures', { agent: user.id, from, to: frame.now + 1, now: frame.now }),
    now.asks === null ? null : store.read('desk.read', now.asks),
    reckoningOf(deps.records),
    store.read('fields.all', {}),
    store.read('callbacks.open', { agent: user.id, limit: user.agency ? 200 : 20 }),
    now.asks === null ? nearOf(deps, user, from) : [],
    lastCall(deps, user),
    store.read('desk.texts', { place: now.place, call: (now.props.call?.id as CallId | undefined) ?? null }),
  ])
  const today = figures[0]
  const placed = found === null ? null : await ofAgency(deps, user, found)
  const task = now.props.business === 'verification' ? await taskOfCall(deps, user) : null
  // What a verifier is still to ask stands nowhere on the desk: neither beside the call nor in a script.
  const looked = placed?.party?.ref ?? null
  const refs = [looked, last?.party ?? null, ...near.map(({ ref }) => ref)].filter(ref => ref !== null)
  const asked = await hiddenOf(deps, user, refs)
  const hidden = new Set([
    ...(task === null ? [] : hiddenFields(task)),
    ...(looked === null ? [] : (asked.get(looked) ?? [])),
  ])
  const hidesName = hidden.has('party.name')
  const read = placed?.party && hidden.size > 0 ? { ...placed, party: unasked(placed.party, hidden) } : placed
  const seen: Seen = {
    ...{ state: engine.state, sealer: store.sealer, user, frame, reckoning, definitions },
    ...{ business: now.props.business ?? (user.agency ? 'collections' : null), calling: now.calling, dial: now.dial },
    relation: read === null ? null : relationOf(now, read),
  }
  return {
    frame,
    ...now.props,
    station: { ...now.props.station, registered: isRegistered(deps, user.extension) },
    call: now.props.call && { ...unnamed(hidesName, nameCall(now.props.call, read, seen)), quietSince: quiet },
    last:
      last === null
        ? null
        : await deskLast(deps, user, {
            ...{ call: last, w: textsOf(frame), callbacks: callbacks.items },
            isUnasked: asked.get(last.party ?? '')?.has('party.name') ?? false,
          }),
    say:
      read === null || now.party?.opened || now.isForHelp
        ? null
        : sayOf(texts, saidOf(now, read, seen), talkOf(now, seen)),
    writeUp: writeUpOf(now, read, seen, texts.writeUp),
    party: now.party === null || read === null ? null : unnamed(hidesName, partyOf(now, now.party, read, seen)),
    today: {
      calls: today?.connected ?? 0,
      effectiveMs: (today?.ms.talking ?? 0) + (today?.ms.wrapping ?? 0),
      utilisation: today && today.signedOnMs > 0 ? today.utilisation : null,
    },
    checklist:
      task === null
        ? null
        : checklistOf(deps, task, frame, { call: now.props.call?.id ?? null, masked: user.numbersMasked }),
    sales: await salesOf(deps, user, frame, {
      ...{ business: now.props.business, party: read?.party?.ref ?? null, relation: seen.relation },
      opened: now.party?.opened === true && sells(engine.state, user),
      live: talkOf(now, seen).live,
    }),
    history: read === null ? [] : historyOf(read, seen, now.props.call?.id ?? null),
    near: near.map(each => (asked.get(each.ref)?.has('party.name') ? { ...each, name: each.ref } : each)),
    callbacks: await deskCallbacks(deps, user, frame, callbacks.items),
    form: extra.form ?? nothingFilled,
    dialPad: extra.dialPad ?? nothingFilled,
    dialWhom: extra.dialWhom ?? [],
    clickOnly: !!user.agency,
    notice: extra.notice ?? null,
  }
}

function unnamed<Named extends { name: string | null }>(hidesName: boolean, given: Named): Named {
  return hidesName ? { ...given, name: null } : given
}

type OnFloor = {
  props: { station: Omit<DeskProps['station'], 'registered'> } & Omit<
    DeskProps,
    | 'frame'
    | 'station'
    | 'party'
    | 'last'
    | 'say'
    | 'writeUp'
    | 'today'
    | 'history'
    | 'near'
    | 'callbacks'
    | 'checklist'
    | 'sales'
    | 'form'
    | 'dialPad'
    | 'dialWhom'
    | 'clickOnly'
    | 'notice'
  >
  /** What the floor knows of the party; null: nobody is looked at. */
  party: (Omit<DeskParty, 'record' | 'identified' | 'fields'> & { fields: Record<string, string> }) | null
  /** What the store is asked. */
  asks: DeskAsks | null
  /** Nobody reads a script to an emergency service. */
  isForHelp: boolean
  /** As the floor has it. */
  relation: Relation | null
  calling: string | null
  /** The campaign or queue whose script and form the call has. */
  place: string | null
  dial: Seen['dial']
}

/** Read in one go, since the floor changes under an await. */
function onFloor(state: FloorState, user: User, frame: Frame, openRef: string | null): OnFloor {
  const w = textsOf(frame)
  const agent = state.agents.get(user.id)
  const call = agent?.call ? state.calls.get(agent.call) : undefined
  const preview = agent?.preview ?? null
  const campaign = campaignOf(state, call?.campaign ?? preview?.campaign ?? null)
  const lead = call?.lead ?? preview?.lead ?? null
  const atRest = agent?.phase === 'ready' || agent?.phase === 'break'
  const opened = call || preview ? null : openRef
  const calling = call ? (normaliseNumber(call.number) ?? call.number) : null
  const party = call || preview ? floorParty(state, call, lead, agent, campaign, user) : null
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
        byPhone: agent?.stationIsPhone ?? false,
        rings: agent?.stationRinging != null,
        open: agent?.phoneOpen ?? false,
        lostAt: agent?.stationLostAt ?? null,
      },
      call: call && agent ? deskCall(call, agent, state, w) : null,
      preview: preview ? { campaign: campaign?.name ?? '', until: agent?.until ?? null } : null,
      business: campaign?.business ?? null,
      dispositions: campaign ? campaign.dispositions : inboundDispositions,
      dialIn: dialCampaigns(state, user).map(({ id, name }) => ({ value: id, word: name })),
      held: heldOf(state, agent, w),
    },
    party: opened === null ? party : { ...nobody, ref: opened, opened: true },
    asks:
      party === null && opened === null
        ? null
        : {
            party: opened ?? call?.party ?? lead?.ref ?? null,
            number: calling ?? lead?.phones[0]?.number ?? null,
            lead: lead?.id ?? null,
          },
    isForHelp: call !== undefined && isCallForHelp(state, call.id),
    // Nobody is on the line of a party that is only looked at.
    relation: opened === null ? (call ? call.relation : (lead?.phones[0]?.relation ?? null)) : 'SELF',
    calling,
    place: campaign?.id ?? call?.queue ?? null,
    dial: preview
      ? { leadNumbers: preview.lead.phones.map(({ number }) => number) }
      : atRest && opened !== null && dialCampaigns(state, user).length > 0
        ? 'hand'
        : null,
  }
}

const nobody = { name: null, campaign: null, queue: null, menus: [], attempts: null, numbers: [], fields: {} }

function talkOf({ props: { call } }: OnFloor, { relation, business }: Seen) {
  return { relation, business, live: call !== null && call.connectedAt !== null && call.endedAt === null }
}

/** A promise is of a party that we know, who may hear of the debt, and owes something. */
function writeUpOf(now: OnFloor, read: DeskRead | null, seen: Seen, kept: WriteUp | null): DeskWriteUp {
  const { fields, promise, grade } = kept ?? defaultWriteUp(now.place ?? '', seen.business)
  const loans = (read && recordOf(read, seen)?.debts?.loans) ?? []
  const currency = loans[0]?.currency ?? ''
  const owed = loans.filter(each => each.currency === currency).reduce((sum, { owedTotal }) => sum + owedTotal, 0)
  return { fields, promise, grade, promisable: owed > 0 ? { currency, owed, today: seen.reckoning.today } : null }
}

/** What may be put into the sentences of this call. */
function saidOf(now: OnFloor, read: DeskRead, seen: Seen): Said {
  const { frame, user, reckoning } = seen
  const w = textsOf(frame)
  const debts = recordOf(read, seen)?.debts ?? null
  const due = new Map(read.loans.map(({ ref, oldestDueOn }) => [ref, oldestDueOn]))
  return {
    language: read.party?.language ?? frame.language,
    open: {
      ...{ centre: frame.centre || w.agent.say.ourCentre, agent: user.displayName, name: user.name },
      ...{ party: read.party?.name ?? now.party?.name ?? null, ref: read.party?.ref ?? now.party?.ref ?? null },
      today: reckoning.today,
    },
    debts: !mayHearDebts(seen.relation)
      ? null
      : {
          loans: (debts?.loans ?? []).map(loan => ({ ...loan, oldestDueOn: due.get(loan.ref) ?? null })),
          promise: debts?.promises[0] ?? null,
          case: debts?.case ? w.lender.caseState[debts.case.state] : null,
          fields: valuesByKey(read.party, seen),
          lead: now.party?.fields ?? {},
        },
  }
}

/** Of lead and record the stricter: whom the lender's record has as somebody else's number is no debtor, whatever the lead says. */
function relationOf({ relation, calling }: OnFloor, { party }: DeskRead): Relation | null {
  const known = party?.phones.find(phone => phone.number === calling)?.relation ?? null
  if (known === null) return relation
  return relation === null || !mayHearDebts(known) ? known : relation
}

function nameCall(call: DeskCall, read: DeskRead | null, { relation }: Seen): DeskCall {
  return { ...call, name: call.name ?? read?.party?.name ?? null, relation: call.relation ?? relation }
}

/** On a call to somebody who is not the debtor or a guarantor, no debt field is given to the page at all (invariant 4 of the domain). */
function partyOf(now: OnFloor, party: NonNullable<OnFloor['party']>, read: DeskRead, seen: Seen): DeskParty {
  const hidden =
    !mayHearDebts(seen.relation) && (seen.business === 'collections' || (seen.business === null && read.party !== null))
  const { callers } = read
  const how =
    now.asks!.party !== null ? 'known' : read.party !== null ? 'by_number' : callers.length > 1 ? 'choose' : 'unknown'
  return {
    ...party,
    name: party.name ?? read.party?.name ?? null,
    ref: party.ref ?? read.party?.ref ?? null,
    fields: hidden ? null : Object.entries(party.fields),
    record: recordOf(read, seen),
    identified: { how, callers: how === 'choose' ? callers : [] },
  }
}

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
    slot: passedOn && call.passed?.by === user.id ? call.slot : null,
    waits: passedOn && call.phase === 'waiting' && call.dismissed === null,
    direction: call.direction,
    mode: call.mode,
    name: call.name ?? (isCallForHelp(state, call.id) ? w.agent.who.emergency : null),
    number: shownNumber(call.number, user.numbersMasked),
    place: placeOf(call.number, w),
    relation: call.relation,
    ourNumber: shownNumber(call.ourNumber, false),
    diverted: shownDiverted(call.diverted, user.numbersMasked),
    heldBy: call.heldBy,
    overtaken: call.overtaken ?? null,
    fax: call.fax !== undefined,
    announced: announcedOf(call.announced),
    early: call.agent === user.id && hearsEarly(state, call),
    quietSince: null,
    supervisors: [...state.supervisions.values()]
      .filter(({ heard }) => heard?.call === call.id && state.supervisionShown[heard.mode])
      .map(({ by, mode }) => ({ name: state.users.get(by)?.displayName ?? '', mode })),
    ...appealOf(call, user, state),
    recorded: call.recording !== null && call.endedAt === null,
    startedAt: call.startedAt,
    connectedAt: call.connectedAt,
    endedAt: ended === null ? null : Math.min(ended, passedOn ? agent.phaseSince : ended),
  }
}

/** To whoever is consulted it is nothing. */
function appealOf(call: Call, user: User, state: FloorState): Pick<DeskCall, 'appeal' | 'mayAppeal'> {
  const appeal = state.appeals.get(call.id)
  const isMine = appeal?.agent === user.id
  return {
    appeal: isMine ? { askedAt: appeal.askedAt, by: nameOf(state, appeal.takenBy) } : null,
    mayAppeal: call.phase === 'talking' && call.agent === user.id && user.role === 'agent',
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

function floorParty(
  state: FloorState,
  call: Call | undefined,
  lead: Lead | null,
  agent: Agent | undefined,
  campaign: Campaign | null,
  user: User,
): OnFloor['party'] {
  const queue = call?.queue ? state.queues.get(call.queue)?.queue.name : undefined
  return {
    name: call?.name ?? lead?.name ?? null,
    ref: call?.party ?? lead?.ref ?? null,
    campaign: campaign?.name ?? null,
    queue: queue ?? null,
    menus: (call?.menuPath ?? []).map(({ menu, why, key }) => ({
      name: state.menus.get(menu)?.name ?? menu,
      why,
      key,
    })),
    attempts: agent?.preview?.lead.attempts ?? null,
    numbers: (lead?.phones ?? []).map(phone => ({
      number: shownNumber(phone.number, user.numbersMasked),
      relation: phone.relation,
      current: phone.number === call?.number,
    })),
    fields: lead?.fields ?? {},
    opened: false,
  }
}

function sells(state: FloorState, user: User): boolean {
  return dialCampaigns(state, user).some(({ business }) => business === 'sales')
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

/** With whose they are, but for a name that is still to be asked for in a verification of this agent's. */
export async function deskCallbacks(
  deps: Deps,
  user: User,
  frame: Frame,
  callbacks: readonly CallbackRecord[],
): Promise<DeskCallback[]> {
  const placed = await onlyPlacedCallbacks(deps, user, [...callbacks])
  const parties = await deps.store.read('callbacks.parties', { ids: placed.map(({ id }) => id) })
  const asked = await hiddenOf(
    deps,
    user,
    parties.map(({ party }) => party),
  )
  const { anyone } = textsOf(frame).agent.callbacks
  return placed.map(callback => {
    const of = parties.find(({ id }) => id === callback.id)
    const { agent, ...shown } = openCallback(callback, { state: deps.engine.state, user, now: frame.now })
    const name = of === undefined || of.name === '' || asked.get(of.party)?.has('party.name') ? null : of.name
    return { ...shown, name, whose: agent === null ? anyone : null, mine: callback.agent === user.id }
  })
}
