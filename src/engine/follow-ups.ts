/** What follows by itself from what was decided: who is free gets who waits, a campaign dials. As far as one turn goes, and on in those after. */
import type { Effect } from '../centre/effects.ts'
import type { Recorded } from '../centre/facts.ts'
import type { CallId } from '../lib/ids.ts'
import type { Logger } from '../lib/log.ts'
import type { Centre } from './centre.ts'
import type { Memory } from './memory.ts'

/** Follow-ups to one input in its own turn. A campaign that starts with a hundred free agents dials the others in the turns after. */
const atOnce = 16
/** Follow-ups until the floor rests; more is a bug, not a busy floor. */
const most = 10_000

export type FollowUpsOptions = {
  memory: Memory
  centre: Pick<Centre, 'proceed' | 'dropNext'>
  log: Logger
  /** What followed for this call could not be decided. */
  onBug: (call: CallId | null) => void
}

export class FollowUps {
  readonly #options: FollowUpsOptions
  /** Since the floor last rested. */
  #count = 0

  constructor(options: FollowUpsOptions) {
    this.#options = options
  }

  get isAtRest(): boolean {
    return this.#count === 0
  }

  /** One turn of it; adds to the lists as `Memory.apply` does. */
  proceed(now: number, recorded: Recorded[], effects: Effect[]): void {
    const { memory, centre, log, onBug } = this.#options
    const moment = { now, actor: 'system' as const }
    try {
      for (let turn = 0; turn < atOnce; turn++) {
        const more = centre.proceed(memory.state, moment)
        if (more === null) return this.#rest()
        memory.apply(more, moment, recorded, effects)
        this.#count++
      }
      if (this.#count < most) return
      log.error('the floor does not come to rest; this is a bug')
    } catch (error) {
      log.error({ err: error }, 'what follows could not be decided; this is a bug')
      const dropped = centre.dropNext(memory.state, moment, error)
      if (dropped !== null) {
        memory.apply(dropped.decision, moment, recorded, effects)
        onBug(dropped.call)
      }
    }
    this.#rest()
  }

  #rest(): void {
    this.#count = 0
  }
}
