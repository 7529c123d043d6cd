import { z } from '@hono/zod-openapi'
import { recordRepayment, repaymentById, reverseRepayment } from '../../records/collections/repayments.ts'
import { reckoningOf, saveLenderRules } from '../../records/parties/lender.ts'
import { lenderRulesInput, reasonInput, repaymentInput } from '../../records/parties/lender-schemas.ts'
import { partyByRef } from '../../records/parties/parties.ts'
import type { Deps } from '../deps.ts'
import { repaymentReply } from './lender-replies.ts'
import { paging, queryOf } from './query.ts'
import { pageOf } from './replies.ts'
import { type Api, define, jsonBody } from './route.ts'

const writers = ['admin', 'supervisor'] as const
const readers = ['admin', 'supervisor', 'quality', 'auditor'] as const
const repaymentsQuery = paging.extend({ party: z.string().max(64) })

/** `/repayments`: what came in, what it paid, and that it did not come in after all; `/lender/rules`: how it is reckoned. */
export function repaymentsApi(api: Api, deps: Deps): void {
  const { records, store } = deps

  define(
    api,
    deps,
    {
      method: 'post',
      path: '/repayments',
      roles: writers,
      summary:
        'Money came in: it is allocated at once, promises are judged, a case that it cures is closed and calls are withdrawn',
      body: repaymentInput,
      reply: repaymentReply,
      status: 201,
    },
    async c => {
      const repayment = await recordRepayment(records, c.var.client.actor, await jsonBody(c))
      c.header('Location', `/api/v1/repayments/${encodeURIComponent(repayment.id)}`)
      return c.json(repaymentReply.parse(repayment), 201)
    },
  )
  define(
    api,
    deps,
    {
      method: 'get',
      path: '/repayments',
      roles: readers,
      summary: 'What came in from a party, newest first',
      query: repaymentsQuery,
      reply: pageOf(repaymentReply),
    },
    async c => {
      const query = queryOf(c, repaymentsQuery)
      await partyByRef(records, query.party)
      const page = await store.read('repayments.ofParty', query)
      return c.json({ items: page.items.map(each => repaymentReply.parse(each)), next: page.next })
    },
  )
  define(
    api,
    deps,
    { method: 'get', path: '/repayments/:id', roles: readers, summary: 'One repayment', reply: repaymentReply },
    async c => c.json(repaymentReply.parse(await repaymentById(records, c.req.param('id')!))),
  )
  define(
    api,
    deps,
    {
      method: 'post',
      path: '/repayments/:id/reversal',
      roles: writers,
      summary: 'It did not come in after all: what it paid is owed again',
      body: reasonInput,
      reply: repaymentReply,
    },
    async c =>
      c.json(
        repaymentReply.parse(
          await reverseRepayment(records, c.var.client.actor, c.req.param('id')!, await jsonBody(c)),
        ),
      ),
  )
  define(
    api,
    deps,
    {
      method: 'get',
      path: '/lender/rules',
      roles: readers,
      summary: 'Buckets, the order in which a repayment pays, and when a promise is kept',
      reply: lenderRulesInput,
    },
    async c => c.json((await reckoningOf(records)).rules),
  )
  define(
    api,
    deps,
    {
      method: 'post',
      path: '/lender/rules',
      roles: ['admin'],
      summary: 'Change them, from the next repayment on',
      body: lenderRulesInput,
      reply: lenderRulesInput,
    },
    async c => c.json(await saveLenderRules(records, c.var.client.actor, await jsonBody(c))),
  )
}
