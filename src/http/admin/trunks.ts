import { Hono } from 'hono'
import { type TrunkRow, trunkFormPage, trunksPage } from '../../../web/pages/admin/trunks.ts'
import type { Filled } from '../../../web/parts/form.ts'
import { textsOf } from '../../../web/parts/frame.ts'
import { trunkTrial } from '../../../web/parts/trunk-rules.ts'
import { dayOf } from '../../centre/numbers/day.ts'
import { trunkNow } from '../../centre/trunks/trunk-now.ts'
import type { TrunkId } from '../../lib/ids.ts'
import { InvalidInput } from '../../records/errors.ts'
import { changeTrunk, createTrunk, trunkById } from '../../records/telephony/trunks.ts'
import type { TrunkRecord } from '../../store/telephony/telephony.ts'
import { actorOf, type Ctx, type Deps, type Env } from '../deps.ts'
import { allow } from '../guard.ts'
import { frameOf } from '../live/frame.ts'
import { refusedFor } from '../refused.ts'
import { trunkSeen } from '../trunk-seen.ts'
import { isChecked, linesOf, listOf, numberOf, numbersOf, type Typed, textOf, typedOf } from '../typed.ts'
import { withNewer, withSeen } from '../untouched.ts'
import { connectionFields, connectionGiven, connectionValues } from './connection-form.ts'
import { asFormNames, rulesGiven, ruleValues, trialOf } from './trunk-rules-form.ts'

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
    return form(c, trunk, { values: withSeen(valuesOf(trunk)), errors: {} })
  })

  route.post('/admin/trunks', allow('admin'), c => save(c, null))
  route.post('/admin/trunks/trials', allow('admin'), async c =>
    c.html(
      trunkTrial(trialOf(await typedOf(c), deps.engine.state.toll.rules.emergency), textsOf(await frameOf(c, deps))),
    ),
  )
  route.post('/admin/trunks/:id', allow('admin'), async c =>
    save(c, await trunkById(deps.records, c.req.param('id') as TrunkId)),
  )

  async function save(c: Ctx, trunk: TrunkRecord | null): Promise<Response> {
    const sent = await typedOf(c)
    const typed = trunk === null ? sent : withNewer(sent, valuesOf(trunk))
    try {
      if (trunk === null) await createTrunk(deps.records, actorOf(c), givenBy(typed))
      else await changeTrunk(deps.records, actorOf(c), trunk.id, givenBy(typed))
    } catch (error) {
      const errors = refusedFor(asFormNames(error), textsOf(await frameOf(c, deps)), {
        typed,
        fields: connectionFields,
      })
      return form(c, trunk, { values: typed, errors }, 422)
    }
    return c.redirect('/admin/trunks?saved=1', 303)
  }

  async function form(c: Ctx, trunk: TrunkRecord | null, filled: Filled, status: 200 | 422 = 200): Promise<Response> {
    const frame = await frameOf(c, deps)
    const test = (trunk && deps.trunkTests?.of(trunk.id)) ?? null
    const since = dayOf(deps.engine.state.zone, deps.clock.now()).from
    const turnedAway = trunk === null ? 0 : await deps.store.read('alarms.turnedAway', { trunk: trunk.id, since })
    return c.html(trunkFormPage({ frame, trunk: trunk && row(trunk), turnedAway, test, filled }), status)
  }

  /** The floor knows better than the store what a trunk is doing now. */
  function row(trunk: TrunkRecord): TrunkRow {
    const floor = deps.engine.state.trunks.get(trunk.id)
    return {
      ...trunk,
      seen: trunkSeen(floor, deps.trunkWire, deps.clock.now()),
      calls: floor?.calls ?? 0,
      tests: floor?.tests ?? 0,
      startedLastSecond: floor ? trunkNow(floor, deps.clock.now()).startedLastSecond : 0,
      fault: floor?.fault ?? null,
      wire: deps.trunkWire?.(trunk.id) ?? null,
    }
  }

  return route
}

const fresh = {
  port: '5060',
  transport: 'udp',
  maxCalls: '30',
  callsPerSecond: '5',
  minShare: '0',
  maxShare: '100',
  codecs: ['pcma', 'pcmu'],
  enabled: 'true',
  ...connectionValues({}),
  ...ruleValues({}),
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
    minShare: percentText(trunk.minShare ?? 0),
    maxShare: percentText(trunk.maxShare ?? 1),
    callerIdShares: (trunk.callerIdShares ?? [])
      .map(each => `${each.callerId} ${percentText(each.minShare)} ${percentText(each.maxShare)}`)
      .join('\n'),
    codecs: trunk.codecs,
    ulawFirst: String(trunk.codecs.length === 2 && trunk.codecs[0] === 'pcmu'),
    ...ruleValues(trunk),
    enabled: String(trunk.enabled),
    ...connectionValues(trunk),
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
    ...numbersOf(typed, { minShare: 0.01, maxShare: 0.01 }),
    ...(typed['callerIdShares'] === undefined
      ? {}
      : { callerIdShares: linesOf(typed, 'callerIdShares').map(sharesOf) }),
    codecs: isChecked(typed, 'ulawFirst') ? listOf(typed, 'codecs').toReversed() : listOf(typed, 'codecs'),
    ...rulesGiven(typed),
    enabled: isChecked(typed, 'enabled'),
    ...connectionGiven(typed),
    ...(password === '' ? {} : { password }),
  }
}

const percentText = (share: number) => String(Math.round(share * 10_000) / 100)

/** `+862151860000 10 60`: a number of ours, the least and the largest share in percent. */
function sharesOf(line: string): { callerId: string; minShare: number; maxShare: number } {
  const [callerId = '', least = '', largest = '', more] = line.split(/[\s,;，；]+/)
  const [minShare, maxShare] = [Number(least) / 100, Number(largest) / 100]
  const isShare = (text: string, share: number) => text !== '' && share >= 0 && share <= 1
  if (!isShare(least, minShare) || !isShare(largest, maxShare) || more !== undefined)
    throw new InvalidInput([
      { field: 'callerIdShares', found: line.slice(0, 80), allowed: 'a number, two percentages: +862151860000 10 60' },
    ])
  return { callerId, minShare, maxShare }
}
