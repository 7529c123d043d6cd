import { Hono } from 'hono'
import { tokensPage } from '../../../web/pages/admin/tokens.ts'
import { type Filled, nothingFilled } from '../../../web/parts/form.ts'
import { textsOf } from '../../../web/parts/frame.ts'
import type { TokenId } from '../../lib/ids.ts'
import { issueToken, revokeToken } from '../../records/tokens.ts'
import { actorOf, type Ctx, type Deps, type Env } from '../deps.ts'
import { allow } from '../guard.ts'
import { frameOf } from '../live/frame.ts'
import { refusedFor } from '../refused.ts'
import { textOf, typedOf } from '../typed.ts'

/** `/admin/tokens`: for programs that use the API. A token is in the answer to its issue, and nowhere else. */
export function tokenRoutes(deps: Deps): Hono<Env> {
  const route = new Hono<Env>()

  route.get('/admin/tokens', allow('admin', 'security'), c => page(c, null, nothingFilled))

  route.post('/admin/tokens', allow('admin', 'security'), async c => {
    const typed = await typedOf(c)
    try {
      const given = { name: textOf(typed, 'name'), role: textOf(typed, 'role') }
      const { secret } = await issueToken(deps.records, actorOf(c), given)
      return page(c, secret, nothingFilled)
    } catch (error) {
      const errors = refusedFor(error, textsOf(await frameOf(c, deps)), { typed })
      return page(c, null, { values: typed, errors }, 422)
    }
  })

  route.post('/admin/tokens/:id/revocation', allow('admin', 'security'), async c => {
    await revokeToken(deps.records, actorOf(c), c.req.param('id') as TokenId)
    return c.redirect('/admin/tokens', 303)
  })

  async function page(c: Ctx, secret: string | null, filled: Filled, status: 200 | 422 = 200): Promise<Response> {
    const tokens = await deps.store.read('tokens.list', {})
    return c.html(tokensPage({ frame: await frameOf(c, deps), tokens, secret, filled }), status)
  }

  return route
}
