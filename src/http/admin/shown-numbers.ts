/** The numbers of ours that a campaign or queue shows, as its form has them, and what has been measured of each. */
import type { ShownNumber } from '../../../web/pages/admin/shown-numbers.ts'
import { figuresOf } from '../../centre/lines/explain-line.ts'
import { routeOf } from '../../centre/lines/route.ts'
import type { FloorState } from '../../centre/state.ts'
import type { CampaignId } from '../../lib/ids.ts'
import { linesOf, type Typed } from '../typed.ts'

/** Rows of the table: numbers on each trunk that they are assigned to. */
const rowsMax = 200

export function shownNumbersGiven(typed: Typed): { callerIds?: string[] } {
  return typed['callerIds'] === undefined ? {} : { callerIds: linesOf(typed, 'callerIds') }
}

/** Beside a field of the same name on the form of trunks, of which other things are allowed. */
export const shownNumbersWords = { callerIds: 'shownNumbers' }

export function measuredNumbers(state: FloorState, campaign: CampaignId, now: number): ShownNumber[] {
  const { steps, shows } = routeOf(state, { campaign, agent: null })
  const named = steps.flat()
  const rows: ShownNumber[] = []
  for (const id of named.length > 0 ? named : state.trunks.keys()) {
    const trunk = state.trunks.get(id)?.trunk
    if (trunk === undefined) continue
    for (const callerId of shows) {
      if (!trunk.callerIds.includes(callerId)) continue
      if (rows.length >= rowsMax) return rows
      const book = state.lines.callerId(id, callerId)
      const { dialled, connectRate } = figuresOf(book?.lately ?? null, now)
      const restingUntil = book !== null && book.restingUntil > now ? book.restingUntil : null
      rows.push({ callerId, trunk: trunk.name, dialled, connectRate, restingUntil })
    }
  }
  return rows
}
