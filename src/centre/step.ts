import { assert } from '../lib/assert.ts'
import { decide } from './decide.ts'
import type { Decision, Moment } from './decision.ts'
import type { Effect } from './effects.ts'
import type { Refusal } from './entities.ts'
import { evolve } from './evolve.ts'
import type { Actor, Fact, Recorded } from './facts.ts'
import type { Input } from './inputs.ts'
import { proceed } from './proceed.ts'
import type { FloorState } from './state.ts'

/** More follow-ups than this to one input is a bug, not a busy floor. */
const followUpsMax = 10_000

/** What one input came to: facts to journal (the follow-ups are the system's own), then effects to do. */
export type Step = { recorded: Recorded[]; effects: Effect[]; refusal: Refusal | null }

/**
 * One turn of the floor: decides the input, applies what was decided, and proceeds (deadlines, matches, new calls) until nothing is left
 * to do at this instant. Changes `state` only through `evolve`. A throw of `decide` has changed nothing.
 */
export function step(state: FloorState, input: Input, moment: Moment): Step {
  const decision = decide(state, input, moment)
  apply(state, decision, moment.now)
  const { effects, refusal } = decision
  const recorded = decision.facts.map(fact => signed(fact, moment.actor, moment.now))
  const system: Moment = { now: moment.now, actor: 'system' }
  for (let turn = 0; ; turn++) {
    assert(turn < followUpsMax, 'the floor comes to rest after every input')
    const more = proceed(state, system)
    if (more === null) return { recorded, effects, refusal }
    apply(state, more, moment.now)
    for (const fact of more.facts) recorded.push(signed(fact, 'system', moment.now))
    for (const effect of more.effects) effects.push(effect)
  }
}

function signed(fact: Fact, actor: Actor, at: number): Recorded {
  return { at, actor, fact }
}

/** Facts first, in order, then the notes that only memory keeps. */
export function apply(state: FloorState, decision: Decision, at: number): void {
  for (const fact of decision.facts) evolve(state, fact, at)
  for (const note of decision.notes ?? []) evolve(state, note, at)
}
