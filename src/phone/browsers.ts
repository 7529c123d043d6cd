/**
 * Agents' browsers as stations: one offer makes one leg for the shift. A reload or a rebuilt connection brings a new offer; its leg takes the
 * place of the old one when it is secure, so that the customer on the line is patched to the new one.
 */
import type { Actor } from '../centre/facts.ts'
import type { Input } from '../centre/inputs.ts'
import type { LegId, UserId } from '../lib/ids.ts'
import type { Logger } from '../lib/log.ts'
import type { BayEvent } from '../rtp/bay.ts'
import type { StationLine } from '../webrtc/station.ts'

/** A new leg that is not secure by then is given up. */
const secureWithinMs = 15_000

export type BrowsersOptions = {
  /** Opens the leg in the bay and answers the browser's offer; rejects with words for the agent when the offer cannot be used. */
  answerOffer(leg: LegId, offerSdp: string): Promise<{ sdp: string; line: StationLine }>
  /** Answers an offer of the same connection with other ICE credentials; throws when it is of another. */
  answerRestart(leg: LegId, line: StationLine, offerSdp: string): string
  close(leg: LegId): void
  newLegId(): LegId
  post(input: Input, actor: Actor): void
  now(): number
  log: Logger
}

type Station = { agent: UserId; leg: LegId; secure: boolean; openedAt: number; line: StationLine | null }

export class Browsers {
  readonly #options: BrowsersOptions
  /** At most two a person: the one in use and the one that replaces it. */
  readonly #byLeg = new Map<LegId, Station>()

  constructor(options: BrowsersOptions) {
    this.#options = options
  }

  async answer(agent: UserId, offerSdp: string): Promise<{ sdp: string }> {
    const { answerOffer, newLegId, now, close } = this.#options
    for (const station of this.#of(agent)) if (!station.secure) this.#drop(station)
    const leg = newLegId()
    const station: Station = { agent, leg, secure: false, openedAt: now(), line: null }
    this.#byLeg.set(leg, station)
    try {
      const { sdp, line } = await answerOffer(leg, offerSdp)
      station.line = line
      if (this.#byLeg.get(leg) !== station) close(leg)
      return { sdp }
    } catch (error) {
      this.#byLeg.delete(leg)
      throw error
    }
  }

  /** The network of the browser has changed: the same leg goes on by another path. Throws when there is none, or the offer is of another. */
  restart(agent: UserId, offerSdp: string): { sdp: string } {
    for (const station of this.#of(agent))
      if (station.secure && station.line !== null)
        return { sdp: this.#options.answerRestart(station.leg, station.line, offerSdp) }
    throw new Error('there is no connection of yours to go on with')
  }

  /** The person signed out or closed the desk: their audio ends. */
  close(agent: UserId): void {
    for (const station of this.#of(agent)) {
      this.#drop(station)
      if (station.secure) this.#down(station, 'closed')
    }
  }

  take(event: BayEvent): void {
    switch (event.type) {
      case 'leg.secure': {
        const station = this.#byLeg.get(event.leg)
        if (!station || station.secure) return
        station.secure = true
        this.#options.post({ type: 'station.up', agent: station.agent, leg: station.leg }, `user:${station.agent}`)
        for (const other of this.#of(station.agent)) if (other !== station) this.#drop(other)
        return
      }
      case 'leg.lost':
      case 'leg.silent': {
        const station = this.#byLeg.get(event.leg)
        if (!station) return
        this.#drop(station)
        if (station.secure)
          this.#down(station, event.type === 'leg.lost' ? event.reason : 'no sound arrives from the browser')
        return
      }
      case 'worker.died':
        for (const leg of event.legs) {
          const station = this.#byLeg.get(leg)
          if (!station) continue
          this.#byLeg.delete(leg)
          if (station.secure) this.#down(station, 'the media worker restarted')
        }
        return
      default:
        return
    }
  }

  advance(now: number): void {
    for (const station of this.#byLeg.values()) {
      if (station.secure || now - station.openedAt < secureWithinMs) continue
      this.#options.log.warn(
        { agent: station.agent },
        'a browser offered audio but its connection never came up: is UDP to the media ports open?',
      )
      this.#drop(station)
    }
  }

  *#of(agent: UserId): Generator<Station> {
    for (const station of this.#byLeg.values()) if (station.agent === agent) yield station
  }

  #drop(station: Station): void {
    this.#byLeg.delete(station.leg)
    this.#options.close(station.leg)
  }

  #down(station: Station, reason: string): void {
    this.#options.post(
      { type: 'station.down', agent: station.agent, leg: station.leg, reason },
      `user:${station.agent}`,
    )
  }
}
