import { Hono } from 'hono'
import { type MyOrdersProps, myOrdersPage } from '../../../web/pages/agent/orders.ts'
import { textsOf } from '../../../web/parts/frame.ts'
import { NotFound, NotNow } from '../../records/errors.ts'
import { reckoningOf } from '../../records/parties/lender.ts'
import { moveOrderBy, orderById } from '../../records/sales/sales.ts'
import { actorOf, type Ctx, type Deps, type Env } from '../deps.ts'
import { allow } from '../guard.ts'
import { frameOf } from '../live/frame.ts'
import { refusedFor } from '../refused.ts'
import { orderLine } from '../shown-order.ts'

/** More than one person has sent back at a time. */
const backMax = 20

/** `/agent/orders`: an agent's own orders; another's is there for nobody else. */
export function myOrderRoutes(deps: Deps): Hono<Env> {
  const route = new Hono<Env>()
  const { records, store } = deps

  route.get('/agent/orders', allow('agent', 'supervisor'), c => page(c, null))

  route.post('/agent/orders/:id/submission', allow('agent', 'supervisor'), async c => {
    const order = await orderById(records, c.req.param('id'))
    if (order.agent !== c.var.user.id) throw new NotFound('order', order.id)
    const w = textsOf(await frameOf(c, deps))
    try {
      await moveOrderBy(records, actorOf(c), order.id, { type: 'submit' })
    } catch (error) {
      const words = Object.values(refusedFor(error, w)).join(' ')
      return page(c, { tone: 'red', words }, error instanceof NotNow ? 409 : 422)
    }
    return page(c, { tone: 'green', words: w.sales.ordered(order.id) })
  })

  async function page(c: Ctx, said: MyOrdersProps['said'], status: 200 | 409 | 422 = 200): Promise<Response> {
    const frame = { ...(await frameOf(c, deps)), path: '/agent/orders' }
    const agent = c.var.user.id
    const [{ today }, back, mine, products] = await Promise.all([
      reckoningOf(records),
      store.read('orders.list', { agent, state: 'DRAFT', limit: backMax }),
      store.read('orders.list', { agent, cursor: c.req.query('cursor') ?? null }),
      store.read('products.list', {}),
    ])
    return c.html(
      myOrdersPage({
        ...{ frame, today, said, next: mine.next && `/agent/orders?cursor=${mine.next}` },
        back: back.items.map(row => orderLine(deps, row, products)),
        rows: mine.items.map(row => orderLine(deps, row, products)),
      }),
      status,
    )
  }

  return route
}
