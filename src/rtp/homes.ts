/**
 * Which media thread each leg lives on, its home. A leg opens where the fewest are. Legs that hear each other must share a thread, so the newer
 * one moves: its thread releases it, what arrives meanwhile waits in its sockets, and the other thread takes it up with everything that was asked of it. When a
 * thread dies, its legs' sockets are still open in this process, and its successor takes them up the same way.
 */
import type { LegId } from '../lib/ids.ts'
import type { Member, SupervisionMode } from './bay.ts'
import { Bonds, orderOf } from './bonds.ts'
import type {
  LegOrder,
  LegSockets,
  MediaReport,
  MediaRequest,
  SecureSpec,
  Standing,
  StandingEar,
  StandingTap,
} from './control.ts'
import type { SavedLeg } from './saved-leg.ts'
import { legMemory } from './saved-leg.ts'
import type { SrtpKeys } from './secure-leg.ts'

export type HomesPorts = {
  threads: number
  tell(thread: number, request: MediaRequest): void
  /** A socket that no thread holds any more. */
  closeFd(fd: number): void
}

type Home = {
  readonly leg: LegId
  /** Rises: of two legs the one with the higher number is newer. */
  readonly number: number
  readonly silenceMs: number
  readonly secure: SecureSpec | null
  readonly memory: SharedArrayBuffer
  readonly standing: Standing
  /** Null until it is bound. */
  sockets: LegSockets | null
  thread: number
  /** Where it is going; null: it stays. Orders that do not stand wait in `held` meanwhile. */
  goal: number | null
  held: MediaRequest[]
  isClosed: boolean
  /** Keys came while it was on its way: what the saved ones had come to says nothing of them. */
  hasFreshKeys: boolean
  /** How often a thread died that had it in hand. */
  deaths: number
}

/** A leg that two threads died of is not given to a third. */
const deathsMax = 2

export class Homes {
  readonly #ports: HomesPorts
  readonly #homes = new Map<LegId, Home>()
  readonly #bonds = new Bonds()
  readonly #byRecording = new Map<string, Home>()
  readonly #loads: number[]
  #lastNumber = 0

  constructor(ports: HomesPorts) {
    this.#ports = ports
    this.#loads = Array.from({ length: ports.threads }, () => 0)
  }

  has(leg: LegId): boolean {
    return this.#homes.has(leg)
  }

  legs(): MapIterator<LegId> {
    return this.#homes.keys()
  }

  /** Some leg is between two threads. */
  get isMoving(): boolean {
    for (const home of this.#homes.values()) if (home.goal !== null) return true
    return false
  }

  isTapped(recording: string): boolean {
    return this.#byRecording.has(recording)
  }

  /** Legs by thread, for figures. */
  get loads(): readonly number[] {
    return this.#loads
  }

  open(leg: LegId, silenceMs: number, secure: SecureSpec | null, address: string): void {
    const thread = this.#loads.indexOf(Math.min(...this.#loads))
    const number = (this.#lastNumber = (this.#lastNumber + 1) & 0x7fffffff)
    const standing: Standing = { parameters: null, keys: null, playing: null, tap: null, ear: null, ice: [] }
    const home: Home = {
      ...{ leg, number, silenceMs, secure, standing, thread, memory: legMemory() },
      ...{ sockets: null, goal: null, held: [], isClosed: false, hasFreshKeys: false, deaths: 0 },
    }
    this.#homes.set(leg, home)
    this.#loads[thread]!++
    this.#ports.tell(thread, { type: 'open', leg, address, silenceMs, secure, number, memory: home.memory })
  }

  /** False: it was not to be bound, and is no more. */
  opened({ leg, sockets, problem }: Extract<MediaReport, { type: 'opened' }>): void {
    const home = this.#homes.get(leg as LegId)
    if (!home) return
    if (problem !== null) return this.#remove(home)
    home.sockets = sockets
    this.#gather(home)
  }

  /** An order to one leg. What stands until another order is remembered. Nothing happens when the leg is no more. */
  order(request: LegOrder): void {
    const home = this.#homes.get(request.leg as LegId)
    if (!home) return
    const { standing } = home
    switch (request.type) {
      case 'configure':
        if (!areSame(standing.parameters?.srtp, request.parameters.srtp)) home.hasFreshKeys = true
        standing.parameters = request.parameters
        return this.#tellUnlessMoving(home, request)
      case 'dtls.keys':
        standing.keys = request.keys
        home.hasFreshKeys = true
        return this.#tellUnlessMoving(home, request)
      case 'play':
      case 'say':
        standing.playing = request
        return this.#tellUnlessMoving(home, request)
      case 'stopPlay':
        standing.playing = null
        return this.#tellUnlessMoving(home, request)
      case 'ice.restart':
        standing.ice = [...standing.ice.slice(-1), request.credentials]
        return this.#tellUnlessMoving(home, request)
      case 'listen':
        standing.ear ??= { memory: request.memory, begun: null }
        return this.#tellUnlessMoving(home, request)
      default:
        if (home.goal === null) this.#ports.tell(home.thread, request)
        else home.held.push(request)
    }
  }

  patch(a: LegId, b: LegId): void {
    const [one, other] = [this.#homes.get(a), this.#homes.get(b)]
    if (!one || !other || one === other) return
    const wereApart = one.thread !== other.thread
    if (!this.#bonds.isPatched(a, b)) this.#bonds.patch(a, b)
    // Until they have come together nobody else may hear them.
    if (wereApart) for (const home of [one, other]) this.#tellUnlessMoving(home, { type: 'unpatch', leg: home.leg })
    this.#gather(one)
  }

  /** Members of other threads come; the others hear each other meanwhile. */
  mix(room: string, members: Member[]): void {
    const known = members.filter(({ leg }) => this.#homes.has(leg))
    const before = this.#bonds.room(room)
    this.#bonds.mix(room, known)
    for (const leg of before)
      if (!known.some(member => member.leg === leg)) this.#tellLeg(leg, { type: 'unpatch', leg })
    const [first] = known
    if (first !== undefined) this.#gather(this.#homes.get(first.leg)!)
  }

  supervise(leg: LegId, target: LegId | null, mode: SupervisionMode, gainDb = 0): void {
    const home = this.#homes.get(leg)
    if (!home || (target !== null && !this.#homes.has(target))) return
    this.#bonds.supervise(leg, target, mode, gainDb)
    if (target === null) this.#tellUnlessMoving(home, { type: 'supervise', leg, target, mode })
    else this.#gather(home)
  }

  unpatch(leg: LegId): void {
    this.#bonds.leave(leg)
    this.#tellLeg(leg, { type: 'unpatch', leg })
  }

  /** False: the leg is no more. */
  record(leg: LegId, tap: Omit<StandingTap, 'begun'>): boolean {
    const home = this.#homes.get(leg)
    if (!home || home.standing.tap !== null) return false
    home.standing.tap = { ...tap, begun: null }
    this.#byRecording.set(tap.recording, home)
    this.#tellUnlessMoving(home, { type: 'record', leg, ...tap })
    return true
  }

  /** A media thread began it. */
  tapped(recording: string, begun: StandingTap['begun']): void {
    const tap = this.#byRecording.get(recording)?.standing.tap
    if (tap) tap.begun = begun
  }

  /** Ends the tap, wherever the leg is. */
  stopRecording(recording: string): void {
    const home = this.#byRecording.get(recording)
    if (!home) return
    if (home.goal === null) {
      this.#ports.tell(home.thread, { type: 'stopRecording', recording })
      this.untapped(recording)
    } else home.held.push({ type: 'stopRecording', recording })
  }

  /** A media thread gave the leg an ear, or took it away. */
  eared(leg: string, begun: StandingEar['begun']): void {
    const standing = this.#homes.get(leg as LegId)?.standing
    if (!standing) return
    if (begun === null) standing.ear = null
    else if (standing.ear !== null) standing.ear.begun = begun
  }

  /** It was ended, or could not be begun. */
  untapped(recording: string): void {
    const home = this.#byRecording.get(recording)
    this.#byRecording.delete(recording)
    if (home?.standing.tap?.recording === recording) home.standing.tap = null
  }

  /** A prompt or a speech came to its end by itself. */
  finished(leg: string, what: { prompt: string } | { speech: number }): void {
    const standing = this.#homes.get(leg as LegId)?.standing
    const playing = standing?.playing
    if (!standing || !playing) return
    const isThis =
      playing.type === 'play'
        ? 'prompt' in what && what.prompt === playing.prompt
        : 'speech' in what && what.speech === playing.speech
    if (isThis) standing.playing = null
  }

  /** False: there is no such leg. */
  close(leg: LegId): boolean {
    const home = this.#homes.get(leg)
    if (!home || home.isClosed) return false
    this.#bonds.forget(leg)
    if (home.goal === null) {
      this.#ports.tell(home.thread, { type: 'close', leg })
      this.#remove(home)
    } else home.isClosed = true
    return true
  }

  /** A thread gave a leg away. */
  released({ leg, saved }: Extract<MediaReport, { type: 'released' }>): void {
    const home = this.#homes.get(leg as LegId)
    if (home && home.goal !== null) {
      this.#settle(home, saved)
      if (this.#homes.has(home.leg)) this.#gather(home)
    }
  }

  /**
   * The thread's legs are taken up by whoever is in its place now (`successor`: false when there is nobody). Answers those that are lost: not
   * bound yet, or seen in the hand of too many that died.
   */
  died(thread: number, inHand: number, successor: boolean): { moved: LegId[]; lost: LegId[] } {
    const moved: LegId[] = []
    const lost: LegId[] = []
    for (const home of [...this.#homes.values()]) {
      if (home.thread !== thread) continue
      if (home.number === inHand) home.deaths++
      if (!successor || home.sockets === null || home.sockets.rtp < 0 || home.deaths >= deathsMax) {
        if (!home.isClosed) lost.push(home.leg)
        this.#abandon(home)
        continue
      }
      if (!home.isClosed) moved.push(home.leg)
      home.goal ??= thread
      this.#settle(home, null)
    }
    for (const leg of moved) this.#gather(this.#homes.get(leg)!)
    return { moved, lost }
  }

  #abandon(home: Home): void {
    this.#bonds.forget(home.leg)
    this.#remove(home)
    for (const fd of [home.sockets?.rtp ?? -1, home.sockets?.rtcp ?? -1]) if (fd >= 0) this.#ports.closeFd(fd)
  }

  #tellLeg(leg: LegId, request: MediaRequest): void {
    const home = this.#homes.get(leg)
    if (home) this.#tellUnlessMoving(home, request)
  }

  #tellUnlessMoving(home: Home, request: MediaRequest): void {
    if (home.goal === null) this.#ports.tell(home.thread, request)
  }

  /**
   * Brings all together who are bound to this leg, where the oldest of them is: those who are elsewhere go there, and it goes on when they have
   * come. What binds this leg is ordered as far as its legs are there; a room passes over those who are still on their way.
   */
  #gather(home: Home): void {
    const homes = Array.from(this.#bonds.together(home.leg), leg => this.#homes.get(leg)).filter(
      one => one !== undefined,
    )
    if (homes.length < 2) return this.#order(home, homes)
    const { thread } = homes.reduce((one, other) => (other.number < one.number ? other : one))
    for (const one of homes)
      if (one.goal === null && one.sockets !== null && one.thread !== thread) this.#send(one, thread)
    this.#order(home, homes)
  }

  #order(home: Home, together: readonly Home[]): void {
    const isHere = (leg: LegId) =>
      together.some(one => one.leg === leg && one.thread === home.thread && one.goal === null && one.sockets !== null)
    if (!isHere(home.leg)) return
    for (const bond of this.#bonds.of(home.leg))
      if (bond.type === 'mix' || [...bond.legs].every(isHere)) this.#ports.tell(home.thread, orderOf(bond))
  }

  #send(home: Home, goal: number): void {
    home.goal = goal
    home.hasFreshKeys = false
    this.#ports.tell(home.thread, { type: 'release', leg: home.leg })
  }

  /** On its new thread, or on the successor of the old one. */
  #settle(home: Home, saved: SavedLeg | null): void {
    const { leg, number, silenceMs, secure, memory, standing } = home
    const goal = home.goal!
    this.#loads[home.thread]!--
    this.#loads[goal]!++
    home.thread = goal
    home.goal = null
    const known = saved !== null && home.hasFreshKeys ? { ...saved, srtp: null } : saved
    this.#ports.tell(goal, {
      ...{ type: 'adopt', leg, number, silenceMs, secure, memory, standing },
      sockets: home.sockets!,
      saved: known,
    })
    const { held } = home
    home.held = []
    for (const request of held)
      if (request.type === 'stopRecording') this.stopRecording(request.recording)
      else this.#ports.tell(goal, request)
    if (home.isClosed) {
      this.#ports.tell(goal, { type: 'close', leg })
      this.#remove(home)
    }
  }

  #remove(home: Home): void {
    this.#homes.delete(home.leg)
    this.#loads[home.thread]!--
    if (home.standing.tap !== null) this.#byRecording.delete(home.standing.tap.recording)
  }
}

/** Keys of two offers. */
function areSame(one: SrtpKeys | null | undefined, other: SrtpKeys | null | undefined): boolean {
  if (!one || !other) return !one && !other
  const { localKey, localSalt, remoteKey, remoteSalt } = one
  return (
    Buffer.compare(localKey, other.localKey) === 0 &&
    Buffer.compare(localSalt, other.localSalt) === 0 &&
    Buffer.compare(remoteKey, other.remoteKey) === 0 &&
    Buffer.compare(remoteSalt, other.remoteSalt) === 0
  )
}
