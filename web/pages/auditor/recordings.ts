import type { CallResult, Direction } from '../../../src/centre/entities.ts'
import type { Choice } from '../../parts/form.ts'
import { type Frame, textsOf } from '../../parts/frame.ts'
import { type Html, html, type Piece } from '../../parts/html.ts'
import { icon } from '../../parts/icons.ts'
import { layout } from '../../parts/layout.ts'
import { partyName } from '../../parts/names.ts'
import { type SavedFilters, savedFilters } from '../../parts/saved-filters.ts'
import { chip } from '../../parts/state.ts'
import { heading, pager, table } from '../../parts/table.ts'
import { duration, instant } from '../../parts/time.ts'
import type { Words } from '../../words/words.ts'

export type RecordingRow = {
  call: string
  at: number
  direction: Direction | null
  name: string | null
  isForHelp: boolean
  number: string
  agent: string | null
  campaign: string | null
  result: CallResult | null
  outcome: string | null
  durationMs: number | null
  /** `accepted`: sealed, though it cannot be of its call. */
  state: 'sealed' | 'salvaged' | 'accepted' | 'open' | 'missing'
}

/** What was searched for, as it stands in the URL. */
export type RecordingSearch = { from: string; to: string; agent: string; number: string; campaign: string }

export type RecordingsProps = {
  frame: Frame
  rows: RecordingRow[]
  search: RecordingSearch
  agents: Choice[]
  campaigns: Choice[]
  next: string | null
  filters: SavedFilters
  /** Auditors export; quality only listens. */
  mayExport: boolean
  /** What was typed as a reason and refused. */
  reason: { value: string; error: string } | null
}

/** The search reads as a sentence; the rows found can be chosen and exported with a reason. */
export function recordingsPage(props: RecordingsProps): Html {
  const w = textsOf(props.frame)
  const words = w.auditor.recordings
  return layout(props.frame, {
    title: words.title,
    main: html`${heading({ title: words.title, about: words.about })}${sentence(props, w)}${savedFilters(props.frame, props.filters)}
<form method="post" action="/auditor/exports" class="stack">
${list(props, w)}${props.mayExport && props.rows.length > 0 ? basket(props, w) : null}
</form>${pager(props.frame, { previous: null, next: props.next })}`,
  })
}

function sentence({ search, agents, campaigns }: RecordingsProps, w: Words): Html {
  const words = w.auditor.recordings.sentence
  const select = (name: 'agent' | 'campaign', label: string, choices: Choice[]) =>
    html`<label>${label} <select name="${name}"><option value="">${words.all}</option>${choices.map(choice => html`<option value="${choice.value}"${choice.value === search[name] ? html` selected` : null}>${choice.word}</option>`)}</select></label>`
  return html`<form class="panel sentence" method="get" action="/auditor" role="search"><span>${words.calls}</span>
<label>${words.between} <input type="datetime-local" name="from" value="${search.from}"></label>
<label>${words.and} <input type="datetime-local" name="to" value="${search.to}"></label>
${select('agent', words.with, agents)}
<label>${words.number} <input type="tel" class="figure" name="number" value="${search.number}" maxlength="24" placeholder="${words.all}"></label>
${select('campaign', words.campaign, campaigns)}
<button class="button primary">${icon('search')}${w.frame.list.search}</button></form>`
}

function list(props: RecordingsProps, w: Words): Html {
  const words = w.auditor.recordings
  const columns = w.auditor.columns
  return table({
    caption: words.title,
    rows: props.rows,
    empty: words.none,
    columns: [
      ...(props.mayExport
        ? [
            {
              head: words.choose,
              cell: (row: RecordingRow) =>
                html`<input type="checkbox" name="calls" value="${row.call}" aria-label="${words.choose}: ${row.name ?? row.number}">`,
            },
          ]
        : []),
      { head: columns.time, cell: row => instant(row.at, props.frame) },
      { head: columns.direction, cell: row => (row.direction ? w.domain.direction[row.direction] : '') },
      {
        head: columns.party,
        cell: row => html`<a href="/auditor/calls/${row.call}"><b>${partyName(row, w)}</b></a>`,
      },
      { head: columns.number, cell: row => html`<span class="figure">${row.number}</span>` },
      { head: columns.agent, cell: row => row.agent ?? '—' },
      { head: columns.campaign, cell: row => row.campaign ?? '—' },
      { head: columns.outcome, cell: row => row.outcome ?? (row.result ? w.domain.callResult[row.result] : '') },
      { head: columns.talk, kind: 'figure', cell: row => (row.durationMs === null ? '—' : duration(row.durationMs)) },
      { head: columns.recording, cell: row => recordingState(row.state, w) },
      {
        head: w.frame.list.actions,
        kind: 'action',
        cell: row =>
          html`<a class="button small" href="/auditor/calls/${row.call}">${icon('headphones')}${words.listen}</a>`,
      },
    ],
  })
}

export function recordingState(state: RecordingRow['state'], w: Words): Html {
  const words = w.auditor.call
  if (state === 'sealed') return chip('green', 'lock', words.sealed)
  if (state === 'salvaged') return chip('amber', 'lock', words.salvaged)
  if (state === 'accepted') return chip('amber', 'triangle-alert', w.custody.state)
  if (state === 'open') return chip('blue', 'circle-dot', words.open)
  return chip('red', 'circle-x', w.auditor.recordings.missing)
}

function basket(props: RecordingsProps, w: Words): Piece {
  const words = w.auditor.exports
  const error = props.reason?.error
  return html`<section class="panel basket"><label class="check"><input type="checkbox" data-all='input[name="calls"]'><span>${w.auditor.recordings.chooseAll}</span></label>
${Object.entries(props.search).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}
<div class="field"><label for="f-reason">${words.reason}</label><input id="f-reason" name="reason" value="${props.reason?.value ?? ''}" maxlength="500" minlength="5" required aria-describedby="h-reason"${error ? html` aria-invalid="true"` : null}>
${error ? html`<p class="error">${icon('circle-alert')}<span>${error}</span></p>` : null}<p class="help" id="h-reason">${words.reasonHelp}</p></div>
<div class="field"><label for="f-audio">${w.custody.form}</label><select id="f-audio" name="audio">${(['wav', 'opus', 'both'] as const).map(form => html`<option value="${form}">${w.custody.forms[form]}</option>`)}</select></div>
<div class="actions"><button class="button primary" name="what" value="chosen">${icon('package')}${w.auditor.recordings.exportChosen}</button>
<button class="button" name="what" value="all">${w.auditor.recordings.exportAll}</button></div></section>`
}
