import {
  type ExportFilter,
  type ExportForm,
  type ExportKind,
  exportForms,
  exportKinds,
  type TableExportState,
} from '../../../src/centre/records/table-export.ts'
import { loanStatuses } from '../../../src/lender/loan.ts'
import { partyFlags } from '../../../src/lender/party.ts'
import { checkField, type Filled, notice, selectField, textField } from '../../parts/form.ts'
import { type Frame, textsOf } from '../../parts/frame.ts'
import { type Html, html, type Region } from '../../parts/html.ts'
import { type IconName, icon } from '../../parts/icons.ts'
import { layout } from '../../parts/layout.ts'
import { thousands } from '../../parts/numbers.ts'
import { heading, pager, table } from '../../parts/table.ts'
import { exactly, instant } from '../../parts/time.ts'
import type { Words } from '../../words/words.ts'
import { problems } from './users.ts'

export type ExportRow = {
  id: string
  kind: ExportKind
  form: ExportForm
  filter: ExportFilter
  numbers: 'clear' | 'masked'
  secrets: boolean
  reason: string
  by: string
  requestedAt: number
  state: TableExportState
  done: number
  rows: number
  bytes: number
  sha256: string | null
  downloads: number
  trouble: string | null
  /** When its file is erased; null: there is none. */
  keptUntil: number | null
}

export type ExportsProps = {
  frame: Frame
  rows: ExportRow[]
  campaigns: { id: string; name: string }[]
  /** Whether this person sees numbers masked, in files too. */
  masked: boolean
  next: string | null
  filled: Filled
}

export function tableExportsPage(props: ExportsProps): Html {
  const w = textsOf(props.frame)
  const words = w.tableExports
  return layout(props.frame, {
    title: words.title,
    main: html`${heading({ title: words.title, about: words.about })}${problems(props.filled, w)}
${askForm(props, w)}
${table({
  caption: words.title,
  rows: props.rows,
  empty: words.none,
  columns: [
    {
      head: words.kind,
      cell: row =>
        html`<a href="/admin/exports/${row.id}"><b>${w.imports.kinds[row.kind]}</b></a> <span class="muted">${row.form.toUpperCase()}</span>`,
    },
    { head: words.reason, cell: row => row.reason },
    { head: words.state, cell: row => exportChip(row.state, w) },
    { head: words.rows, kind: 'figure', cell: row => thousands(row.rows) },
    { head: words.downloads, kind: 'figure', cell: row => thousands(row.downloads) },
    { head: words.by, cell: row => row.by },
    { head: words.when, cell: row => instant(row.requestedAt, props.frame) },
  ],
})}${pager(props.frame, { previous: null, next: props.next })}`,
  })
}

function askForm({ campaigns, masked, filled }: ExportsProps, w: Words): Html {
  const words = w.tableExports
  const choices = (values: readonly string[], of: Record<string, string>) => [
    { value: '', word: words.any },
    ...values.map(value => ({ value, word: of[value] ?? value })),
  ]
  return html`<form class="panel form" method="post" action="/admin/exports">
${selectField({ name: 'kind', label: words.kind, required: true, choices: exportKinds.map(kind => ({ value: kind, word: w.imports.kinds[kind] })) }, filled)}
${selectField({ name: 'form', label: words.form, help: words.formHelp, choices: exportForms.map(form => ({ value: form, word: words.forms[form] })) }, filled)}
${selectField({ name: 'campaign', label: words.campaign, choices: [{ value: '', word: '—' }, ...campaigns.map(({ id, name }) => ({ value: id, word: name }))] }, filled)}
<details${Object.keys(filled.errors).some(field => field !== 'reason') ? html` open` : null}><summary>${words.more}</summary>
${textField({ name: 'from', label: words.from, type: 'date', help: words.fromHelp }, filled)}
${textField({ name: 'to', label: words.to, type: 'date' }, filled)}
${selectField({ name: 'flag', label: words.flag, choices: choices(partyFlags, w.lender.flag) }, filled)}
${selectField({ name: 'status', label: words.status, choices: choices(loanStatuses, w.lender.loanStatus) }, filled)}
${selectField({ name: 'overdue', label: words.overdue, choices: choices(['yes', 'no'], words.overdues) }, filled)}
${textField({ name: 'party', label: words.party, maxlength: 64 }, filled)}</details>
${
  masked
    ? html`<p class="help">${words.alwaysMasked}</p>`
    : html`${checkField({ name: 'masked', label: words.masked, help: words.maskedHelp }, filled)}
${checkField({ name: 'secrets', label: words.secrets, help: words.secretsHelp }, filled)}`
}
${textField({ name: 'reason', label: words.reason, help: words.reasonHelp, required: true, maxlength: 200 }, filled)}
<div class="buttons"><button class="button primary">${icon('download')}${words.ask}</button></div></form>`
}

const looks: Record<TableExportState, [string, IconName]> = {
  waiting: ['blue', 'clock'],
  running: ['blue', 'refresh-cw'],
  finished: ['green', 'circle-check'],
  cancelled: ['amber', 'ban'],
  failed: ['red', 'triangle-alert'],
  erased: ['amber', 'archive'],
}

function exportChip(state: TableExportState, w: Words): Html {
  const [colour, name] = looks[state]
  return html`<span class="chip ${colour}">${icon(name)}<span>${w.tableExports.states[state]}</span></span>`
}

export type ExportProps = { frame: Frame; export: ExportRow; filled: Filled }

export function tableExportPage(props: ExportProps): Html {
  const w = textsOf(props.frame)
  const words = w.tableExports
  const title = words.one(w.imports.kinds[props.export.kind])
  return layout(props.frame, {
    title,
    main: html`${heading({ title, about: props.export.reason, actions: html`<a class="button" href="/admin/exports">${icon('chevron-left')}${words.title}</a>` })}
${isLive(props) ? html`<div id="export-stream" hx-sse:connect="/live/exports/${props.export.id}" hidden></div>` : null}${problems(props.filled, w)}
${tableExportRegions(props).map(region => region.body)}`,
  })
}

const isLive = ({ export: { state } }: ExportProps) => state === 'running' || state === 'waiting'

/** Painted anew while it runs. */
export function tableExportRegions(props: ExportProps): Region[] {
  return [{ id: 'export-state', body: html`<section id="export-state" class="panel">${stateOf(props)}</section>` }]
}

function stateOf(props: ExportProps): Html {
  const { frame, export: made } = props
  const w = textsOf(frame)
  const words = w.tableExports
  const figures: [string, string | Html][] = [
    [words.rows, thousands(made.rows)],
    [words.form, words.forms[made.form]],
    [words.filter, filterWords(made.filter, w)],
    [w.imports.targets['number'] ?? '', words.numbers[made.numbers]],
    [words.by, made.by],
    [words.when, instant(made.requestedAt, frame)],
  ]
  if (made.state === 'finished' || made.state === 'erased')
    figures.push([words.bytes, thousands(made.bytes)], [words.downloads, thousands(made.downloads)])
  const path = `/admin/exports/${made.id}`
  return html`<p>${exportChip(made.state, w)}${made.secrets ? html` <span class="chip amber">${icon('lock')}<span>${words.withSecrets}</span></span>` : null}</p>
${isLive(props) ? html`<progress max="1000" value="${Math.round(made.done * 1000)}" aria-label="${words.progress}"></progress>` : null}
<dl class="facts inline">${figures.map(([word, figure]) => html`<div><dt>${word}</dt><dd class="figure">${figure}</dd></div>`)}</dl>
${made.sha256 === null ? null : html`<p class="help">${words.sha256}: <code>${made.sha256}</code></p>`}
${made.state === 'failed' && made.trouble !== null ? notice('red', made.trouble) : null}
${isLive(props) ? html`<form method="post" action="${path}/cancelling" data-asks="${words.cancelQuestion}"><button class="button danger">${icon('ban')}${words.cancel}</button></form>` : null}
${made.state === 'finished' && made.keptUntil !== null ? html`<p><a class="button primary" href="${path}/file" download>${icon('download')}${words.download}</a></p><p class="help">${words.until(exactly(made.keptUntil, frame).slice(0, 16))}</p>` : null}`
}

function filterWords(filter: ExportFilter, w: Words): string {
  const words: Record<string, string> = { ...w.lender.flag, ...w.lender.loanStatus, ...w.tableExports.overdues }
  const texts = Object.values(filter).map(value => (Object.hasOwn(words, value) ? words[value]! : value))
  return texts.join(' · ') || '—'
}
