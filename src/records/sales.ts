/** Sales on instalments: products and what they come to, prospects, and orders with their check by another person. */
import type { Actor } from '../centre/facts.ts'
import { consentFor } from '../lender/consent.ts'
import { savedMax } from '../lender/facts.ts'
import { faultOfTerms, type Offer, offerOf, type Terms } from '../lender/offer.ts'
import { moveOrder, type Order, type OrderCommand, type Product, type Prospect } from '../lender/order.ts'
import type { UserId } from '../lib/ids.ts'
import type { OrderRecord } from '../store/sales.ts'
import { keep, newId, type RecordsDoor } from './door.ts'
import { type FieldProblem, InvalidInput, NotFound, NotNow } from './errors.ts'
import { reckoningOf } from './lender.ts'
import { parseInput, problemsOf } from './parse.ts'
import { checkUsers } from './references.ts'
import { offerInput, orderCommand, orderInput, productInput, prospectInput } from './sales-schemas.ts'
import { userOf } from './tasks.ts'
import { inTurn } from './turn.ts'

export async function saveProduct(door: RecordsDoor, actor: Actor, given: unknown): Promise<Product> {
  const product = parseInput(productInput, given)
  await keep(door, actor, [{ type: 'product.saved', product }])
  return product
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

function offered(
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

/** Up to 500, each the whole prospect; a bad one stops no other. */
export function saveProspects(door: RecordsDoor, actor: Actor, rows: readonly unknown[]): Promise<ProspectReport> {
  if (rows.length > savedMax) throw new RangeError(`${rows.length} prospects at once; at most ${savedMax}`)
  return inTurn(door, async () => {
    const report: ProspectReport = { saved: 0, rejected: [] }
    const read = rows.map(row => prospectInput.safeParse(row, { reportInput: true }))
    const refs = read.flatMap(each => (each.success ? [each.data.party] : []))
    const known = new Set(await door.store.read('parties.known', { refs }))
    const saves = new Map<string, Prospect>()
    for (const [at, each] of read.entries()) {
      if (!each.success) report.rejected.push({ at, problems: problemsOf(each.error, rows[at]) })
      else if (!known.has(each.data.party))
        report.rejected.push({ at, problems: unknownParty(each.data.party).problems })
      else saves.set(each.data.party, each.data)
    }
    if (saves.size > 0) await keep(door, actor, [{ type: 'prospects.saved', prospects: [...saves.values()] }])
    report.saved = saves.size
    return report
  })
}

/** Throws InvalidInput; NotNow where the party has not agreed to be sold to, or the amount is above what was approved. */
export function openOrder(door: RecordsDoor, actor: Actor, given: unknown): Promise<OrderRecord> {
  return inTurn(door, async () => {
    const input = parseInput(orderInput, given)
    const { party } = input
    if ((await door.store.read('parties.byRef', { ref: party })) === null) throw unknownParty(party)
    await checkUsers(door, 'agent', [input.agent as UserId])
    const [product, { today }, consents, prospect] = await Promise.all([
      productById(door, input.product),
      reckoningOf(door),
      door.store.read('consents.ofParty', { party }),
      door.store.read('prospects.byParty', { party }),
    ])
    if (!product.active) throw new NotNow('product-inactive', `${product.name} is not sold any more.`)
    if (consentFor(consents, { purpose: 'sales', channel: 'voice', now: door.clock.now() }) === null)
      throw new NotNow('no-sales-consent', `${party} has no consent to sales by voice that holds.`)
    const { terms, offer } = offered(product, { ...input, startedOn: today })
    checkLimit(prospect, offer.financed, today)
    const { financed, costTotal, paidTotal, aprEffective, aprNominal } = offer
    const order: Order = {
      ...{ id: newId<'order'>('or'), party, product: product.id, currency: product.currency, terms },
      offer: { financed, costTotal, paidTotal, aprEffective, aprNominal },
      ...{
        coolingDays: product.coolingDays,
        state: 'DRAFT',
        agent: input.agent,
        openedBy: userOf(actor),
        call: input.call,
      },
      ...{ checker: null, coolingUntil: null, note: '' },
    }
    await keep(door, actor, [{ type: 'order.opened', order }])
    return orderById(door, order.id)
  })
}

/** What a person does with an order. Throws NotNow with the rule that says no. */
export function moveOrderBy(door: RecordsDoor, actor: Actor, id: string, given: unknown): Promise<OrderRecord> {
  return inTurn(door, async () => {
    const input = parseInput(orderCommand, given)
    const command: OrderCommand = input.type === 'check' ? { ...input, by: userOf(actor) } : input
    const { openedAt: _, changedAt: __, ...order } = await orderById(door, id)
    const { today } = await reckoningOf(door)
    const move = moveOrder(order, command, today)
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

function checkLimit(prospect: Prospect | null, financed: number, today: string): void {
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
