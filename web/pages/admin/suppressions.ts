import { type Filled, notice, textField } from '../../parts/form.ts'
import { type Frame, textsOf } from '../../parts/frame.ts'
import { type Html, html } from '../../parts/html.ts'
import { icon } from '../../parts/icons.ts'
import { layout } from '../../parts/layout.ts'
import { heading, pager, search, table } from '../../parts/table.ts'
import { instant } from '../../parts/time.ts'
import { problems } from './users.ts'

export type SuppressionsProps = {
  frame: Frame
  rows: { number: string; shown: string; reason: string; until: number | null; addedAt: number }[]
  q: string
  next: string | null
  filled: Filled
  saved: boolean
}

export function suppressionsPage(props: SuppressionsProps): Html {
  const w = textsOf(props.frame)
  const words = w.admin.suppressions
  return layout(props.frame, {
    title: words.title,
    main: html`${heading({ title: words.title, about: words.about })}
${props.saved ? notice('green', w.frame.form.saved) : null}
<div class="toolbar">${search(props.frame, { path: '/admin/suppressions', q: props.q, label: words.search })}</div>
<div class="wide-narrow"><div>${table({
      caption: words.title,
      rows: props.rows,
      empty: props.q ? w.frame.list.none : words.none,
      columns: [
        { head: words.number, cell: row => html`<b class="figure">${row.shown}</b>` },
        { head: words.reason, cell: row => row.reason },
        { head: words.until, cell: row => (row.until === null ? words.forGood : instant(row.until, props.frame)) },
        { head: words.added, cell: row => instant(row.addedAt, props.frame) },
        {
          head: w.frame.list.actions,
          kind: 'action',
          cell: row =>
            html`<form method="post" action="/admin/suppressions/removal" data-asks="${words.removeQuestion(row.shown)}"><input type="hidden" name="number" value="${row.number}"><button class="button small danger">${icon('trash-2')}${w.frame.form.remove}</button></form>`,
        },
      ],
    })}${pager(props.frame, { previous: null, next: props.next })}</div>
<section class="panel"><h2>${words.add}</h2>${problems(props.filled, w)}<form class="form" method="post" action="/admin/suppressions">
${textField({ name: 'number', label: words.number, type: 'tel', required: true, figure: true, maxlength: 24 }, props.filled)}
${textField({ name: 'reason', label: words.reason, required: true, maxlength: 200 }, props.filled)}
${textField({ name: 'until', label: words.until, type: 'date', help: words.untilHelp }, props.filled)}
<div class="buttons"><button class="button primary">${w.frame.form.add}</button></div></form></section></div>`,
  })
}
