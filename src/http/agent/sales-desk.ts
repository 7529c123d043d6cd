/** What a desk has for selling to the party in hand; and what each agent reckons now, kept while the service runs so that a reload finds it again. */
import type { DeskQuote, DeskSales } from '../../../web/pages/agent/sales-props.ts'
import type { Filled } from '../../../web/parts/form.ts'
import { type Frame, textsOf } from '../../../web/parts/frame.ts'
import { money } from '../../../web/parts/money.ts'
import type { Sums } from '../../../web/parts/sums.ts'
import type { Words } from '../../../web/words/words.ts'
import type { Business, Relation, User } from '../../centre/entities.ts'
import { consentFor } from '../../lender/consent.ts'
import { amountTyped, currencyDefault } from '../../lender/money.ts'
import { isSold, type Product, versionOf } from '../../lender/order.ts'
import { isQuoteOver, saidItems } from '../../lender/quote.ts'
import type { UserId } from '../../lib/ids.ts'
import { InvalidInput } from '../../records/errors.ts'
import { reckoningOf } from '../../records/parties/lender.ts'
import { offered } from '../../records/sales/sales.ts'
import type { QuoteRecord, DeskSales as SalesRead } from '../../store/lender/quotes.ts'
import type { Store } from '../../store/store.ts'
import type { Deps } from '../deps.ts'
import { sentenceOf } from '../shown-order.ts'
import { minorOf, type Typed, textOf } from '../typed.ts'

/** One for each agent at most. */
const reckoned = new WeakMap<Store, Map<UserId, { party: string; typed: Typed }>>()

export function keepReckoned({ store }: Deps, user: User, party: string, typed: Typed): void {
  const mine = reckoned.get(store) ?? new Map<UserId, { party: string; typed: Typed }>()
  reckoned.set(store, mine)
  mine.set(user.id, { party, typed })
}

export type SellingTo = {
  business: Business | null
  party: string | null
  relation: Relation | null
  /** Looked at between calls, by somebody who sells. */
  opened: boolean
  /** The party is on the line. */
  live: boolean
}

/** null: the call is not about selling, or nothing was ever to be sold to the party that is looked at. */
export async function salesOf(deps: Deps, user: User, frame: Frame, to: SellingTo): Promise<DeskSales | null> {
  if (to.business !== 'sales' && !to.opened) return null
  const { party } = to
  if (party === null) return { type: 'unknown' }
  if (to.relation !== 'SELF') return { type: 'not-self' }
  const w = textsOf(frame)
  const [read, { today }] = await Promise.all([deps.store.read('sales.ofParty', { party }), reckoningOf(deps.records)])
  if (to.opened && read.prospect === null && read.orders.length === 0) return null
  const given = consentFor(read.consents, { purpose: 'sales', channel: 'voice', now: frame.now })
  const sold = read.products.filter(product => isSold(product, today))
  const kept = reckoned.get(deps.store)?.get(user.id)
  const typed = kept?.party === party ? kept.typed : {}
  const product = sold.find(({ id }) => id === textOf(typed, 'product')) ?? null
  const nameOf = (id: string) => read.products.find(each => each.id === id)?.name ?? id
  return {
    ...{ type: 'open', party, today, live: to.live },
    consent: given && { basis: given.basis, evidence: given.evidence, givenAt: given.givenAt },
    prospect: read.prospect && { ...read.prospect, currency: product?.currency ?? currencyDefault },
    products: sold.map(({ id, name }) => ({ value: id, word: name })),
    terms: product?.terms ?? [],
    ...reckonedOf(typed, product, read, today, w),
    quotes: read.quotes.map(quote => shownQuote(quote, read, today, w)),
    orders: read.orders.map(({ id, product: of, terms, currency, state, coolingUntil, openedAt }) => ({
      ...{ id, product: nameOf(of), amount: terms.amount, currency, state, coolingUntil, openedAt },
    })),
  }
}

function shownQuote(quote: QuoteRecord, { orders, products }: SalesRead, today: string, w: Words): DeskQuote {
  const { id, terms, currency, madeAt, offer, order: orderId } = quote
  const product = products.find(each => each.id === quote.product)
  const stale = product === undefined || versionOf(product) !== quote.productVersion || isQuoteOver(quote, today)
  const order = orders.find(each => each.id === orderId)
  return {
    ...{ id, product: product?.name ?? quote.product, amount: terms.amount, term: terms.term, currency, madeAt },
    ...{ costTotal: offer.costTotal, aprNominal: offer.aprNominal },
    sentences: saidItems.map(item => {
      const read = quote.said.find(each => each.item === item)
      return { item, text: sentenceOf(item, quote, w), read: read ? { at: read.at, offsetMs: read.offsetMs } : null }
    }),
    state: orderId === null ? (stale ? 'over' : 'open') : order?.state === 'DRAFT' ? 'again' : 'ordered',
  }
}

/** What the typed comes to, or what is wrong with it in words; nothing while there is nothing to reckon with. */
function reckonedOf(
  typed: Typed,
  product: Product | null,
  { prospect }: SalesRead,
  today: string,
  w: Words,
): { calculator: Filled; sums: Sums | null } {
  const words = w.sales
  const term = product?.terms.find(each => String(each) === textOf(typed, 'term')) ?? product?.terms.at(-1) ?? 0
  const calculator: Filled = { values: { ...typed, term: String(term) }, errors: {} }
  if (product === null || textOf(typed, 'amount') === '') return { calculator, sums: null }
  const { currency } = product
  const amount = minorOf(textOf(typed, 'amount'), currency)
  const downPayment = textOf(typed, 'downPayment') === '' ? 0 : minorOf(textOf(typed, 'downPayment'), currency)
  const wanted = words.amountWanted(amountTyped(1_200_050, currency), currency)
  if (amount === null) calculator.errors['amount'] = wanted
  if (downPayment === null) calculator.errors['downPayment'] = wanted
  if (amount === null || downPayment === null) return { calculator, sums: null }
  const limit = prospect?.limit ?? null
  if (limit !== null && amount - downPayment > limit)
    calculator.errors['amount'] = words.limitAllowed(money(limit, currency))
  try {
    const { offer } = offered(product, { amount, downPayment, term, startedOn: today })
    return { calculator, sums: Object.keys(calculator.errors).length > 0 ? null : { ...offer, currency } }
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error
    for (const { field } of error.problems)
      if (field === 'amount')
        calculator.errors['amount'] = words.amountAllowed(
          money(product.amountMin, currency),
          money(product.amountMax, currency),
        )
      else if (field === 'term') calculator.errors['term'] = words.termAllowed(product.terms.join(', '))
      else calculator.errors['downPayment'] = words.downAllowed
    return { calculator, sums: null }
  }
}
