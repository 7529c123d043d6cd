/** How each line does, and which a call would take: for the supervisor, and with the table of home cities for the administrator. */
import type { LineFigures, LineView } from '../../../src/centre/lines/explain-line.ts'
import { changesOf } from '../../parts/changes.ts'
import { type Filled, notice, textField } from '../../parts/form.ts'
import { type Frame, textsOf } from '../../parts/frame.ts'
import { type Html, html, type Piece } from '../../parts/html.ts'
import { columnWord, reasonWord } from '../../parts/import-report.ts'
import { layout } from '../../parts/layout.ts'
import { percent, thousands } from '../../parts/numbers.ts'
import { chip } from '../../parts/state.ts'
import { heading, table } from '../../parts/table.ts'
import { clockOf } from '../../parts/time.ts'
import type { Words } from '../../words/words.ts'

export type LinesProps = {
  frame: Frame
  lines: LineView[]
  why: { trunk: string; callerId: string } | null
  /** Why no line could be taken, in the page's language. */
  refusal: string | null
  hours: ({ hour: number } & LineFigures)[]
  prefixes: ({ prefix: string; trunk: string } & LineFigures)[]
  filled: Filled
  /** The rules were just saved. */
  saved: boolean
  /** Mobile prefixes known; null: the viewer does not import them. */
  areas: number | null
  report: { accepted: number; rejectedCount: number; rejected: { row: number; field: string; reason: string }[] } | null
}

export function linesPage(props: LinesProps): Html {
  const { frame, filled } = props
  const w = textsOf(frame)
  const words = w.lines
  return layout(frame, {
    title: words.title,
    main: html`${heading({ title: words.title, about: words.about })}
<div class="stack"><form class="form panel" method="get" action="${frame.path}"><div class="row">${textField({ name: 'number', label: words.number, help: words.numberHelp, type: 'tel', maxlength: 40, figure: true }, filled)}</div>
<div class="buttons"><button class="button primary">${words.ask}</button></div></form>
<div class="stack" id="lines-now" hx-get="${frame.path}?number=${encodeURIComponent(String(filled.values['number'] ?? ''))}" hx-trigger="every 5s" hx-select="#lines-now" hx-swap="outerMorph">${props.refusal === null ? null : notice('amber', props.refusal)}
<section class="panel">${lineTable(props, w)}</section>
<div class="halves"><section class="panel"><header><h2>${words.hours}</h2></header>${figureTable(
      words.hours,
      words.hour,
      props.hours.map(each => ({ ...each, head: `${String(each.hour).padStart(2, '0')}:00` })),
      w,
    )}</section>
<section class="panel"><header><h2>${words.prefixes}</h2></header>${figureTable(
      words.prefixes,
      words.prefix,
      props.prefixes.map(each => ({ ...each, head: `${each.prefix} · ${each.trunk}` })),
      w,
    )}</section></div></div>
${props.areas === null ? null : html`${rules(props, w)}${areas(props, props.areas, w)}`}</div>`,
  })
}

function lineTable(props: LinesProps, w: Words): Html {
  const words = w.lines
  return table({
    caption: words.title,
    rows: props.lines,
    empty: words.none,
    columns: [
      {
        head: words.line,
        cell: line =>
          line.callerId === null
            ? html`<b class="keep">${line.trunkName}</b>`
            : html`<span class="figure keep">${line.callerId}</span><div class="small muted">${line.trunkName}</div>`,
      },
      {
        head: words.state,
        cell: line => html`${stateOf(line, props, w)}<div class="small muted">${resultsOf(line, w)}</div>`,
      },
      ...figureColumns<LineView>(w),
      { head: words.lastHour, kind: 'figure', cell: line => (line.lastHour === null ? '—' : thousands(line.lastHour)) },
      { head: words.share, kind: 'figure', cell: shareOf },
      { head: words.score, kind: 'figure', cell: line => scoreOf(line, w) },
    ],
  })
}

function stateOf(line: LineView, { frame, why }: LinesProps, w: Words): Html {
  const words = w.lines
  if (line.chosen) {
    const reason = line.callerId === null ? why?.trunk : why?.callerId
    return chip('green', 'circle-check', `${words.chosen}: ${words.why[reason ?? ''] ?? ''}`)
  }
  if (line.obstacle !== null) return chip('red', 'circle-x', w.domain.rules[line.obstacle.rule] ?? line.obstacle.words)
  if (line.restingUntil === null) return chip('grey', 'circle', words.usable)
  const reason = words.restReasons[line.restReason ?? ''] ?? ''
  return chip('amber', 'coffee', `${words.resting(clockOf(line.restingUntil, frame).slice(0, 5))}: ${reason}`)
}

function shareOf(line: LineView): Html | string {
  const share = percent(line.judged?.share ?? null)
  if (line.minShare === 0 && line.maxShare === 1) return share
  return html`${share}<div class="small muted">${percent(line.minShare)} – ${percent(line.maxShare)}</div>`
}

function scoreOf(line: LineView, w: Words): Html | string {
  const { judged } = line
  if (judged === null) return '—'
  const drawn = `${judged.drawn >= 0 ? '+' : '−'}${percent(Math.abs(judged.drawn))}`
  const why = w.lines.scoreWhy(percent(judged.rate), percent(judged.expected), drawn)
  return html`<span title="${why}">${percent(judged.score)}</span>${judged.place ? html`<div class="small muted">${w.lines.place}</div>` : null}`
}

function figureColumns<Row extends LineFigures>(
  w: Words,
): { head: string; kind: 'figure'; cell: (row: Row) => string }[] {
  const words = w.lines
  return [
    { head: words.dialled, kind: 'figure', cell: row => thousands(row.dialled) },
    { head: words.connectRate, kind: 'figure', cell: row => percent(row.connectRate) },
    {
      head: words.delay,
      kind: 'figure',
      cell: row => (row.delayMs === null ? '—' : `${(row.delayMs / 1000).toFixed(1)} s`),
    },
    { head: words.short, kind: 'figure', cell: row => percent(row.shortRate) },
  ]
}

/** The three that came most often. */
function resultsOf({ results }: LineFigures, w: Words): string {
  const sorted = Object.entries(results).sort((a, b) => b[1] - a[1])
  const words = w.domain.callResult as Record<string, string>
  return sorted
    .slice(0, 3)
    .map(([result, n]) => `${words[result] ?? result} ${Math.round(n)}`)
    .join(' · ')
}

function figureTable(caption: string, head: string, rows: ({ head: string } & LineFigures)[], w: Words): Html {
  type Row = (typeof rows)[number]
  return table({
    caption,
    rows,
    empty: w.lines.noCalls,
    columns: [{ head, cell: (row: Row) => html`<span class="figure">${row.head}</span>` }, ...figureColumns<Row>(w)],
  })
}

function rules({ filled, saved, frame }: LinesProps, w: Words): Html {
  const words = w.lines
  const figure = { type: 'number', figure: true, required: true } as const
  return html`<section class="panel" id="rules"><header><h2>${words.rules}</h2></header><p>${words.rulesAbout}</p>
${saved ? notice('green', w.frame.form.saved) : null}<form class="form" method="post" action="/admin/lines/rules">
<div class="row">${textField({ ...figure, name: 'restBelow', label: words.restBelow, help: words.restBelowHelp, min: 0, max: 95, step: 'any' }, filled)}
${textField({ ...figure, name: 'restSamplesMin', label: words.restSamplesMin, help: words.restSamplesMinHelp, min: 20, max: 10_000 }, filled)}</div>
<div class="row">${textField({ ...figure, required: false, name: 'callsPerHourMax', label: words.callsPerHourMax, help: words.callsPerHourMaxHelp, min: 1, max: 100_000 }, filled)}
${textField({ ...figure, name: 'restMs', label: words.restMinutes, min: 1, max: 1_440, step: 'any' }, filled)}
${textField({ ...figure, name: 'placeBonus', label: words.placeBonus, help: words.placeBonusHelp, min: 0, max: 100, step: 'any' }, filled)}</div>
<div class="buttons"><button class="button primary">${w.frame.form.save}</button></div></form>${changesOf(frame, { of: 'rules:lines' })}</section>`
}

function areas(props: LinesProps, known: number, w: Words): Html {
  const words = w.lines
  return html`<section class="panel"><header><h2>${words.areas}</h2></header><p>${words.areasAbout(thousands(known))}</p>
${reportOf(props, w)}<form class="form" method="post" action="/admin/lines/areas" enctype="multipart/form-data">
${textField({ name: 'file', label: words.file, help: words.fileHelp, type: 'file' }, props.filled)}
<div class="buttons"><button class="button primary">${words.upload}</button></div></form></section>`
}

function reportOf({ report }: LinesProps, w: Words): Piece {
  if (report === null) return null
  const said = w.lines.report(thousands(report.accepted), thousands(report.rejectedCount))
  return html`${notice(report.rejectedCount > 0 ? 'amber' : 'green', said)}${
    report.rejected.length === 0
      ? null
      : html`<ul>${report.rejected.slice(0, 20).map(each => html`<li>${w.importReport.row(each.row)} ${columnWord(each.field, w)}: ${reasonWord(each.field, each.reason, w)}</li>`)}</ul>`
  }`
}
