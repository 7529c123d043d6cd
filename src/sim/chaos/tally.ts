/** What a number of chaotic days held: days in which nothing happens prove nothing. */
import { planOf } from './plan.ts'
import { World } from './world.ts'

export class Tally {
  readonly counts = new Map<string, number>()

  /** Lives through the days of a seed; throws the sentence of the invariant that is broken, with the seed and the step. */
  live(seed: number): World {
    const world = new World(planOf(seed))
    world.run()
    for (const [type, count] of world.watch.counts) this.#add(type, count)
    for (const [cap, count] of world.gate.full) this.#add(`full: ${cap}`, count)
    for (const [rule, count] of world.refusals) this.#add(`refused: ${rule}`, count)
    this.#add('steps', world.steps)
    this.#add('crashes', world.crashes)
    this.#add('slow disk', world.slowTimes)
    this.#add('behind', world.behindTimes)
    this.#add('closings', world.closings)
    this.#add('clock steps', world.clockSteps)
    return world
  }

  get(what: string): number {
    return this.counts.get(what) ?? 0
  }

  #add(what: string, count: number): void {
    this.counts.set(what, this.get(what) + count)
  }
}
