/**
 * An agency (委外机构) that works cases of the lender's for a commission, in this house: with sign-ins of its own, under the same gate, and never with a
 * number in clear. Its contract says from when until when, which products and buckets, how many people and how many cases.
 */
import type { AgencyId, UserId } from '../lib/ids.ts'
import type { PlainDate } from './dates.ts'

export const agencyStates = ['active', 'suspended'] as const
export type AgencyState = (typeof agencyStates)[number]

export type Agency = {
  id: AgencyId
  name: string
  state: AgencyState
  /** Why it is suspended; null, or left out in agencies of before: it is not, or nobody said. */
  suspendedFor?: string | null
  /** The days of the contract, both among them. */
  from: PlainDate
  until: PlainDate
  /** Names of products and buckets that may be placed with it; empty: any. */
  products: string[]
  buckets: string[]
  /** Of what is repaid while a case is placed. */
  commissionPermille: number
  /** People who may sign in, cases that may be placed, and calls at once, at most. */
  seats: number
  caseQuota: number
  lines: number
  /** Of its people the one who deals cases out among them; null: nobody does but the lender. */
  lead: UserId | null
}

export const agenciesMax = 200
export const seatsMax = 1_000
export const caseQuotaMax = 1_000_000

/** Why nobody of the agency may work today; null: they may. `ended`: it was removed. */
export const agencyBars = ['suspended', 'not_begun', 'expired', 'ended'] as const
export type AgencyBar = (typeof agencyBars)[number]

export function agencyBar(
  agency: Pick<Agency, 'state' | 'from' | 'until'> | undefined,
  today: PlainDate,
): AgencyBar | null {
  if (agency === undefined) return 'ended'
  if (agency.state === 'suspended') return 'suspended'
  if (today < agency.from) return 'not_begun'
  return today > agency.until ? 'expired' : null
}

/** `former`: as it was; one that was suspended before somebody had to say why may stay so. */
export function faultOfAgency(
  { from, until, state, suspendedFor }: Agency,
  former: AgencyState | null,
): { field: string; found: string; allowed: string } | null {
  if (state === 'suspended' && former !== 'suspended' && !suspendedFor)
    return { field: 'suspendedFor', found: 'nothing', allowed: 'why it is suspended, in a few words' }
  return until < from ? { field: 'until', found: until, allowed: `${from} or a later day` } : null
}
