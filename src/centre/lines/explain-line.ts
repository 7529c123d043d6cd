/** Why a call goes out on the line it goes out on: every line that could take it, with its figures, its score and what stands in its way. */
import type { CampaignId, TrunkId } from '../../lib/ids.ts'
import { type CallResult, callResults, type Refusal } from '../entities.ts'
import type { FloorState, TrunkFloor } from '../state.ts'
import { chooseCallerId, chooseTrunk, type Line, obstacleOf, usableTrunks } from './line.ts'
import type { RestReason } from './rest.ts'
import { pickOnRoute, type Route, routeOf } from './route.ts'
import type { Judged } from './score.ts'
import type { LineTally } from './tally.ts'

/** Counts of about the last hour, older ones weighing less; rates from 0 to 1, null: nothing to divide by. */
export type LineFigures = {
  dialled: number
  outcomes: number
  connectRate: number | null
  /** From dialling to the first sign of the far end, mean. */
  delayMs: number | null
  shortRate: number | null
  results: Partial<Record<CallResult, number>>
}

export type LineView = LineFigures & {
  trunk: TrunkId
  trunkName: string
  /** null: the trunk as a whole. */
  callerId: string | null
  obstacle: Refusal | null
  restingUntil: number | null
  restReason: RestReason | null
  /** Calls within the last hour; null for a whole trunk. */
  lastHour: number | null
  minShare: number
  maxShare: number
  /** How it was weighed for this call; null: it was not its turn to be weighed. */
  judged: Omit<Judged<unknown>, 'of'> | null
  chosen: boolean
}

export type LineExplanation = {
  chosen: Line
  why: { trunk: string; callerId: string } | null
  lines: LineView[]
}

/** Lines shown at most. */
export const linesShownMax = 2_000

/** `campaign` null: any trunk; `number` null: to anyone. */
export function explainLine(
  state: FloorState,
  campaign: CampaignId | null,
  number: string | null,
  now: number,
): LineExplanation {
  const route = routeOf(state, { campaign, agent: null })
  const chosen = pickOnRoute(state, route, now, number)
  const named = stepOf(route, chosen.ok ? chosen.trunk : null)
  const { usable } = usableTrunks(state, named, now, route.shows)
  const trunks = usable.length === 0 ? null : chooseTrunk(state, usable, number, now)
  const lines: LineView[] = []
  let callerIdWhy = ''
  const all = route.steps.flat()
  for (const id of all.length > 0 ? all : state.trunks.keys()) {
    const floor = state.trunks.get(id)
    if (floor === undefined || lines.length >= linesShownMax) continue
    const isChosen = chosen.ok && chosen.trunk === id
    const judged = trunks?.judged.find(each => each.of === floor) ?? null
    lines.push({ ...wholeTrunk(state, floor, now), judged: withoutOf(judged), chosen: isChosen })
    if (floor.trunk.callerIds.length === 0) continue
    const ids = chooseCallerId(state, floor, number, now, route.shows)
    if (isChosen) callerIdWhy = ids.why
    for (const callerId of new Set(floor.trunk.callerIds)) {
      if (lines.length >= linesShownMax) break
      const weighed = withoutOf(ids.judged.find(each => each.of === callerId) ?? null)
      const shown = isChosen && chosen.callerId === callerId
      lines.push({ ...oneCallerId(state, floor, callerId, now), judged: weighed, chosen: shown })
    }
  }
  return { chosen, why: chosen.ok ? { trunk: trunks?.why ?? 'only', callerId: callerIdWhy } : null, lines }
}

/** The trunks that were weighed against each other: the step that the chosen one stands in, else the first. */
function stepOf({ steps }: Route, chosen: TrunkId | null): readonly TrunkId[] {
  return steps.find(step => chosen !== null && step.includes(chosen)) ?? steps[0] ?? []
}

export function figuresOf(tally: LineTally | null, now: number): LineFigures {
  if (tally === null) return { dialled: 0, outcomes: 0, connectRate: null, delayMs: null, shortRate: null, results: {} }
  const worth = tally.worth(now)
  const results: Partial<Record<CallResult, number>> = {}
  callResults.forEach((result, place) => {
    const count = tally.results[place]! * worth
    if (count >= 0.05) results[result] = count
  })
  const share = (part: number, whole: number) => (whole < 1e-9 ? null : part / whole)
  return {
    dialled: tally.dialled * worth,
    outcomes: tally.outcomes * worth,
    connectRate: share(tally.answered, tally.outcomes),
    delayMs: share(tally.delayMs, tally.delays),
    shortRate: share(tally.short, tally.connected),
    results,
  }
}

type Bare = Omit<LineView, 'judged' | 'chosen'>

function wholeTrunk(state: FloorState, floor: TrunkFloor, now: number): Bare {
  const { id, name, minShare = 0, maxShare = 1 } = floor.trunk
  return {
    ...figuresOf(state.lines.trunks.get(id)?.lately ?? null, now),
    trunk: id,
    trunkName: name,
    callerId: null,
    obstacle: obstacleOf(floor, now)?.refusal ?? null,
    restingUntil: null,
    restReason: null,
    lastHour: null,
    minShare,
    maxShare,
  }
}

function oneCallerId(state: FloorState, floor: TrunkFloor, callerId: string, now: number): Bare {
  const { id, name, callerIdShares = [] } = floor.trunk
  const book = state.lines.callerId(id, callerId)
  const rests = book !== null && book.restingUntil > now
  const shares = callerIdShares.find(each => each.callerId === callerId)
  return {
    ...figuresOf(book?.lately ?? null, now),
    trunk: id,
    trunkName: name,
    callerId,
    obstacle: null,
    restingUntil: rests ? book.restingUntil : null,
    restReason: rests ? book.restReason : null,
    lastHour: book?.lastHour.at(now) ?? 0,
    minShare: shares?.minShare ?? 0,
    maxShare: shares?.maxShare ?? 1,
  }
}

function withoutOf(judged: Judged<unknown> | null): LineView['judged'] {
  if (judged === null) return null
  const { of, ...rest } = judged
  return rest
}
