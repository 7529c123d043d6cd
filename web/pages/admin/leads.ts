import type { LeadState, Relation } from '../../../src/centre/entities.ts'
import { leadStates } from '../../../src/centre/entities.ts'
import { type Filled, notice, textField } from '../../parts/form.ts'
import { type Frame, textsOf } from '../../parts/frame.ts'
import { type Html, html, type Piece } from '../../parts/html.ts'
import { icon } from '../../parts/icons.ts'
import { columnWord, reasonWord } from '../../parts/import-report.ts'
import { layout } from '../../parts/layout.ts'
import { thousands } from '../../parts/numbers.ts'
import { heading, pager, search, table } from '../../parts/table.ts'
import { instant } from '../../parts/time.ts'
import type { Words } from '../../words/words.ts'
import { importFields, type ListsProps, listsPart } from './lists.ts'
import { problems } from './users.ts'

export type LeadRow = {
  id: string
  ref: string
  name: string
  phones: { number: string; relation: Relation }[]
  state: LeadState
  attempts: number
  dueAt: number | null
}

export type LeadsProps = {
  frame: Frame
  campaign: { id: string; name: string }
  counts: Record<LeadState, number>
  lists: ListsProps
  leads: LeadRow[]
  q: string
  state: LeadState | null
  next: string | null
  /** What came of the file just uploaded. */
  report: { accepted: number; rejected: { row: number; field: string; reason: string }[]; rejectedCount: number } | null
  filled: Filled
}

export function leadsPage(props: LeadsProps): Html {
  const w = textsOf(props.frame)
  const words = w.admin.leads
  const path = `/admin/campaigns/${props.campaign.id}/leads`
  const all = leadStates.reduce((sum, state) => sum + props.counts[state], 0)
  const title = words.title(props.campaign.name)
  return layout(props.frame, {
    title,
    main: html`${heading({ title, count: w.frame.list.count(all), about: words.about, actions: html`<a class="button" href="/supervisor/campaigns/${props.campaign.id}/best-times">${icon('clock')}${w.order.best}</a><a class="button" href="/admin/campaigns/${props.campaign.id}">${icon('settings')}${w.admin.campaigns.settings}</a>` })}
${props.report ? report(props.report, w) : null}${problems(props.filled, w)}
<form class="panel upload" method="post" action="${path}" enctype="multipart/form-data">${textField({ name: 'file', label: words.file, type: 'file', help: words.fileHelp, required: true }, props.filled)}
<details><summary>${w.lists.options}</summary>${importFields(w, props.filled)}</details>
<button class="button primary">${icon('upload')}${words.upload}</button></form>
${listsPart(props.frame, path, props.lists)}
<div class="toolbar">${search(props.frame, { path, q: props.q, label: words.search })}<nav class="filters" aria-label="${words.state}">
<a href="${path}"${props.state === null ? html` aria-current="true"` : null}>${w.frame.list.all} ${thousands(all)}</a>${leadStates.map(
      state =>
        html`<a href="${path}?state=${state}"${props.state === state ? html` aria-current="true"` : null}>${w.domain.leadState[state]} ${thousands(props.counts[state])}</a>`,
    )}</nav></div>
${table({
  caption: title,
  rows: props.leads,
  empty: props.q || props.state ? w.frame.list.none : words.none,
  columns: [
    { head: words.ref, cell: lead => html`<span class="figure">${lead.ref}</span>` },
    { head: words.name, cell: lead => lead.name },
    {
      head: words.phones,
      cell: lead =>
        html`<span class="two">${lead.phones.slice(0, 3).map(phone => html`<span><span class="figure">${phone.number}</span> <span class="muted">${w.domain.relation[phone.relation]}</span></span>`)}</span>`,
    },
    { head: words.state, cell: lead => w.domain.leadState[lead.state] },
    { head: words.attempts, kind: 'figure', cell: lead => lead.attempts },
    { head: words.due, cell: lead => instant(lead.dueAt, props.frame) },
  ],
})}${pager(props.frame, { previous: null, next: props.next })}`,
  })
}

/** Row by row, what was not taken and why; at most a hundred are shown. */
function report(given: NonNullable<LeadsProps['report']>, w: Words): Piece {
  const words = w.admin.leads
  const shown = given.rejected.slice(0, 100)
  return html`${notice(given.accepted > 0 ? 'green' : 'amber', words.accepted(given.accepted))}
${
  given.rejectedCount === 0
    ? null
    : html`${notice('amber', words.rejected(given.rejectedCount))}<div class="report">${table({
        caption: words.rejected(given.rejectedCount),
        rows: shown,
        empty: '',
        columns: [
          { head: words.row, kind: 'figure', cell: row => row.row },
          { head: words.field, cell: row => columnWord(row.field, w) },
          { head: words.reason, cell: row => reasonWord(row.field, row.reason, w) },
        ],
      })}${given.rejectedCount > shown.length ? html`<p class="help">${words.more(given.rejectedCount - shown.length)}</p>` : null}</div>`
}`
}
