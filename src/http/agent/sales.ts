/** The desk's routes of selling: what a plan comes to, an offer, a sentence that was said, an order. None of them leaves the page. */
import { Hono } from 'hono'
import { salesId, salesPart } from '../../../web/pages/agent/sales.ts'
import type { DeskSales } from '../../../web/pages/agent/sales-props.ts'
import { textsOf } from '../../../web/parts/frame.ts'
import { partials } from '../../../web/parts/html.ts'
import { currencyDefault } from '../../lender/money.ts'
import { NotFound, NotNow } from '../../records/errors.ts'
import { makeQuote, orderQuote, quoteById, sayOfQuote } from '../../records/sales/quotes.ts'
import { moveOrderBy, orderById } from '../../records/sales/sales.ts'
import { actorOf, type Ctx, type Deps, type Env } from '../deps.ts'
import { allow } from '../guard.ts'
import { frameOf } from '../live/frame.ts'
import { refusedFor } from '../refused.ts'
import { minorOf, textOf, typedOf } from '../typed.ts'
import { type DeskExtra, deskOf } from './desk-props.ts'
import { keepReckoned } from './sales-desk.ts'

type Open = Extract<DeskSales, { type: 'open' }>

export function salesRoutes(
  deps: Deps,
  paint: (c: Ctx, extra: DeskExtra, status: 200 | 422) => Promise<Response>,
): Hono<Env> {
  const route = new Hono<Env>()
  const { records } = deps

  route.put('/agent/sales/sums', allow('agent', 'supervisor'), async c => {
    const typed = await typedOf(c)
    await sellingTo(c, textOf(typed, 'party'))
    keepReckoned(deps, c.var.user, textOf(typed, 'party'), typed)
    const frame = await frameOf(c, deps)
    const { sales } = await deskOf(deps, c.var.user, frame)
    return c.html(partials([{ id: salesId, body: salesPart(sales, frame) }]))
  })

  route.post('/agent/sales/offers', allow('agent', 'supervisor'), async c => {
    const typed = await typedOf(c)
    const party = textOf(typed, 'party')
    const { call } = await sellingTo(c, party)
    keepReckoned(deps, c.var.user, party, typed)
    const product = textOf(typed, 'product')
    const { currency } = (await deps.store.read('products.list', {})).find(({ id }) => id === product) ?? {}
    const amount = (name: string) => minorOf(textOf(typed, name), currency ?? currencyDefault) ?? 0
    return attempt(c, () =>
      makeQuote(records, actorOf(c), {
        ...{ party, product, term: Number(textOf(typed, 'term')), call },
        ...{ amount: amount('amount'), downPayment: amount('downPayment') },
      }),
    )
  })

  route.put('/agent/sales/offers/:id/sentences/:item', allow('agent', 'supervisor'), async c => {
    const { id, call, sales } = await ofQuote(c)
    return attempt(c, () => {
      if (!sales.live) throw new NotNow('not_on_the_line', 'A sentence is said while the party is on the line.')
      return sayOfQuote(records, actorOf(c), id, { item: c.req.param('item'), call })
    })
  })

  route.post('/agent/sales/offers/:id/orders', allow('agent', 'supervisor'), async c => {
    const { id } = await ofQuote(c)
    const words = textsOf(await frameOf(c, deps)).sales
    return attempt(c, async () => words.ordered((await orderQuote(records, actorOf(c), id)).id))
  })

  /** By whoever has the party in hand, not the seller alone: a customer who calls to cancel is not sent on. */
  route.post('/agent/sales/orders/:id/cancellation', allow('agent', 'supervisor'), async c => {
    const typed = await typedOf(c)
    const { id, party } = await orderById(records, c.req.param('id'))
    await sellingTo(c, party)
    const words = textsOf(await frameOf(c, deps)).sales
    return attempt(c, async () => {
      await moveOrderBy(records, actorOf(c), id, {
        ...{ type: 'cancel', reason: textOf(typed, 'reason'), note: textOf(typed, 'note') },
      })
      return words.cancelled(id)
    })
  })

  async function ofQuote(c: Ctx) {
    const { id, party } = await quoteById(records, c.req.param('id') ?? '')
    return { id, ...(await sellingTo(c, party)) }
  }

  /** The desk as it is: who is no matter of this agent's now is as if there were none. */
  async function sellingTo(c: Ctx, party: string): Promise<{ sales: Open; call: string | null }> {
    const { sales, call } = await deskOf(deps, c.var.user, await frameOf(c, deps))
    if (sales?.type !== 'open' || sales.party !== party) throw new NotFound('party', party)
    return { sales, call: call?.id ?? null }
  }

  /** What is refused is said on the desk, which stays as it is. */
  async function attempt(c: Ctx, work: () => Promise<unknown>): Promise<Response> {
    try {
      const said = await work()
      return paint(c, typeof said === 'string' ? { notice: { tone: 'green', words: said } } : {}, 200)
    } catch (error) {
      const words = Object.values(refusedFor(error, textsOf(await frameOf(c, deps)), { words: asTyped })).join(' ')
      return paint(c, { notice: { tone: 'red', words } }, 422)
    }
  }

  return route
}

const asTyped = {
  ...{ amount: 'saleAmount', term: 'saleTerm', product: 'saleProduct' },
  ...{ reason: 'cancelReason', note: 'checkNote' },
}
