/** A simulated day as one HTML file that needs nothing else: charts as inline SVG, and the table behind each. */
import { drawn, escaped } from '../../../web/parts/chart.ts'
import { type DayResult, type Figures, type Minute, quarterAnsweredMin } from './figures.ts'
import type { Scenario } from './scenario.ts'

const minutesAPoint = 5

type Row = { minute: number; value: number | null; cells: string[] }
type Chart = {
  title: string
  /** Heads of the table's columns, after the time. */
  heads: string[]
  rows: Row[]
  /** A limit, drawn as a line. */
  limit: number | null
  /** The least that the axis shows. */
  most: number
  words(value: number): string
  as: 'line' | 'bars'
}

export function dayPage(scenario: Scenario, result: DayResult, figures: Figures): string {
  const points = pointsOf(figures.minutes)
  const charts = [busyChart(points), abandonChart(scenario, figures), linesChart(points), idleChart(points)]
  const kind = `${scenario.agents} agents, ${scenario.hours} hours, ${scenario.mode}, seed ${scenario.seed}`
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>A simulated day: ${kind}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
:root{color-scheme:light dark}
body{font:15px/1.5 system-ui,sans-serif;max-width:900px;margin:2rem auto;padding:0 1rem}
svg{width:100%;height:auto;color:inherit} table{border-collapse:collapse;font-variant-numeric:tabular-nums}
td,th{padding:.15rem .8rem .15rem 0;text-align:right} th:first-child,td:first-child{text-align:left}
dl{display:grid;grid-template-columns:repeat(auto-fill,minmax(12rem,1fr));gap:.6rem 1rem} dt{opacity:.7;font-size:.85em} dd{margin:0;font-size:1.3em}
.axis{stroke:currentColor;stroke-opacity:.25} .series{fill:none;stroke:#2563c9;stroke-width:1.5} .bar,.dot{fill:#2563c9} .limit{stroke:#c2410c;stroke-dasharray:5 4;stroke-width:1.5}
text{fill:currentColor;font-size:11px} pre{overflow:auto}
</style></head><body>
<h1>A simulated day</h1><p>${kind}</p>
<dl>${tiles(result)
    .map(([name, value]) => `<div><dt>${escaped(name)}</dt><dd>${escaped(value)}</dd></div>`)
    .join('')}</dl>
${charts.map(section).join('\n')}
<h2>Scenario</h2><pre>${escaped(JSON.stringify(scenario, null, 1))}</pre>
<p>Journal: <code>${result.journalHash}</code></p>
</body></html>
`
}

function tiles(result: DayResult): [string, string][] {
  const refused = Object.entries(result.refused).map(([rule, n]) => `${rule}: ${n}`)
  return [
    ['Utilisation', percent(result.utilisation)],
    ['Abandoned', percent(result.abandonRate)],
    [`Worst 15 minutes (of those with ${quarterAnsweredMin} answers)`, percent(result.worst15MinAbandonRate)],
    ['Effective minutes an agent', result.effectiveMinutesPerAgent.toFixed(1)],
    ['Idle between calls', seconds(result.idleMsMean)],
    ['Lines at most', `${result.linesPeak}`],
    ['Dialled', `${result.dialled}`],
    ['Answered', `${result.answered}`],
    ['Connected', `${result.connected}`],
    ['Refused', refused.length > 0 ? refused.join(', ') : 'nothing'],
  ]
}

type Point = Minute & { minute: number }

/** Minutes put together, so that a day has about a hundred points. */
function pointsOf(minutes: readonly Minute[]): Point[] {
  const points: Point[] = []
  for (let minute = 0; minute < minutes.length; minute += minutesAPoint) {
    const sum: Point = { minute, busyMs: 0, readyMs: 0, presentMs: 0, lines: 0, dialled: 0 }
    for (const one of minutes.slice(minute, minute + minutesAPoint)) {
      sum.busyMs += one.busyMs
      sum.readyMs += one.readyMs
      sum.presentMs += one.presentMs
      sum.dialled += one.dialled
      sum.lines = Math.max(sum.lines, one.lines)
    }
    points.push(sum)
  }
  return points
}

function busyChart(points: Point[]): Chart {
  const rows = points.map(({ minute, busyMs, presentMs }) => {
    const value = presentMs === 0 ? null : busyMs / presentMs
    return { minute, value, cells: [value === null ? '–' : percent(value)] }
  })
  return { title: 'Utilisation', heads: ['utilisation'], rows, limit: null, most: 1, words: percent, as: 'line' }
}

function abandonChart({ abandonRateMax }: Scenario, { quarters }: Figures): Chart {
  const rows = quarters.map(({ answered, abandoned }, n) => {
    const value = answered === 0 ? null : abandoned / answered
    return { minute: n * 15, value, cells: [`${answered}`, `${abandoned}`, value === null ? '–' : percent(value)] }
  })
  const heads = ['answered', 'abandoned', 'rate']
  const most = abandonRateMax * 1.5
  const title = 'Abandoned by 15 minutes'
  return { title, heads, rows, limit: abandonRateMax, most, words: percent, as: 'bars' }
}

function linesChart(points: Point[]): Chart {
  const rows = points.map(({ minute, lines, dialled }) => ({ minute, value: lines, cells: [`${lines}`, `${dialled}`] }))
  const words = (value: number) => `${Math.round(value)}`
  return { title: 'Lines in use', heads: ['lines at most', 'dialled'], rows, limit: null, most: 1, words, as: 'line' }
}

function idleChart(points: Point[]): Chart {
  const rows = points.map(({ minute, readyMs, presentMs }) => {
    const value = presentMs === 0 ? null : readyMs / presentMs
    return { minute, value, cells: [value === null ? '–' : percent(value)] }
  })
  const title = 'Time spent waiting for a call'
  return { title, heads: ['share of time'], rows, limit: null, most: 0.05, words: percent, as: 'line' }
}

function section(chart: Chart): string {
  const head = ['minute', ...chart.heads].map(name => `<th scope="col">${name}</th>`).join('')
  const body = chart.rows
    .map(({ minute, cells }) => `<tr><td>${clock(minute)}</td>${cells.map(cell => `<td>${cell}</td>`).join('')}</tr>`)
    .join('')
  return `<h2>${chart.title}</h2>${picture(chart)}<details><summary>Table</summary><table><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table></details>`
}

function picture({ title, rows, limit, most, words, as }: Chart): string {
  const step = rows.length > 1 ? rows[1]!.minute - rows[0]!.minute : 1
  const to = (rows.at(-1)?.minute ?? 0) + step
  const series = [{ name: '', as, step, rows }]
  const id = title.toLowerCase().replace(/\W+/g, '-')
  const drawnLimit = limit === null ? null : { value: limit, name: `limit ${words(limit)}` }
  return drawn({ id, title, desc: title, from: 0, to, series, limit: drawnLimit, most, words, clock })
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`
}

function clock(minute: number): string {
  return `${Math.floor(minute / 60)}:${String(minute % 60).padStart(2, '0')}`
}
