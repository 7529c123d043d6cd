import { notice } from '../../parts/form.ts'
import { type Frame, textsOf } from '../../parts/frame.ts'
import { type Html, html, type Piece } from '../../parts/html.ts'
import { icon } from '../../parts/icons.ts'
import { layout } from '../../parts/layout.ts'
import { percent, thousands } from '../../parts/numbers.ts'
import { heading, table } from '../../parts/table.ts'
import type { Words } from '../../words/words.ts'

/** `rate` and `usual` from 0 to 1; `lift` their quotient in steps of a tenth. */
export type HourCell = { hour: number; dialled: number; answered: number; rate: number; lift: number }
/** `segment` null: all of them together. */
export type SegmentRow = { segment: string | null; dialled: number; usual: number; hours: HourCell[] }

export type BestTimesProps = {
  frame: Frame
  campaign: { id: string; name: string; bestTime: boolean }
  /** Those with most calls. */
  rows: SegmentRow[]
  /** Segments beyond those. */
  more: number
}

export function bestTimesPage({ frame, campaign, rows, more }: BestTimesProps): Html {
  const w = textsOf(frame)
  const words = w.order
  const title = words.bestOf(campaign.name)
  const back = html`<a class="button" href="/supervisor/campaigns/${campaign.id}">${icon('activity')}${w.admin.campaigns.live}</a>`
  return layout(frame, {
    title,
    main: html`${heading({ title, about: words.bestAbout, actions: back })}
${campaign.bestTime ? null : notice('amber', words.off)}
${table({
  caption: title,
  rows,
  empty: words.none,
  columns: [
    { head: words.segment, cell: row => html`<b>${nameOf(row, w)}</b>` },
    { head: words.dialled, kind: 'figure', cell: row => thousands(row.dialled) },
    { head: words.usual, kind: 'figure', cell: row => percent(row.usual) },
    ...hoursOf(rows).map(hour => ({
      head: words.hour(hour),
      kind: 'figure' as const,
      cell: (row: SegmentRow) => cell(row, hour, w),
    })),
  ],
})}${more > 0 ? html`<p class="help">${words.more(more)}</p>` : null}`,
  })
}

function nameOf({ segment }: SegmentRow, { order: words }: Words): string {
  return segment === null ? words.all : segment === '' ? words.noSegment : segment
}

/** Only hours in which anybody was called: nights stay out. */
function hoursOf(rows: readonly SegmentRow[]): number[] {
  const hours = new Set(rows.flatMap(row => row.hours.map(each => each.hour)))
  return [...hours].sort((a, b) => a - b)
}

function cell(row: SegmentRow, hour: number, { order: words }: Words): Piece | string {
  const found = row.hours.find(each => each.hour === hour)
  if (found === undefined) return '—'
  const sign = found.lift >= 1.1 ? '▲' : found.lift <= 0.9 ? '▼' : ''
  const title = words.cell(thousands(found.answered), thousands(found.dialled))
  return html`<span title="${title}">${sign} ${Math.round(found.rate * 100)} %</span>`
}
