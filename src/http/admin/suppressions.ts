import { Hono } from 'hono'
import { suppressionsPage } from '../../../web/pages/admin/suppressions.ts'
import { type Filled, nothingFilled } from '../../../web/parts/form.ts'
import { textsOf } from '../../../web/parts/frame.ts'
import { shownNumber } from '../../../web/parts/numbers.ts'
import { readLocal } from '../../../web/parts/time.ts'
import { addSuppression, removeSuppression } from '../../records/gate/suppressions.ts'
import { actorOf, type Ctx, type Deps, type Env } from '../deps.ts'
import { allow } from '../guard.ts'
import { frameOf } from '../live/frame.ts'
import { refusedFor } from '../refused.ts'
import { sealed, unsealed } from '../sealed.ts'
import { textOf, typedOf } from '../typed.ts'

const words = { number: 'phoneNumber' }

/** `/admin/suppressions`: numbers that nobody calls. */
export function suppressionRoutes(deps: Deps): Hono<Env> {
  const route = new Hono<Env>()

  route.get('/admin/suppressions', allow('admin'), c => page(c, nothingFilled))

  route.post('/admin/suppressions', allow('admin'), async c => {
    const typed = await typedOf(c)
    const frame = await frameOf(c, deps)
    const day = textOf(typed, 'until')
    const until = day === '' ? null : (readLocal(day, frame.zone) ?? 0)
    try {
      const given = { number: textOf(typed, 'number'), reason: textOf(typed, 'reason'), until }
      await addSuppression(deps.records, actorOf(c), given)
    } catch (error) {
      return page(c, { values: typed, errors: refusedFor(error, textsOf(frame), { typed, words }) }, 422)
    }
    return c.redirect('/admin/suppressions?saved=1', 303)
  })

  route.post('/admin/suppressions/removal', allow('admin'), async c => {
    const given = textOf(await typedOf(c), 'number')
    const number = unsealed(given) ?? given
    const reason = textsOf(await frameOf(c, deps)).admin.suppressions.removeReason
    await removeSuppression(deps.records, actorOf(c), { number, reason })
    return c.redirect('/admin/suppressions?saved=1', 303)
  })

  async function page(c: Ctx, filled: Filled, status: 200 | 422 = 200): Promise<Response> {
    const frame = await frameOf(c, deps)
    const q = (c.req.query('q') ?? '').trim().slice(0, 24)
    const cursor = c.req.query('cursor') ?? ''
    const found = await deps.store.read('suppressions.page', {
      cursor: unsealed(cursor) ?? cursor,
      ...(q ? { text: q } : {}),
    })
    // The source of a page is read too: who may not see a number gets it sealed, to send back.
    const masked = c.var.user.numbersMasked
    const rows = found.items.map(({ number, ...row }) => ({
      ...row,
      number: masked ? sealed(number) : number,
      shown: shownNumber(number, masked),
    }))
    const cursorAfter = found.next && masked ? sealed(found.next) : found.next // it holds a number
    const next = cursorAfter && `/admin/suppressions?${new URLSearchParams({ q, cursor: cursorAfter })}`
    return c.html(suppressionsPage({ frame, rows, q, next, filled, saved: c.req.query('saved') === '1' }), status)
  }

  return route
}
