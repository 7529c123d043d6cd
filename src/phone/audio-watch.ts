/**
 * Watches how the legs of calls sound. Every two seconds it looks at what the media plane counted, a few legs at a time so that no packet waits;
 * when a leg's media is over it tells the centre how it sounded. An agent's leg of the shift is measured from the patch with a customer to the
 * end of that customer's leg. What nobody should have to look for is logged: media from strangers, and calls of which one side hears nothing.
 */
import type { AudioCounts, LegAudio, OneWay } from '../centre/audio/leg-audio.ts'
import { legAudio, worseOf } from '../centre/audio/leg-audio.ts'
import type { LiveAudio, TrunkAudio } from '../centre/audio/live.ts'
import type { Actor } from '../centre/facts.ts'
import type { Input } from '../centre/inputs.ts'
import type { FloorState } from '../centre/state.ts'
import { Allowance } from '../lib/allowance.ts'
import { Histogram } from '../lib/histogram.ts'
import type { CallId, LegId, TrunkId, UserId } from '../lib/ids.ts'
import type { Logger } from '../lib/log.ts'
import type { Bay, BayEvent, LegFigures } from '../rtp/bay.ts'

const lookEveryMs = 2_000
/** `advance` is called ten times as often, and looks at its share each time. */
const sharesOfALook = 20
/** What is shown live is of the last seconds, so that a line that has recovered is not called bad. */
const recentMs = 10_000
/** Legs watched at once: more than there are lines. */
const watchedMax = 20_000
const [warningsBurst, warningsPerSecond] = [10, 0.2]

const mosBounds = [1.5, 2, 2.5, 3.1, 3.6, 4, 4.2, 4.3, 4.5]
const lossBounds = [0, 0.001, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2]
const jitterBounds = [1, 2, 5, 10, 20, 40, 60, 100]
const roundTripBounds = [10, 20, 50, 100, 200, 300, 500, 1_000]

export type AudioWatchOptions = {
  floor(): FloorState
  bay: Pick<Bay, 'figures'>
  post(input: Input, actor: Actor): void
  now(): number
  log: Logger
}

type Watched = {
  leg: LegId
  call: CallId
  trunk: TrunkId | null
  agent: UserId | null
  since: number
  /** What was counted when the stretch began; null: nothing yet. */
  before: AudioCounts | null
  /** A leg that outlives the call. */
  isShift: boolean
  looks: { at: number; counts: AudioCounts }[]
  /** When packets were last seen to have come; the beginning of the stretch at first. */
  heardAt: number
  /** As it is now. */
  oneWay: OneWay | null
  /** What the log was told of. */
  warned: Set<OneWay>
}

export class AudioWatch {
  readonly #options: AudioWatchOptions
  /** By leg; a leg is in one call at a time. */
  readonly #watched = new Map<LegId, Watched>()
  readonly #trunks = new Map<TrunkId, TrunkAudio>()
  readonly #warnings: Allowance
  #queue: LegId[] = []
  #isAsking = false
  #roundAt = Number.NEGATIVE_INFINITY

  constructor(options: AudioWatchOptions) {
    this.#options = options
    this.#warnings = new Allowance({ burst: warningsBurst, perSecond: warningsPerSecond, now: options.now() })
  }

  /** A leg of a call was picked up; called before the centre hears of it. */
  answered(leg: LegId): void {
    const { floor, now } = this.#options
    const state = floor()
    const known = state.legs.get(leg)
    if (known === undefined || known.side === 'station' || this.#watched.size >= watchedMax) return
    const call = 'call' in known ? known.call : state.agents.get(known.agent)?.rung?.call
    const of = call === undefined ? undefined : state.calls.get(call)
    if (call === undefined) return
    const isParty = known.side === 'party'
    this.#watch({
      leg,
      call,
      trunk: isParty ? (of?.trunk ?? null) : null,
      agent: 'agent' in known ? known.agent : isParty ? null : (of?.agent ?? null),
      since: now(),
      before: null,
      isShift: false,
    })
  }

  /** These legs hear each other from now on: an agent's leg of the shift begins a stretch. */
  patched(a: LegId, b: LegId): void {
    const { legs } = this.#options.floor()
    for (const [one, other] of [[a, b] as const, [b, a] as const]) {
      const known = legs.get(one)
      const of = legs.get(other)
      if (known?.side !== 'station' || (of?.side !== 'party' && of?.side !== 'agent')) continue
      const before = this.#watched.get(one)
      if (before?.call === of.call) continue
      if (this.#watched.size >= watchedMax) return
      void this.#begin(one, of.call, known.agent, before)
    }
  }

  async #begin(leg: LegId, call: CallId, agent: UserId, last: Watched | undefined): Promise<void> {
    const since = this.#options.now()
    const stretch = this.#watch({ leg, call, trunk: null, agent, since, before: null, isShift: true })
    const figures = await this.#figuresOf(leg)
    if (figures === null) return
    if (last !== undefined) this.#tell(last, figures)
    stretch.before = countsOf(figures)
  }

  #watch(watched: Omit<Watched, 'looks' | 'heardAt' | 'oneWay' | 'warned'>): Watched {
    const whole: Watched = { ...watched, looks: [], heardAt: watched.since, oneWay: null, warned: new Set() }
    this.#watched.set(watched.leg, whole)
    return whole
  }

  take(event: BayEvent): void {
    switch (event.type) {
      case 'leg.closed':
        return this.#closed(event.leg, event.figures)
      case 'leg.foreign': {
        const watched = this.#watched.get(event.leg)
        return this.#warn(
          { leg: event.leg, call: watched?.call ?? null, trunk: watched?.trunk ?? null, source: event.source },
          'media from an address that the signalling never named is dropped: somebody probes or injects, or a gateway sends from where it did not say',
        )
      }
      case 'worker.died':
        for (const leg of event.legs) this.#watched.delete(leg)
        return
      default:
        return
    }
  }

  #closed(leg: LegId, figures: LegFigures): void {
    const watched = this.#watched.get(leg)
    this.#watched.delete(leg)
    if (watched === undefined) return
    this.#tell(watched, figures)
    if (watched.isShift || watched.trunk === null) return
    for (const other of this.#watched.values()) {
      if (other.call !== watched.call || !other.isShift) continue
      this.#watched.delete(other.leg)
      void this.#figuresOf(other.leg).then(last => last && this.#tell(other, last))
    }
  }

  #tell(watched: Watched, figures: LegFigures): void {
    const { post, now } = this.#options
    const { call, leg, trunk, agent } = watched
    const audio = legAudio({ ms: now() - watched.since, counts: countsOf(figures), before: watched.before })
    if (trunk !== null) this.#sum(trunk, audio)
    post({ type: 'leg.measured', measured: { call, leg, trunk, agent, audio } }, 'system')
  }

  #sum(trunk: TrunkId, audio: LegAudio): void {
    let sums = this.#trunks.get(trunk)
    if (sums === undefined) {
      sums = {
        mos: new Histogram(mosBounds),
        loss: new Histogram(lossBounds),
        jitterMs: new Histogram(jitterBounds),
        roundTripMs: new Histogram(roundTripBounds),
        oneWay: { nothing_from: 0, nothing_at: 0 },
        outsiders: 0,
      }
      this.#trunks.set(trunk, sums)
    }
    const mos = worseOf(audio)
    if (mos !== null) sums.mos.note(mos)
    sums.loss.note(audio.loss)
    sums.jitterMs.note(audio.jitterMs)
    if (audio.roundTripMs !== null) sums.roundTripMs.note(audio.roundTripMs)
    if (audio.oneWay !== null) sums.oneWay[audio.oneWay]++
    sums.outsiders += audio.foreign + audio.rivals
  }

  /** Looks at the next few legs; called every 100 ms. */
  advance(now: number): void {
    if (this.#queue.length === 0) {
      if (now - this.#roundAt < lookEveryMs) return
      this.#roundAt = now
      this.#queue = [...this.#watched.keys()]
    }
    if (this.#isAsking || this.#queue.length === 0) return
    const legs = this.#queue.splice(0, Math.max(8, Math.ceil(this.#watched.size / sharesOfALook)))
    this.#isAsking = true
    this.#options.bay.figures(legs).then(
      all => {
        this.#isAsking = false
        for (const figures of all) this.#look(figures)
      },
      () => (this.#isAsking = false),
    )
  }

  #look(figures: LegFigures): void {
    const watched = this.#watched.get(figures.leg)
    if (watched === undefined) return
    const at = this.#options.now()
    const before = watched.looks.at(-1)?.counts.received ?? watched.before?.received ?? 0
    const mayRest = this.#options.floor().calls.get(watched.call)?.heldBy === 'party' // who holds sends nothing, often
    if (mayRest || figures.audio.received > before) watched.heardAt = at
    watched.looks.push({ at, counts: countsOf(figures) })
    while (watched.looks.length > 1 && at - watched.looks[1]!.at >= recentMs) watched.looks.shift()
    const { oneWay, named, from } = legAudio({
      ms: at - watched.since,
      counts: countsOf(figures),
      before: watched.before,
    })
    watched.oneWay = oneWay
    if (oneWay === null || watched.warned.has(oneWay)) return
    watched.warned.add(oneWay)
    const { call, leg, trunk, agent } = watched
    this.#warn(
      { call, leg, trunk, agent },
      oneWay === 'nothing_from'
        ? `one-way audio: nothing came from the far end; its SDP named ${named || 'no address'}`
        : `one-way audio: the far end at ${from} reports that it hears nothing`,
    )
  }

  /** For how long nothing has come from this leg's far end, ms, to two seconds; null: it is not watched. */
  quietMs(leg: LegId): number | null {
    const watched = this.#watched.get(leg)
    return watched === undefined ? null : this.#options.now() - watched.heardAt
  }

  /** How a call sounds now; null: none of its legs is watched. */
  ofCall(call: CallId): LiveAudio | null {
    let worst: LiveAudio | null = null
    for (const watched of this.#watched.values()) {
      if (watched.call !== call) continue
      const one = this.#recent(watched)
      if (one !== null && (worst === null || isWorse(one, worst))) worst = one
    }
    return worst
  }

  /** The same for all calls at once, for pages. */
  live(): Map<CallId, LiveAudio> {
    const all = new Map<CallId, LiveAudio>()
    for (const watched of this.#watched.values()) {
      const one = this.#recent(watched)
      const before = all.get(watched.call)
      if (one !== null && (before === undefined || isWorse(one, before))) all.set(watched.call, one)
    }
    return all
  }

  #recent({ looks, before, oneWay, since }: Watched): LiveAudio | null {
    const [first, last] = [looks[0], looks.at(-1)]
    if (last === undefined) return null
    const start = first === last ? before : first!.counts
    const audio = legAudio({ ms: last.at - (first === last ? since : first!.at), counts: last.counts, before: start })
    const { loss, jitterMs, named, from } = audio
    return {
      mos: worseOf(audio),
      loss,
      jitterMs,
      oneWay,
      at: from || named,
      outsiders: last.counts.foreign + last.counts.rivals,
    }
  }

  byTrunk(): ReadonlyMap<TrunkId, TrunkAudio> {
    return this.#trunks
  }

  async #figuresOf(leg: LegId): Promise<LegFigures | null> {
    const [figures] = await this.#options.bay.figures([leg]).catch(() => [])
    return figures ?? null
  }

  #warn(what: object, words: string): void {
    if (this.#warnings.take(this.#options.now())) this.#options.log.warn(what, words)
  }
}

function isWorse(one: LiveAudio, other: LiveAudio): boolean {
  if ((one.oneWay !== null) !== (other.oneWay !== null)) return one.oneWay !== null
  return (one.mos ?? 9) < (other.mos ?? 9)
}

export function countsOf({ audio, sent, foreign }: LegFigures): AudioCounts {
  return { ...audio, sent, foreign }
}
