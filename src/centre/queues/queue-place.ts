/**
 * Who waits in a queue is told, every now and then, at which place, and for about how long yet. The wait is estimated from what calls of this
 * queue have taken so far (talk and wrap-up, the last ones counting most) and from who is at work in it now: k callers ahead leave after about
 * k × handling time / agents. It is rounded up to a few steps, climbs by one step at most from one saying to the next, and is left out until
 * enough calls were measured: a number that nobody can rely on is worse than none.
 */

import type { Call } from '../call-state.ts'
import { pushDue } from '../deadlines.ts'
import type { Note } from '../decision.ts'
import type { Draft } from '../draft.ts'
import type { Fact } from '../facts.ts'
import { fragment } from '../speech/fragment.ts'
import { numberParts } from '../speech/numbers.ts'
import type { SpeechLanguage } from '../speech/vocabulary.ts'
import type { FloorState, QueueFloor } from '../state.ts'
import { playMusic } from './music.ts'

/** What is said in a queue, each `everyMs`; the first time after as long. */
export type QueueAnnouncement = { language: SpeechLanguage; everyMs: number; estimate: boolean }

/** Minutes that are said; beyond the last it is "more than half an hour". */
const steps = [1, 2, 3, 4, 5, 6, 8, 10, 15, 20, 25, 30] as const
/** Places that are said; those behind hear that it is more than so many. */
export const placesSaid = 10
/** The share of the newest call in the mean, and calls before which nothing is estimated. */
const newest = 0.1
const measuredMin = 5

/** How long calls of one queue keep an agent. */
export class HandlingTime {
  #talkMs = 0
  #wrapMs = 0
  #talks = 0
  #wraps = 0

  talked(ms: number): void {
    this.#talks++
    this.#talkMs += (ms - this.#talkMs) * Math.max(newest, 1 / this.#talks)
  }

  wrapped(ms: number): void {
    this.#wraps++
    this.#wrapMs += (ms - this.#wrapMs) * Math.max(newest, 1 / this.#wraps)
  }

  /** null: too few calls were measured. */
  get meanMs(): number | null {
    return this.#talks < measuredMin ? null : this.#talkMs + this.#wrapMs
  }
}

/** Before `evolve` moves an agent on: how long the call of a queue kept them. */
export function learnHandling(state: FloorState, change: Fact | Note, at: number): void {
  if (change.type !== 'agent.stateChanged') return
  const agent = state.agents.get(change.agent)
  if (agent === undefined || (agent.phase !== 'talking' && agent.phase !== 'wrapping') || agent.call === null) return
  const queue = state.calls.get(agent.call)?.queue
  const handling = queue == null ? undefined : state.queues.get(queue)?.handling
  if (handling === undefined) return
  if (agent.phase === 'talking') handling.talked(at - agent.phaseSince)
  else handling.wrapped(at - agent.phaseSince)
}

/** A call waits in its queue, from now or again: when it is told its place. */
export function armPlace(state: FloorState, call: Call, at: number): void {
  const announce = call.queue === null ? null : state.queues.get(call.queue)?.queue.announce
  call.placeAt = announce == null ? null : at + announce.everyMs
  if (call.placeAt !== null) pushDue(state, { at: call.placeAt, of: 'place', id: call.id })
}

export function evolvePlace(state: FloorState, call: Call, change: Fact | Note, at: number): boolean {
  if (change.type === 'note.placeSkipped') call.placeAt = null
  else if (change.type === 'call.placeSaid') {
    call.speech = change.speech
    call.minutesSaid = change.minutes
    armPlace(state, call, at)
  } else return false
  return true
}

export function placeDue(d: Draft, call: Call): void {
  const floor = call.queue === null ? undefined : d.state.queues.get(call.queue)
  const announce = floor?.queue.announce
  const at = floor?.waiting.indexOf(call.id) ?? -1
  if (floor === undefined || announce == null || at < 0) return d.note({ type: 'note.placeSkipped', call: call.id })
  const place = at + 1
  const minutes = announce.estimate ? minutesFor(d.state, floor, place, call.minutesSaid) : null
  const speech = call.speech + 1
  d.fact({ type: 'call.placeSaid', call: call.id, queue: floor.queue.id, place, minutes, speech })
  const say = (name: string) => fragment(announce.language, name, d.state.phrases)
  d.effect({ type: 'media.say', leg: call.leg, speech, parts: placeParts(announce.language, place, minutes).map(say) })
}

/** It was said: the music goes on. */
export function placePlayed(d: Draft, call: Call, speech: number): void {
  if (call.speech === speech && call.dismissed === null) playMusic(d, call)
}

/** Minutes as they are said, 0 for more than the last step; null: not known. `said`: what this caller heard last. */
export function minutesFor(state: FloorState, floor: QueueFloor, place: number, said: number | null): number | null {
  const meanMs = floor.handling.meanMs
  let working = 0
  for (const member of floor.queue.members) {
    const phase = state.agents.get(member)?.phase ?? 'signed_off'
    if (phase !== 'signed_off' && phase !== 'break') working++
  }
  if (meanMs === null || working === 0) return null
  const step = stepOf((place * meanMs) / working / 60_000)
  const climbed = said === null ? step : Math.min(step, (said === 0 ? steps.length : steps.indexOf(said as 1)) + 1)
  return steps[climbed] ?? 0
}

/** The names of the fragments, in order. */
export function placeParts(language: SpeechLanguage, place: number, minutes: number | null): string[] {
  const parts =
    place > placesSaid
      ? ['queue-place-many']
      : ['queue-place', ...numberParts(language, String(place))!, 'queue-place-end']
  if (minutes === 0) parts.push('queue-wait-long')
  else if (minutes !== null) {
    const spoken = language === 'zh-CN' && minutes === 2 ? ['liang'] : numberParts(language, String(minutes))!
    parts.push('queue-wait', ...spoken, minutes === 1 ? 'queue-minute' : 'queue-minutes')
  }
  return [...parts, 'queue-thanks']
}

function stepOf(minutes: number): number {
  const at = steps.findIndex(step => minutes <= step)
  return at < 0 ? steps.length : at
}
