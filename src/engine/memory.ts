/** The floor in memory: what was decided becomes true here and nowhere else. */
import type { Decision, Moment, Note } from '../centre/decision.ts'
import type { Effect } from '../centre/effects.ts'
import type { Fact, Recorded } from '../centre/facts.ts'
import type { FloorState } from '../centre/state.ts'
import type { Logger } from '../lib/log.ts'
import type { Centre } from './centre.ts'

export type MemoryOptions = {
  state: FloorState
  centre: Pick<Centre, 'evolve'>
  log: Logger
  /** A throw half-way leaves memory in doubt: the floor stops, and a restart makes it whole. */
  onDoubt: () => void
}

export class Memory {
  readonly state: FloorState
  readonly #options: MemoryOptions

  constructor(options: MemoryOptions) {
    this.state = options.state
    this.#options = options
  }

  /** Adds to `recorded` what is to be written, and to `effects` what is to be done after. */
  apply(decision: Decision, moment: Moment, recorded: Recorded[], effects: Effect[]): void {
    for (const fact of decision.facts) {
      recorded.push({ at: moment.now, actor: moment.actor, fact })
      this.#evolve(fact, moment.now)
    }
    for (const note of decision.notes ?? []) this.#evolve(note, moment.now)
    for (const effect of decision.effects) effects.push(effect)
  }

  #evolve(change: Fact | Note, now: number): void {
    try {
      this.#options.centre.evolve(this.state, change, now)
    } catch (error) {
      this.#options.log.fatal({ err: error, change: change.type }, 'a fact could not be applied; the floor stops')
      this.#options.onDoubt()
    }
  }
}
