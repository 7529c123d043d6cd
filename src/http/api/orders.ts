import { z } from '@hono/zod-openapi'
import { repaymentWays } from '../../lender/offer.ts'
import { intentGrades, orderStates } from '../../lender/order.ts'
import { parseInput } from '../../records/parse.ts'
import { moveOrderBy, offerFor, openOrder, orderById, saveProduct, saveProspects } from '../../records/sales.ts'
import { offerInput, orderInput, productInput, prospectInput } from '../../records/sales-schemas.ts'
import { words } from '../../records/words.ts'
import type { Deps } from '../deps.ts'
import { paging, queryOf } from './query.ts'
import { pageOf } from './replies.ts'
import { type Api, define, jsonBody } from './route.ts'

const writers = ['admin', 'supervisor'] as const
const readers = ['admin', 'supervisor', 'quality', 'auditor'] as const
const money = z.int().openapi({ description: 'Minor units' })
const share = z.number().nullable().openapi({ description: 'A share of one a year: 0.24 is 24 %' })
const instant = z.int().openapi({ description: 'Unix time, ms' })

const productReply = z
  .object({
    ...{ id: z.string(), name: z.string(), currency: z.string(), amountMin: money, amountMax: money },
    ...{ terms: z.array(z.int()), ratePpm: z.int(), way: z.enum(repaymentWays), upfrontFeePpm: z.int() },
    ...{ monthlyFeePpm: z.int(), coolingDays: z.int(), active: z.boolean() },
  })
  .openapi('Product')
const totals = { financed: money, costTotal: money, paidTotal: money, aprEffective: share, aprNominal: share }
const offerReply = z
  .object({
    ...totals,
    ...{ upfrontFee: money, interestTotal: money, feesTotal: money },
    instalments: z.array(
      z.object({
        ...{
          no: z.int(),
          dueOn: z.string(),
          principal: money,
          interest: money,
          fees: money,
          total: money,
          left: money,
        },
      }),
    ),
  })
  .openapi('Offer')
const prospectReply = z
  .object({
    ...{ party: z.string(), limit: money.nullable(), limitUntil: z.string().nullable() },
    purchases: z.array(z.object({ on: z.string(), what: z.string(), amount: money })),
    ...{ grade: z.enum(intentGrades).nullable(), followUpAt: instant.nullable(), note: z.string() },
  })
  .openapi('Prospect')
const prospectsReply = z
  .object({
    saved: z.int(),
    rejected: z.array(
      z.object({
        at: z.int(),
        problems: z.array(z.object({ field: z.string(), found: z.string(), allowed: z.string() })),
      }),
    ),
  })
  .openapi('ProspectsSaved')
const orderReply = z
  .object({
    ...{ id: z.string(), party: z.string(), product: z.string(), currency: z.string(), state: z.enum(orderStates) },
    terms: z.object({
      ...{ amount: money, downPayment: money, term: z.int(), ratePpm: z.int(), way: z.enum(repaymentWays) },
      ...{ upfrontFeePpm: z.int(), monthlyFeePpm: z.int(), startedOn: z.string() },
    }),
    offer: z.object(totals),
    ...{ coolingDays: z.int(), coolingUntil: z.string().nullable(), agent: z.string(), call: z.string().nullable() },
    ...{ checker: z.string().nullable(), note: z.string(), openedAt: instant, changedAt: instant },
  })
  .openapi('Order')

const prospectsQuery = paging.extend({ grade: z.enum(intentGrades).optional() })
const prospectsInput = z.array(prospectInput).min(1).max(500).openapi('ProspectsInput')
const ordersQuery = paging.extend({
  party: z.string().max(64).optional(),
  agent: z.string().max(64).optional(),
  state: z.enum(orderStates).optional(),
})
/** The check is a person's, on a page, and never the seller's. */
const programCommand = z
  .discriminatedUnion('type', [
    z.strictObject({ type: z.literal('submit') }),
    z.strictObject({ type: z.literal('sign') }),
    z.strictObject({ type: z.literal('fulfil') }),
    z.strictObject({ type: z.literal('cancel'), note: words(1000) }),
  ])
  .openapi('OrderCommand')

/** `/products` and what they come to, `/prospects`, `/orders`. */
export function ordersApi(api: Api, deps: Deps): void {
  const { records, store } = deps

  define(
    api,
    deps,
    {
      ...{ method: 'post', path: '/products', roles: ['admin'], body: productInput, reply: productReply, status: 201 },
      summary: 'A product as a whole; one of the same id is replaced, orders keep the terms they were made with',
    },
    async c => c.json(productReply.parse(await saveProduct(records, c.var.client.actor, await jsonBody(c))), 201),
  )
  define(
    api,
    deps,
    { method: 'get', path: '/products', roles: readers, summary: 'All products', reply: pageOf(productReply) },
    async c =>
      c.json({ items: (await store.read('products.list', {})).map(each => productReply.parse(each)), next: null }),
  )
  define(
    api,
    deps,
    {
      ...{
        method: 'post',
        path: '/products/:id/offers',
        roles: writers,
        body: offerInput,
        reply: offerReply,
        status: 200,
      },
      summary:
        'What it comes to for an amount and a term: each instalment, the whole cost, the annual rate. Nothing is kept',
    },
    async c => c.json(offerReply.parse((await offerFor(records, c.req.param('id')!, await jsonBody(c))).offer)),
  )
  define(
    api,
    deps,
    {
      ...{
        method: 'post',
        path: '/prospects',
        roles: writers,
        body: prospectsInput,
        reply: prospectsReply,
        status: 200,
      },
      summary: 'Whom something may be sold to: up to 500, each as a whole; a bad one stops no other',
    },
    async c => {
      const rows = parseInput(z.array(z.unknown()).min(1).max(500), await jsonBody(c))
      return c.json(prospectsReply.parse(await saveProspects(records, c.var.client.actor, rows)))
    },
  )
  define(
    api,
    deps,
    {
      ...{ method: 'get', path: '/prospects', roles: readers, query: prospectsQuery, reply: pageOf(prospectReply) },
      summary: 'All prospects, or those of a grade',
    },
    async c => {
      const page = await store.read('prospects.page', queryOf(c, prospectsQuery))
      return c.json({ items: page.items.map(each => prospectReply.parse(each)), next: page.next })
    },
  )
  define(
    api,
    deps,
    {
      ...{ method: 'post', path: '/orders', roles: writers, body: orderInput, reply: orderReply, status: 201 },
      summary: 'An order: the party has consent to sales that holds, and what is financed is within its limit',
    },
    async c => {
      const order = await openOrder(records, c.var.client.actor, await jsonBody(c))
      c.header('Location', `/api/v1/orders/${order.id}`)
      return c.json(orderReply.parse(order), 201)
    },
  )
  define(
    api,
    deps,
    {
      ...{ method: 'get', path: '/orders', roles: readers, query: ordersQuery, reply: pageOf(orderReply) },
      summary: 'All orders, or those of a party, an agent, a state',
    },
    async c => {
      const page = await store.read('orders.page', queryOf(c, ordersQuery))
      return c.json({ items: page.items.map(each => orderReply.parse(each)), next: page.next })
    },
  )
  define(
    api,
    deps,
    { method: 'get', path: '/orders/:id', roles: readers, summary: 'One order', reply: orderReply },
    async c => c.json(orderReply.parse(await orderById(records, c.req.param('id')!))),
  )
  define(
    api,
    deps,
    {
      ...{
        method: 'post',
        path: '/orders/:id/moves',
        roles: writers,
        body: programCommand,
        reply: orderReply,
        status: 200,
      },
      summary: 'Hand in for the check, sign, fulfil after the days to think, or cancel within them',
    },
    async c => {
      const command = parseInput(programCommand, await jsonBody(c))
      return c.json(orderReply.parse(await moveOrderBy(records, c.var.client.actor, c.req.param('id')!, command)))
    },
  )
}
