import type { ComplaintKind, ComplaintState } from '../../../src/lender/complaint.ts'
import { areaField, type Filled, notice, selectField, textField } from '../../parts/form.ts'
import { type Frame, textsOf } from '../../parts/frame.ts'
import { type Html, html } from '../../parts/html.ts'
import { layout } from '../../parts/layout.ts'
import { money } from '../../parts/money.ts'
import { chip } from '../../parts/state.ts'
import { heading, pager, table } from '../../parts/table.ts'
import { instant } from '../../parts/time.ts'
import { problems } from '../admin/users.ts'

export type ComplaintRow = {
  id: string
  party: string
  kind: ComplaintKind
  text: string
  source: string
  dueOn: string
  overdue: boolean
  state: ComplaintState
}
export type ComplaintsProps = {
  frame: Frame
  rows: ComplaintRow[]
  overdue: number
  next: string | null
  mayWrite: boolean
  filled: Filled
}

export function complaintsPage(props: ComplaintsProps): Html {
  const w = textsOf(props.frame)
  const words = w.claims
  const list = table({
    caption: words.complaints,
    rows: props.rows,
    empty: words.noComplaints,
    columns: [
      {
        head: words.dueOn,
        cell: row =>
          html`<span class="figure">${row.dueOn}</span>${row.overdue ? html` ${chip('red', 'triangle-alert', words.isOverdue)}` : null}`,
      },
      {
        head: words.party,
        cell: row =>
          html`<a class="figure" href="/supervisor/parties/${encodeURIComponent(row.party)}">${row.party}</a>`,
      },
      { head: words.kind, cell: row => words.kinds[row.kind] },
      {
        head: words.text,
        cell: row =>
          html`<span class="two"><span>${row.text.slice(0, 200)}</span><span class="small muted">${row.source}</span></span>`,
      },
      { head: words.state, cell: row => words.states[row.state] },
      {
        head: w.frame.list.actions,
        cell: row =>
          props.mayWrite
            ? html`<details><summary>${words.resolve}</summary><form class="inline" method="post" action="/supervisor/complaints/${row.id}/resolution"><input name="resolution" required maxlength="2000" aria-label="${words.resolution}: ${row.party}"><button class="button small">${words.resolve}</button></form></details>${
                row.state === 'OPEN'
                  ? html`<details><summary>${words.extend}</summary><form class="inline" method="post" action="/supervisor/complaints/${row.id}/extension"><input name="dueOn" type="date" required aria-label="${words.dueOn}: ${row.party}"><input name="reason" required maxlength="200" aria-label="${words.reason}: ${row.party}"><button class="button small">${words.extend}</button></form></details>`
                  : null
              }`
            : null,
      },
    ],
  })
  const form = html`<form class="form panel" method="post" action="/supervisor/complaints"><h2>${words.open}</h2>${problems(props.filled, w)}
${textField({ name: 'party', label: words.party, required: true, figure: true, maxlength: 64 }, props.filled)}
${selectField({ name: 'kind', label: words.kind, choices: (['complaint', 'dispute'] as const).map(value => ({ value, word: words.kinds[value] })) }, props.filled)}
${areaField({ name: 'text', label: words.text, required: true, maxlength: 2000 }, props.filled)}
${textField({ name: 'source', label: words.source, maxlength: 100 }, props.filled)}
<div class="buttons"><button class="button primary">${words.open}</button></div></form>`
  return layout(props.frame, {
    title: words.complaints,
    main: html`${heading({ title: words.complaints, about: words.complaintsAbout })}
${props.overdue > 0 ? notice('red', words.overdue(props.overdue)) : null}
<div class="wide-narrow"><div>${list}${pager(props.frame, { previous: null, next: props.next })}</div>${props.mayWrite ? form : null}</div>`,
  })
}

export type WaiverRow = {
  id: string
  party: string
  loan: string
  amount: number
  currency: string
  reason: string
  by: string
  askedAt: number
}
export type WaiversProps = { frame: Frame; rows: WaiverRow[]; next: string | null; mayWrite: boolean; filled: Filled }

export function waiversPage(props: WaiversProps): Html {
  const w = textsOf(props.frame)
  const words = w.claims
  // One reason, and what it is the reason of is said by the button.
  const decision = (row: WaiverRow) =>
    html`<form class="inline decision" method="post" action="/supervisor/waivers/${row.id}/decision"><input name="reason" required maxlength="200" aria-label="${words.reason}: ${row.loan}" placeholder="${words.reason}"><span class="buttons"><button class="button small" name="approve" value="true">${words.approve}</button><button class="button small danger" name="approve" value="false">${words.refuse}</button></span></form>`
  const list = table({
    caption: words.waivers,
    rows: props.rows,
    empty: words.noWaivers,
    columns: [
      {
        head: words.loan,
        cell: row =>
          html`<a class="figure" href="/supervisor/parties/${encodeURIComponent(row.party)}">${row.loan}</a>`,
      },
      { head: words.amount, kind: 'figure', cell: row => money(row.amount, row.currency) },
      { head: words.reason, cell: row => row.reason },
      {
        head: words.by,
        cell: row =>
          html`<span class="two"><span>${row.by}</span><span class="small muted">${instant(row.askedAt, props.frame)}</span></span>`,
      },
      {
        head: w.frame.list.actions,
        cell: row => (props.mayWrite ? decision(row) : null),
      },
    ],
  })
  const form = html`<form class="form panel" method="post" action="/supervisor/waivers"><h2>${words.ask}</h2>
${textField({ name: 'loan', label: words.loan, required: true, figure: true, maxlength: 64 }, props.filled)}
${textField({ name: 'amount', label: words.amount, required: true, figure: true, maxlength: 12 }, props.filled)}
${textField({ name: 'reason', label: words.reason, required: true, maxlength: 200 }, props.filled)}
<div class="buttons"><button class="button primary">${words.ask}</button></div></form>`
  return layout(props.frame, {
    title: words.waivers,
    main: html`${heading({ title: words.waivers, about: words.waiversAbout })}${problems(props.filled, w)}
<div class="wide-narrow"><div>${list}${pager(props.frame, { previous: null, next: props.next })}</div>${props.mayWrite ? form : null}</div>`,
  })
}
