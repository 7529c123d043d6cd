import { Hono } from 'hono'
import { numbersPage } from '../../../web/pages/admin/numbers.ts'
import { type Filled, nothingFilled } from '../../../web/parts/form.ts'
import { textsOf } from '../../../web/parts/frame.ts'
import type { NumberId } from '../../lib/ids.ts'
import { createNumber, removeNumber } from '../../records/telephony/inbound-numbers.ts'
import { actorOf, type Ctx, type Deps, type Env } from '../deps.ts'
import { allow } from '../guard.ts'
import { frameOf } from '../live/frame.ts'
import { refusedFor } from '../refused.ts'
import { textOf, typedOf } from '../typed.ts'

/** `/admin/numbers`: the numbers people dial, and where they lead. */
export function numberRoutes(deps: Deps): Hono<Env> {
  const route = new Hono<Env>()

  route.get('/admin/numbers', allow('admin'), c => page(c, nothingFilled))

  route.post('/admin/numbers', allow('admin'), async c => {
    const typed = await typedOf(c)
    const [noun, id = ''] = textOf(typed, 'target').split(':')
    const target = noun === 'user' ? { user: id } : noun === 'ivr' ? { ivr: id } : { queue: id }
    try {
      await createNumber(deps.records, actorOf(c), { number: textOf(typed, 'number').replace(/[\s-]/g, ''), target })
    } catch (error) {
      return page(c, { values: typed, errors: refusedFor(error, textsOf(await frameOf(c, deps)), { typed }) }, 422)
    }
    return c.redirect('/admin/numbers?saved=1', 303)
  })

  route.post('/admin/numbers/:id/removal', allow('admin'), async c => {
    await removeNumber(deps.records, actorOf(c), c.req.param('id') as NumberId)
    return c.redirect('/admin/numbers?saved=1', 303)
  })

  async function page(c: Ctx, filled: Filled, status: 200 | 422 = 200): Promise<Response> {
    const frame = await frameOf(c, deps)
    const words = textsOf(frame).admin.numbers
    const [numbers, queues, users, menus] = await Promise.all([
      deps.store.read('numbers.list', {}),
      deps.store.read('queues.list', {}),
      deps.store.read('users.list', { role: 'agent', enabledOnly: true }),
      deps.store.read('menus.list', {}),
    ])
    const targets = [
      ...queues.map(queue => ({ value: `queue:${queue.id}`, word: `${words.queue}: ${queue.name}` })),
      ...menus.map(menu => ({ value: `ivr:${menu.id}`, word: `${textsOf(frame).menus.one}: ${menu.name}` })),
      ...users.map(user => ({ value: `user:${user.id}`, word: `${words.user}: ${user.displayName}` })),
    ]
    const rows = numbers.map(number => {
      const key = Object.entries(number.target)[0]!.join(':')
      return { ...number, leadsTo: targets.find(target => target.value === key)?.word ?? key }
    })
    return c.html(numbersPage({ frame, numbers: rows, targets, filled, saved: c.req.query('saved') === '1' }), status)
  }

  return route
}
