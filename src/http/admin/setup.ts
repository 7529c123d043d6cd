import { X509Certificate } from 'node:crypto'
import { Hono } from 'hono'
import { certificatePage } from '../../../web/pages/admin/certificate.ts'
import { type SetupStep, setupPage } from '../../../web/pages/admin/setup.ts'
import type { Filled } from '../../../web/parts/form.ts'
import { textsOf } from '../../../web/parts/frame.ts'
import { supervisionModes } from '../../centre/entities.ts'
import { saveSettings } from '../../records/settings.ts'
import { actorOf, type Ctx, type Deps, type Env } from '../deps.ts'
import { allow } from '../guard.ts'
import { centreNameKey, centreZoneKey, frameOf } from '../live/frame.ts'
import { refusedFor } from '../refused.ts'
import { isChecked, type Typed, textOf, typedOf } from '../typed.ts'

const distributedKey = 'setup.certificateDistributed'

/** `/admin`: the check-list, the centre's name and zone; `/admin/certificate`: how to have it trusted. */
export function setupRoutes(deps: Deps): Hono<Env> {
  const route = new Hono<Env>()

  route.get('/admin', allow('admin', 'security'), async c => {
    if (c.var.user.role === 'security') return c.redirect('/admin/users', 303)
    const frame = await frameOf(c, deps)
    const { supervisionShown } = deps.engine.state
    const shown = supervisionModes.map(mode => [`supervision.${mode}`, String(supervisionShown[mode])])
    return page(c, { values: { name: frame.centre, zone: frame.zone, ...Object.fromEntries(shown) }, errors: {} })
  })

  route.post('/admin/settings', allow('admin'), async c => {
    const typed = await typedOf(c)
    try {
      const values = { [centreNameKey]: textOf(typed, 'name'), [centreZoneKey]: textOf(typed, 'zone') }
      await saveSettings(deps.records, actorOf(c), { ...values, ...shownIn(typed) })
    } catch (error) {
      const fields = { [centreNameKey]: 'name', [centreZoneKey]: 'zone' }
      const about = { typed, fields, words: { name: 'displayName' } }
      const errors = refusedFor(error, textsOf(await frameOf(c, deps)), about)
      return page(c, { values: typed, errors }, 422)
    }
    return c.redirect('/admin?saved=1', 303)
  })

  route.get('/admin/certificate', allow('admin'), async c => {
    const pem = await deps.certificateAuthority()
    const fingerprint = pem === null ? null : new X509Certificate(pem).fingerprint256
    const settings = await deps.store.read('settings.all', {})
    const distributed = settings[distributedKey] === 'true'
    const inService = Object.entries(deps.certificates?.() ?? {}).map(([use, { notAfter, ...seen }]) => ({
      ...{ use: use === 'sip' ? ('sip' as const) : ('web' as const), endsAt: notAfter, ...seen },
    }))
    return c.html(certificatePage({ frame: await frameOf(c, deps), fingerprint, distributed, inService }))
  })

  route.post('/admin/certificate/distribution', allow('admin'), async c => {
    await saveSettings(deps.records, actorOf(c), { [distributedKey]: 'true' })
    return c.redirect('/admin/certificate', 303)
  })

  async function page(c: Ctx, centre: Filled, status: 200 | 422 = 200): Promise<Response> {
    const frame = { ...(await frameOf(c, deps)), path: '/admin' }
    return c.html(setupPage({ frame, done: await done(), centre, saved: c.req.query('saved') === '1' }), status)
  }

  async function done(): Promise<Record<SetupStep, boolean>> {
    const [users, trunks, numbers, campaigns, settings, authority] = await Promise.all([
      deps.store.read('users.list', { enabledOnly: true }),
      deps.store.read('trunks.list', {}),
      deps.store.read('numbers.list', {}),
      deps.store.read('campaigns.list', {}),
      deps.store.read('settings.all', {}),
      deps.certificateAuthority(),
    ])
    const now = deps.clock.now()
    const counts = await Promise.all(
      campaigns.slice(0, 20).map(({ id }) => deps.store.read('campaigns.leadCounts', { campaign: id, now })),
    )
    return {
      users: users.some(user => user.role === 'agent') && users.some(user => user.role === 'supervisor'),
      trunks: trunks.length > 0,
      trunkUp: [...deps.engine.state.trunks.values()].some(floor => floor.up),
      callerIds: trunks.some(trunk => trunk.callerIds.length > 0),
      numbers: numbers.length > 0,
      campaign: campaigns.some(campaign => campaign.agents.length > 0 && campaign.trunks.length > 0),
      leads: counts.some(count => count.total > 0),
      certificate: authority === null || settings[distributedKey] === 'true',
      running: campaigns.some(campaign => campaign.state === 'running'),
    }
  }

  return route
}

/** What agents see of supervisors; a form that was opened before this was asked for sends nothing of it. */
function shownIn(typed: Typed): Record<string, string> {
  if (textOf(typed, 'supervision') !== '1') return {}
  return Object.fromEntries(
    supervisionModes.map(mode => [`supervision.shown.${mode}`, String(isChecked(typed, `supervision.${mode}`))]),
  )
}
