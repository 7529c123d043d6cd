import { Hono } from 'hono'
import { waiverLimitsPage } from '../../../web/pages/admin/waiver-limits.ts'
import type { Filled } from '../../../web/parts/form.ts'
import { textsOf } from '../../../web/parts/frame.ts'
import { amountOf, amountTyped, currencyDefault } from '../../lender/money.ts'
import { saveWaiverLimits, waiverLimits } from '../../records/collections/waivers.ts'
import { InvalidInput } from '../../records/errors.ts'
import type { UserRecord } from '../../store/people/users.ts'
import { actorOf, type Ctx, type Deps, type Env } from '../deps.ts'
import { allow } from '../guard.ts'
import { frameOf } from '../live/frame.ts'
import { refusedFor } from '../refused.ts'
import { linesOf, type Typed, textOf, typedOf } from '../typed.ts'

const roles = [
  ['supervisor', 'supervisorMax'],
  ['admin', 'adminMax'],
] as const

/** `/admin/waivers`: up to how much who may approve. */
export function waiverLimitRoutes(deps: Deps): Hono<Env> {
  const route = new Hono<Env>()
  const { records, store } = deps

  route.get('/admin/waivers', allow('admin'), async c => {
    const [limits, users] = await Promise.all([waiverLimits(records), store.read('users.list', {})])
    const values: Filled['values'] = {
      limitLines: limits.people
        .map(({ user, max }) => `${users.find(({ id }) => id === user)?.name ?? user} ${typed(max)}`)
        .join('\n'),
    }
    for (const { role, max } of limits.roles) values[`${role}Max`] = typed(max)
    return page(c, { values, errors: {} })
  })
  route.post('/admin/waivers', allow('admin'), async c => {
    const given = await typedOf(c)
    try {
      await saveWaiverLimits(records, actorOf(c), limitsIn(given, await store.read('users.list', {})))
    } catch (error) {
      const errors = refusedFor(error, textsOf(await frameOf(c, deps)), { typed: given })
      return page(c, { values: given, errors }, 422)
    }
    return c.redirect('/admin/waivers?saved=1', 303)
  })

  async function page(c: Ctx, filled: Filled, status: 200 | 422 = 200): Promise<Response> {
    const frame = await frameOf(c, deps)
    return c.html(waiverLimitsPage({ frame, saved: c.req.query('saved') === '1', filled }), status)
  }

  return route
}

/** Throws InvalidInput of the field, or of its line. An empty field: this role may approve nothing. */
function limitsIn(given: Typed, users: readonly UserRecord[]): Record<string, unknown> {
  const problems: InvalidInput['problems'] = []
  const amount = (field: string, text: string): number => {
    const max = amountOf(text, currencyDefault)
    if (max !== null && max >= 0 && max <= Number.MAX_SAFE_INTEGER) return max
    problems.push({ field, found: text.slice(0, 60), allowed: 'an amount like 500 or 500.00' })
    return 0
  }
  const ofRoles = roles.flatMap(([role, field]) =>
    textOf(given, field) === '' ? [] : [{ role, max: amount(field, textOf(given, field)) }],
  )
  const people = new Map<string, number>()
  for (const [at, line] of linesOf(given, 'limitLines').entries()) {
    const field = `limitLines.${at}`
    const [, name, text = ''] = /^(\S+)\s+(\S+)$/.exec(line) ?? []
    const user = users.find(each => each.name === name && (each.role === 'supervisor' || each.role === 'admin'))
    if (user === undefined || people.has(user.id))
      problems.push({
        field,
        found: line.slice(0, 60),
        allowed: 'SIGN-IN AMOUNT of a supervisor or administrator, each once',
      })
    else people.set(user.id, amount(field, text))
  }
  if (problems.length > 0) throw new InvalidInput(problems)
  return { roles: ofRoles, people: [...people].map(([user, max]) => ({ user, max })) }
}

function typed(amount: number): string {
  return amountTyped(amount, currencyDefault)
}
