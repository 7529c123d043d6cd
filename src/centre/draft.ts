/** A decision while it is being made. It reads the floor and collects; the floor itself is changed by `evolve` alone. */
import type { CallId, Id, IdSeries, LegId, RecordingId, UserId } from '../lib/ids.ts'
import { nextId } from '../lib/ids.ts'
import type { Decision, Moment, Note } from './decision.ts'
import type { Effect } from './effects.ts'
import type { Refusal } from './entities.ts'
import type { Fact } from './facts.ts'
import type { FloorState } from './state.ts'

export class Draft {
  readonly state: FloorState
  readonly now: number
  #ids: IdSeries | null = null
  readonly #facts: Fact[] = []
  readonly #effects: Effect[] = []
  readonly #notes: Note[] = []
  #refusal: Refusal | null = null
  #audioLost: UserId | null = null
  #turned: { agent: UserId; held: boolean } | null = null
  #turnedLeg: { leg: LegId; held: boolean } | null = null
  #recording: { call: CallId; recording: RecordingId } | null = null

  constructor(state: FloorState, moment: Moment) {
    this.state = state
    this.now = moment.now
  }

  /** A fresh id; the series in the state moves on when the decision is applied. */
  id<Noun extends string>(prefix: string): Id<Noun> {
    this.#ids ??= { epoch: this.state.ids.epoch, next: this.state.ids.next }
    return nextId<Noun>(this.#ids, prefix)
  }

  fact(fact: Fact): void {
    this.#facts.push(fact)
  }

  effect(effect: Effect): void {
    this.#effects.push(effect)
  }

  /** Done before what was collected so far. */
  effectFirst(effect: Effect): void {
    this.#effects.unshift(effect)
  }

  note(note: Note): void {
    this.#notes.push(note)
  }

  /** The audio of this agent goes away in this very decision; the state still shows it. */
  loseAudio(agent: UserId): void {
    this.#audioLost = agent
  }

  hasLostAudio(agent: UserId): boolean {
    return this.#audioLost === agent
  }

  /** The desk phone of this agent holds its leg of the shift, or takes it up again, in this very decision; the state shows what was before. */
  turnStation(agent: UserId, held: boolean): void {
    this.#turned = { agent, held }
    this.note({ type: 'note.stationHeld', agent, held })
  }

  /** Nothing is heard where this agent is heard between calls. */
  isStationHeld(agent: UserId): boolean {
    return this.#turned?.agent === agent ? this.#turned.held : (this.state.agents.get(agent)?.stationHeld ?? false)
  }

  /** Likewise of a phone that was rung for a call, or for listening. */
  turnLeg(leg: LegId, held: boolean): void {
    this.#turnedLeg = { leg, held }
    this.note({ type: 'note.legHeld', leg, held })
  }

  isLegHeld(leg: LegId): boolean {
    return this.#turnedLeg?.leg === leg ? this.#turnedLeg.held : (this.state.legs.get(leg)?.held ?? false)
  }

  /** The recording of this call begins in this very decision; the state shows none yet. */
  beginRecording(call: CallId, recording: RecordingId): void {
    this.#recording = { call, recording }
  }

  recordingOf(call: CallId): RecordingId | null {
    return this.#recording?.call === call ? this.#recording.recording : null
  }

  /** Says no. What was collected before stays only if it is the record of the refusal. */
  refuse(rule: string, words: string): void {
    this.#refusal = { rule, words }
  }

  get refusal(): Refusal | null {
    return this.#refusal
  }

  get isRefused(): boolean {
    return this.#refusal !== null
  }

  get isEmpty(): boolean {
    return this.#facts.length === 0 && this.#effects.length === 0 && this.#notes.length === 0
  }

  decision(): Decision {
    if (this.#ids !== null) this.#notes.push({ type: 'note.ids', next: this.#ids.next })
    return { facts: this.#facts, effects: this.#effects, refusal: this.#refusal, notes: this.#notes }
  }
}
