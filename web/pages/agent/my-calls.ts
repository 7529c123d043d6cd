import { notice } from '../../parts/form.ts'
import type { Frame } from '../../parts/frame.ts'
import { textsOf } from '../../parts/frame.ts'
import { type Html, html } from '../../parts/html.ts'
import { icon } from '../../parts/icons.ts'
import { layout } from '../../parts/layout.ts'
import { heading, pager, table } from '../../parts/table.ts'
import { duration, instant } from '../../parts/time.ts'
import type { DeskCallback } from './desk-props.ts'
import type { ContactLine } from './party-props.ts'
import { callbackList } from './who.ts'

export type MyCallsProps = {
  frame: Frame
  /** `passed`: who had it next, `''` when that was an outside number or nobody; null: it was not passed on. */
  calls: (ContactLine & {
    id: string
    name: string | null
    number: string
    campaign: string | null
    passed: string | null
  })[]
  next: string | null
}

export function myCallsPage(props: MyCallsProps): Html {
  const w = textsOf(props.frame)
  const words = w.auditor.columns
  return layout(props.frame, {
    title: w.agent.calls.title,
    main: html`${heading({ title: w.agent.calls.title, about: w.agent.calls.about })}
${table({
  caption: w.agent.calls.title,
  rows: props.calls,
  empty: w.agent.calls.none,
  columns: [
    { head: words.time, cell: call => instant(call.at, props.frame) },
    { head: words.direction, cell: call => w.domain.direction[call.direction] },
    { head: words.party, cell: call => call.name ?? '' },
    { head: words.number, cell: call => html`<span class="figure">${call.number}</span>` },
    { head: words.campaign, cell: call => call.campaign ?? '' },
    { head: words.result, cell: call => (call.result ? w.domain.callResult[call.result] : '') },
    { head: words.talk, kind: 'figure', cell: call => (call.talkMs === null ? '' : duration(call.talkMs)) },
    { head: words.outcome, cell: call => call.outcome ?? '' },
    {
      head: w.transfer.passedOn,
      cell: call => (call.passed === null ? '' : html`${icon('phone-forwarded')} ${call.passed}`),
    },
    { head: words.note, cell: call => call.note ?? '' },
  ],
})}${pager(props.frame, { previous: null, next: props.next })}`,
  })
}

export function myCallbacksPage(props: {
  frame: Frame
  callbacks: DeskCallback[]
  said: { tone: 'green' | 'red'; words: string } | null
}): Html {
  const w = textsOf(props.frame)
  return layout(props.frame, {
    title: w.agent.callbacks.title,
    main: html`${heading({ title: w.agent.callbacks.title, count: w.frame.list.count(props.callbacks.length) })}
${props.said ? notice(props.said.tone, props.said.words) : null}<div class="panel">${callbackList(props, props.callbacks, w, true)}</div>`,
  })
}
