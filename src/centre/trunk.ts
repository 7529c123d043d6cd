/** A trunk answers or falls silent. Calls that are on it go on; no new one is started while it is down. */
import type { TrunkId } from '../lib/ids.ts'
import type { Draft } from './draft.ts'

export function trunkChanged(d: Draft, id: TrunkId, state: 'up' | 'down', reason: string): void {
  const floor = d.state.trunks.get(id)
  if (floor === undefined) return
  const why = reason.slice(0, 200)
  if (floor.up === (state === 'up') && floor.reason === why) return
  d.fact({ type: 'trunk.stateChanged', trunk: id, state, reason: why })
}
