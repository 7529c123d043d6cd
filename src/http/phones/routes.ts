import { Hono } from 'hono'
import { keep } from '../../records/door.ts'
import { userById } from '../../records/people/users.ts'
import { addressOf } from '../address.ts'
import type { Ctx, Deps, Env } from '../deps.ts'
import { open } from '../guard.ts'
import type { PhoneAccount } from './account.ts'
import { localHost } from './host.ts'
import { configFor, isMake } from './makes.ts'

/** `/provision/KEY/MAKE/…`: what a desk phone fetches. The key is a secret, so the path stands in no log. */
export function provisioningRoutes(deps: Deps): Hono<Env> {
  const route = new Hono<Env>()

  route.get('/provision/:key/:make/:file?', open('a phone cannot sign in; the address is its key'), async c => {
    const make = c.req.param('make')
    const address = addressOf(c)
    const isAllowed = deps.engine.state.allowed.phones.has(address)
    const { links, password } = deps.phones
    const user = isMake(make) && isAllowed ? links.take(c.req.param('key'), password, deps.clock.now()) : null
    const account = user === null ? null : await accountOf(c, user)
    if (!isMake(make) || account === null) return c.text('This address is not good any more.\n', 404)
    deps.log.info({ extension: account.extension, make, address }, 'a desk phone fetched its set-up')
    await keep(deps.records, 'system', [
      { type: 'audit.noted', what: 'phone.provisioned', detail: `${account.extension} ${make} ${address}` },
    ])
    const { body, type } = configFor(make, account)
    return c.body(body, 200, { 'Content-Type': type, 'Cache-Control': 'no-store' })
  })

  async function accountOf(c: Ctx, id: Parameters<typeof userById>[1]): Promise<PhoneAccount | null> {
    const { extension, displayName, station, device, enabled } = await userById(deps.records, id)
    const password = deps.phones.password(id)
    if (extension === null || password === null || !enabled) return null
    const srtp = device?.srtp ?? 'off'
    const door = deps.phones.door(srtp === 'off' ? 'udp' : 'tls')
    return {
      ...{ extension, password, displayName, srtp, picksUp: station === 'phone-nailed' },
      ...{ host: localHost(c), port: door.port, transport: door.transport },
    }
  }

  return route
}
