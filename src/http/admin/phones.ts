import { Hono } from 'hono'
import { renderSVG } from 'uqr'
import { phoneAddressPage, phonesPage } from '../../../web/pages/admin/phones.ts'
import type { UserId } from '../../lib/ids.ts'
import { secretText } from '../../lib/random.ts'
import { keep } from '../../records/door.ts'
import { NotFound } from '../../records/errors.ts'
import { changeUser, userById } from '../../records/people/users.ts'
import { actorOf, type Deps, type Env } from '../deps.ts'
import { allow } from '../guard.ts'
import { frameOf } from '../live/frame.ts'
import { OneTimeViews } from '../one-time-views.ts'
import { fileName, type Make, makes } from '../phones/makes.ts'

/** `/admin/phones`: desk phones that are registered, and addresses from which others set themselves up. */
export function phoneRoutes(deps: Deps): Hono<Env> {
  const route = new Hono<Env>()
  const keys = new OneTimeViews<{ user: UserId; key: string }>(deps.clock)

  route.get('/admin/phones', allow('admin', 'security'), async c => {
    const bindings = new Map<string, ReturnType<typeof deps.phones.bindings>>()
    for (const binding of deps.phones.bindings())
      bindings.set(binding.extension, [...(bindings.get(binding.extension) ?? []), binding])
    const users = (await deps.store.read('users.list', {})).filter(user => user.extension !== null)
    const phones = users.map(({ id, displayName, extension, station, enabled }) => ({
      ...{ id, displayName, extension: extension!, station, enabled },
      registered: (bindings.get(extension!) ?? []).map(({ userAgent, address, transport }) => ({
        ...{ userAgent, address, transport },
      })),
    }))
    phones.sort((a, b) => a.extension.localeCompare(b.extension, 'en', { numeric: true }))
    return c.html(phonesPage({ frame: await frameOf(c, deps), phones, isAddressOver: c.req.query('over') === '1' }))
  })

  /** The address is a secret: it is shown once, and what was shown before for this phone is good no more. */
  route.post('/admin/phones/:id/address', allow('admin', 'security'), async c => {
    const user = await userById(deps.records, c.req.param('id') as UserId)
    if (user.extension === null) throw new NotFound('desk phone of', user.id)
    let password = deps.phones.password(user.id)
    if (password === null) {
      password = secretText(15)
      await changeUser(deps.records, actorOf(c), user.id, { sipPassword: password })
    }
    const key = deps.phones.links.issue(user.id, password, deps.clock.now())
    await keep(deps.records, actorOf(c), [
      { type: 'audit.noted', what: 'phone.addressIssued', detail: `extension ${user.extension}` },
    ])
    return keys.sendTo(c, `/admin/phones/${user.id}/address`, { user: user.id, key })
  })

  route.get('/admin/phones/:id/address', allow('admin', 'security'), async c => {
    const { id, displayName, extension } = await userById(deps.records, c.req.param('id') as UserId)
    const { value } = keys.take(c)
    if (value?.user !== id || extension === null) return c.redirect('/admin/phones?over=1', 303)
    const { origin } = new URL(c.req.url)
    const addresses = makes.map((make: Make) => {
      const url = `${origin}/provision/${value.key}/${make}/${fileName[make]}`
      return { make, url, qr: renderSVG(url, { ecc: 'M', border: 2 }) }
    })
    const frame = { ...(await frameOf(c, deps)), path: '/admin/phones' }
    const ownAuthority = (await deps.certificateAuthority()) !== null
    return c.html(phoneAddressPage({ frame, displayName, extension, ownAuthority, addresses }))
  })

  return route
}
