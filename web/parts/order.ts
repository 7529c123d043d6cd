/** Orders as every page shows them: the state with its clock. */
import { daysBetween, type PlainDate } from '../../src/lender/dates.ts'
import type { OrderState } from '../../src/lender/order.ts'
import type { Words } from '../words/words.ts'
import { type Html, html } from './html.ts'
import { chip } from './state.ts'

const looks = {
  DRAFT: ['amber', 'pencil'],
  QC: ['blue', 'audio-lines'],
  CONFIRMED: ['blue', 'circle-check'],
  COOLING: ['amber', 'calendar-clock'],
  FULFILLED: ['green', 'circle-check'],
  CANCELLED: ['grey', 'circle-x'],
} as const satisfies Record<OrderState, unknown>

export function orderChip(state: OrderState, w: Words): Html {
  const [tone, sign] = looks[state]
  return chip(tone, sign, w.sales.state[state])
}

/** The days to think of an order that has them, and how many are left. */
export function coolingLine(
  order: { state: OrderState; coolingUntil: PlainDate | null },
  today: PlainDate,
  w: Words,
): Html | null {
  const { state, coolingUntil: until } = order
  if (state !== 'COOLING' || until === null) return null
  const words = w.sales
  if (until < today) return html`<span class="small">${words.coolingPassed(until)}</span>`
  return html`<span class="small">${words.coolingUntil(until)} · ${words.coolingLeft(daysBetween(today, until))}</span>`
}
