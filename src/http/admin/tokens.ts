import { Hono } from 'hono'
import { tokensPage } from '../../../web/pages/admin/tokens.ts'
import { type Filled, nothingFilled } from '../../../web/parts/form.ts'
import { textsOf } from '../../../web/parts/frame.ts'
import { tokenStands } from '../../centre/records/approval.ts'
import type { TokenId, UserId } from '../../lib/ids.ts'
import type { Asker } from '../../records/approvals.ts'
import { adoptToken, askToken, revokeToken } from '../../records/people/tokens.ts'
import { actorOf, type Ctx, type Deps, type Env } from '../deps.ts'
import { allow } from '../guard.ts'
import { frameOf } from '../live/frame.ts'
import { type OneTime, OneTimeViews } from '../one-time-views.ts'
import { refusedFor } from '../refused.ts'
import { textOf, typedOf } from '../typed.ts'

/** `/admin/tokens`: for programs that use the API. A token is shown once, after its issue, and nowhere else. */
export function tokenRoutes(deps: Deps): Hono<Env> {
  const route = new Hono<Env>()
  const secrets = new OneTimeViews<string>(deps.clock)

  route.get('/admin/tokens', allow('admin', 'security'), c => page(c, nothingFilled, secrets.take(c)))

  route.post('/admin/tokens', allow('admin', 'security'), async c => {
    const typed = await typedOf(c)
    try {
      const given = { name: textOf(typed, 'name'), role: textOf(typed, 'role'), team: textOf(typed, 'team') || null }
      const asked = await askToken(deps.records, personOf(c), given)
      return 'secret' in asked ? secrets.sendTo(c, '/admin/tokens', asked.secret) : c.redirect('/approvals', 303)
    } catch (error) {
      const errors = refusedFor(error, textsOf(await frameOf(c, deps)), { typed })
      return page(c, { values: typed, errors })
    }
  })

  route.post('/admin/tokens/:id/revocation', allow('admin', 'security'), async c => {
    await revokeToken(deps.records, actorOf(c), c.req.param('id') as TokenId)
    return c.redirect('/admin/tokens', 303)
  })

  route.post('/admin/tokens/:id/adoption', allow('admin', 'security'), async c => {
    try {
      await adoptToken(deps.records, personOf(c), c.req.param('id') as TokenId)
    } catch (error) {
      const errors = refusedFor(error, textsOf(await frameOf(c, deps)))
      return page(c, { values: {}, errors })
    }
    return c.redirect('/admin/tokens', 303)
  })

  async function page(c: Ctx, filled: Filled, once?: OneTime<string>): Promise<Response> {
    const { users, teams } = deps.engine.state
    const tokens = (await deps.store.read('tokens.list', {})).map(token => ({
      ...token,
      by: token.issuedBy === null ? null : (users.get(token.issuedBy)?.displayName ?? token.issuedBy),
      stands: tokenStands(token, id => users.get(id)),
      team: token.team === null ? null : (teams.get(token.team)?.name ?? token.team),
    }))
    return c.html(
      tokensPage({
        frame: await frameOf(c, deps),
        ...{ tokens, filled, secret: once?.value ?? null, isSecretOver: once?.isOver ?? false },
        teams: [...teams.values()].map(({ id, name }) => ({ id, name })),
      }),
      once === undefined ? 422 : 200,
    )
  }

  return route
}

/** The person as who asks for something. */
export function personOf(c: Ctx): Asker & { person: UserId } {
  return { actor: actorOf(c), person: c.var.user.id, role: c.var.user.role }
}
