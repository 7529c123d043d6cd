/**
 * What an agent offered on a call: the sums as they were shown, and what was said of them. No order comes of it before everything that must be said
 * was said; each sentence keeps the call it was said on and its place in the recording, where the check listens.
 */
import { addDays, type PlainDate } from './dates.ts'
import type { Offer, Terms } from './offer.ts'

/** The party wants to hear an offer; what it costs a year; what it costs in all; that it may think better of it. */
export const saidItems = ['consent', 'apr', 'total-cost', 'cooling-off'] as const
export type SaidItem = (typeof saidItems)[number]

/** `offsetMs`: into the call's recording; null: nothing was being recorded. `by`: who said it; left out in offers of before. */
export type Said = { item: SaidItem; at: number; call: string | null; offsetMs: number | null; by?: string }

export type QuoteSums = Pick<Offer, 'financed' | 'costTotal' | 'paidTotal' | 'aprEffective' | 'aprNominal'>

export type Quote = {
  id: string
  party: string
  product: string
  productVersion: number
  currency: string
  terms: Terms
  offer: QuoteSums
  coolingDays: number
  agent: string
  call: string | null
  /** The newest of each item. */
  said: Said[]
  /** The order that came of it. */
  order: string | null
}

/** For so many days after it was made it may be ordered; then the sums are reckoned anew. */
export const quoteDays = 7

export function unsaid(said: readonly Said[]): SaidItem[] {
  return saidItems.filter(item => !said.some(each => each.item === item))
}

/** Who had a part in the sale: made the offer, or said a sentence of it. */
export function sellersOf({ agent, said }: Pick<Quote, 'agent' | 'said'>): string[] {
  return [agent, ...said.flatMap(({ by }) => by ?? [])]
}

export function isQuoteOver({ terms }: Pick<Quote, 'terms'>, today: PlainDate): boolean {
  return today > addDays(terms.startedOn, quoteDays)
}

export function withSaid(quote: Quote, said: Said): Quote {
  return { ...quote, said: [...quote.said.filter(({ item }) => item !== said.item), said] }
}
