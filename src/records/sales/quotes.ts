/** What an agent offers on a call: made, read out sentence by sentence, and ordered. */
import type { Actor } from '../../centre/facts.ts'
import { isQuoteOver, type Quote, unsaid, withSaid } from '../../lender/quote.ts'
import type { CallId } from '../../lib/ids.ts'
import type { QuoteRecord } from '../../store/lender/quotes.ts'
import type { OrderRecord } from '../../store/lender/sales.ts'
import { offsetOf } from '../campaigns/scripts.ts'
import { keep, newId, type RecordsDoor } from '../door.ts'
import { NotFound, NotNow } from '../errors.ts'
import { parseInput } from '../parse.ts'
import { reckoningOf } from '../parties/lender.ts'
import { inTurn } from '../turn.ts'
import { userOf } from '../verification/tasks.ts'
import { checkLimit, checkSale, keepOrder, offered, orderById, productById } from './sales.ts'
import { quoteInput, saidInput } from './sales-schemas.ts'

/** Throws InvalidInput; NotNow where the party has not agreed to be sold to, or the amount is above what was approved. */
export function makeQuote(door: RecordsDoor, actor: Actor, given: unknown): Promise<QuoteRecord> {
  return inTurn(door, async () => {
    const input = parseInput(quoteInput, given)
    const { party, call } = input
    const [product, { today }] = await Promise.all([productById(door, input.product), reckoningOf(door)])
    await checkSale(door, party, product, today)
    const { terms, offer } = offered(product, { ...input, startedOn: today })
    checkLimit(await door.store.read('prospects.byParty', { party }), offer.financed, today)
    const { financed, costTotal, paidTotal, aprEffective, aprNominal } = offer
    const quote: Quote = {
      ...{ id: newId<'quote'>('qu'), party, product: product.id, productVersion: product.version ?? 1 },
      ...{ currency: product.currency, terms, coolingDays: product.coolingDays, agent: userOf(actor), call },
      offer: { financed, costTotal, paidTotal, aprEffective, aprNominal },
      ...{ said: [], order: null },
    }
    await keep(door, actor, [{ type: 'quote.made', quote }])
    return quoteById(door, quote.id)
  })
}

/** A sentence that must be said was said now. Once more where the check did not hear it: the newest counts. */
export function sayOfQuote(door: RecordsDoor, actor: Actor, id: string, given: unknown): Promise<QuoteRecord> {
  return inTurn(door, async () => {
    const { item, call } = parseInput(saidInput, given)
    const { madeAt: _, ...quote } = await quoteById(door, id)
    if (quote.order !== null && (await orderById(door, quote.order)).state !== 'DRAFT')
      throw new NotNow('quote-ordered', 'It was ordered already.')
    const said = {
      ...{ item, at: door.clock.now(), call, by: userOf(actor) },
      offsetMs: call === null ? null : await offsetOf(door, call as CallId),
    }
    await keep(door, actor, [{ type: 'quote.said', item, quote: withSaid(quote, said) }])
    return quoteById(door, id)
  })
}

/** Goes to the check at once. Throws NotNow: something was not said, it was ordered already, or its sums are too old. */
export function orderQuote(door: RecordsDoor, actor: Actor, id: string): Promise<OrderRecord> {
  return inTurn(door, async () => {
    const quote = await quoteById(door, id)
    const [product, { today }] = await Promise.all([productById(door, quote.product), reckoningOf(door)])
    if (quote.order !== null) throw new NotNow('quote-ordered', 'It was ordered already.')
    const missing = unsaid(quote.said)
    if (missing.length > 0) throw new NotNow('quote-unsaid', `Not said yet: ${missing.join(', ')}.`)
    if (isQuoteOver(quote, today) || quote.productVersion !== (product.version ?? 1))
      throw new NotNow('quote-over', 'The product was changed, or the offer is too old: make it anew.')
    await checkSale(door, quote.party, product, today)
    const { party, terms, offer } = quote
    const call = quote.said.findLast(each => each.call !== null)?.call ?? quote.call
    return keepOrder(
      door,
      actor,
      product,
      { party, agent: userOf(actor), call, terms, offer, quote: id, state: 'QC' },
      today,
    )
  })
}

export async function quoteById(door: RecordsDoor, id: string): Promise<QuoteRecord> {
  const found = await door.store.read('quotes.byId', { id })
  if (found === null) throw new NotFound('quote', id)
  return found
}
