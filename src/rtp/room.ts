/**
 * A room: legs of which some hear several others at once. Who hears exactly one other gets that one's packets relayed as in a patch, without
 * decoding; all others hear a mix, every 20 ms. A change of who hears whom is one that nobody hears: what was heard before and is heard
 * after goes on sample by sample, on one RTP timeline, and what is new or gone fades within a frame.
 */

import { payloadTypeOf } from './g711.ts'
import type { Leg } from './leg.ts'
import { crossfade, encodeSum, Mix, Total } from './mixer.ts'
import { MixerInput } from './mixer-input.ts'
import { framePeriodMs, frameSamples } from './pacer.ts'

/** Legs of a room; 20 who listen and a conference fit. */
export const roomLegsMax = 64
/** From this many members on, sums are reckoned from the sum of all. */
const totalFrom = 4
/** Ticks that a listener waits for the first frame of whom it heard until now: jitter takes no longer. */
const waitTicksMax = 3

/** `hears`: legs of the same room; `gain`: a factor on what this leg says, 1 leaves it alone. */
export type Seat = { leg: Leg; hears: Leg[]; gain: number }

/** One leg that hears a mix, or is on its way to or from it. */
type Listener = {
  leg: Leg
  mix: Mix
  /** What it heard until this tick; null: nothing changes. */
  before: Mix | null
  /** Not before this input has begun: it was relayed until now, and must go on without a gap. */
  awaited: MixerInput | null
  waitedTicks: number
  /** After the next tick this leg's packets are relayed to it; null: it stays. */
  relayFrom: Leg | null
  /** It hears nobody any more: after the next tick there is nothing to send. */
  isLeaving: boolean
}

export type RoomPorts = {
  /** The leg's next frame, 20 ms of octets in its law; its stream goes on where it ended. */
  send(leg: Leg, octets: Uint8Array): void
  /** Something went wrong in the program, with this leg or in its room. */
  fault(leg: Leg, error: unknown): void
}

export class Room {
  readonly name: string
  /** Its slot among the 20 of the pacer. */
  readonly index: number
  readonly #ports: RoomPorts
  readonly #seats = new Map<Leg, Seat>()
  readonly #inputs = new Map<Leg, MixerInput>()
  #listeners: Listener[] = []
  #mixes: Mix[] = []
  #total: Total | null = null
  #tick = 0
  #isChanging = false

  constructor(name: string, index: number, ports: RoomPorts) {
    this.name = name
    this.index = index
    this.#ports = ports
  }

  /** Something is due every 20 ms. */
  get isMixing(): boolean {
    return this.#listeners.length > 0
  }

  get legs(): IterableIterator<Leg> {
    return this.#seats.keys()
  }

  get size(): number {
    return this.#seats.size
  }

  /** Figures of what a member says, while somebody hears it mixed. */
  input(leg: Leg): MixerInput | undefined {
    return this.#inputs.get(leg)
  }

  /** Who is here from now on, and who hears whom. Legs that are no members any more are nobody's from here on. */
  seat(seats: readonly Seat[]): void {
    const members = new Set(seats.map(({ leg }) => leg))
    const gone = [...this.#seats.keys()].filter(leg => !members.has(leg))
    for (const leg of members) if (leg.peer !== null && !members.has(leg.peer)) unlink(leg.peer)
    this.#seats.clear()
    for (const seat of seats) {
      const hears = [...new Set(seat.hears)].filter(leg => leg !== seat.leg && members.has(leg))
      this.#seats.set(seat.leg, { ...seat, hears })
      seat.leg.room = this.name
    }
    this.#plan(gone)
    for (const leg of gone) if (leg.room === this.name) leg.room = ''
  }

  /** One leg goes, for whatever reason: the others talk on. */
  leave(leg: Leg): void {
    if (!this.#seats.has(leg)) return
    this.seat([...this.#seats.values()].filter(seat => seat.leg !== leg))
  }

  /** Every 20 ms while `isMixing`. */
  tick(): void {
    const tick = ++this.#tick
    for (const input of this.#inputs.values()) input.next()
    const listeners = this.#listeners
    for (let n = 0; n < listeners.length; n++) this.#serve(listeners[n]!, tick)
    if (this.#isChanging) this.#settle()
  }

  #serve(listener: Listener, tick: number): void {
    const { leg, mix, before, awaited } = listener
    if (awaited !== null) {
      if (!awaited.hasBegun && ++listener.waitedTicks <= waitTicksMax) return
      listener.awaited = null
    }
    mix.mix(tick, this.#total)
    if (leg.isOccupied) {
      listener.before = null
      return
    }
    if (before === null) return this.#send(leg, mix.octets(leg.payloadType))
    listener.before = null
    before.mix(tick, this.#total)
    crossfade(before.sum, mix.sum, faded)
    encodeSum(faded, leg.payloadType === payloadTypeOf.pcma ? 'pcma' : 'pcmu', fadedOctets)
    this.#send(leg, fadedOctets)
  }

  /** What goes wrong with one who hears costs that one a frame, and the others nothing. */
  #send(leg: Leg, octets: Uint8Array): void {
    try {
      this.#ports.send(leg, octets)
    } catch (error) {
      this.#ports.fault(leg, error)
    }
  }

  // ---- what changes, which may allocate

  #plan(gone: readonly Leg[]): void {
    for (const leg of gone) {
      this.#cut(leg)
      this.#listeners = this.#listeners.filter(listener => listener.leg !== leg)
    }
    const relays = this.#relays()
    const earlier = new Map(this.#listeners.map(listener => [listener.leg, listener]))
    const listeners: Listener[] = []
    for (const seat of this.#seats.values()) {
      const was = earlier.get(seat.leg)
      const relayFrom = relays.get(seat.leg) ?? null
      if (relayFrom !== null && was === undefined) {
        if (seat.leg.source !== relayFrom) {
          unlink(seat.leg)
          link(relayFrom, seat.leg)
        }
        continue
      }
      const next = this.#listen(seat, relayFrom, was)
      if (next !== null) listeners.push(next)
    }
    this.#listeners = listeners
    this.#isChanging = true
    for (const { leg, gain } of this.#seats.values()) {
      const input = this.#inputs.get(leg)
      if (input !== undefined) input.gain = gain
    }
    if (!this.isMixing) this.#settle()
    else this.#total = this.#totalOf()
  }

  /** Who is relayed from whom: each who hears one other only, who says it to nobody else that way. What is so already stays so. */
  #relays(): Map<Leg, Leg> {
    const relays = new Map<Leg, Leg>()
    const taken = new Set<Leg>()
    const only = [...this.#seats.values()].filter(({ hears }) => {
      const [said] = hears
      return hears.length === 1 && this.#seats.get(said!)!.gain === 1
    })
    for (const wasSo of [true, false])
      for (const { leg, hears } of only) {
        const said = hears[0]!
        if (relays.has(leg) || taken.has(said) || (leg.source === said) !== wasSo) continue
        relays.set(leg, said)
        taken.add(said)
      }
    return relays
  }

  #listen(seat: Seat, relayFrom: Leg | null, was: Listener | undefined): Listener | null {
    const { leg, hears } = seat
    const source = leg.source
    if (was === undefined && hears.length === 0) {
      unlink(leg)
      return null
    }
    const mix = this.#mixOf(relayFrom === null ? hears : [relayFrom])
    const changes = { relayFrom, isLeaving: hears.length === 0 }
    if (was !== undefined) {
      const before = was.mix === mix ? was.before : (was.before ?? was.mix)
      return { ...was, mix, before, ...changes }
    }
    unlink(leg)
    if (source === null || !hears.includes(source))
      return { leg, mix, before: this.#mixOf([]), awaited: null, waitedTicks: 0, ...changes }
    const before = this.#mixOf([source])
    return { leg, mix, before, awaited: this.#inputOf(source), waitedTicks: 0, ...changes }
  }

  /** Those who hear the same share one mix. */
  #mixOf(hears: readonly Leg[]): Mix {
    const inputs = hears.map(leg => this.#inputOf(leg))
    const isSame = (mix: Mix) =>
      mix.inputs.length === inputs.length && inputs.every(input => mix.inputs.includes(input))
    const known = this.#mixes.find(isSame)
    if (known !== undefined) return known
    const mix = new Mix(inputs)
    this.#mixes.push(mix)
    return mix
  }

  #inputOf(leg: Leg): MixerInput {
    const input = this.#inputs.get(leg) ?? new MixerInput(this.index % framePeriodMs)
    this.#inputs.set(leg, input)
    leg.input = input
    return input
  }

  /** A tick after a change: who is to be relayed is, and what nobody hears any more is not decoded any more. */
  #settle(): void {
    const stays: Listener[] = []
    let isChanging = false
    for (const listener of this.#listeners) {
      if (listener.before !== null || listener.awaited !== null) isChanging = true
      else if (listener.isLeaving) continue
      else if (listener.relayFrom !== null) {
        this.#relay(listener.relayFrom, listener.leg)
        continue
      }
      stays.push(listener)
    }
    this.#listeners = stays
    this.#isChanging = isChanging
    if (isChanging) return
    const heard = new Set(stays.flatMap(({ mix }) => mix.inputs))
    this.#mixes = this.#mixes.filter(mix => stays.some(listener => listener.mix === mix))
    for (const [leg, input] of this.#inputs) {
      if (heard.has(input)) continue
      this.#inputs.delete(leg)
      if (leg.input === input) leg.input = null
    }
    this.#total = this.#totalOf()
  }

  /** What waits of the one it hears is sent at once, so that not a sample is lost; then the packets come by themselves. */
  #relay(from: Leg, to: Leg): void {
    const input = this.#inputs.get(from)
    if (input !== undefined && !to.isOccupied)
      input.flush(waiting, () => {
        encodeSum(waiting, to.payloadType === payloadTypeOf.pcma ? 'pcma' : 'pcmu', fadedOctets, true)
        this.#send(to, fadedOctets)
      })
    link(from, to)
  }

  #totalOf(): Total | null {
    return this.#inputs.size >= totalFrom ? new Total([...this.#inputs.values()]) : null
  }

  #cut(leg: Leg): void {
    unlink(leg)
    if (leg.peer !== null) unlink(leg.peer)
    const input = this.#inputs.get(leg)
    if (input !== undefined && leg.input === input) leg.input = null
  }
}

/** Packets of `from` go to `to`. */
export function link(from: Leg, to: Leg): void {
  if (from.peer !== null) unlink(from.peer)
  unlink(to)
  from.peer = to
  to.source = from
}

/** Nobody's packets go to this leg any more. */
export function unlink(leg: Leg): void {
  if (leg.source === null) return
  leg.source.peer = null
  leg.source = null
  leg.timeline.interrupt()
}

/** Used within one call each; one for all rooms of a thread. */
const faded = new Int32Array(frameSamples)
const waiting = new Int32Array(frameSamples)
const fadedOctets = new Uint8Array(frameSamples)
