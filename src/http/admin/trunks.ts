import { Hono } from 'hono'
import { type TrunkRow, trunkFormPage, trunksPage } from '../../../web/pages/admin/trunks.ts'
import type { Filled } from '../../../web/parts/form.ts'
import { textsOf } from '../../../web/parts/frame.ts'
import type { TrunkId } from '../../lib/ids.ts'
import { changeTrunk, createTrunk, trunkById } from '../../records/trunks.ts'
import type { TrunkRecord } from '../../store/telephony.ts'
import { actorOf, type Ctx, type Deps, type Env } from '../deps.ts'
import { allow } from '../guard.ts'
import { frameOf } from '../live/frame.ts'
import { refusedFor } from '../refused.ts'
import { isChecked, linesOf, listOf, numberOf, type Typed, textOf, typedOf } from '../typed.ts'

/** `/admin/trunks`: lines to carriers and PBXs, with their live state. */
export function trunkRoutes(deps: Deps): Hono<Env> {
  const route = new Hono<Env>()

  route.get('/admin/trunks', allow('admin'), async c => {
    const trunks = (await deps.store.read('trunks.list', {})).map(row)
    return c.html(trunksPage({ frame: await frameOf(c, deps), trunks, saved: c.req.query('saved') === '1' }))
  })

  route.get('/admin/trunks/new', allow('admin'), c => form(c, null, { values: fresh, errors: {} }))
  route.get('/admin/trunks/:id', allow('admin'), async c => {
    const trunk = await trunkById(deps.records, c.req.param('id') as TrunkId)
    return form(c, trunk, { values: valuesOf(trunk), errors: {} })
  })

  route.post('/admin/trunks', allow('admin'), c => save(c, null))
  route.post('/admin/trunks/:id', allow('admin'), async c =>
    save(c, await trunkById(deps.records, c.req.param('id') as TrunkId)),
  )

  async function save(c: Ctx, trunk: TrunkRecord | null): Promise<Response> {
    const typed = await typedOf(c)
    try {
      if (trunk === null) await createTrunk(deps.records, actorOf(c), givenBy(typed))
      else await changeTrunk(deps.records, actorOf(c), trunk.id, givenBy(typed))
    } catch (error) {
      const errors = refusedFor(error, textsOf(await frameOf(c, deps)))
      return form(c, trunk, { values: typed, errors }, 422)
    }
    return c.redirect('/admin/trunks?saved=1', 303)
  }

  async function form(c: Ctx, trunk: TrunkRecord | null, filled: Filled, status: 200 | 422 = 200): Promise<Response> {
    const frame = await frameOf(c, deps)
    return c.html(trunkFormPage({ frame, trunk: trunk && row(trunk), filled }), status)
  }

  /** The floor knows better than the store what a trunk is doing now. */
  function row(trunk: TrunkRecord): TrunkRow {
    const floor = deps.engine.state.trunks.get(trunk.id)
    return {
      ...trunk,
      state: floor ? (floor.up ? 'up' : trunk.state) : trunk.state,
      reason: floor?.reason ?? trunk.stateReason,
      calls: floor?.calls ?? 0,
    }
  }

  return route
}

const fresh = {
  port: '5060',
  transport: 'udp',
  maxCalls: '30',
  callsPerSecond: '5',
  codecs: ['pcma', 'pcmu'],
  enabled: 'true',
}

function valuesOf(trunk: TrunkRecord): Filled['values'] {
  return {
    name: trunk.name,
    host: trunk.host,
    port: String(trunk.port),
    transport: trunk.transport,
    register: String(trunk.register),
    username: trunk.username ?? '',
    callerIds: trunk.callerIds.join('\n'),
    maxCalls: String(trunk.maxCalls),
    callsPerSecond: String(trunk.callsPerSecond),
    codecs: trunk.codecs,
    enabled: String(trunk.enabled),
  }
}

function givenBy(typed: Typed): Record<string, unknown> {
  const password = textOf(typed, 'password')
  return {
    name: textOf(typed, 'name'),
    host: textOf(typed, 'host'),
    port: numberOf(typed, 'port'),
    transport: textOf(typed, 'transport'),
    register: isChecked(typed, 'register'),
    username: textOf(typed, 'username') || null,
    callerIds: linesOf(typed, 'callerIds'),
    maxCalls: numberOf(typed, 'maxCalls'),
    callsPerSecond: numberOf(typed, 'callsPerSecond'),
    codecs: listOf(typed, 'codecs'),
    enabled: isChecked(typed, 'enabled'),
    ...(password === '' ? {} : { password }),
  }
}
