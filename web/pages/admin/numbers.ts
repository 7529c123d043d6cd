import type { InboundNumber } from '../../../src/centre/entities.ts'
import { changesOf } from '../../parts/changes.ts'
import { type Choice, type Filled, notice, selectField, textField } from '../../parts/form.ts'
import { type Frame, textsOf } from '../../parts/frame.ts'
import { type Html, html } from '../../parts/html.ts'
import { icon } from '../../parts/icons.ts'
import { layout } from '../../parts/layout.ts'
import { heading, table } from '../../parts/table.ts'
import { problems } from './users.ts'

export type NumbersProps = {
  frame: Frame
  numbers: (InboundNumber & { leadsTo: string })[]
  /** `queue:ID` and `user:ID`. */
  targets: Choice[]
  filled: Filled
  saved: boolean
}

/** A short list: the form to add stands beside it. */
export function numbersPage(props: NumbersProps): Html {
  const w = textsOf(props.frame)
  const words = w.admin.numbers
  return layout(props.frame, {
    title: words.title,
    main: html`${heading({ title: words.title, count: w.frame.list.count(props.numbers.length), about: words.about })}
${props.saved ? notice('green', w.frame.form.saved) : null}
<div class="wide-narrow">${table({
      caption: words.title,
      rows: props.numbers,
      empty: words.none,
      columns: [
        { head: words.number, cell: row => html`<b class="figure">${row.number}</b>` },
        { head: words.target, cell: row => row.leadsTo },
        {
          head: w.frame.list.actions,
          kind: 'action',
          cell: row =>
            html`<form method="post" action="/admin/numbers/${row.id}/removal" data-asks="${w.frame.form.confirmRemove(row.number)}"><button class="button small danger">${icon('trash-2')}${w.frame.form.remove}</button></form>`,
        },
      ],
    })}
<section class="panel"><h2>${words.add}</h2>${problems(props.filled, w)}${
      props.targets.length === 0
        ? html`<p class="muted">${words.needTarget}</p><p><a href="/admin/queues/new">${w.admin.queues.add}</a></p>`
        : html`<form class="form" method="post" action="/admin/numbers">
${textField({ name: 'number', label: words.number, help: words.numberHelp, required: true, figure: true, type: 'tel', maxlength: 24 }, props.filled)}
${selectField({ name: 'target', label: words.target, choices: props.targets }, props.filled)}
<div class="buttons"><button class="button primary">${w.frame.form.save}</button></div></form>${changesOf(props.frame, { kind: 'number' })}`
    }</section></div>`,
  })
}
