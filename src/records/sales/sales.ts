/** Sales on instalments: products and what they come to, prospects, and orders with their check by another person. */
import { isDeepStrictEqual } from 'node:util'
import type { Actor } from '../../centre/facts.ts'
import { consentFor } from '../../lender/consent.ts'
import type { PlainDate } from '../../lender/dates.ts'
import { savedMax } from '../../lender/facts.ts'
import { faultOfTerms, type Offer, offerOf, type Terms } from '../../lender/offer.ts'
import {
  isSold,
  moveOrder,
  type Order,
  type OrderCommand,
  type Product,
  type Prospect,
  versionOf,
} from '../../lender/order.ts'
import { type QuoteSums, sellersOf } from '../../lender/quote.ts'
import type { CallId, UserId } from '../../lib/ids.ts'
import type { OrderRecord } from '../../store/lender/sales.ts'
import { keep, newId, type RecordsDoor } from '../door.ts'
import { type FieldProblem, InvalidInput, NotFound, NotNow } from '../errors.ts'
import { parseInput, problemsOf } from '../parse.ts'
import { reckoningOf } from '../parties/lender.ts'
import { checkOwnPeople } from '../people/agency-people.ts'
import { checkUsers } from '../references.ts'
import { inTurn } from '../turn.ts'
import { userOf } from '../verification/tasks.ts'
import { offerInput, orderCommand, orderInput, productInput, prospectInput } from './sales-schemas.ts'

/**
 * A new version; orders and offers keep the terms of theirs. The same once more changes nothing. `seen`: the version that a form was filled from.
 * Throws InvalidInput; NotNow where somebody else saved it meanwhile.
 */
export function saveProduct(door: RecordsDoor, actor: Actor, given: unknown, seen?: number): Promise<Product> {
  return inTurn(door, async () => {
    const input = readProduct(given)
    const known = (await door.store.read('products.list', {})).find(({ id }) => id === input.id)
    const last = known === undefined ? 0 : versionOf(known)
    if (seen !== undefined && seen !== last)
      throw new NotNow('product-changed', 'Somebody else has saved this product meanwhile: open it again.')
    const product: Product = { ...input, version: last + 1 }
    if (known !== undefined && isDeepStrictEqual({ ...asKept(known), version: last + 1 }, product)) return known
    await keep(door, actor, [{ type: 'product.saved', product }])
    return product
  })
}

/** As it was typed, looked through and not kept. Throws InvalidInput. */
export function readProduct(given: unknown): Product {
  return parseInput(productInput, given)
}

/** Products of before had no days of sale. */
function asKept(product: Product): Product {
  return { ...product, validFrom: product.validFrom ?? null, validUntil: product.validUntil ?? null }
}

export async function productById(door: RecordsDoor, id: string): Promise<Product> {
  const found = (await door.store.read('products.list', {})).find(each => each.id === id)
  if (found === undefined) throw new NotFound('product', id)
  return found
}

/** What a product comes to for this amount and term: shown before anybody agrees to anything. Throws InvalidInput. */
export async function offerFor(door: RecordsDoor, id: string, given: unknown): Promise<{ terms: Terms; offer: Offer }> {
  const input = parseInput(offerInput, given)
  const [product, { today }] = await Promise.all([productById(door, id), reckoningOf(door)])
  return offered(product, { ...input, startedOn: input.startedOn ?? today })
}

/** Throws InvalidInput where the product is not sold for this amount, or over this term. */
export function offered(
  product: Product,
  asked: Pick<Terms, 'amount' | 'downPayment' | 'term' | 'startedOn'>,
): { terms: Terms; offer: Offer } {
  const { ratePpm, way, upfrontFeePpm, monthlyFeePpm } = product
  const { amount, downPayment, term, startedOn } = asked
  if (amount < product.amountMin || amount > product.amountMax)
    throw wrong('amount', String(amount), `${product.amountMin} to ${product.amountMax}`)
  if (!product.terms.includes(term)) throw wrong('term', String(term), product.terms.join(', '))
  const terms = { amount, downPayment, term, ratePpm, way, upfrontFeePpm, monthlyFeePpm, startedOn }
  const fault = faultOfTerms(terms)
  if (fault !== null) throw new InvalidInput([fault])
  return { terms, offer: offerOf(terms) }
}

export type ProspectReport = { saved: number; rejected: { at: number; problems: FieldProblem[] }[] }

/** Up to 500; what is left out of one stays as it is, so that a new limit takes nobody’s grade or follow-up away. A bad one stops no other. */
export function saveProspects(door: RecordsDoor, actor: Actor, rows: readonly unknown[]): Promise<ProspectReport> {
  if (rows.length > savedMax) throw new RangeError(`${rows.length} prospects at once; at most ${savedMax}`)
  return inTurn(door, async () => {
    const report: ProspectReport = { saved: 0, rejected: [] }
    const read = rows.map(row => prospectInput.safeParse(row, { reportInput: true }))
    const refs = read.flatMap(each => (each.success ? [each.data.party] : []))
    const known = new Set(await door.store.read('parties.known', { refs }))
    const before = new Map(
      (await door.store.read('prospects.ofParties', { parties: refs })).map(each => [each.party, each]),
    )
    const saves = new Map<string, Prospect>()
    for (const [at, each] of read.entries()) {
      if (!each.success) report.rejected.push({ at, problems: problemsOf(each.error, rows[at]) })
      else if (!known.has(each.data.party))
        report.rejected.push({ at, problems: unknownParty(each.data.party).problems })
      else
        saves.set(
          each.data.party,
          withKept(each.data, rows[at], saves.get(each.data.party) ?? before.get(each.data.party)),
        )
    }
    if (saves.size > 0) await keep(door, actor, [{ type: 'prospects.saved', prospects: [...saves.values()] }])
    report.saved = saves.size
    return report
  })
}

function withKept(given: Prospect, row: unknown, known: Prospect | undefined): Prospect {
  if (known === undefined) return given
  const left = Object.entries(known).filter(([key]) => !Object.hasOwn(row as object, key))
  return { ...given, ...Object.fromEntries(left) }
}

/** Throws InvalidInput; NotNow where the party has not agreed to be sold to, or the amount is above what was approved. */
export function openOrder(door: RecordsDoor, actor: Actor, given: unknown): Promise<OrderRecord> {
  return inTurn(door, async () => {
    const input = parseInput(orderInput, given)
    await checkUsers(door, 'agent', [input.agent as UserId])
    await checkOwnPeople(door, 'agent', [input.agent as UserId])
    const [product, { today }] = await Promise.all([productById(door, input.product), reckoningOf(door)])
    await checkSale(door, input.party, product, today)
    const { terms, offer } = offered(product, { ...input, startedOn: today })
    const { party, agent, call } = input
    await checkCall(door, party, call)
    return keepOrder(door, actor, product, { party, agent, call, terms, offer, quote: null, state: 'DRAFT' }, today)
  })
}

/** Whether this may be sold to the party at all now. Throws InvalidInput, NotNow. */
export async function checkSale(door: RecordsDoor, party: string, product: Product, today: PlainDate): Promise<void> {
  const [known, consents] = await Promise.all([
    door.store.read('parties.byRef', { ref: party }),
    door.store.read('consents.ofParty', { party }),
  ])
  if (known === null) throw unknownParty(party)
  if (!isSold(product, today)) throw new NotNow('product-inactive', `${product.name} is not sold now.`)
  if (consentFor(consents, { purpose: 'sales', channel: 'voice', now: door.clock.now() }) === null)
    throw new NotNow('no-sales-consent', `${party} has no consent to sales by voice that holds.`)
}

/** The check plays what was said on the call: one with another party is not for its ears. A call that only the lender's system knows may be named. */
async function checkCall(door: RecordsDoor, party: string, id: string | null): Promise<void> {
  const call = id === null ? null : await door.store.read('calls.byId', { id: id as CallId })
  if (call !== null && call.party !== party) throw wrong('call', call.id, `a call with ${party}, or none`)
}

/** Within the turn of who calls it. */
export async function keepOrder(
  door: RecordsDoor,
  actor: Actor,
  product: Product,
  given: Pick<Order, 'party' | 'agent' | 'call' | 'terms' | 'state'> & { offer: QuoteSums; quote: string | null },
  today: PlainDate,
): Promise<OrderRecord> {
  const { party, agent, call, terms, quote, state } = given
  const { financed, costTotal, paidTotal, aprEffective, aprNominal } = given.offer
  checkLimit(await door.store.read('prospects.byParty', { party }), financed, today)
  const order: Order = {
    ...{ id: newId<'order'>('or'), party, product: product.id, productVersion: versionOf(product) },
    ...{ currency: product.currency, terms, offer: { financed, costTotal, paidTotal, aprEffective, aprNominal } },
    ...{ coolingDays: product.coolingDays, state, agent, openedBy: userOf(actor), call, quote },
    ...{ checker: null, coolingUntil: null, note: '' },
  }
  await keep(door, actor, [{ type: 'order.opened', order }])
  return orderById(door, order.id)
}

/** What a person does with an order. Throws NotNow with the rule that says no. */
export function moveOrderBy(door: RecordsDoor, actor: Actor, id: string, given: unknown): Promise<OrderRecord> {
  return inTurn(door, async () => {
    const input = parseInput(orderCommand, given)
    const command: OrderCommand =
      input.type === 'check' || input.type === 'refuse' ? { ...input, by: userOf(actor) } : input
    const { openedAt: _, changedAt: __, ...order } = await orderById(door, id)
    const { today } = await reckoningOf(door)
    const quote = order.quote == null ? null : await door.store.read('quotes.byId', { id: order.quote })
    const move = moveOrder(order, command, today, quote === null ? [] : sellersOf(quote))
    if (!move.ok) throw new NotNow(move.rule, move.words)
    await keep(door, actor, [{ type: 'order.moved', from: order.state, order: move.order }])
    return orderById(door, id)
  })
}

export async function orderById(door: RecordsDoor, id: string): Promise<OrderRecord> {
  const found = await door.store.read('orders.byId', { id })
  if (found === null) throw new NotFound('order', id)
  return found
}

export function checkLimit(prospect: Prospect | null, financed: number, today: string): void {
  if (prospect === null || prospect.limit === null) return
  if (prospect.limitUntil !== null && prospect.limitUntil < today)
    throw new NotNow('limit-over', `The limit was approved until ${prospect.limitUntil}.`)
  if (financed > prospect.limit)
    throw wrong('amount', `${financed} to be financed`, `at most ${prospect.limit}, as approved`)
}

function wrong(field: string, found: string, allowed: string): InvalidInput {
  return new InvalidInput([{ field, found, allowed }])
}

function unknownParty(ref: string): InvalidInput {
  return wrong('party', ref.slice(0, 64), 'the ref of a party that there is')
}
