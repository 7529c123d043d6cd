import type { IntentGrade, OrderState } from '../../../src/lender/order.ts'
import type { SaidItem } from '../../../src/lender/quote.ts'
import type { Choice, Filled } from '../../parts/form.ts'
import type { Sums } from '../../parts/sums.ts'

/** What a desk has for selling to the party in hand. */
export type DeskSales =
  /** Nothing of the party's money is here: who talks is not the party, or nobody whom the lender knows. */
  | { type: 'not-self' | 'unknown' }
  | {
      type: 'open'
      party: string
      /** The consent that lets them be sold to; null: none does. */
      consent: { basis: string; evidence: string; givenAt: number } | null
      prospect: DeskProspect | null
      today: string
      /** A sentence is said while the party is on the line. */
      live: boolean
      products: Choice[]
      terms: number[]
      calculator: Filled
      sums: Sums | null
      /** Newest first. */
      quotes: DeskQuote[]
      orders: DeskOrder[]
    }

export type DeskProspect = {
  limit: number | null
  limitUntil: string | null
  currency: string
  purchases: { on: string; what: string; amount: number }[]
  grade: IntentGrade | null
  followUpAt: number | null
  note: string
}

export type DeskQuote = {
  id: string
  product: string
  amount: number
  term: number
  currency: string
  madeAt: number
  costTotal: number
  aprNominal: number | null
  /** What must be said of it, with its figures; `read`: when, and where in the recording. */
  sentences: { item: SaidItem; text: string; read: { at: number; offsetMs: number | null } | null }[]
  /** `open`: may be read out and ordered; `again`: its order was sent back, and what was not heard is said anew. */
  state: 'open' | 'again' | 'ordered' | 'over'
}

export type DeskOrder = {
  id: string
  product: string
  amount: number
  currency: string
  state: OrderState
  coolingUntil: string | null
  openedAt: number
}
