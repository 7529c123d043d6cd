/**
 * A waiver (减免): so much of what is owed of a loan is asked for no more. Asked for by one person, approved by another whose limit reaches so far, and
 * then taken off by the rules of allocation, of the parts that it names.
 */
import { type AllocationLine, allocate } from './allocation.ts'
import type { BookLoan } from './book.ts'
import type { PlainDate } from './dates.ts'
import type { Component } from './money.ts'
import type { LenderRules } from './rules.ts'

export const waiverStates = ['ASKED', 'APPROVED', 'REFUSED'] as const
export type WaiverState = (typeof waiverStates)[number]

export type Waiver = {
  id: string
  party: string
  loan: string
  amount: number
  currency: string
  /** Which parts it may take off. */
  components: Component[]
  reason: string
  /** The actor who asked. */
  by: string
}

/** Up to how much who may approve; a person's own limit counts instead of the role's. Amounts in minor units. */
export type WaiverLimits = { roles: { role: string; max: number }[]; people: { user: string; max: number }[] }
export const waiverLimitsKey = 'lender.waivers'
export const waiverLimitsDefault: WaiverLimits = { roles: [], people: [] }

export function readWaiverLimits(text: string | null | undefined): WaiverLimits {
  return text ? { ...waiverLimitsDefault, ...(JSON.parse(text) as Partial<WaiverLimits>) } : waiverLimitsDefault
}

/** 0: may approve nothing. */
export function limitOf({ roles, people }: WaiverLimits, who: { user: string | null; role: string }): number {
  const own = people.find(({ user }) => user === who.user)
  return own?.max ?? roles.find(({ role }) => role === who.role)?.max ?? 0
}

/** What it takes off of which instalments; `left`: so much is not owed in these parts. */
export function waive(
  loan: BookLoan,
  { amount, components }: Pick<Waiver, 'amount' | 'components'>,
  rules: Pick<LenderRules, 'order' | 'by'>,
  on: PlainDate,
): { lines: AllocationLine[]; left: number } {
  const order = rules.order.filter(component => components.includes(component))
  return allocate([{ loan, paid: loan.paid }], amount, { ...rules, order }, on)
}
