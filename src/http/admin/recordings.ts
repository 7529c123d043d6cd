import { Hono } from 'hono'
import { type RecordingRulesProps, recordingRulesPage } from '../../../web/pages/admin/recordings.ts'
import { type Filled, nothingFilled } from '../../../web/parts/form.ts'
import { textsOf } from '../../../web/parts/frame.ts'
import { startOfDay } from '../../../web/parts/time.ts'
import { recordingRuleKeys } from '../../centre/recording/recording-rules.ts'
import type { LegalHoldId } from '../../lib/ids.ts'
import { custodyKeys, custodyOf, keepYearsKeys, keepYearsOf } from '../../records/custody/custody-settings.ts'
import { liftHold, placeHold } from '../../records/custody/legal-holds.ts'
import { minimaOf, saveRecordingRules } from '../../records/custody/retention.ts'
import { actorOf, type Ctx, type Deps, type Env } from '../deps.ts'
import { allow } from '../guard.ts'
import { holdRefused, holdRows, holdTyped } from '../legal-holds.ts'
import { frameOf } from '../live/frame.ts'
import { refusedFor } from '../refused.ts'
import { type Typed, textOf, typedOf } from '../typed.ts'

const keepKeys = {
  keepCollections: keepYearsKeys.collections,
  keepVerification: keepYearsKeys.verification,
  keepSales: keepYearsKeys.sales,
  keepOther: keepYearsKeys.other,
}
const keys = { ...recordingRuleKeys, ...custodyKeys, ...keepKeys }
const at = '/admin/recordings'

/** `/admin/recordings`: how their disk is, and the rules of what is kept and for how long. */
export function recordingRuleRoutes(deps: Deps): Hono<Env> {
  const route = new Hono<Env>()

  route.get('/admin/recordings', allow('admin', 'security'), async c => {
    return page(c, await rulesNow())
  })

  route.post('/admin/recordings', allow('admin', 'security'), async c => {
    const typed = await typedOf(c)
    // A script that knows nothing of the years leaves them as they are.
    const sent = Object.entries(keys).filter(([field]) => field in typed || !(field in keepKeys))
    const values = Object.fromEntries(sent.map(([field, key]) => [key, textOf(typed, field).trim()]))
    try {
      await saveRecordingRules(deps.records, actorOf(c), values)
    } catch (error) {
      const fields = Object.fromEntries(Object.entries(keys).map(([field, key]) => [key, field]))
      const w = textsOf(await frameOf(c, deps))
      return page(c, { values: typed, errors: refusedFor(error, w, { typed, fields }) }, 422)
    }
    return c.redirect('/admin/recordings?saved=1', 303)
  })

  route.post('/admin/recordings/holds', allow('security'), async c => {
    const typed = await typedOf(c)
    return held(c, typed, () => placeHold(deps.records, actorOf(c), holdTyped(typed)))
  })

  route.post('/admin/recordings/holds/:hold/lifting', allow('security'), async c => {
    const typed = await typedOf(c)
    const hold = c.req.param('hold') as LegalHoldId
    return held(c, {}, () => liftHold(deps.records, actorOf(c), hold, { reason: textOf(typed, 'reason') }))
  })

  async function held(c: Ctx, typed: Typed, work: () => Promise<unknown>): Promise<Response> {
    try {
      await work()
    } catch (error) {
      const errors = holdRefused(error, typed, textsOf(await frameOf(c, deps)))
      return page(c, await rulesNow(), 422, { values: typed, errors })
    }
    return c.redirect(`${at}?saved=1`, 303)
  }

  async function rulesNow(): Promise<Filled> {
    const settings = await deps.store.read('settings.all', {})
    const years = keepYearsOf(settings)
    const values = Object.entries({
      ...custodyOf(settings),
      ...{ keepCollections: years.collections, keepVerification: years.verification },
      ...{ keepSales: years.sales, keepOther: years.other },
    }).map(([field, value]) => [field, value === null ? '' : String(value)])
    return { values: Object.fromEntries(values), errors: {} }
  }

  async function page(c: Ctx, rules: Filled, status: 200 | 422 = 200, hold = nothingFilled): Promise<Response> {
    const frame = { ...(await frameOf(c, deps)), path: '/admin/recordings' }
    const lost = await deps.store.read('recordings.lost', {
      from: startOfDay(frame.now, frame.zone),
      to: frame.now + 1,
    })
    const { disk } = deps.engine.state.recorder
    const holds = {
      holds: await holdRows(deps, await deps.store.read('legalHolds.inForce', {}), textsOf(frame)),
      action: c.var.user.role === 'security' ? `${at}/holds` : null,
      ...{ targets: null, filled: hold },
    }
    const saved = c.req.query('saved') === '1'
    const minima = minimaByField(await minimaOf(deps.records))
    return c.html(recordingRulesPage({ frame, disk, lost, rules, minima, holds, saved }), status)
  }

  return route
}

function minimaByField(minima: Awaited<ReturnType<typeof minimaOf>>): RecordingRulesProps['minima'] {
  const named = (of: keyof typeof minima) => {
    const minimum = minima[of]
    return minimum && { ...minimum.period, policy: minimum.policy }
  }
  const all = {
    ...{ keepCollections: named('collections'), keepVerification: named('verification') },
    ...{ keepSales: named('sales'), keepOther: named('other') },
  }
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined))
}
