/** Seeded people for the floor's world: what a called customer, a caller and an agent will do, drawn once per occasion. */
import type { Random } from '../../lib/random.ts'

/** A draw between two numbers, whole. */
export function between(random: Random, from: number, to: number): number {
  return from + Math.floor(random() * (to - from + 1))
}

export function oneOf<T>(random: Random, items: readonly T[]): T {
  return items[Math.floor(random() * items.length)]!
}

/** Each of them with this probability. */
export function some<T>(items: readonly T[], probability: number, random: Random): T[] {
  return items.filter(() => chance(random, probability))
}

export function chance(random: Random, probability: number): boolean {
  return random() < probability
}

/** Far end of a call we place: how long it rings, and what comes of it. */
export type Answering =
  | { what: 'answers'; ringMs: number; early: boolean; talkMs: number; holds: boolean; silent: boolean }
  | { what: 'fails'; afterMs: number; sipStatus: number; q850: number | null; early: boolean }
  | { what: 'rings out' }
  /** A phone layer that never says anything again: the floor must not wait for it for ever. */
  | { what: 'vanishes' }

export function answering(random: Random): Answering {
  const draw = random()
  if (draw < 0.55) {
    return {
      what: 'answers',
      ringMs: between(random, 200, 20_000),
      early: chance(random, 0.3),
      talkMs: chance(random, 0.1) ? between(random, 0, 1_500) : between(random, 2_000, 90_000),
      holds: chance(random, 0.1),
      silent: chance(random, 0.05),
    }
  }
  if (draw < 0.8) {
    const [sipStatus, q850] = oneOf(random, [
      [486, 17],
      [480, null],
      [404, 1],
      [603, 21],
      [503, 34],
      [500, null],
      [487, null],
    ] as const)
    return { what: 'fails', afterMs: between(random, 10, 8_000), sipStatus, q850, early: chance(random, 0.4) }
  }
  return draw < 0.99 ? { what: 'rings out' } : { what: 'vanishes' }
}

/** What an agent does when the desk changes, and after how long; null: nothing. */
export type Habit = {
  afterMs: number
  does: 'sign on' | 'ready' | 'break' | 'sign off' | 'dial' | 'pick up' | 'lose audio'
} | null

export function habitOf(random: Random, phase: 'signed_off' | 'break' | 'ready'): Habit {
  const afterMs = between(random, 500, 30_000)
  if (phase === 'signed_off') return { afterMs, does: 'sign on' }
  if (phase === 'break')
    return { afterMs, does: chance(random, 0.85) ? 'ready' : chance(random, 0.5) ? 'sign off' : 'dial' }
  const draw = random()
  if (draw < 0.1) return { afterMs, does: 'break' }
  if (draw < 0.13) return { afterMs, does: 'sign off' }
  if (draw < 0.2) return { afterMs, does: 'dial' }
  if (draw < 0.3) return { afterMs, does: 'pick up' }
  return draw < 0.35 ? { afterMs, does: 'lose audio' } : null
}
