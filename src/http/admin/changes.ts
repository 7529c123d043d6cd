import { Hono } from 'hono'
import { changesPage } from '../../../web/pages/admin/changes.ts'
import { maskNumbersIn } from '../../lib/mask.ts'
import type { Deps, Env } from '../deps.ts'
import { allow } from '../guard.ts'
import { frameOf } from '../live/frame.ts'
import { actorName } from './journal.ts'

const kindPattern = /^[a-zA-Z]{1,20}$/

/** `/admin/changes`: who changed what of the settings, of all of them, of a kind (`?kind=trunk`) or of one thing (`?of=trunk:t_1`). */
export function changeRoutes(deps: Deps): Hono<Env> {
  const route = new Hono<Env>()
  route.get('/admin/changes', allow('admin', 'security'), async c => {
    const masked = c.var.user.numbersMasked
    const seen = (text: string | null) => (text !== null && masked ? maskNumbersIn(text) : text)
    const subject = c.req.query('of')?.slice(0, 200) || null
    const asked = c.req.query('kind') ?? ''
    const kind = subject === null && kindPattern.test(asked) ? asked : null
    const page = await deps.store.read('changes.page', {
      cursor: c.req.query('cursor') ?? null,
      ...(subject === null ? (kind === null ? {} : { kind }) : { subject }),
    })
    const query = new URLSearchParams({
      ...(subject === null ? (kind === null ? {} : { kind }) : { of: subject }),
      cursor: page.next ?? '',
    })
    return c.html(
      changesPage({
        frame: await frameOf(c, deps),
        rows: page.items.map(item => ({
          ...item,
          actor: actorName(deps, item.actor),
          name: seen(item.name) ?? '',
          fields: item.fields.map(({ field, before, after }) => ({ field, before: seen(before), after: seen(after) })),
        })),
        subject,
        kind,
        next: page.next && `/admin/changes?${query}`,
      }),
    )
  })
  return route
}
