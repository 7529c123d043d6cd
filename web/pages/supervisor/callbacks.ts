import type { CallResult } from '../../../src/centre/entities.ts'
import { notice } from '../../parts/form.ts'
import { type Frame, textsOf } from '../../parts/frame.ts'
import { type Html, html, type Piece } from '../../parts/html.ts'
import { layout } from '../../parts/layout.ts'
import { chip } from '../../parts/state.ts'
import { heading, pager, table } from '../../parts/table.ts'
import { instant } from '../../parts/time.ts'
import type { Words } from '../../words/words.ts'

/** A callback that is still owed, as pages show it. Its number is masked already where this person may not see it. */
export type OpenCallback = {
  id: string
  at: number
  due: boolean
  overdue: boolean
  /** null: anyone's. */
  agent: string | null
  number: string
  campaign: string | null
  reason: 'agreed' | 'abandoned' | 'overflow'
  tries: number
  lastResult: CallResult | null
  nextAt: number | null
}

export type CallbacksProps = {
  frame: Frame
  callbacks: OpenCallback[]
  onlyOverdue: boolean
  next: string | null
  said: { tone: 'green' | 'red'; words: string } | null
}

export function callbacksPage(props: CallbacksProps): Html {
  const w = textsOf(props.frame)
  const words = w.callbacks
  const chosen = (on: boolean) => (on ? html` aria-current="true"` : null)
  return layout(props.frame, {
    title: words.title,
    main: html`${heading({ title: words.title, about: words.about })}
${props.said ? notice(props.said.tone, props.said.words) : null}
<nav class="toolbar filters" aria-label="${words.title}"><a class="button small" href="/supervisor/callbacks"${chosen(!props.onlyOverdue)}>${words.all}</a> <a class="button small" href="/supervisor/callbacks?overdue=1"${chosen(props.onlyOverdue)}>${words.onlyOverdue}</a></nav>
${table({
  caption: words.title,
  rows: props.callbacks,
  empty: words.none,
  columns: [
    { head: words.at, cell: row => html`${instant(row.at, props.frame)} ${stateOf(row, w)}` },
    { head: words.agent, cell: row => row.agent ?? words.anyone },
    { head: words.number, cell: row => html`<span class="figure">${row.number}</span>` },
    {
      head: words.campaign,
      cell: row =>
        html`<span class="two"><span>${row.campaign ?? ''}</span><span class="small muted">${words.reasons[row.reason]}</span></span>`,
    },
    { head: words.tried, cell: row => triesOf(row, w) ?? '—' },
    { head: words.next, cell: row => nextOf(row, props.frame, w) },
    { head: words.close, cell: row => closing(`/supervisor/callbacks/${row.id}/closing`, row, w) },
  ],
})}${pager(props.frame, { previous: null, next: props.next })}`,
  })
}

export function stateOf(row: Pick<OpenCallback, 'due' | 'overdue'>, w: Words): Piece {
  if (row.overdue) return chip('amber', 'triangle-alert', w.callbacks.overdue)
  return row.due ? html`<b class="due">${w.callbacks.due}</b>` : null
}

/** How often it was tried and what came of the last time; null: not yet. */
export function triesOf({ tries, lastResult }: Pick<OpenCallback, 'tries' | 'lastResult'>, w: Words): string | null {
  if (tries === 0) return null
  const last = lastResult === null ? '' : ` · ${w.callbacks.last(w.domain.callResult[lastResult])}`
  return `${w.callbacks.tries(tries)}${last}`
}

/** Until it was tried its own minute is the next; after that the machine's, or nobody's but a person's. */
export function nextOf(row: Pick<OpenCallback, 'tries' | 'nextAt'>, frame: Frame, w: Words): Piece {
  if (row.nextAt !== null) return instant(row.nextAt, frame)
  return row.tries === 0 ? html`—` : html`<span class="muted">${w.callbacks.byHand}</span>`
}

export function closing(action: string, row: Pick<OpenCallback, 'number'>, w: Words): Html {
  const words = w.callbacks
  return html`<details><summary>${words.close}</summary><form class="inline" method="post" action="${action}"><input name="reason" required maxlength="200" placeholder="${words.closeReasonHelp}" aria-label="${words.closeReason}: ${row.number}"><button class="button small" aria-label="${words.close}: ${row.number}">${words.close}</button></form></details>`
}
