import { Hono } from 'hono'
import { callbacksPage } from '../../../web/pages/supervisor/callbacks.ts'
import { textsOf } from '../../../web/parts/frame.ts'
import { promiseOverdueMs } from '../../centre/leads/promise.ts'
import { callbackById, closeCallback, openCallback } from '../callbacks.ts'
import { actorOf, type Ctx, type Deps, type Env } from '../deps.ts'
import { allow } from '../guard.ts'
import { frameOf, wordsOf } from '../live/frame.ts'
import { textOf, typedOf } from '../typed.ts'

const pageSize = 100

/** `/supervisor/callbacks`: what is owed to whom, the oldest promise first, and closing one with a reason. */
export function callbackRoutes(deps: Deps): Hono<Env> {
  const route = new Hono<Env>()

  route.get('/supervisor/callbacks', allow('supervisor'), c =>
    page(c, c.req.query('closed') === '1' ? { tone: 'green' } : null),
  )

  route.post('/supervisor/callbacks/:id/closing', allow('supervisor'), async c => {
    const reason = textOf(await typedOf(c), 'reason')
    const callback = await callbackById(deps, c.req.param('id'))
    const outcome = await closeCallback(deps, actorOf(c), callback, reason)
    if (outcome.ok) return c.redirect('/supervisor/callbacks?closed=1', 303)
    const w = textsOf(await frameOf(c, deps))
    return page(c, { tone: 'red', words: `${w.frame.form.refused}${wordsOf(outcome.refusal, w)}` }, 409)
  })

  async function page(
    c: Ctx,
    said: { tone: 'green' | 'red'; words?: string } | null,
    status: 200 | 409 = 200,
  ): Promise<Response> {
    const frame = { ...(await frameOf(c, deps)), path: '/supervisor/callbacks' }
    const onlyOverdue = c.req.query('overdue') === '1'
    const found = await deps.store.read('callbacks.open', {
      cursor: c.req.query('cursor') ?? null,
      limit: pageSize,
      ...(onlyOverdue ? { dueBy: frame.now - promiseOverdueMs } : {}),
    })
    const of = { state: deps.engine.state, user: c.var.user, now: frame.now }
    const callbacks = found.items.map(each => openCallback(each, of))
    const query = (cursor: string) => new URLSearchParams({ ...(onlyOverdue ? { overdue: '1' } : {}), cursor })
    const next = found.next && `/supervisor/callbacks?${query(found.next)}`
    const words = said && { tone: said.tone, words: said.words ?? textsOf(frame).callbacks.closed }
    return c.html(callbacksPage({ frame, callbacks, onlyOverdue, next, said: words }), status)
  }

  return route
}
