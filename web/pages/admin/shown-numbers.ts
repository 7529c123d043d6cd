/** Which numbers of ours a campaign or queue shows: the field of its form, and how each of them has been doing. */
import { areaField, type Filled } from '../../parts/form.ts'
import type { Frame } from '../../parts/frame.ts'
import { type Html, html } from '../../parts/html.ts'
import { percent, thousands } from '../../parts/numbers.ts'
import { table } from '../../parts/table.ts'
import { instant } from '../../parts/time.ts'
import type { Words } from '../../words/words.ts'

/** Of about the last hour; `connectRate` 0 to 1, null: nothing came to an end yet. */
export type ShownNumber = {
  callerId: string
  trunk: string
  dialled: number
  connectRate: number | null
  restingUntil: number | null
}

export function shownNumbersField(filled: Filled, w: Words): Html {
  const { label, help } = w.trunkRules.shown
  return areaField({ name: 'callerIds', label, help, rows: 3, figure: true }, filled)
}

/** Nothing while the campaign shows whatever its trunks have. */
export function shownNumbersTable(numbers: readonly ShownNumber[], frame: Frame, w: Words): Html | null {
  if (numbers.length === 0) return null
  const words = w.trunkRules.shown
  return html`<section class="panel"><h2>${words.label}</h2>${table({
    caption: words.label,
    rows: [...numbers],
    empty: html``,
    columns: [
      { head: words.number, cell: row => html`<span class="figure">${row.callerId}</span>` },
      { head: words.trunk, cell: row => row.trunk },
      { head: words.dialled, kind: 'figure', cell: row => thousands(Math.round(row.dialled)) },
      { head: words.rate, kind: 'figure', cell: row => percent(row.connectRate) },
      {
        head: words.rests,
        cell: row => (row.restingUntil === null ? null : html`${instant(row.restingUntil, frame)}`),
      },
    ],
  })}<p class="help">${words.measured}</p></section>`
}
