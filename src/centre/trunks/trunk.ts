/** A trunk answers or falls silent. Calls that are on it go on; no new one is started while it is down. */
import type { TrunkId } from '../../lib/ids.ts'
import { refusedAsClosing } from '../closing.ts'
import type { Draft } from '../draft.ts'
import { noEase } from '../lines/ease.ts'
import { obstacleOf } from '../lines/line.ts'
import type { TrunkFloor } from '../state.ts'
import type { Trouble } from './trunk-trouble.ts'

/** `trouble`: why it is down; null: it is up. */
export function trunkChanged(
  d: Draft,
  { trunk: id, answersAt }: { trunk: TrunkId; answersAt?: string | null },
  trouble: Trouble | null,
): void {
  const floor = d.state.trunks.get(id)
  if (floor === undefined) return
  const reason = trouble?.words.slice(0, 200) ?? ''
  const isKnown = answersAt === undefined || answersAt === floor.answersAt
  if (floor.up === (trouble === null) && floor.reason === reason && isKnown) return
  const more = isKnown ? {} : { answersAt }
  if (trouble === null) d.fact({ type: 'trunk.stateChanged', trunk: id, state: 'up', reason, ...more })
  else d.fact({ type: 'trunk.stateChanged', trunk: id, state: 'down', reason, why: trouble.why, ...more })
}

/** Calls go on until the registration ends, often for an hour: time enough to mend it, for whoever is told. */
export function trunkLapsing(d: Draft, { trunk, reply }: { trunk: TrunkId; reply: string }): void {
  const floor = d.state.trunks.get(trunk)
  if (floor === undefined) return
  const words = `The registration of trunk ${floor.trunk.name} cannot be refreshed (${reply.slice(0, 100)}): calls go on until it ends.`
  const nobody = { user: null, call: null, number: '' }
  d.fact({ type: 'safety.alarmed', rule: 'registration_lapsing', ...nobody, words, trunk })
}

/** What keeps a test from calling on it now: what would keep a call, but for that it is down or eased, which is what a test is for. */
export function obstacleToTest(floor: TrunkFloor, now: number): ReturnType<typeof obstacleOf> {
  return obstacleOf({ ...floor, up: true, ease: noEase() }, now)
}

/** Its call counts against the trunk's cap and rate while it lasts, so it begins only where a call would. */
export function trunkTested(d: Draft, id: TrunkId, isOver: boolean): void {
  const floor = d.state.trunks.get(id)
  if (floor === undefined) return d.refuse('trunk_disabled', 'There is no such trunk.')
  if (isOver) return d.note({ type: 'note.trunkTested', trunk: id, isOver })
  if (refusedAsClosing(d)) return
  const obstacle = obstacleToTest(floor, d.now)
  if (obstacle !== null) return d.refuse(obstacle.refusal.rule, obstacle.refusal.words)
  d.note({ type: 'note.trunkTested', trunk: id, isOver })
}
