import { Hono } from 'hono'
import { type SafetyProps, safetyPage } from '../../../web/pages/admin/safety.ts'
import { type Filled, nothingFilled } from '../../../web/parts/form.ts'
import { textsOf } from '../../../web/parts/frame.ts'
import { shownNumber } from '../../../web/parts/numbers.ts'
import { clock } from '../../centre/policy/gate-words.ts'
import type { FloorState } from '../../centre/state.ts'
import { emergencyNumbersIn, helpOf } from '../../centre/toll/emergency-numbers.ts'
import { leftOut, leftOutKey, leftOutOf } from '../../centre/toll/left-out.ts'
import { emergencyOf } from '../../centre/toll/rules.ts'
import { AllowList } from '../../lib/allow-list.ts'
import type { UserId } from '../../lib/ids.ts'
import { saveTollRules } from '../../records/gate/toll.ts'
import { saveSettings } from '../../records/settings.ts'
import { addressOf } from '../address.ts'
import { actorOf, type Ctx, type Deps, type Env } from '../deps.ts'
import { allow } from '../guard.ts'
import { frameOf } from '../live/frame.ts'
import { refusedFor } from '../refused.ts'
import { linesOf, numberOf, type Typed, textOf, typedOf } from '../typed.ts'

const alarmsShown = 50
/** Settings of passing calls on, and their fields. */
const passingFields = {
  'transfer.numbers.agent': 'passAgent',
  'transfer.numbers.supervisor': 'passSupervisor',
  'transfer.maxMinutes': 'maxMinutes',
}
const keys = { phones: 'allow.phones', staff: 'allow.staff' } as const

/** `/admin/safety`: what may be dialled, and from where phones and staff may come. */
export function safetyRoutes(deps: Deps): Hono<Env> {
  const route = new Hono<Env>()

  route.get('/admin/safety', allow('admin', 'security'), c => page(c, {}))

  route.post('/admin/safety/dialling', allow('admin', 'security'), async c => {
    const typed = await typedOf(c)
    try {
      await saveTollRules(deps.records, actorOf(c), {
        emergency: linesOf(typed, 'emergency'),
        barred: linesOf(typed, 'barred'),
        byHand: { agent: linesOf(typed, 'agent'), supervisor: linesOf(typed, 'supervisor') },
        personMinutesMax: numberOf(typed, 'personMinutesMax'),
        centreMinutesMax: numberOf(typed, 'centreMinutesMax'),
        callMinutesMax: numberOf(typed, 'callMinutesMax'),
        night: nightOf(textOf(typed, 'nightFrom'), textOf(typed, 'nightTo')),
      })
    } catch (error) {
      const fields = {
        ...Object.fromEntries([...Array(100).keys()].map(n => [`byHand.agent.${n}`, `agent.${n}`])),
        ...Object.fromEntries([...Array(100).keys()].map(n => [`byHand.supervisor.${n}`, `supervisor.${n}`])),
        ...{ 'byHand.agent': 'agent', 'byHand.supervisor': 'supervisor' },
        ...{ night: 'nightFrom', 'night.from': 'nightFrom', 'night.to': 'nightTo' },
      }
      const words = { agent: 'patterns', supervisor: 'patterns', nightFrom: 'night', nightTo: 'night' }
      const errors = refusedFor(error, textsOf(await frameOf(c, deps)), { typed, fields, words })
      return page(c, { dialling: { values: typed, errors } }, 422)
    }
    return c.redirect('/admin/safety?saved=1', 303)
  })

  /** Who leaves numbers of here out on purpose is told no more of them, until others are missing. */
  route.post('/admin/safety/missing', allow('admin', 'security'), async c => {
    const { state } = deps.engine
    const { missing } = await helpHere(state)
    const seen = textOf(await typedOf(c), 'numbers').split(' ')
    const meant = missing.filter(number => seen.includes(number))
    const before = leftOut(state.zone, await deps.store.read('settings.get', { key: leftOutKey }))
    await saveSettings(deps.records, actorOf(c), { [leftOutKey]: leftOutOf(state.zone, [...before, ...meant]) })
    return c.redirect('/admin/safety?saved=1', 303)
  })

  route.post('/admin/safety/networks', allow('admin', 'security'), async c => {
    const typed = await typedOf(c)
    const w = textsOf(await frameOf(c, deps))
    const values = { [keys.phones]: textOf(typed, 'phones'), [keys.staff]: textOf(typed, 'staff') }
    const staff = AllowList.read(values[keys.staff])
    const address = addressOf(c)
    if (staff instanceof AllowList && !staff.has(address))
      return page(c, { from: { values: typed, errors: { staff: w.safety.notYou(address) } } }, 422)
    try {
      await saveSettings(deps.records, actorOf(c), values)
    } catch (error) {
      const fields = { [keys.phones]: 'phones', [keys.staff]: 'staff' }
      const words = { phones: 'networks', staff: 'networks' }
      return page(c, { from: { values: typed, errors: refusedFor(error, w, { fields, words }) } }, 422)
    }
    return c.redirect('/admin/safety?saved=1#from', 303)
  })

  route.post('/admin/safety/passing', allow('admin', 'security'), async c => {
    const typed = await typedOf(c)
    const values = Object.fromEntries(Object.entries(passingFields).map(([key, field]) => [key, textOf(typed, field)]))
    try {
      await saveSettings(deps.records, actorOf(c), values)
    } catch (error) {
      const w = textsOf(await frameOf(c, deps))
      const words = { passAgent: 'transferNumbers', passSupervisor: 'transferNumbers' }
      const errors = refusedFor(error, w, { typed, fields: passingFields, words })
      return page(c, { passing: { values: typed, errors } }, 422)
    }
    return c.redirect('/admin/safety?saved=1#passing', 303)
  })

  async function page(
    c: Ctx,
    filled: { dialling?: Filled; from?: Filled; passing?: Filled },
    status: 200 | 422 = 200,
  ): Promise<Response> {
    const frame = { ...(await frameOf(c, deps)), path: '/admin/safety' }
    const { state } = deps.engine
    const alarms = await deps.store.read('alarms.page', { limit: alarmsShown })
    const { centre } = state.toll.spent('' as UserId, state.zone, frame.now)
    return c.html(
      safetyPage({
        frame,
        alarms: alarms.map(({ at, rule, user, number, call, address, trunk, calls, goOn, cut }) => ({
          ...{ at, rule, call, address, calls, goOn, cut },
          trunk: trunk === null ? null : (state.trunks.get(trunk)?.trunk.name ?? trunk),
          who: user === null ? null : (state.users.get(user)?.displayName ?? user),
          number: shownNumber(number, c.var.user.numbersMasked),
        })),
        spent: String(Math.ceil(centre / 60_000)),
        help: await helpHere(state),
        dialling: filled.dialling ?? { ...nothingFilled, values: rulesTyped(state) },
        from: filled.from ?? {
          ...nothingFilled,
          values: { phones: state.allowed.phones.text, staff: state.allowed.staff.text },
        },
        passing: filled.passing ?? {
          ...nothingFilled,
          values: {
            passAgent: (state.outside.get('agent') ?? []).join('\n'),
            passSupervisor: (state.outside.get('supervisor') ?? []).join('\n'),
            maxMinutes: String(state.awayMaxMs / 60_000),
          },
        },
        saved: c.req.query('saved') === '1',
      }),
      status,
    )
  }

  async function helpHere({ zone, toll, users }: FloorState): Promise<SafetyProps['help']> {
    const numbers = emergencyNumbersIn(zone)
    const meant = leftOut(zone, await deps.store.read('settings.get', { key: leftOutKey }))
    const lacking = numbers.filter(number => !toll.rules.emergency.includes(number))
    const missing = lacking.some(number => !meant.includes(number)) ? lacking : []
    const taken = new Map<string, string[]>()
    for (const { extension, displayName } of users.values())
      if (extension !== null && emergencyOf(toll.rules, zone, extension) !== null)
        taken.set(extension, [...(taken.get(extension) ?? []), displayName])
    return {
      ...{ zone, numbers, missing, isKnown: helpOf(zone) !== null },
      taken: [...taken].map(([extension, names]) => ({ extension, names })),
    }
  }

  return route
}

function rulesTyped({ toll }: FloorState): Typed {
  const { emergency, barred, byHand, night, ...minutes } = toll.rules
  return {
    emergency: emergency.join('\n'),
    barred: barred.join('\n'),
    agent: byHand.agent.join('\n'),
    supervisor: byHand.supervisor.join('\n'),
    personMinutesMax: String(minutes.personMinutesMax),
    centreMinutesMax: String(minutes.centreMinutesMax),
    callMinutesMax: String(minutes.callMinutesMax),
    nightFrom: night === null ? '' : clock(night.from),
    nightTo: night === null ? '' : clock(night.to),
  }
}

/** Minutes of the day; what is no time of day stays what it is, for the schema to refuse. */
function nightOf(from: string, to: string) {
  return from === '' && to === '' ? null : { from: minuteOf(from), to: minuteOf(to) }
}

function minuteOf(text: string): number | string {
  const [, hour, minute] = /^([01]?\d|2[0-3]):([0-5]\d)$/.exec(text) ?? []
  return hour === undefined || minute === undefined ? text : Number(hour) * 60 + Number(minute)
}
