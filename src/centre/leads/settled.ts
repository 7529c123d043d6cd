/**
 * Parties that paid, or whose case was closed, a moment ago: what was queued for them is dropped, and what the store had read before comes too late.
 * The store knows it for good; here it is kept for as long as an answer of the store may be under way.
 */

import { isClosed, stopsCalls } from '../../lender/case.ts'
import type { CampaignId } from '../../lib/ids.ts'
import type { Fact } from '../facts.ts'
import type { FloorState } from '../state.ts'

/** Longer than any question to the store is waited for. */
const keptMs = 10 * 60_000

export class Settled {
  /** In the order of their instants. At most as many as come in within ten minutes. */
  readonly #at = new Map<string, number>()

  add(party: string, at: number): void {
    this.#at.delete(party)
    this.#at.set(party, at)
    for (const [known, since] of this.#at) {
      if (since >= at - keptMs) break
      this.#at.delete(known)
    }
  }

  /** Whether what was read at `askedAt` may be older than what is known of this party. */
  isNewerThan(askedAt: number, party: string): boolean {
    const at = this.#at.get(party)
    return at !== undefined && at >= askedAt
  }

  /** The clock was set on by so much. */
  shift(byMs: number): void {
    for (const [party, at] of this.#at) this.#at.set(party, at + byMs)
  }

  get size(): number {
    return this.#at.size
  }
}

/** What an agent is told of the party of the call in hand; the newest counts. */
export const overtakings = ['party_hold', 'party_paid', 'case_recalled', 'case_closed', 'consent_withdrawn'] as const
export type Overtaken = (typeof overtakings)[number]

/**
 * The party whose queued and ringing calls about its debt a fact takes back (invariant 6); null: none. HOLD says so itself, by `party.held`. A
 * repayment does so also where more is owed: what the agent would say is no longer true, and the lead is read anew.
 */
export function settledBy(fact: Fact): string | null {
  if (fact.type === 'repayment.recorded') return fact.repayment.party
  if (fact.type === 'case.moved' && ((stopsCalls(fact.to) && !stopsCalls(fact.from)) || fact.left)) return fact.party
  return null
}

/** What who talks to a party is told of a fact; null: nothing. */
export function overtakenBy(fact: Fact): { party: string; by: Overtaken } | null {
  if (fact.type === 'party.held') return { party: fact.party, by: 'party_hold' }
  if (fact.type === 'repayment.recorded') return { party: fact.repayment.party, by: 'party_paid' }
  if (fact.type === 'consent.withdrawn' && fact.sales === false) return { party: fact.party, by: 'consent_withdrawn' }
  if (settledBy(fact) !== null && fact.type === 'case.moved' && fact.to !== 'HOLD')
    return { party: fact.party, by: fact.left && !isClosed(fact.to) ? 'case_recalled' : 'case_closed' }
  return null
}

export function isSale(state: FloorState, campaign: CampaignId | null): boolean {
  return campaign !== null && state.campaigns.get(campaign)?.campaign.business === 'sales'
}

/** Calls about something else (an order, an application) go on; a call that no campaign owes may be about anything. */
export function isAboutDebt(state: FloorState, campaign: CampaignId | null): boolean {
  return campaign === null || state.campaigns.get(campaign)?.campaign.business === 'collections'
}

export function evolveSettled(state: FloorState, party: string, at: number): void {
  state.settled.add(party, at)
  for (const floor of state.campaigns.values())
    if (floor.campaign.business === 'collections') floor.buffer.dropWhere(lead => lead.ref === party)
}
