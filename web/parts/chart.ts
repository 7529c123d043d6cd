/**
 * Charts as SVG text, drawn on the server: zero-based, values along the left, a limit as a line with its name, series named where they end.
 * Colours and type come from the stylesheet of whoever shows them (classes `axis`, `series`, `dot`, `bar`, `limit`; `one` and `two`). Whoever
 * shows a chart puts the table behind it beside it.
 */

export type Series = {
  /** Stands at the end of a line; '' for a single one, which the title names. */
  name: string
  as: 'line' | 'bars'
  /** `value` null: a gap. */
  rows: readonly { minute: number; value: number | null }[]
  /** How many minutes a row stands for. */
  step: number
}

export type Chart = {
  /** Begins the ids of its title and description: once on a page. */
  id: string
  title: string
  /** What a person who does not see it should know. */
  desc: string
  /** Minutes at the left and the right edge. */
  from: number
  to: number
  series: readonly Series[]
  /** Drawn as a line over the whole width. */
  limit: { value: number; name: string } | null
  /** The least that the axis shows. */
  most: number
  words(value: number): string
  clock(minute: number): string
}

const width = 600
const height = 190
const margin = { left: 54, right: 14, top: 16, bottom: 24 }
/** Marks on the time axis: the first of these, in minutes, that gives few enough. */
const timeSteps = [5, 15, 30, 60, 120, 180, 240, 360]
const timeMarksMax = 9
const letterPx = 6
const lineGapPx = 12
const edgePx = 20

export function drawn(chart: Chart): string {
  const { from, words, limit } = chart
  const to = Math.max(chart.to, from + 1)
  const values = chart.series.flatMap(({ rows }) => rows.flatMap(({ value }) => value ?? []))
  const top = Math.max(chart.most, limit?.value ?? 0, ...values)
  const right = width - margin.right
  const x = (minute: number) => round(margin.left + ((minute - from) / (to - from)) * (right - margin.left))
  const y = (value: number) => round(height - margin.bottom - (value / top) * (height - margin.top - margin.bottom))
  const across = [0, 0.5, 1].map(
    share =>
      `<line class="axis" x1="${margin.left}" x2="${right}" y1="${y(top * share)}" y2="${y(top * share)}"/><text x="${margin.left - 6}" y="${y(top * share) + 4}" text-anchor="end">${escaped(words(top * share))}</text>`,
  )
  const times = timesOf(from, to).map(
    // At the right edge a mark ends where the picture does.
    minute =>
      `<text x="${Math.min(x(minute), width - 2)}" y="${height - 6}" text-anchor="${x(minute) > width - edgePx ? 'end' : 'middle'}">${escaped(chart.clock(minute))}</text>`,
  )
  const marks = chart.series.map((series, n) => {
    const kind = n === 0 ? 'one' : 'two'
    if (series.as === 'bars') return series.rows.map(row => bar(row, series.step, { x, y })).join('')
    const points = series.rows.map(
      ({ minute, value }): Point => (value === null ? null : [x(minute + series.step / 2), y(value)]),
    )
    return `<path class="series ${kind}" d="${path(points)}"/>${dots(points, kind)}`
  })
  const line =
    limit === null
      ? ''
      : `<line class="limit" x1="${margin.left}" x2="${right}" y1="${y(limit.value)}" y2="${y(limit.value)}"/><text class="limit-name" x="${margin.left + 4}" y="${y(limit.value) - 4}">${escaped(limit.name)}</text>`
  const { id, title, desc } = chart
  return `<svg class="chart" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="${id}-title ${id}-desc"><title id="${id}-title">${escaped(title)}</title><desc id="${id}-desc">${escaped(desc)}</desc>${across.join('')}${times.join('')}${marks.join('')}${line}${names(chart, x, y).join('')}</svg>`
}

function bar(
  { minute, value }: { minute: number; value: number | null },
  step: number,
  { x, y }: { x: (minute: number) => number; y: (value: number) => number },
): string {
  if (value === null || value === 0) return ''
  const wide = round(Math.max(1, x(minute + step) - x(minute) - 2))
  return `<rect class="bar" x="${x(minute)}" y="${y(value)}" width="${wide}" height="${round(y(0) - y(value))}"/>`
}

/** Names stand where their lines end, and make way for each other. */
function names(chart: Chart, x: (minute: number) => number, y: (value: number) => number): string[] {
  let lastAt = Number.NEGATIVE_INFINITY
  const named = chart.series.flatMap(({ name, rows, step, as }, n) => {
    const row = rows.findLast(({ value }) => value !== null)
    if (name === '' || as === 'bars' || row?.value == null) return []
    return [{ name, n, at: x(row.minute + step / 2), y: y(row.value) - 5 }]
  })
  return named
    .sort((a, b) => a.y - b.y)
    .map(({ name, n, at, y: wanted }) => {
      const high = Math.max(wanted, lastAt + lineGapPx, margin.top - 4)
      lastAt = high
      const reach = margin.left + letterPx * [...name].length
      const left = Math.max(reach, Math.min(at, width - margin.right))
      return `<text class="name ${n === 0 ? 'one' : 'two'}" x="${round(left)}" y="${round(high)}" text-anchor="end">${escaped(name)}</text>`
    })
}

function timesOf(from: number, to: number): number[] {
  const every = timeSteps.find(step => (to - from) / step <= timeMarksMax) ?? timeSteps.at(-1)!
  const first = Math.ceil(from / every) * every
  return Array.from({ length: Math.floor((to - first) / every) + 1 }, (_, n) => first + n * every)
}

type Point = [number, number] | null

/** A gap where there is nothing to show. */
function path(points: Point[]): string {
  return points
    .map((point, n) => (point === null ? '' : `${(points[n - 1] ?? null) === null ? 'M' : 'L'}${point[0]} ${point[1]}`))
    .join('')
}

/** A point between two gaps makes no line. */
function dots(points: Point[], kind: string): string {
  return points
    .map((point, n) => {
      const isAlone = (points[n - 1] ?? null) === null && (points[n + 1] ?? null) === null
      return point === null || !isAlone ? '' : `<circle class="dot ${kind}" cx="${point[0]}" cy="${point[1]}" r="2.5"/>`
    })
    .join('')
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}

/** For text and attributes of XML. */
export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, sign => `&#${sign.charCodeAt(0)};`)
}
