import { notice } from '../../parts/form.ts'
import { type Frame, textsOf } from '../../parts/frame.ts'
import { type Html, html } from '../../parts/html.ts'
import { layout } from '../../parts/layout.ts'
import { heading, pager, table } from '../../parts/table.ts'
import { instant } from '../../parts/time.ts'
import { type OrderLine, orderColumns } from '../supervisor/orders.ts'

export type MyOrdersProps = {
  frame: Frame
  today: string
  /** Sent back by the check: to be handed in again. */
  back: OrderLine[]
  rows: OrderLine[]
  next: string | null
  said: { tone: 'green' | 'red'; words: string } | null
}

/** An agent's own orders: first those that were sent back, with what the check found. */
export function myOrdersPage(props: MyOrdersProps): Html {
  const w = textsOf(props.frame)
  const words = w.sales
  return layout(props.frame, {
    title: words.mine,
    main: html`${heading({ title: words.mine, about: words.mineAbout })}
${props.said === null ? null : notice(props.said.tone, props.said.words)}
${props.back.map(order => html`<section class="panel"><h2>${order.name || order.party} · ${order.product}</h2>${notice('amber', `${words.checkFound}: ${order.note || '—'}`)}<form method="post" action="/agent/orders/${order.id}/submission"><button class="button primary">${words.submit}</button></form></section>`)}
${table({
  caption: words.mine,
  rows: props.rows,
  empty: words.mineNone,
  columns: [
    ...orderColumns(props, w, null),
    { head: words.note, cell: row => row.note },
    { head: words.changed, cell: row => instant(row.changedAt, props.frame) },
  ],
})}${pager(props.frame, { previous: null, next: props.next })}`,
  })
}
