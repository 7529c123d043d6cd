import type { Effect } from './effects.ts'
import type { Refusal } from './entities.ts'
import type { Actor, Fact } from './facts.ts'

/** What one input comes to. A refused input has no facts and no effects unless the refusal itself is a fact (`call.refused`). */
export type Decision = { facts: Fact[]; effects: Effect[]; refusal: Refusal | null }

/** Time and author arrive as arguments. */
export type Moment = { now: number; actor: Actor }
