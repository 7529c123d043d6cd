import { Hono } from 'hono'
import { type OrderProps, orderPage, type SaidRow } from '../../../web/pages/supervisor/order.ts'
import { ordersPage } from '../../../web/pages/supervisor/orders.ts'
import { type Filled, nothingFilled } from '../../../web/parts/form.ts'
import { type Frame, textsOf } from '../../../web/parts/frame.ts'
import { clockOf } from '../../../web/parts/time.ts'
import type { User } from '../../centre/entities.ts'
import { type OrderState, orderStates } from '../../lender/order.ts'
import { saidItems, sellersOf } from '../../lender/quote.ts'
import type { CallId, RecordingId } from '../../lib/ids.ts'
import { NotFound, NotNow } from '../../records/errors.ts'
import { reckoningOf } from '../../records/parties/lender.ts'
import { quoteById } from '../../records/sales/quotes.ts'
import { moveOrderBy, orderById } from '../../records/sales/sales.ts'
import type { QuoteRecord } from '../../store/lender/quotes.ts'
import { actorName } from '../admin/journal.ts'
import { audioAnswer, issueOpening } from '../audio-file.ts'
import { actorOf, type Ctx, type Deps, type Env } from '../deps.ts'
import { allow } from '../guard.ts'
import { heardAt } from '../heard-answers.ts'
import { frameOf } from '../live/frame.ts'
import { refusedFor } from '../refused.ts'
import { checkSeen, recordingsSeen } from '../seen-calls.ts'
import { orderLine, sentenceOf, shownSums } from '../shown-order.ts'
import { listOf, type Typed, textOf, typedOf } from '../typed.ts'

/** `/supervisor/orders`: all orders; the check of one by a person who had no part in the sale; and its way until it is in force or cancelled. */
export function orderRoutes(deps: Deps): Hono<Env> {
  const route = new Hono<Env>()
  const { records, store } = deps

  route.get('/supervisor/orders', allow('supervisor', 'quality', 'auditor'), async c => {
    const frame = { ...(await frameOf(c, deps)), path: '/supervisor/orders' }
    const state = orderStates.find(each => each === c.req.query('state')) ?? null
    const [{ today }, found, counts, products] = await Promise.all([
      reckoningOf(records),
      store.read('orders.list', { cursor: c.req.query('cursor') ?? null, ...(state === null ? {} : { state }) }),
      store.read('orders.counts', {}),
      store.read('products.list', {}),
    ])
    const next =
      found.next && `/supervisor/orders?${new URLSearchParams({ ...(state ? { state } : {}), cursor: found.next })}`
    return c.html(
      ordersPage({
        ...{ frame, today, state, next },
        rows: found.items.map(row => orderLine(deps, row, products)),
        counts: Object.fromEntries(counts.map(each => [each.state, each.orders])) as Partial<
          Record<OrderState, number>
        >,
      }),
    )
  })

  route.get('/supervisor/orders/:id', allow('supervisor', 'quality', 'auditor'), c => page(c, {}))

  route.post('/supervisor/orders/:id/check', allow('supervisor', 'quality'), c =>
    move(c, typed => {
      const [as, note, heard] = [textOf(typed, 'as'), textOf(typed, 'checkNote'), listOf(typed, 'heard')]
      return as === 'refuse'
        ? { type: 'refuse', heard, reason: textOf(typed, 'refusal'), note }
        : { type: 'check', heard, passes: as === 'pass', note }
    }),
  )
  route.post('/supervisor/orders/:id/signature', allow('supervisor'), c => move(c, () => ({ type: 'sign' })))
  route.post('/supervisor/orders/:id/fulfilment', allow('supervisor'), c => move(c, () => ({ type: 'fulfil' })))
  route.post('/supervisor/orders/:id/cancellation', allow('supervisor'), c =>
    move(c, typed => ({ type: 'cancel', reason: textOf(typed, 'cancelReason'), note: textOf(typed, 'cancelNote') })),
  )

  /** Of calls on which this was sold alone; each listen stands in the journal. */
  route.get('/supervisor/orders/:id/recordings/:recording/audio', allow('supervisor', 'quality'), async c => {
    const order = await orderById(records, c.req.param('id'))
    const calls = callsOf(order, order.quote == null ? null : await quoteById(records, order.quote))
    const recording = await store.read('recordings.byId', { id: c.req.param('recording') as RecordingId })
    if (recording === null || !calls.includes(recording.call))
      throw new NotFound('recording of this order', c.req.param('recording'))
    await checkSeen(deps, c.var.user, recording.call)
    const opening = c.req.query('opening') ?? null
    return audioAnswer(c, deps, { actor: actorOf(c), user: c.var.user.id, opening }, recording.id)
  })

  async function move(c: Ctx, commandOf: (typed: Typed) => { type: string }): Promise<Response> {
    const typed = await typedOf(c)
    const command = commandOf(typed)
    try {
      await moveOrderBy(records, actorOf(c), c.req.param('id')!, command)
    } catch (error) {
      const cancels = command.type === 'cancel'
      const errors = refusedFor(error, textsOf(await frameOf(c, deps)), {
        ...{ typed, words: { cancelNote: 'checkNote' } },
        fields: { reason: cancels ? 'cancelReason' : 'refusal', note: cancels ? 'cancelNote' : 'checkNote' },
      })
      const words = errors[''] ?? Object.values(errors)[0]
      const told = words === undefined ? null : ({ tone: 'red', words } as const)
      return page(c, { filled: { values: typed, errors }, told }, error instanceof NotNow ? 409 : 422)
    }
    return c.redirect(`/supervisor/orders/${encodeURIComponent(c.req.param('id')!)}`, 303)
  }

  async function page(
    c: Ctx,
    more: { filled?: Filled; told?: OrderProps['told'] },
    status: 200 | 409 | 422 = 200,
  ): Promise<Response> {
    const frame = { ...(await frameOf(c, deps)), path: '/supervisor/orders' }
    const order = await orderById(records, c.req.param('id')!)
    const [{ today }, products, quote, moves, party] = await Promise.all([
      reckoningOf(records),
      store.read('products.list', {}),
      order.quote == null ? null : quoteById(records, order.quote),
      store.read('orders.moves', { id: order.id }),
      store.read('parties.byRef', { ref: order.party }),
    ])
    const w = textsOf(frame)
    const { user } = c.var
    const line = orderLine(deps, { ...order, name: party?.name ?? '' }, products)
    const reasons: Record<string, string> = { ...w.sales.refusalReason, ...w.sales.cancelReasons }
    return c.html(
      orderPage({
        ...{ frame, today, agent: line.agent, checker: line.checker, sums: shownSums(order) },
        order: { ...order, name: line.name, product: line.product, heard: order.heard ?? [] },
        ...{ way: w.products.ways[order.terms.way], term: order.terms.term },
        ...(await heardOf(order, quote, user.role === 'auditor' ? null : user, frame)),
        moves: moves.map(({ at, actor, state, reason, note }) => ({
          ...{ at, state, note, who: actor.startsWith('user:') ? actorName(deps, actor) : w.sales.toProgram },
          reason: reason === null ? null : (reasons[reason] ?? reason),
        })),
        sold: [order.agent, order.openedBy, ...(quote === null ? [] : sellersOf(quote))].includes(user.id),
        maySupervise: user.role === 'supervisor',
        filled: more.filled ?? nothingFilled,
        told: more.told ?? null,
      }),
      status,
    )
  }

  /** What was said with its place in the recordings, and these. `listener` null: may look, and not listen here. */
  async function heardOf(
    order: Parameters<typeof callsOf>[0] & { id: string },
    quote: QuoteRecord | null,
    listener: User | null,
    frame: Frame,
  ): Promise<Pick<OrderProps, 'said' | 'recordings'>> {
    const found =
      listener === null
        ? []
        : (await Promise.all(callsOf(order, quote).map(call => recordingsSeen(deps, listener, call as CallId)))).flat()
    const w = textsOf(frame)
    const said = saidItems.map((item): SaidRow => {
      const read = quote?.said.find(each => each.item === item)
      return {
        ...{ item, sentence: sentenceOf(item, quote ?? order, w), at: read?.at ?? null },
        heard: read === undefined ? null : heardAt(found, { answeredAt: read.at, offsetMs: 0 }),
      }
    })
    const recordings = found
      .filter(({ sealedAt, destroyedAt }) => sealedAt !== null && destroyedAt === null)
      .map(({ id, openedAt, accepted }) => ({
        id,
        src: `/supervisor/orders/${order.id}/recordings/${id}/audio?opening=${issueOpening(listener!.id, id)}`,
        label: `${w.sales.recordings} ${clockOf(openedAt, frame)}${accepted === null ? '' : ` · ${w.custody.state}`}`,
      }))
    return { said, recordings }
  }

  return route
}

function callsOf(
  order: { call: string | null } & Parameters<typeof sentenceOf>[1],
  quote: QuoteRecord | null,
): string[] {
  const all = [order.call, quote?.call ?? null, ...(quote?.said ?? []).map(({ call }) => call)]
  return [...new Set(all.filter(call => call !== null))]
}
