import { type ImportKind, type ImportState, importKinds } from '../../../src/centre/records/file-import.ts'
import { type Filled, selectField, textField } from '../../parts/form.ts'
import { type Frame, textsOf } from '../../parts/frame.ts'
import { type Html, html } from '../../parts/html.ts'
import { type IconName, icon } from '../../parts/icons.ts'
import { layout } from '../../parts/layout.ts'
import { thousands } from '../../parts/numbers.ts'
import { heading, pager, table } from '../../parts/table.ts'
import { instant } from '../../parts/time.ts'
import type { Words } from '../../words/words.ts'
import { problems } from './users.ts'

export type ImportRow = {
  id: string
  kind: ImportKind
  name: string
  campaign: string | null
  state: ImportState
  by: string
  receivedAt: number
  counts: { rows: number; saved: number; unchanged: number; rejected: number }
}

export type ImportsProps = {
  frame: Frame
  rows: ImportRow[]
  campaigns: { id: string; name: string }[]
  next: string | null
  filled: Filled
}

export function importsPage(props: ImportsProps): Html {
  const w = textsOf(props.frame)
  const words = w.imports
  return layout(props.frame, {
    title: words.title,
    main: html`${heading({ title: words.title, about: words.about, actions: html`<a class="button" href="/admin/imports/mappings">${icon('bookmark')}${words.savedMappings}</a>` })}${problems(props.filled, w)}
<form class="panel upload" method="post" action="/admin/imports" enctype="multipart/form-data">
${selectField({ name: 'kind', label: words.kind, required: true, choices: importKinds.map(kind => ({ value: kind, word: words.kinds[kind] })) }, props.filled)}
${selectField({ name: 'campaign', label: words.campaign, help: words.campaignHelp, choices: [{ value: '', word: '—' }, ...props.campaigns.map(({ id, name }) => ({ value: id, word: name }))] }, props.filled)}
${textField({ name: 'file', label: words.file, type: 'file', help: words.fileHelp, required: true }, props.filled)}
<button class="button primary">${icon('upload')}${words.upload}</button></form>
${table({
  caption: words.title,
  rows: props.rows,
  empty: words.none,
  columns: [
    { head: words.fileName, cell: row => html`<a href="/admin/imports/${row.id}"><b>${row.name}</b></a>` },
    {
      head: words.kind,
      cell: row =>
        html`${words.kinds[row.kind]}${row.campaign === null ? null : html` <span class="muted">${row.campaign}</span>`}`,
    },
    { head: words.state, cell: row => stateChip(row.state, w) },
    { head: words.saved, kind: 'figure', cell: row => thousands(row.counts.saved) },
    { head: words.unchanged, kind: 'figure', cell: row => thousands(row.counts.unchanged) },
    { head: words.rejected, kind: 'figure', cell: row => thousands(row.counts.rejected) },
    { head: words.by, cell: row => row.by },
    { head: words.when, cell: row => instant(row.receivedAt, props.frame) },
  ],
})}${pager(props.frame, { previous: null, next: props.next })}`,
  })
}

const looks: Record<ImportState, [string, IconName]> = {
  received: ['amber', 'info'],
  waiting: ['blue', 'clock'],
  running: ['blue', 'refresh-cw'],
  stopped: ['amber', 'triangle-alert'],
  finished: ['green', 'circle-check'],
  cancelled: ['amber', 'ban'],
  failed: ['red', 'triangle-alert'],
}

export function stateChip(state: ImportState, w: Words): Html {
  const [colour, name] = looks[state]
  return html`<span class="chip ${colour}">${icon(name)}<span>${w.imports.states[state]}</span></span>`
}
