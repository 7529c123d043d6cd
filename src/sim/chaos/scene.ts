/** What the people and the machines around a chaotic floor see of it, and how they act on it. */
import type { Input } from '../../centre/inputs.ts'
import type { FloorState } from '../../centre/state.ts'
import type { LegId } from '../../lib/ids.ts'
import type { Random } from '../../lib/random.ts'
import type { Plan } from './plan.ts'

export type Scene = {
  readonly plan: Plan
  readonly random: Random
  /** Another one after the process has died. */
  readonly state: FloorState
  /** By the clock on the wall, which is set now and then. */
  readonly now: number
  readonly monotonic: number
  /** Within a shift. */
  readonly isOpen: boolean
  post(input: Input): void
  after(ms: number, run: () => void): void
  /** The same, unless the process has died by then: what its own threads, sockets and timers would have told. */
  soon(ms: number, run: () => void): void
  setClock(byMs: number): void
  newLeg(): LegId
}

/** The records door: what an administrator or the lender's program saves. */
export function record(
  scene: Pick<Scene, 'post'>,
  ...facts: Extract<Input, { type: 'records.committed' }>['facts']
): void {
  scene.post({ type: 'records.committed', facts })
}
