/**
 * What is sold on instalments: products, whom they may be offered to, and orders.
 *
 *   DRAFT → QC → CONFIRMED → COOLING → FULFILLED     the seller hands it in, another person listens and checks, the customer signs, days to think
 *   QC → DRAFT                                        the check found something that can be put right
 *   QC → CANCELLED                                    the check refuses it, with a reason
 *   any of these but FULFILLED → CANCELLED            in COOLING until its last day; whoever thinks better of it owes nothing
 *
 * Days to think are calendar days on the wall of the centre: who signs on the 24th with seven of them may cancel until the end of the 1st.
 */
import { addDays, type PlainDate } from './dates.ts'
import type { RepaymentWay, Terms } from './offer.ts'
import { type QuoteSums, type SaidItem, saidItems } from './quote.ts'

export type Product = {
  id: string
  name: string
  currency: string
  /** Minor units. */
  amountMin: number
  amountMax: number
  /** Numbers of instalments that there are. */
  terms: number[]
  ratePpm: number
  way: RepaymentWay
  upfrontFeePpm: number
  monthlyFeePpm: number
  coolingDays: number
  active: boolean
  /** 1 for the first, and one more with each change; left out in products of before. Orders keep the terms of theirs. */
  version?: number
  /** Days on which it is sold, both included; null or left out: no bound. */
  validFrom?: PlainDate | null
  validUntil?: PlainDate | null
}

export function versionOf(product: Pick<Product, 'version'>): number {
  return product.version ?? 1
}

export function isSold({ active, validFrom, validUntil }: Product, today: PlainDate): boolean {
  return active && (validFrom ?? today) <= today && today <= (validUntil ?? today)
}

/** A buy now, B interested, C cold, D refused. */
export const intentGrades = ['A', 'B', 'C', 'D'] as const
export type IntentGrade = (typeof intentGrades)[number]

/** A party to whom something may be sold: what it bought, up to how much is approved beforehand, and what it thinks of it. */
export type Prospect = {
  party: string
  /** Minor units; null: nothing was approved beforehand. */
  limit: number | null
  limitUntil: PlainDate | null
  purchases: { on: PlainDate; what: string; amount: number }[]
  grade: IntentGrade | null
  followUpAt: number | null
  note: string
}
export const purchasesMax = 100

export const orderStates = ['DRAFT', 'QC', 'CONFIRMED', 'COOLING', 'FULFILLED', 'CANCELLED'] as const
export type OrderState = (typeof orderStates)[number]

export type Order = {
  id: string
  party: string
  product: string
  currency: string
  terms: Terms
  /** What was shown and agreed on, kept as it was. */
  offer: QuoteSums
  coolingDays: number
  state: OrderState
  /** The seller, and the call on which it was sold. */
  agent: string
  call: string | null
  /** Who typed it in, where that is not the seller; left out in orders of before. */
  openedBy?: string
  /** Who checked it: neither the seller nor who typed it in. */
  checker: string | null
  /** The last day on which it may be cancelled. */
  coolingUntil: PlainDate | null
  note: string
  /** What was offered on a call before; left out or null: it was typed in by a program. */
  quote?: string | null
  productVersion?: number
  /** What the last check heard in the recording. */
  heard?: SaidItem[]
  /** Why it was refused or cancelled. */
  reason?: RefusalReason | CancelReason | null
}

/** Why a check refuses an order. */
export const refusalReasons = ['no-consent', 'not-said', 'misled', 'not-the-party', 'wrong-data', 'other'] as const
export type RefusalReason = (typeof refusalReasons)[number]
/** Why a party does not want it any more. */
export const cancelReasons = [
  'not-wanted',
  'too-dear',
  'cannot-afford',
  'not-understood',
  'twice',
  'wrong-data',
  'other',
] as const
export type CancelReason = (typeof cancelReasons)[number]

export type OrderCommand =
  | { type: 'submit' }
  /** `heard`: what of it was heard in the recording; it passes only when that is everything. */
  | { type: 'check'; by: string; passes: boolean; heard: SaidItem[]; note: string }
  | { type: 'refuse'; by: string; heard: SaidItem[]; reason: RefusalReason; note: string }
  /** The customer signed. */
  | { type: 'sign' }
  | { type: 'fulfil' }
  | { type: 'cancel'; reason?: CancelReason; note: string }

export type OrderRule =
  | 'order-over'
  | 'order-not-there'
  | 'order-four-eyes'
  | 'order-cooling'
  | 'order-cooling-over'
  | 'order-no-reason'
  | 'order-not-said'
export type OrderMove = { ok: true; order: Order } | { ok: false; rule: OrderRule; words: string }

export function isOver(state: OrderState): boolean {
  return state === 'FULFILLED' || state === 'CANCELLED'
}

/** The order after the command, on the day `today`; or the rule that says no, with its words. `sellers`: of the offer that it was made of. */
export function moveOrder(
  given: Order,
  command: OrderCommand,
  today: PlainDate,
  sellers: readonly string[] = [],
): OrderMove {
  const { state } = given
  if (isOver(state)) return no('order-over', `The order is over (${state}).`)
  const to = (next: OrderState, more: Partial<Order> = {}): OrderMove => ({
    ok: true,
    order: { ...given, state: next, ...more },
  })
  const only = (allowed: OrderState) =>
    no('order-not-there', `The order is in the state ${state}; this can be done in ${allowed}.`)
  switch (command.type) {
    case 'submit':
      return state === 'DRAFT' ? to('QC') : only('DRAFT')
    case 'check':
    case 'refuse': {
      if (state !== 'QC') return only('QC')
      const { by, heard, note } = command
      if (by === given.agent || by === given.openedBy || sellers.includes(by))
        return no('order-four-eyes', 'Who sold it, or typed it in, does not check it: another person has to.')
      const checked = { checker: by, note, heard: saidItems.filter(item => heard.includes(item)) }
      if (command.type === 'refuse') {
        if (command.reason === 'other' && note === '') return no('order-no-reason', 'Say what the check found.')
        return to('CANCELLED', { ...checked, reason: command.reason })
      }
      if (!command.passes && note === '') return no('order-no-reason', 'Say what the check found.')
      const missing = saidItems.filter(item => !heard.includes(item))
      if (command.passes && missing.length > 0)
        return no('order-not-said', `Not heard: ${missing.join(', ')}. Send it back, or refuse it.`)
      return to(command.passes ? 'CONFIRMED' : 'DRAFT', checked)
    }
    case 'sign':
      return state === 'CONFIRMED'
        ? to('COOLING', { coolingUntil: addDays(today, given.coolingDays) })
        : only('CONFIRMED')
    case 'fulfil':
      if (state !== 'COOLING') return only('COOLING')
      if (given.coolingDays > 0 && today <= given.coolingUntil!)
        return no('order-cooling', `It may be cancelled until ${given.coolingUntil}; after that it is fulfilled.`)
      return to('FULFILLED')
    case 'cancel':
      if (state === 'COOLING' && today > given.coolingUntil!)
        return no('order-cooling-over', `It could be cancelled until ${given.coolingUntil}.`)
      if (command.reason === 'other' && command.note === '') return no('order-no-reason', 'Say why it is cancelled.')
      return to('CANCELLED', { note: command.note, reason: command.reason ?? 'other' })
    default:
      return command satisfies never
  }
}

function no(rule: OrderRule, words: string): OrderMove {
  return { ok: false, rule, words }
}
