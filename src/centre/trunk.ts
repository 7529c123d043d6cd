/** A trunk answers or falls silent. Calls that are on it go on; no new one is started while it is down. */
import type { TrunkId } from '../lib/ids.ts'
import { refusedAsClosing } from './closing.ts'
import type { Draft } from './draft.ts'
import { obstacleOf } from './line.ts'

export function trunkChanged(d: Draft, id: TrunkId, state: 'up' | 'down', reason: string): void {
  const floor = d.state.trunks.get(id)
  if (floor === undefined) return
  const why = reason.slice(0, 200)
  if (floor.up === (state === 'up') && floor.reason === why) return
  d.fact({ type: 'trunk.stateChanged', trunk: id, state, reason: why })
}

/** Its call counts against the trunk's cap and rate while it lasts, so it begins only where a call would; where the trunk is down it may. */
export function trunkTested(d: Draft, id: TrunkId, isOver: boolean): void {
  const floor = d.state.trunks.get(id)
  if (floor === undefined) return d.refuse('trunk_disabled', 'There is no such trunk.')
  if (isOver) return d.note({ type: 'note.trunkTested', trunk: id, isOver })
  if (refusedAsClosing(d)) return
  const obstacle = obstacleOf({ ...floor, up: true }, d.now)
  if (obstacle !== null) return d.refuse(obstacle.refusal.rule, obstacle.refusal.words)
  d.note({ type: 'note.trunkTested', trunk: id, isOver })
}
