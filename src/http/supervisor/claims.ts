import { Hono } from 'hono'
import { complaintsPage, waiversPage } from '../../../web/pages/supervisor/claims.ts'
import { type Filled, nothingFilled } from '../../../web/parts/form.ts'
import { textsOf } from '../../../web/parts/frame.ts'
import { isOverdue } from '../../lender/complaint.ts'
import { currencyDefault } from '../../lender/money.ts'
import { extendComplaint, openComplaint, resolveComplaint } from '../../records/collections/complaints.ts'
import { askWaiver, decideWaiver } from '../../records/collections/waivers.ts'
import { reckoningOf } from '../../records/parties/lender.ts'
import { actorOf, type Ctx, type Deps, type Env } from '../deps.ts'
import { allow } from '../guard.ts'
import { frameOf } from '../live/frame.ts'
import { refusedFor } from '../refused.ts'
import { minorOf, textOf, typedOf } from '../typed.ts'

const readers = ['admin', 'supervisor', 'auditor', 'quality'] as const
const writers = ['admin', 'supervisor'] as const
type Page = (c: Ctx, filled: Filled, status?: 200 | 422) => Promise<Response>

/** `/supervisor/complaints` with their clocks, and `/supervisor/waivers` that wait for another person's decision. */
export function claimRoutes(deps: Deps): Hono<Env> {
  const route = new Hono<Env>()
  const { store, records } = deps

  route.get('/supervisor/complaints', allow(...readers), c => complaints(c, nothingFilled))
  route.post('/supervisor/complaints', allow(...writers), c =>
    done(c, '/supervisor/complaints', complaints, typed =>
      openComplaint(records, actorOf(c), {
        ...{ party: textOf(typed, 'party'), kind: textOf(typed, 'kind') },
        ...{ text: textOf(typed, 'text'), source: textOf(typed, 'source') },
      }),
    ),
  )
  route.post('/supervisor/complaints/:id/extension', allow(...writers), c =>
    done(c, '/supervisor/complaints', complaints, typed =>
      extendComplaint(records, actorOf(c), c.req.param('id')!, {
        ...{ dueOn: textOf(typed, 'dueOn'), reason: textOf(typed, 'reason') },
      }),
    ),
  )
  route.post('/supervisor/complaints/:id/resolution', allow(...writers), c =>
    done(c, '/supervisor/complaints', complaints, typed =>
      resolveComplaint(records, actorOf(c), c.req.param('id')!, { resolution: textOf(typed, 'resolution') }),
    ),
  )

  route.get('/supervisor/waivers', allow(...readers), c => waivers(c, nothingFilled))
  route.post('/supervisor/waivers', allow(...writers), c =>
    done(c, '/supervisor/waivers', waivers, async typed => {
      const loan = textOf(typed, 'loan')
      const { currency } = (await deps.store.read('loans.byRef', { ref: loan })) ?? { currency: currencyDefault }
      const amount = minorOf(textOf(typed, 'amount'), currency) ?? textOf(typed, 'amount')
      return askWaiver(records, actorOf(c), { loan, amount, reason: textOf(typed, 'reason') })
    }),
  )
  route.post('/supervisor/waivers/:id/decision', allow(...writers), c =>
    done(c, '/supervisor/waivers', waivers, typed => {
      const by = { actor: actorOf(c), user: c.var.user.id, role: c.var.user.role }
      const approve = textOf(typed, 'approve') === 'true'
      return decideWaiver(records, by, c.req.param('id')!, { approve, reason: textOf(typed, 'reason') })
    }),
  )

  /** What was refused is said on the page, with what was typed. */
  async function done(
    c: Ctx,
    path: string,
    page: Page,
    work: (typed: Awaited<ReturnType<typeof typedOf>>) => Promise<unknown>,
  ): Promise<Response> {
    const typed = await typedOf(c)
    try {
      await work(typed)
    } catch (error) {
      return page(c, { values: typed, errors: refusedFor(error, textsOf(await frameOf(c, deps)), { typed }) }, 422)
    }
    return c.redirect(path, 303)
  }

  async function complaints(c: Ctx, filled: Filled, status: 200 | 422 = 200): Promise<Response> {
    const [frame, { today }, page] = await Promise.all([
      frameOf(c, deps),
      reckoningOf(records),
      store.read('complaints.page', { cursor: c.req.query('cursor') ?? null }),
    ])
    const { overdue } = await store.read('complaints.counts', { today })
    const rows = page.items.map(({ id, party, kind, text, source, dueOn, state }) => ({
      ...{ id, party, kind, text, source, dueOn, state },
      overdue: isOverdue({ state, dueOn }, today),
    }))
    const next = page.next && `/supervisor/complaints?${new URLSearchParams({ cursor: page.next })}`
    return c.html(complaintsPage({ frame, rows, overdue, next, mayWrite: mayWrite(c), filled }), status)
  }

  async function waivers(c: Ctx, filled: Filled, status: 200 | 422 = 200): Promise<Response> {
    const page = await store.read('waivers.page', { state: 'ASKED', cursor: c.req.query('cursor') ?? null })
    const rows = page.items.map(({ id, party, loan, amount, currency, reason, askedBy, askedAt }) => {
      const user = deps.engine.state.users.get(askedBy.replace(/^user:/, '') as never)
      return { id, party, loan, amount, currency, reason, by: user?.displayName ?? askedBy, askedAt }
    })
    const next = page.next && `/supervisor/waivers?${new URLSearchParams({ cursor: page.next })}`
    return c.html(waiversPage({ frame: await frameOf(c, deps), rows, next, mayWrite: mayWrite(c), filled }), status)
  }

  return route
}

function mayWrite(c: Ctx): boolean {
  return writers.some(role => role === c.var.user.role)
}
