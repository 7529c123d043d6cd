import { notice } from '../../parts/form.ts'
import { type Frame, textsOf } from '../../parts/frame.ts'
import { type Html, html } from '../../parts/html.ts'
import { icon } from '../../parts/icons.ts'
import { layout } from '../../parts/layout.ts'
import { size } from '../../parts/numbers.ts'
import { chip } from '../../parts/state.ts'
import { heading, table } from '../../parts/table.ts'
import { exactly, instant } from '../../parts/time.ts'

export type ExportRow = {
  id: string
  requestedAt: number
  by: string
  reason: string
  calls: number
  done: number
  state: 'waiting' | 'refused' | 'queued' | 'running' | 'finished' | 'failed' | 'erased'
  trouble: string | null
  bytes: number | null
  sha256: string | null
  downloads: number
  /** Until when the zip can be fetched. */
  keptUntil: number | null
  erasedAt: number | null
}

export type ExportsProps = { frame: Frame; exports: ExportRow[]; error: string | null }

/** The list looks again by itself while something is being made. */
export function exportsPage(props: ExportsProps): Html {
  const w = textsOf(props.frame)
  const words = w.auditor.exports
  const working = props.exports.some(row => row.state === 'queued' || row.state === 'running')
  return layout(props.frame, {
    title: words.title,
    main: html`${heading({ title: words.title, count: w.frame.list.count(props.exports.length), about: words.about, actions: html`<a class="button" href="/auditor">${icon('audio-lines')}${w.auditor.recordings.title}</a>` })}
${props.error ? notice('red', props.error) : null}
<div id="export-list"${working ? html` hx-get="/auditor/exports" hx-trigger="every 1s" hx-select="#export-list" hx-swap="outerHTML"` : null}>${table(
      {
        caption: words.title,
        rows: props.exports,
        empty: html`<p>${words.none}</p><a class="button primary" href="/auditor">${w.auditor.recordings.title}</a>`,
        columns: [
          { head: words.requested, cell: row => instant(row.requestedAt, props.frame) },
          { head: words.by, cell: row => row.by },
          { head: words.reason, cell: row => row.reason },
          { head: words.calls, kind: 'figure', cell: row => row.calls },
          { head: words.state, cell: row => state(row, props.frame) },
          { head: words.size, kind: 'figure', cell: row => (row.bytes === null ? '—' : size(row.bytes)) },
          {
            head: 'SHA-256',
            cell: row =>
              row.sha256 ? html`<span class="mono" title="${row.sha256}">${row.sha256.slice(0, 16)}…</span>` : '',
          },
          { head: words.downloads, kind: 'figure', cell: row => row.downloads },
          {
            head: w.frame.list.actions,
            kind: 'action',
            cell: row =>
              row.state === 'finished'
                ? html`<a class="button small primary" href="/auditor/exports/${row.id}/file" download>${icon('download')}${words.download}</a>`
                : null,
          },
        ],
      },
    )}</div>`,
  })
}

function state(row: ExportRow, frame: Frame): Html {
  const words = textsOf(frame).auditor.exports
  switch (row.state) {
    case 'waiting':
      return chip('amber', 'hourglass', words.states.waiting)
    case 'refused':
      return chip('grey', 'ban', row.trouble ? `${words.states.refused}: ${row.trouble}` : words.states.refused)
    case 'queued':
      return chip('grey', 'hourglass', words.states.queued)
    case 'running':
      return html`${chip('blue', 'refresh-cw', `${words.states.running} ${words.progress(row.done, row.calls)}`)}<progress max="${row.calls}" value="${row.done}" aria-label="${words.states.running}"></progress>`
    case 'finished':
      return html`${chip('green', 'circle-check', words.states.finished)}${row.keptUntil === null ? null : html`<p class="help">${words.until(exactly(row.keptUntil, frame).slice(0, -3))}</p>`}`
    case 'erased':
      return html`${chip('grey', 'archive', words.states.erased)}<p class="help">${words.again}</p>`
    case 'failed':
      return chip('red', 'circle-x', row.trouble ? `${words.states.failed}: ${row.trouble}` : words.states.failed)
  }
  row.state satisfies never
}
