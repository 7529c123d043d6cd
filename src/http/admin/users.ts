import { Hono } from 'hono'
import { userFormPage, usersPage } from '../../../web/pages/admin/users.ts'
import type { Filled } from '../../../web/parts/form.ts'
import { textsOf } from '../../../web/parts/frame.ts'
import { type Role, roles } from '../../centre/entities.ts'
import type { UserId } from '../../lib/ids.ts'
import { InvalidInput } from '../../records/errors.ts'
import { extensionForHelp } from '../../records/gate/toll.ts'
import { changeUser, createUser, userById } from '../../records/people/users.ts'
import type { UserRecord } from '../../store/people/users.ts'
import { actorOf, type Ctx, type Deps, type Env } from '../deps.ts'
import { allow } from '../guard.ts'
import { frameOf } from '../live/frame.ts'
import { refusedFor } from '../refused.ts'
import { isChecked, type Typed, textOf, typedOf } from '../typed.ts'
import { trunkGroupChoices, trunkGroupGiven } from './trunk-groups.ts'

/** `/admin/users`: who may sign in, as what, and on what they take their calls. */
export function userRoutes(deps: Deps): Hono<Env> {
  const route = new Hono<Env>()

  route.get('/admin/users', allow('admin', 'security'), async c => {
    const q = (c.req.query('q') ?? '').trim().slice(0, 64)
    const asked = c.req.query('role')
    const role = roles.find(each => each === asked) ?? null
    const all = await deps.store.read('users.list', role === null ? {} : { role: role as Role })
    const needle = q.toLowerCase()
    const users = all.filter(user =>
      [user.name, user.displayName, user.extension ?? ''].some(text => text.toLowerCase().includes(needle)),
    )
    return c.html(usersPage({ frame: await frameOf(c, deps), users, q, role, saved: c.req.query('saved') === '1' }))
  })

  route.get('/admin/users/new', allow('admin', 'security'), c => form(c, null, { values: fresh, errors: {} }))
  route.get('/admin/users/:id', allow('admin', 'security'), async c => {
    const user = await userById(deps.records, c.req.param('id') as UserId)
    return form(c, user, { values: valuesOf(user), errors: {} })
  })

  route.post('/admin/users', allow('admin', 'security'), c => save(c, null))
  route.post('/admin/users/:id', allow('admin', 'security'), async c =>
    save(c, await userById(deps.records, c.req.param('id') as UserId)),
  )

  async function save(c: Ctx, user: UserRecord | null): Promise<Response> {
    const typed = await typedOf(c)
    try {
      if (user === null) await createUser(deps.records, actorOf(c), givenBy(typed))
      else await changeUser(deps.records, actorOf(c), user.id, givenBy(typed))
    } catch (error) {
      const errors = refusedFor(error, textsOf(await frameOf(c, deps)), {
        typed,
        fields: { 'device.srtp': 'deviceSrtp', 'device.sha256': 'deviceSha256' },
        words: isForHelp(error) ? { extension: 'extensionForHelp' } : {},
      })
      return form(c, user, { values: typed, errors }, 422)
    }
    if (user !== null && user.id !== c.var.user.id && textOf(typed, 'password') !== '')
      deps.sessions.endOf(user.id, 'replaced')
    return c.redirect('/admin/users?saved=1', 303)
  }

  async function form(c: Ctx, user: UserRecord | null, filled: Filled, status: 200 | 422 = 200): Promise<Response> {
    const frame = await frameOf(c, deps)
    const trunkGroups = await trunkGroupChoices(deps)
    const hasPassword = user?.passwordSetAt != null
    const all = await deps.store.read('agencies.list', { all: user !== null })
    const agencies = all
      .filter(({ id }) => user === null || id === user.agency)
      .map(({ id, name }) => ({ value: id, word: name }))
    return c.html(userFormPage({ frame, user, filled, hasPassword, trunkGroups, agencies }), status)
  }

  return route
}

const fresh = {
  role: 'agent',
  station: 'browser',
  language: 'zh-CN',
  numbersMasked: 'true',
  enabled: 'true',
  deviceSrtp: 'off',
}

function valuesOf(user: UserRecord): Filled['values'] {
  const { device, ...rest } = user
  return {
    ...rest,
    deviceSha256: String(device?.sha256 ?? false),
    deviceSrtp: device?.srtp ?? 'off',
    extension: user.extension ?? '',
    agency: user.agency ?? '',
    trunkGroup: user.trunkGroup ?? '',
    skills: user.skills.join(', '),
    numbersMasked: String(user.numbersMasked),
    enabled: String(user.enabled),
    failedSignIns: '',
    lockedUntil: '',
    passwordSetAt: '',
    sipPasswordSetAt: '',
  }
}

/** Passwords that were left empty stay as they are. */
function givenBy(typed: Typed): Record<string, unknown> {
  const password = textOf(typed, 'password')
  const sipPassword = textOf(typed, 'sipPassword')
  return {
    name: textOf(typed, 'name'),
    displayName: textOf(typed, 'displayName'),
    role: textOf(typed, 'role'),
    station: textOf(typed, 'station'),
    language: textOf(typed, 'language'),
    extension: textOf(typed, 'extension') || null,
    skills: textOf(typed, 'skills')
      .split(/[,，、]/)
      .map(skill => skill.trim())
      .filter(skill => skill !== ''),
    numbersMasked: isChecked(typed, 'numbersMasked'),
    enabled: isChecked(typed, 'enabled'),
    ...trunkGroupGiven(typed),
    ...(textOf(typed, 'agency') === '' ? {} : { agency: textOf(typed, 'agency') }),
    ...(typed['deviceSrtp'] === undefined
      ? {}
      : { device: { sha256: isChecked(typed, 'deviceSha256'), srtp: textOf(typed, 'deviceSrtp') } }),
    ...(password === '' ? {} : { password }),
    ...(sipPassword === '' ? {} : { sipPassword }),
  }
}

/** The extension is an emergency number. */
function isForHelp(error: unknown): boolean {
  return error instanceof InvalidInput && error.problems.some(({ allowed }) => allowed.startsWith(extensionForHelp))
}
