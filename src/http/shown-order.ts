/** Orders as pages show them. */
import type { OrderLine } from '../../web/pages/supervisor/orders.ts'
import { money } from '../../web/parts/money.ts'
import { rateOf, type Sums } from '../../web/parts/sums.ts'
import type { Words } from '../../web/words/words.ts'
import { offerOf } from '../lender/offer.ts'
import type { Order, Product } from '../lender/order.ts'
import type { Quote, SaidItem } from '../lender/quote.ts'
import type { UserId } from '../lib/ids.ts'
import type { OrderRow } from '../store/lender/quotes.ts'
import { nameOf } from './agent/contact-line.ts'
import type { Deps } from './deps.ts'

export function orderLine({ engine }: Deps, row: OrderRow, products: readonly Product[]): OrderLine {
  const { id, party, name, terms, currency, offer, state, coolingUntil, note, changedAt } = row
  const named = (user: string | null) => nameOf(engine.state, user as UserId | null)
  return {
    ...{ id, party, name, currency, state, coolingUntil, note, changedAt },
    ...{ amount: terms.amount, aprNominal: offer.aprNominal },
    product: products.find(each => each.id === row.product)?.name ?? row.product,
    ...{ agent: named(row.agent) ?? row.agent, checker: named(row.checker) },
  }
}

/** The plan again, from the terms that the order keeps; the totals are those that were agreed on. */
export function shownSums({ terms, offer, currency }: Pick<Order, 'terms' | 'offer' | 'currency'>): Sums {
  return { ...offerOf(terms), ...offer, currency }
}

/** What the agent had to say, with the figures of this offer. */
export function sentenceOf(
  item: SaidItem,
  { offer, currency, coolingDays }: Pick<Quote, 'offer' | 'currency' | 'coolingDays'>,
  { sales: words }: Words,
): string {
  switch (item) {
    case 'consent':
      return words.sentence.consent()
    case 'apr':
      return words.sentence.apr(rateOf(offer.aprNominal))
    case 'total-cost':
      return words.sentence['total-cost'](money(offer.costTotal, currency), money(offer.paidTotal, currency))
    case 'cooling-off':
      return words.sentence['cooling-off'](String(coolingDays))
    default:
      return item satisfies never
  }
}
