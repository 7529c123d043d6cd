import { type OrderState, orderStates } from '../../../src/lender/order.ts'
import { type Frame, textsOf } from '../../parts/frame.ts'
import { type Html, html } from '../../parts/html.ts'
import { layout } from '../../parts/layout.ts'
import { money } from '../../parts/money.ts'
import { coolingLine, orderChip } from '../../parts/order.ts'
import { rateOf } from '../../parts/sums.ts'
import { type Column, filter, heading, pager, table } from '../../parts/table.ts'
import { instant } from '../../parts/time.ts'
import type { Words } from '../../words/words.ts'

export type OrderLine = {
  id: string
  party: string
  name: string
  product: string
  amount: number
  currency: string
  aprNominal: number | null
  state: OrderState
  coolingUntil: string | null
  agent: string
  checker: string | null
  note: string
  changedAt: number
}

export type OrdersProps = {
  frame: Frame
  today: string
  rows: OrderLine[]
  counts: Partial<Record<OrderState, number>>
  state: OrderState | null
  next: string | null
}

/** All orders by state; of a state those that have waited longest first. */
export function ordersPage(props: OrdersProps): Html {
  const w = textsOf(props.frame)
  const words = w.sales
  return layout(props.frame, {
    title: words.orders,
    main: html`${heading({ title: words.orders, about: words.ordersAbout })}
<div class="toolbar">${filter(props.frame, {
      ...{
        path: '/supervisor/orders',
        name: 'state',
        label: w.lender.status,
        chosen: props.state,
        counts: props.counts,
      },
      choices: Object.fromEntries(orderStates.map(state => [state, words.state[state]])),
    })}</div>
${table({
  caption: words.orders,
  rows: props.rows,
  empty: words.ordersNone,
  columns: [
    ...orderColumns(props, w, row => `/supervisor/orders/${row.id}`),
    { head: words.seller, cell: row => row.agent },
    { head: words.checker, cell: row => row.checker ?? '' },
    { head: words.changed, cell: row => instant(row.changedAt, props.frame) },
  ],
})}${pager(props.frame, { previous: null, next: props.next })}`,
  })
}

/** What an order is, in a list. */
export function orderColumns(
  { today }: { today: string },
  w: Words,
  linkOf: ((row: OrderLine) => string) | null,
): Column<OrderLine>[] {
  const words = w.sales
  return [
    { head: w.lender.status, cell: row => html`${orderChip(row.state, w)} ${coolingLine(row, today, w)}` },
    {
      head: words.customer,
      cell: row => {
        const who = html`<b>${row.name || row.party}</b> <span class="figure muted">${row.party}</span>`
        return linkOf === null ? who : html`<a href="${linkOf(row)}">${who}</a>`
      },
    },
    { head: words.product, cell: row => row.product },
    { head: words.amount, kind: 'figure' as const, cell: row => money(row.amount, row.currency) },
    { head: words.apr, kind: 'figure' as const, cell: row => rateOf(row.aprNominal) },
  ]
}
