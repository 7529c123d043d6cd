import { Hono } from 'hono'
import { recordingRulesPage } from '../../../web/pages/admin/recordings.ts'
import type { Filled } from '../../../web/parts/form.ts'
import { textsOf } from '../../../web/parts/frame.ts'
import { startOfDay } from '../../../web/parts/time.ts'
import { recordingRuleKeys } from '../../centre/recording-rules.ts'
import { custodyKeys, custodyOf } from '../../records/custody-settings.ts'
import { saveSettings } from '../../records/settings.ts'
import { actorOf, type Ctx, type Deps, type Env } from '../deps.ts'
import { allow } from '../guard.ts'
import { frameOf } from '../live/frame.ts'
import { refusedFor } from '../refused.ts'
import { textOf, typedOf } from '../typed.ts'

const keys = { ...recordingRuleKeys, ...custodyKeys }

/** `/admin/recordings`: how their disk is, and the rules of what is kept and for how long. */
export function recordingRuleRoutes(deps: Deps): Hono<Env> {
  const route = new Hono<Env>()

  route.get('/admin/recordings', allow('admin', 'security'), async c => {
    const rules = custodyOf(await deps.store.read('settings.all', {}))
    const values = Object.entries(rules).map(([field, value]) => [field, value === null ? '' : String(value)])
    return page(c, { values: Object.fromEntries(values), errors: {} })
  })

  route.post('/admin/recordings', allow('admin', 'security'), async c => {
    const typed = await typedOf(c)
    const values = Object.fromEntries(Object.entries(keys).map(([field, key]) => [key, textOf(typed, field).trim()]))
    try {
      await saveSettings(deps.records, actorOf(c), values)
    } catch (error) {
      const fields = Object.fromEntries(Object.entries(keys).map(([field, key]) => [key, field]))
      const w = textsOf(await frameOf(c, deps))
      return page(c, { values: typed, errors: refusedFor(error, w, { typed, fields }) }, 422)
    }
    return c.redirect('/admin/recordings?saved=1', 303)
  })

  async function page(c: Ctx, rules: Filled, status: 200 | 422 = 200): Promise<Response> {
    const frame = { ...(await frameOf(c, deps)), path: '/admin/recordings' }
    const lost = await deps.store.read('recordings.lost', {
      from: startOfDay(frame.now, frame.zone),
      to: frame.now + 1,
    })
    const { disk } = deps.engine.state.recorder
    return c.html(recordingRulesPage({ frame, disk, lost, rules, saved: c.req.query('saved') === '1' }), status)
  }

  return route
}
