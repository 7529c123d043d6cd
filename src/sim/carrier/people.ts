/** Who is behind a number, and what they do when it rings: pure, by seed. The same seed and number sequence give the same people. */
import type { Random } from '../../lib/random.ts'
import { draw, pickWeighted } from '../distribution.ts'
import { type Person, type Scenario, talkingVoices } from './scenario.ts'

/** One step of a call as its called side plays it; `atMs` is counted from the INVITE. */
export type Step =
  | { atMs: number; do: 'ring' }
  | { atMs: number; do: 'announce'; voice: string; times: number; final: { sipStatus: number; q850: number } }
  | { atMs: number; do: 'answer'; voice: string; hangUpAfterMs: number | null }
  | { atMs: number; do: 'echo' }
  | { atMs: number; do: 'fail'; sipStatus: number; q850: number }

/** The person behind `number`: the scenario's entry for it, or for its last digits, else a draw by weight. */
export function personBehind(number: string, scenario: Scenario, random: Random): Person {
  const exact = scenario.numbers[number]
  if (exact) return exact
  for (const [pattern, person] of Object.entries(scenario.numbers)) {
    if (pattern.startsWith('*') && number.endsWith(pattern.slice(1))) return person
  }
  return pickWeighted(scenario.people, random)
}

/** What happens to this one call, in order. */
export function stepsOf(person: Person, { postDialMs }: Pick<Scenario, 'postDialMs'>, random: Random): Step[] {
  const ringAt = draw(postDialMs, random)
  switch (person.kind) {
    case 'answers':
      return [
        { atMs: ringAt, do: 'ring' },
        {
          atMs: ringAt + draw(person.ringMs, random),
          do: 'answer',
          voice: person.voice ?? anyVoice(random),
          hangUpAfterMs: person.talkMs === null ? null : draw(person.talkMs, random),
        },
      ]
    case 'no_answer':
      return [{ atMs: ringAt, do: 'ring' }]
    case 'busy':
      return [{ atMs: draw(person.afterMs, random), do: 'fail', sipStatus: 486, q850: 17 }]
    case 'declines':
      return [
        { atMs: ringAt, do: 'ring' },
        { atMs: ringAt + draw(person.ringMs, random), do: 'fail', sipStatus: 603, q850: 21 },
      ]
    case 'congestion':
      return [{ atMs: 50, do: 'fail', sipStatus: 503, q850: 34 }]
    case 'vacant':
      return [{ atMs: ringAt, do: 'fail', sipStatus: 404, q850: 1 }]
    case 'announcement':
      return [
        {
          atMs: ringAt,
          do: 'announce',
          voice: person.voice,
          times: person.times,
          final: { sipStatus: person.sipStatus, q850: person.q850 },
        },
      ]
    case 'voicemail':
      return [
        { atMs: ringAt, do: 'ring' },
        {
          atMs: ringAt + draw(person.ringMs, random),
          do: 'answer',
          voice: 'voicemail-zh',
          hangUpAfterMs: draw(person.talkMs, random),
        },
      ]
    case 'echo':
      return [{ atMs: 50, do: 'echo' }]
    case 'hangs_up_early':
      return [
        { atMs: ringAt, do: 'ring' },
        {
          atMs: ringAt + draw(person.ringMs, random),
          do: 'answer',
          voice: anyVoice(random),
          hangUpAfterMs: draw(person.talkMs, random),
        },
      ]
    default:
      return person satisfies never
  }
}

export function anyVoice(random: Random): string {
  return talkingVoices[Math.floor(random() * talkingVoices.length)]!
}
