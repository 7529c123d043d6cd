import type { ImportKind, ImportState, ImportTrouble } from '../../../src/centre/records/file-import.ts'
import { type Filled, notice, selectField, textField } from '../../parts/form.ts'
import { type Frame, textsOf } from '../../parts/frame.ts'
import { type Html, html, type Piece, type Region } from '../../parts/html.ts'
import { icon } from '../../parts/icons.ts'
import { type OwnFields, targetWord } from '../../parts/import-columns.ts'
import { columnWord, reasonWord } from '../../parts/import-report.ts'
import { layout } from '../../parts/layout.ts'
import { thousands } from '../../parts/numbers.ts'
import { heading, table } from '../../parts/table.ts'
import { duration } from '../../parts/time.ts'
import { stateChip } from './imports.ts'
import { problems } from './users.ts'

export type ImportProps = {
  frame: Frame
  import: {
    id: string
    kind: ImportKind
    name: string
    state: ImportState
    counts: { rows: number; saved: number; unchanged: number; rejected: number }
    done: number
    perSecond: number | null
    leftMs: number | null
    trouble: string | null
    /** Null beside a trouble: told before there were names for it. */
    troubleWhy: ImportTrouble | null
  }
  /** The first of those that did not come through. */
  errors: { row: number; field: string; reason: string }[]
  /** Whether this person sees numbers masked, in the file too. */
  masked: boolean
  /** What the file looks like; null: it is not there any more, or the import runs. */
  mapping: MappingProps | null
  filled: Filled
}

export type MappingProps = {
  form: 'utf8' | 'utf16le' | 'gb18030' | 'xlsx'
  headings: string[]
  rows: string[][]
  columns: string[]
  targets: string[]
  own: OwnFields
  /** Those whose values nobody sees here. */
  hidden: string[]
}

export function importPage(props: ImportProps): Html {
  const { frame } = props
  const w = textsOf(frame)
  const words = w.imports
  return layout(frame, {
    title: words.one(props.import.name),
    main: html`${heading({ title: words.one(props.import.name), about: words.kinds[props.import.kind], actions: html`<a class="button" href="/admin/imports">${icon('chevron-left')}${words.title}</a>` })}
${isLive(props) ? html`<div id="import-stream" hx-sse:connect="/live/imports/${props.import.id}" hidden></div>` : null}
${importRegions(props).map(region => region.body)}
${problems(props.filled, w)}${props.mapping === null ? null : mappingForm(props, props.mapping)}`,
  })
}

const isLive = ({ import: { state } }: ImportProps) => state === 'running' || state === 'waiting'

/** Painted anew while it runs. */
export function importRegions(props: ImportProps): Region[] {
  return [{ id: 'import-state', body: html`<section id="import-state" class="panel">${stateOf(props)}</section>` }]
}

function stateOf(props: ImportProps): Html {
  const { frame, import: job } = props
  const w = textsOf(frame)
  const words = w.imports
  const figures: [string, string][] = [
    [words.rows, thousands(job.counts.rows)],
    [words.saved, thousands(job.counts.saved)],
    [words.unchanged, thousands(job.counts.unchanged)],
    [words.rejected, thousands(job.counts.rejected)],
  ]
  if (job.perSecond !== null) figures.push([words.perSecond, thousands(Math.round(job.perSecond))])
  if (job.leftMs !== null) figures.push([words.left, duration(job.leftMs)])
  const path = `/admin/imports/${job.id}`
  return html`<p>${stateChip(job.state, w)}</p>
${isLive(props) ? html`<progress max="1000" value="${Math.round(job.done * 1000)}" aria-label="${words.progress}"></progress>` : null}
${job.state === 'received' ? null : html`<dl class="facts inline">${figures.map(([word, figure]) => html`<div><dt>${word}</dt><dd class="figure">${figure}</dd></div>`)}</dl>`}
${job.state === 'stopped' ? notice('amber', words.stoppedWhy(thousands(job.counts.rows))) : null}
${job.state === 'cancelled' ? notice('amber', words.cancelledWhy(thousands(job.counts.rows))) : null}
${job.state === 'failed' && job.trouble !== null ? notice('red', job.troubleWhy === null ? job.trouble : words.troubles[job.troubleWhy]) : null}
${isLive(props) ? html`<form method="post" action="${path}/cancelling" data-asks="${words.cancelQuestion}"><button class="button danger">${icon('ban')}${words.cancel}</button></form>` : null}
${['stopped', 'cancelled', 'failed'].includes(job.state) && props.mapping !== null ? html`<form method="post" action="${path}/resuming"><button class="button primary">${icon('play')}${words.resume}</button></form>` : null}
${errorsOf(props)}`
}

function errorsOf({ frame, import: job, errors, masked }: ImportProps): Piece {
  if (job.counts.rejected === 0 || errors.length === 0) return null
  const w = textsOf(frame)
  const words = w.imports
  return html`<h2>${words.errors}</h2>
<p><a class="button" href="/admin/imports/${job.id}/errors.csv">${icon('download')}${words.errorsFile}</a></p>${masked ? html`<p class="help">${words.errorsMasked}</p>` : null}
${table({
  caption: words.errors,
  rows: errors,
  empty: '',
  columns: [
    { head: words.columnsOf.row, kind: 'figure', cell: row => thousands(row.row) },
    { head: words.columnsOf.field, cell: row => columnWord(row.field, w) },
    { head: words.columnsOf.reason, cell: row => reasonWord(row.field, row.reason, w) },
  ],
})}${job.counts.rejected > errors.length ? html`<p class="help">${words.firstOf(errors.length)}</p>` : null}`
}

function mappingForm(props: ImportProps, mapping: MappingProps): Html {
  const { frame, filled, import: job } = props
  const w = textsOf(frame)
  const words = w.imports
  const choices = ['', ...mapping.targets]
  const shown = mapping.rows.slice(0, 3)
  const select = (at: number) =>
    html`<select name="column${at}" aria-label="${words.meaning}: ${mapping.headings[at] ?? ''}">${choices.map(
      target =>
        html`<option value="${target}"${target === mapping.columns[at] ? html` selected` : null}>${targetWord(target, mapping.own, w, frame.language)}</option>`,
    )}</select>`
  const hasMoney = job.kind === 'loans' || job.kind === 'repayments' || job.kind === 'applications'
  return html`<form class="panel form" method="post" action="/admin/imports/${job.id}/runs"><h2>${words.mapping}</h2>
<p class="help">${words.forms[mapping.form]} · ${words.mappingAbout}</p>
${table({
  caption: words.mapping,
  rows: mapping.headings.map((name, at) => ({ name, at })),
  empty: '',
  columns: [
    { head: words.heading, cell: ({ name }) => html`<b>${name || '—'}</b>` },
    {
      head: words.examples,
      cell: ({ at }) =>
        mapping.hidden.includes(mapping.columns[at] ?? '')
          ? html`<span class="muted">${words.hidden}</span>`
          : html`<span class="two">${shown.map(row => html`<span>${row[at] ?? ''}</span>`)}</span>`,
    },
    { head: words.meaning, cell: ({ at }) => select(at) },
  ],
})}
${hasMoney ? selectField({ name: 'unit', label: words.unit, choices: (['major', 'minor'] as const).map(value => ({ value, word: words.units[value] })) }, filled) : null}
${job.kind === 'leads' ? leadFields(props) : null}
${textField({ name: 'saveAs', label: words.saveAs, help: words.saveAsHelp, maxlength: 100 }, filled)}
<div class="buttons"><button class="button primary">${icon('upload')}${job.state === 'received' ? words.start : words.again}</button></div></form>`
}

function leadFields({ frame, filled }: ImportProps): Html {
  const w = textsOf(frame)
  const choices = (words: Record<string, string>) => Object.entries(words).map(([value, word]) => ({ value, word }))
  return html`<details><summary>${w.lists.options}</summary>
${textField({ name: 'list', label: w.lists.name, help: w.lists.nameHelp, maxlength: 200 }, filled)}
${textField({ name: 'priority', label: w.lists.priority, type: 'number', min: 0, max: 9 }, filled)}
${textField({ name: 'weight', label: w.lists.weight, type: 'number', min: 1, max: 100 }, filled)}
${selectField({ name: 'duplicates', label: w.lists.duplicates, choices: choices(w.lists.duplicateWays) }, filled)}
${selectField({ name: 'duplicatesIn', label: w.lists.duplicatesIn, choices: choices(w.lists.duplicatePlaces) }, filled)}</details>`
}
