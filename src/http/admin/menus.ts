import { Hono } from 'hono'
import { menuFormPage, menusPage } from '../../../web/pages/admin/menus.ts'
import type { Choice, Filled } from '../../../web/parts/form.ts'
import { textsOf } from '../../../web/parts/frame.ts'
import type { Words } from '../../../web/words/words.ts'
import { type Menu, type MenuTarget, menuKeys, outsideMaxDefault } from '../../centre/menu/menu.ts'
import type { MenuId } from '../../lib/ids.ts'
import { NotNow } from '../../records/errors.ts'
import { calendarsOf } from '../../records/gate/calendars.ts'
import { changeMenu, createMenu, menuById, removeMenu } from '../../records/telephony/menus.ts'
import { ownPhrases } from '../../records/telephony/phrases.ts'
import { actorOf, type Ctx, type Deps, type Env } from '../deps.ts'
import { allow } from '../guard.ts'
import { frameOf } from '../live/frame.ts'
import { refusedFor } from '../refused.ts'
import { isChecked, linesOf, listOf, numberOf, type Typed, textOf, typedOf } from '../typed.ts'

/** `/admin/menus`: voice menus. Times are typed in seconds, targets as `queue:ID`, and outside numbers beside them. */
export function menuRoutes(deps: Deps): Hono<Env> {
  const route = new Hono<Env>()

  route.get('/admin/menus', allow('admin'), c => list(c, null))
  route.get('/admin/menus/new', allow('admin'), c => form(c, null, { values: fresh, errors: {} }))
  route.get('/admin/menus/:id', allow('admin'), async c => {
    const menu = await menuById(deps.records, idIn(c))
    return form(c, menu, { values: valuesOf(menu), errors: {} })
  })
  route.post('/admin/menus', allow('admin'), c => save(c, null))
  route.post('/admin/menus/:id', allow('admin'), async c => save(c, await menuById(deps.records, idIn(c))))
  route.post('/admin/menus/:id/removal', allow('admin'), async c => {
    try {
      await removeMenu(deps.records, actorOf(c), idIn(c))
    } catch (error) {
      if (!(error instanceof NotNow)) throw error
      return list(c, refusedFor(error, textsOf(await frameOf(c, deps)))[''] ?? error.message)
    }
    return c.redirect('/admin/menus?saved=1', 303)
  })

  async function save(c: Ctx, menu: Menu | null): Promise<Response> {
    const typed = await typedOf(c)
    try {
      if (menu === null) await createMenu(deps.records, actorOf(c), givenBy(typed))
      else await changeMenu(deps.records, actorOf(c), menu.id, givenBy(typed))
    } catch (error) {
      const errors = refusedFor(error, textsOf(await frameOf(c, deps)), { fields: formFields, words: fieldWords })
      return form(c, menu, { values: typed, errors }, 422)
    }
    return c.redirect('/admin/menus?saved=1', 303)
  }

  async function list(c: Ctx, refused: string | null): Promise<Response> {
    const frame = { ...(await frameOf(c, deps)), path: '/admin/menus' }
    const [menus, numbers, targets] = await Promise.all([
      deps.store.read('menus.list', {}),
      deps.store.read('numbers.list', {}),
      targetsOf(textsOf(frame)),
    ])
    const words = textsOf(frame).menus
    const rows = menus.map(menu => ({
      id: menu.id,
      name: menu.name,
      keys: menuKeys.flatMap(key => (menu.keys[key] ? [`${key} → ${nameOf(menu.keys[key], targets, words)}`] : [])),
      hours: menu.hours === null ? null : `${menu.hours.from}–${menu.hours.to}`,
      numbers: numbers.flatMap(({ number, target }) => ('ivr' in target && target.ivr === menu.id ? [number] : [])),
    }))
    const saved = c.req.query('saved') === '1'
    return c.html(menusPage({ frame, menus: rows, saved, refused }), refused === null ? 200 : 409)
  }

  async function form(c: Ctx, menu: Menu | null, filled: Filled, status: 200 | 422 = 200): Promise<Response> {
    const frame = await frameOf(c, deps)
    const targets = await targetsOf(textsOf(frame))
    const recordings = (await ownPhrases(deps.records)).map(name => `own/${name}`)
    const calendars = (await calendarsOf(deps.records)).map(({ code }) => code)
    return c.html(menuFormPage({ frame, menu, keys: keyFields, targets, recordings, calendars, filled }), status)
  }

  async function targetsOf({ menus: words }: Words): Promise<Choice[]> {
    const [queues, users, menus] = await Promise.all([
      deps.store.read('queues.list', {}),
      deps.store.read('users.list', { enabledOnly: true }),
      deps.store.read('menus.list', {}),
    ])
    const people = users.filter(({ role }) => role === 'agent' || role === 'supervisor')
    return [
      ...queues.map(({ id, name }) => ({ value: `queue:${id}`, word: `${words.queue}: ${name}` })),
      ...people.map(({ id, displayName }) => ({ value: `user:${id}`, word: `${words.user}: ${displayName}` })),
      ...menus.map(({ id, name }) => ({ value: `ivr:${id}`, word: `${words.menu}: ${name}` })),
      { value: 'number', word: words.outside },
    ]
  }

  return route
}

const keyFields = menuKeys.map(key => {
  const name = key === '*' ? 'Star' : key === '#' ? 'Hash' : key
  return { key, field: `key${name}`, numberField: `number${name}` }
})
const keyNames = keyFields.map(({ field }) => field)
/** As the records name them → as the form does. */
const formFields: Record<string, string> = {
  ...Object.fromEntries(
    keyFields.flatMap(({ key, field, numberField }) => [
      [`keys.${key}`, field],
      [`keys.${key}.number`, numberField],
    ]),
  ),
  'fallback.number': 'fallbackNumber',
  'closed.number': 'closedNumber',
  ...Object.fromEntries(
    ['hours', 'hours.from', 'hours.to', 'hours.weekdays'].map(field => [field, 'hoursFrom'] as const),
  ),
  'hours.holidays': 'hoursCalendar',
}
const fieldWords: Record<string, string> = {
  ...Object.fromEntries([...keyNames, 'fallback', 'closed'].map(field => [field, 'menuTarget'])),
  ...Object.fromEntries(keyFields.map(({ numberField }) => [numberField, 'menuTarget'])),
  fallbackNumber: 'menuTarget',
  closedNumber: 'menuTarget',
  hoursFrom: 'hours',
  waitMs: 'seconds',
  betweenMs: 'seconds',
  triesMax: 'seconds',
  outsideMax: 'menuOutsideMax',
  hoursCalendar: 'menuCalendar',
}

const fresh: Filled['values'] = {
  language: 'zh-CN',
  bargeIn: 'true',
  waitMs: '6',
  betweenMs: '3',
  triesMax: '3',
  outsideMax: String(outsideMaxDefault),
  hoursCalendar: '',
  fallback: 'act:call_back',
  closed: 'act:call_back',
  weekdays: ['1', '2', '3', '4', '5'],
}

function valuesOf(menu: Menu): Filled['values'] {
  const keys = keyFields.flatMap(({ key, field, numberField }) => {
    const target = menu.keys[key]
    return target === undefined ? [] : Object.entries(shownTarget(target, field, numberField))
  })
  return {
    ...Object.fromEntries(keys),
    ...shownTarget(menu.fallback, 'fallback', 'fallbackNumber'),
    ...shownTarget(menu.closed, 'closed', 'closedNumber'),
    name: menu.name,
    language: menu.language,
    greeting: menu.greeting.join('\n'),
    extensions: String(menu.extensions),
    bargeIn: String(menu.bargeIn),
    waitMs: String(menu.waitMs / 1000),
    betweenMs: String(menu.betweenMs / 1000),
    triesMax: String(menu.triesMax),
    outsideMax: String(menu.outsideMax ?? outsideMaxDefault),
    hoursCalendar: menu.hours?.holidays ?? '',
    hoursFrom: menu.hours?.from ?? '',
    hoursTo: menu.hours?.to ?? '',
    weekdays: (menu.hours?.weekdays ?? [1, 2, 3, 4, 5]).map(String),
  }
}

function givenBy(typed: Typed): Record<string, unknown> {
  const [from, to] = [textOf(typed, 'hoursFrom'), textOf(typed, 'hoursTo')]
  const calendar = textOf(typed, 'hoursCalendar')
  const keys = keyFields.flatMap(({ key, field, numberField }) =>
    textOf(typed, field) === '' ? [] : [[key, typedTarget(typed, field, numberField)]],
  )
  return {
    name: textOf(typed, 'name'),
    language: textOf(typed, 'language'),
    greeting: linesOf(typed, 'greeting'),
    keys: Object.fromEntries(keys),
    extensions: isChecked(typed, 'extensions'),
    bargeIn: isChecked(typed, 'bargeIn'),
    waitMs: numberOf(typed, 'waitMs', 1000),
    betweenMs: numberOf(typed, 'betweenMs', 1000),
    triesMax: numberOf(typed, 'triesMax'),
    ...('outsideMax' in typed ? { outsideMax: numberOf(typed, 'outsideMax') } : {}),
    fallback: typedTarget(typed, 'fallback', 'fallbackNumber'),
    closed: typedTarget(typed, 'closed', 'closedNumber'),
    hours:
      from === '' && to === ''
        ? null
        : {
            ...{ weekdays: listOf(typed, 'weekdays').map(Number), from, to },
            ...(calendar === '' ? {} : { holidays: calendar }),
          },
  }
}

/** `queue:ID` → `{queue: ID}`; what it is not, the schema says. */
function typedTarget(typed: Typed, field: string, numberField: string): Record<string, string> {
  const [noun = '', id = ''] = textOf(typed, field).split(':')
  return noun === 'number' ? { number: textOf(typed, numberField) } : { [noun]: id }
}

function shownTarget(target: MenuTarget, field: string, numberField: string): Record<string, string> {
  if ('number' in target) return { [field]: 'number', [numberField]: target.number }
  return { [field]: Object.entries(target)[0]!.join(':') }
}

function nameOf(target: MenuTarget, targets: Choice[], words: Words['menus']): string {
  if ('number' in target) return target.number
  if ('act' in target) return words.acts[target.act]
  const key = Object.entries(target)[0]!.join(':')
  return targets.find(({ value }) => value === key)?.word ?? key
}

function idIn(c: Ctx): MenuId {
  return (c.req.param('id') ?? '').slice(0, 64) as MenuId
}
