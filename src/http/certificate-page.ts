import { Hono } from 'hono'
import type { Deps, Env } from './deps.ts'
import { open } from './guard.ts'

/** `/ca.crt`: the root of our own authority, for import in browsers or by group policy. Public by its nature; there is no key in it. */
export function certificateRoutes(deps: Deps): Hono<Env> {
  const route = new Hono<Env>()
  route.get('/ca.crt', open('a workplace must trust us before anyone can sign in there'), async c => {
    const pem = await deps.certificateAuthority()
    if (pem === null)
      return c.text(
        'The pages of this Switchroom use no certificate of its own authority; there is nothing to import.\n',
        404,
      )
    return c.body(pem, 200, {
      'Content-Type': 'application/x-x509-ca-cert',
      'Content-Disposition': 'attachment; filename="switchroom-ca.crt"',
    })
  })
  return route
}
