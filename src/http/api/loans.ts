import { z } from '@hono/zod-openapi'
import type { Loan } from '../../lender/loan.ts'
import { changeLoan, createLoan, loanByRef } from '../../records/collections/loans.ts'
import { reckoningOf } from '../../records/parties/lender.ts'
import { loanChange, loanInput } from '../../records/parties/lender-schemas.ts'
import type { Deps } from '../deps.ts'
import { shownLoan } from '../shown-loan.ts'
import { loanReply } from './lender-replies.ts'
import { paging, queryOf } from './query.ts'
import { pageOf } from './replies.ts'
import { type Api, define, jsonBody } from './route.ts'

const writers = ['admin', 'supervisor'] as const
const readers = ['admin', 'supervisor', 'quality', 'auditor'] as const
const loansQuery = paging.extend({ party: z.string().max(64).optional() })

/** `/loans`: what was lent, the plan, and how it stands today. */
export function loansApi(api: Api, deps: Deps): void {
  const { records, store } = deps
  const standing = async (ref: string) =>
    loanReply.parse(shownLoan(await loanByRef(records, ref), await reckoningOf(records)))
  const saved = (loan: Loan) => standing(loan.ref)

  define(
    api,
    deps,
    {
      method: 'post',
      path: '/loans',
      roles: writers,
      summary: 'Add a loan with its repayment plan',
      body: loanInput,
      reply: loanReply,
      status: 201,
    },
    async c => {
      const loan = await createLoan(records, c.var.client.actor, await jsonBody(c))
      c.header('Location', `/api/v1/loans/${encodeURIComponent(loan.ref)}`)
      return c.json(await saved(loan), 201)
    },
  )
  define(
    api,
    deps,
    {
      method: 'get',
      path: '/loans',
      roles: readers,
      summary: 'All loans, or those of a party, as they stand today',
      query: loansQuery,
      reply: pageOf(loanReply),
    },
    async c => {
      const page = await store.read('loans.page', queryOf(c, loansQuery))
      const reckoning = await reckoningOf(records)
      return c.json({ items: page.items.map(loan => loanReply.parse(shownLoan(loan, reckoning))), next: page.next })
    },
  )
  define(
    api,
    deps,
    { method: 'get', path: '/loans/:ref', roles: readers, summary: 'One loan as it stands today', reply: loanReply },
    async c => c.json(await standing(c.req.param('ref')!)),
  )
  define(
    api,
    deps,
    {
      method: 'patch',
      path: '/loans/:ref',
      roles: writers,
      summary: 'Change a loan; a plan is told as a whole',
      body: loanChange,
      reply: loanReply,
    },
    async c =>
      c.json(await saved(await changeLoan(records, c.var.client.actor, c.req.param('ref')!, await jsonBody(c)))),
  )
}
