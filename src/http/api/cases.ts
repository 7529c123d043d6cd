import { z } from '@hono/zod-openapi'
import { caseStates } from '../../lender/case.ts'
import { promiseStates } from '../../lender/promise.ts'
import { caseById, moveCaseBy, moveCasesBy, openCase } from '../../records/collections/cases.ts'
import { caseMovesInput } from '../../records/collections/collections-schemas.ts'
import { cancelPromise, makePromise, promiseById } from '../../records/collections/promises.ts'
import { caseCommand, caseInput, promiseInput, reasonInput } from '../../records/parties/lender-schemas.ts'
import { partyByRef } from '../../records/parties/parties.ts'
import type { Deps } from '../deps.ts'
import { caseReply, promiseReply } from './lender-replies.ts'
import { paging, queryOf } from './query.ts'
import { pageOf } from './replies.ts'
import { type Api, define, jsonBody } from './route.ts'

const writers = ['admin', 'supervisor'] as const
const readers = ['admin', 'supervisor', 'quality', 'auditor'] as const
const casesQuery = paging.extend({
  party: z.string().max(64).optional(),
  agent: z.string().max(64).optional(),
  state: z.enum(caseStates).optional(),
})
const promisesQuery = z.strictObject({ party: z.string().max(64), state: z.enum(promiseStates).optional() })

/** `/cases`: one party with its overdue loans, and where the work stands; `/promises` to pay. */
export function casesApi(api: Api, deps: Deps): void {
  const { records, store } = deps

  define(
    api,
    deps,
    {
      method: 'post',
      path: '/cases',
      roles: writers,
      summary: 'Open a case for what is overdue of a party; it has one that is open at most',
      body: caseInput,
      reply: caseReply,
      status: 201,
    },
    async c => {
      const opened = await openCase(records, c.var.client.actor, await jsonBody(c))
      c.header('Location', `/api/v1/cases/${opened.id}`)
      return c.json(caseReply.parse(opened), 201)
    },
  )
  define(
    api,
    deps,
    {
      method: 'get',
      path: '/cases',
      roles: readers,
      summary: 'All cases, or those of a party, an agent, a state',
      query: casesQuery,
      reply: pageOf(caseReply),
    },
    async c => {
      const page = await store.read('cases.page', queryOf(c, casesQuery))
      return c.json({ items: page.items.map(each => caseReply.parse(each)), next: page.next })
    },
  )
  define(
    api,
    deps,
    { method: 'get', path: '/cases/:id', roles: readers, summary: 'One case', reply: caseReply },
    async c => c.json(caseReply.parse(await caseById(records, c.req.param('id')!))),
  )
  define(
    api,
    deps,
    {
      method: 'post',
      path: '/cases/:id/moves',
      roles: writers,
      summary:
        'Assign, hold, release, close, send away, recall or reopen a case; HOLD stops every channel to the party',
      body: caseCommand,
      reply: caseReply,
    },
    async c =>
      c.json(caseReply.parse(await moveCaseBy(records, c.var.client.actor, c.req.param('id')!, await jsonBody(c)))),
  )
  define(
    api,
    deps,
    {
      method: 'post',
      path: '/cases/moves',
      roles: writers,
      summary: 'The same for up to 500 cases in one commit; what may not be is told and stops no other',
      body: caseMovesInput,
      reply: z.object({ moved: z.int(), refused: z.array(z.object({ id: z.string(), rule: z.string() })) }),
    },
    async c => c.json(await moveCasesBy(records, c.var.client.actor, await jsonBody(c))),
  )
  define(
    api,
    deps,
    {
      method: 'post',
      path: '/promises',
      roles: writers,
      summary: 'A party promises an amount by a date; repayments alone say whether it is kept',
      body: promiseInput,
      reply: promiseReply,
      status: 201,
    },
    async c => {
      const promise = await makePromise(records, c.var.client.actor, await jsonBody(c))
      c.header('Location', `/api/v1/promises/${promise.id}`)
      return c.json(promiseReply.parse(promise), 201)
    },
  )
  define(
    api,
    deps,
    {
      method: 'get',
      path: '/promises',
      roles: readers,
      summary: 'What a party promised, newest first',
      query: promisesQuery,
      reply: pageOf(promiseReply),
    },
    async c => {
      const query = queryOf(c, promisesQuery)
      await partyByRef(records, query.party)
      const all = await store.read('promises.ofParty', query)
      return c.json({ items: all.map(each => promiseReply.parse(each)), next: null })
    },
  )
  define(
    api,
    deps,
    { method: 'get', path: '/promises/:id', roles: readers, summary: 'One promise', reply: promiseReply },
    async c => c.json(promiseReply.parse(await promiseById(records, c.req.param('id')!))),
  )
  define(
    api,
    deps,
    {
      method: 'post',
      path: '/promises/:id/cancellation',
      roles: writers,
      summary: 'Taken back by agreement: neither kept nor broken',
      body: reasonInput,
      reply: promiseReply,
    },
    async c =>
      c.json(
        promiseReply.parse(await cancelPromise(records, c.var.client.actor, c.req.param('id')!, await jsonBody(c))),
      ),
  )
}
