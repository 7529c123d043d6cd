/**
 * Agencies on the floor: which of them may work today, and which party's case is with whom. The gate asks here, so that an agency calls about what was
 * placed with it and about nothing else, and the lender's own people leave alone what others work on.
 */
import { type Agency, type AgencyBar, agencyBar } from '../../lender/agency.ts'
import type { AgencyId } from '../../lib/ids.ts'
import type { Call } from '../call-state.ts'
import type { Business, User } from '../entities.ts'
import type { Fact } from '../facts.ts'
import { dateOf } from '../numbers/day.ts'
import type { FloorState } from '../state.ts'

export type PlacedParty = { party: string; agency: AgencyId }

export class Agencies {
  readonly #known: Map<AgencyId, Agency>
  /** One entry for each placed case. */
  readonly #placed: Map<string, AgencyId>

  constructor(agencies: readonly Agency[] = [], placed: readonly PlacedParty[] = []) {
    this.#known = new Map(agencies.map(agency => [agency.id, agency]))
    this.#placed = new Map(placed.map(({ party, agency }) => [party, agency]))
  }

  get(id: AgencyId): Agency | undefined {
    return this.#known.get(id)
  }

  /** With which agency this party's case is; null: it is the lender's. */
  holderOf(party: string | null | undefined): AgencyId | null {
    return (party && this.#placed.get(party)) || null
  }

  /** Answers whether the fact was about agencies or placed cases. */
  learn(fact: Fact): boolean {
    switch (fact.type) {
      case 'agency.saved':
        this.#known.set(fact.agency.id, fact.agency)
        return true
      case 'agency.removed':
        this.#known.delete(fact.agency)
        return true
      case 'case.moved':
        if (fact.placed) this.#placed.set(fact.party, fact.placed.agency)
        else if (fact.left) this.#placed.delete(fact.party)
        return fact.placed !== undefined || fact.left !== undefined
      default:
        return false
    }
  }
}

/** Why nobody of this agency may work now; null: they may. */
export function barOf(state: FloorState, agency: AgencyId, now: number): AgencyBar | null {
  return agencyBar(state.agencies.get(agency), dateOf(state.zone, now))
}

/** Of one person; null also for the lender's own people. */
export function barOfUser(state: FloorState, { agency }: Pick<User, 'agency'>, now: number): AgencyBar | null {
  return agency ? barOf(state, agency, now) : null
}

/** Whether this person may be given the call: who works for an agency only what is about a case that is placed with it. */
export function mayHear(
  state: FloorState,
  { agency }: Pick<User, 'agency'>,
  call: Pick<Call, 'party' | 'lead'>,
): boolean {
  return !agency || state.agencies.holderOf(call.party ?? call.lead?.ref) === agency
}

/**
 * Whether `asks` may ask `other` about the call, pass it on to them, and see that they are there. Who works for an agency knows of nobody but its
 * own people: to the lender's they pass a call by a queue.
 */
export function mayAsk(
  state: FloorState,
  asks: Pick<User, 'agency'>,
  other: Pick<User, 'agency'>,
  call: Pick<Call, 'party' | 'lead'> | undefined,
): boolean {
  if (asks.agency && asks.agency !== other.agency) return false
  return call === undefined || mayHear(state, other, call)
}

/** Calls of an agency's people and campaigns that are under way. */
export function linesOf(state: FloorState, agency: AgencyId): number {
  let lines = 0
  for (const call of state.calls.values())
    if (call.direction === 'out' && call.phase !== 'ended' && agencyOfCall(state, call) === agency) lines++
  return lines
}

/** Whose call it is: that of its agent, or of the campaign that dials for several; null: the lender's. */
export function agencyOfCall(
  state: FloorState,
  {
    agent,
    campaign,
  }: {
    agent: Parameters<FloorState['users']['get']>[0] | null
    campaign: Parameters<FloorState['campaigns']['get']>[0] | null
  },
): AgencyId | null {
  const own = agent === null ? null : (state.users.get(agent)?.agency ?? null)
  return own ?? (campaign === null ? null : (state.campaigns.get(campaign)?.campaign.agency ?? null))
}

type No = { rule: string; words: string; again: 'later' | 'never' }

/**
 * What the gate has against a call for this party; null: nothing. `later`: a person or a day lifts it, so its lead is looked at again; `never`: this
 * party is none of the caller's.
 */
export function agencyRefusal(
  state: FloorState,
  of: { agency: AgencyId | null; party: string | null; business: Business | null },
  now: number,
): No | null {
  const holder = state.agencies.holderOf(of.party)
  const nameOf = (id: AgencyId) => state.agencies.get(id)?.name ?? id
  if (of.agency === null) {
    if (holder === null || (of.business !== null && of.business !== 'collections')) return null
    const words = `The case of ${of.party} is placed with ${nameOf(holder)}: recall it first.`
    return { rule: 'party_placed', words, again: 'never' }
  }
  const bar = barOf(state, of.agency, now)
  if (bar !== null) return { rule: `agency_${bar}`, words: barWords[bar](nameOf(of.agency)), again: 'later' }
  if (holder !== of.agency) {
    const words = 'This party is not placed with your agency: it may call about its placed cases only.'
    return { rule: 'not_placed', words, again: 'never' }
  }
  const { lines } = state.agencies.get(of.agency)!
  if (linesOf(state, of.agency) < lines) return null
  const words = `${nameOf(of.agency)} has ${lines} calls under way, as many as its contract allows.`
  return { rule: 'agency_lines', words, again: 'later' }
}

const barWords: Record<AgencyBar, (name: string) => string> = {
  suspended: name => `${name} is suspended: an administrator sets it active again.`,
  not_begun: name => `The contract of ${name} has not begun.`,
  expired: name => `The contract of ${name} is over.`,
  ended: name => `${name} is an agency no more.`,
}
