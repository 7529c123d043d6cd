/** A campaign's day in charts, with the table behind them. */
import { type Chart, drawn, type Series } from '../../parts/chart.ts'
import { type Frame, textsOf } from '../../parts/frame.ts'
import { type Html, html, picture } from '../../parts/html.ts'
import { icon } from '../../parts/icons.ts'
import { percent, thousands } from '../../parts/numbers.ts'
import { table } from '../../parts/table.ts'
import { clockOf } from '../../parts/time.ts'
import type { CampaignPageProps, PatchPoint, Span } from './campaign-props.ts'

type Given = Pick<CampaignPageProps, 'frame' | 'now' | 'charts'>
type Row = { minute: number; value: number | null }

const quarterMinutes = 15
const patchMinutes = 5
const goalMs = 100
/** What is above the last bound is drawn there. */
const patchMaxMs = 5_000

export function chartsPart(given: Given): Html {
  const { frame, charts, now } = given
  const words = textsOf(frame).campaign
  const hours = hoursOf(given)
  if (hours === null)
    return html`<section id="campaign-charts" class="panel"><h2>${words.charts}</h2><div class="empty">${words.noCharts}</div></section>`
  const all = [busy, abandoned, lines, idle, patch].flatMap(chart => chart(given, hours) ?? [])
  return html`<section id="campaign-charts" class="panel"><header><h2>${words.charts}</h2><p class="about">${words.chartAbout(charts.stepMinutes)}</p></header>
<div class="charts">${all.map(
    chart => html`<figure><figcaption>${chart.title}</figcaption>${picture(drawn(chart))}</figure>`,
  )}</div>
<details><summary>${words.byQuarter}</summary>${quarterTable(given)}
<p><a class="button small" href="/supervisor/campaigns/${now.id}/minutes.csv" download>${icon('download')}${words.minutesFile}</a></p></details></section>`
}

/** The axis all charts share: from the full hour before the first point to the end of the last. null: nothing has happened. */
type Hours = { from: number; to: number; clock: (minute: number) => string; minuteOf: (at: number) => number }

function hoursOf({ frame, charts }: Given): Hours | null {
  const minuteOf = (at: number) => Math.round((at - charts.dayStartAt) / 60_000)
  const first = charts.points[0]
  const last = charts.points.at(-1)
  if (first === undefined || last === undefined) return null
  const clock = (minute: number) => clockOf(charts.dayStartAt + minute * 60_000, frame).slice(0, 5)
  const from = Math.floor(minuteOf(first.minuteAt) / 60) * 60
  const to = Math.max(from + 60, minuteOf(last.minuteAt) + charts.stepMinutes)
  return { from, to, clock, minuteOf }
}

/** Points without a row between two others are a gap. */
function rowsOf(spans: readonly Span[], step: number, hours: Hours, value: (span: Span) => number | null): Row[] {
  const rows: Row[] = []
  for (const span of spans) {
    const minute = hours.minuteOf(span.minuteAt)
    const last = rows.at(-1)
    if (last !== undefined && minute > last.minute + step) rows.push({ minute: last.minute + step, value: null })
    rows.push({ minute, value: value(span) })
  }
  return rows
}

type Look = Pick<Chart, 'id' | 'title' | 'series' | 'limit' | 'most' | 'words'>

function chartOf(frame: Frame, hours: Hours, look: Look): Chart {
  const { from, to, clock } = hours
  const last = look.series.flatMap(({ name, rows }) => {
    const row = rows.findLast(({ value }) => value !== null)
    return row?.value == null ? [] : [`${name} ${look.words(row.value)}`.trim()]
  })
  const desc = textsOf(frame).campaign.chartDesc(clock(from), clock(to), last.join(' / ') || '—')
  return { ...look, desc, from, to, clock }
}

function busy({ frame, charts, now }: Given, hours: Hours): Chart {
  const words = textsOf(frame).campaign
  const step = charts.stepMinutes
  const rows = rowsOf(charts.points, step, hours, ({ busyMs, presentMs }) => share(busyMs, presentMs))
  const series: Series[] = [{ name: '', as: 'line', step, rows }]
  const limit =
    now.occupancyMax === null ? null : { value: now.occupancyMax, name: words.ceiling(percent(now.occupancyMax)) }
  return chartOf(frame, hours, { id: 'busy', title: words.utilisation, series, limit, most: 1, words: whole })
}

/** By 15 minutes, and over it the day so far: the one the law counts. */
function abandoned({ frame, charts, now }: Given, hours: Hours): Chart {
  const words = textsOf(frame).campaign
  const bars = rowsOf(charts.quarters, quarterMinutes, hours, span => share(span.abandoned, span.answered))
  let answers = 0
  let lost = 0
  const sofar = rowsOf(charts.quarters, quarterMinutes, hours, span => {
    answers += span.answered
    lost += span.abandoned
    return share(lost, answers)
  })
  const series: Series[] = [
    { name: '', as: 'bars', step: quarterMinutes, rows: bars },
    { name: words.daySoFar, as: 'line', step: quarterMinutes, rows: sofar },
  ]
  const limit = { value: now.abandonRateMax, name: words.limit(percent(now.abandonRateMax)) }
  const most = now.abandonRateMax * 1.5
  return chartOf(frame, hours, { id: 'abandoned', title: words.abandoned, series, limit, most, words: percent })
}

function lines({ frame, charts }: Given, hours: Hours): Chart {
  const words = textsOf(frame).campaign
  const step = charts.stepMinutes
  const rows = rowsOf(charts.points, step, hours, span => (span.lines === 0 ? null : span.lines))
  const series: Series[] = [{ name: '', as: 'line', step, rows }]
  return chartOf(frame, hours, { id: 'lines', title: words.linesUsed, series, limit: null, most: 4, words: count })
}

function idle({ frame, charts }: Given, hours: Hours): Chart {
  const words = textsOf(frame).campaign
  const step = charts.stepMinutes
  const rows = rowsOf(charts.points, step, hours, span => share(span.idleMs, span.idles))
  const series: Series[] = [{ name: '', as: 'line', step, rows }]
  const look = { id: 'idle', title: words.idleTime, series, limit: null, most: 10_000, words: seconds }
  return chartOf(frame, hours, look)
}

/** Measured by the telephone since the program started; null before anyone was connected. */
function patch({ frame, charts }: Given, hours: Hours): Chart | null {
  if (charts.patches.length === 0) return null
  const words = textsOf(frame).campaign
  const line = (name: string, value: (point: PatchPoint) => number): Series => ({
    name,
    as: 'line',
    step: patchMinutes,
    rows: charts.patches.map(point => ({
      minute: hours.minuteOf(point.at),
      value: Math.min(patchMaxMs, value(point)),
    })),
  })
  const series = [line('p99', ({ p99 }) => p99), line('p50', ({ p50 }) => p50)]
  const limit = { value: goalMs, name: words.goal }
  return chartOf(frame, hours, {
    id: 'patch',
    title: words.patchChart,
    series,
    limit,
    most: goalMs * 1.5,
    words: count,
  })
}

function quarterTable({ frame, charts }: Given): Html {
  const words = textsOf(frame).campaign
  const patches = new Map<number, PatchPoint>()
  for (const point of charts.patches) {
    const quarter = Math.floor(point.at / 900_000) * 900_000
    const before = patches.get(quarter)
    patches.set(quarter, {
      ...point,
      p50: Math.max(point.p50, before?.p50 ?? 0),
      p99: Math.max(point.p99, before?.p99 ?? 0),
    })
  }
  const patchOf = (at: number) => {
    const found = patches.get(at)
    return found === undefined ? '—' : `${count(found.p50)} / ${count(found.p99)}`
  }
  return table({
    caption: words.byQuarter,
    rows: charts.quarters,
    empty: words.noCharts,
    columns: [
      { head: words.time, cell: span => clockOf(span.minuteAt, frame).slice(0, 5) },
      { head: words.utilisation, kind: 'figure', cell: span => percent(share(span.busyMs, span.presentMs)) },
      { head: words.dialled, kind: 'figure', cell: span => thousands(span.dialled) },
      { head: words.answered, kind: 'figure', cell: span => thousands(span.answered) },
      { head: words.connected, kind: 'figure', cell: span => thousands(span.connected) },
      { head: words.abandonedCalls, kind: 'figure', cell: span => thousands(span.abandoned) },
      { head: words.rate, kind: 'figure', cell: span => percent(share(span.abandoned, span.answered)) },
      { head: words.linesUsed, kind: 'figure', cell: span => span.lines },
      {
        head: words.meanIdle,
        kind: 'figure',
        cell: span => (span.idles === 0 ? '—' : seconds(span.idleMs / span.idles)),
      },
      { head: `${words.patch} p50 / p99 ms`, kind: 'figure', cell: span => patchOf(span.minuteAt) },
    ],
  })
}

function share(part: number, of: number): number | null {
  return of === 0 ? null : part / of
}

function whole(of: number): string {
  return `${Math.round(of * 100)} %`
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`
}

function count(n: number): string {
  return Number.isFinite(n) ? thousands(n) : '> 5 000'
}
