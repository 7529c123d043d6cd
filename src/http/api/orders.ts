import { z } from '@hono/zod-openapi'
import { cancelReasons, intentGrades, orderStates } from '../../lender/order.ts'
import { parseInput } from '../../records/parse.ts'
import { moveOrderBy, offerFor, openOrder, orderById, saveProduct, saveProspects } from '../../records/sales/sales.ts'
import { offerInput, orderInput, productInput, prospectInput } from '../../records/sales/sales-schemas.ts'
import { words } from '../../records/words.ts'
import type { Ctx, Deps } from '../deps.ts'
import { paging, queryOf } from './query.ts'
import { pageOf } from './replies.ts'
import { type Api, define, jsonBody } from './route.ts'
import { offerReply, orderReply, productReply, prospectReply, prospectsReply } from './sales-replies.ts'

const writers = ['admin', 'supervisor'] as const
const readers = ['admin', 'supervisor', 'quality', 'auditor'] as const
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
    z.strictObject({ type: z.literal('cancel'), note: words(1000), reason: z.enum(cancelReasons).default('other') }),
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
      summary: 'A product as a whole; one of the same id gets a new version, orders keep the terms they were made with',
    },
    async c => told(c, productReply, await saveProduct(records, c.var.client.actor, await jsonBody(c)), 201),
  )
  define(
    api,
    deps,
    { method: 'get', path: '/products', roles: readers, summary: 'All products', reply: pageOf(productReply) },
    async c => listed(c, productReply, { items: await store.read('products.list', {}), next: null }),
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
    async c => told(c, offerReply, (await offerFor(records, c.req.param('id')!, await jsonBody(c))).offer),
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
      summary:
        'Whom something may be sold to: up to 500; what is left out of one stays as it is, a bad one stops no other',
    },
    async c => {
      const rows = parseInput(z.array(z.unknown()).min(1).max(500), await jsonBody(c))
      return told(c, prospectsReply, await saveProspects(records, c.var.client.actor, rows))
    },
  )
  define(
    api,
    deps,
    {
      ...{ method: 'get', path: '/prospects', roles: readers, query: prospectsQuery, reply: pageOf(prospectReply) },
      summary: 'All prospects, or those of a grade',
    },
    async c => listed(c, prospectReply, await store.read('prospects.page', queryOf(c, prospectsQuery))),
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
      return told(c, orderReply, order, 201)
    },
  )
  define(
    api,
    deps,
    {
      ...{ method: 'get', path: '/orders', roles: readers, query: ordersQuery, reply: pageOf(orderReply) },
      summary: 'All orders, or those of a party, an agent, a state',
    },
    async c => listed(c, orderReply, await store.read('orders.page', queryOf(c, ordersQuery))),
  )
  define(
    api,
    deps,
    { method: 'get', path: '/orders/:id', roles: readers, summary: 'One order', reply: orderReply },
    async c => told(c, orderReply, await orderById(records, c.req.param('id')!)),
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
      return told(c, orderReply, await moveOrderBy(records, c.var.client.actor, c.req.param('id')!, command))
    },
  )
}

/** What is kept, as the API tells it: nothing that the document does not name. */
function told(c: Ctx, reply: z.ZodType, kept: unknown, status: 200 | 201 = 200): Response {
  return c.json(reply.parse(kept) as object, status)
}

function listed(c: Ctx, reply: z.ZodType, { items, next }: { items: unknown[]; next: string | null }): Response {
  return c.json({ items: items.map(each => reply.parse(each) as object), next })
}
