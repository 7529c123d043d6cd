/**
 * An agent's desk phone for the demo and the load tests, on real SIP and RTP: it registers with its extension, picks up after a moment, and
 * talks with a voice until the other side hangs up.
 */
import type { LegId } from '../lib/ids.ts'
import { answerTo, rtpParameters } from '../phone/offer.ts'
import type { Bay } from '../rtp/bay.ts'
import type { SessionId, UaEvent, UserAgentPort } from '../sip/events.ts'

export type DeskPhoneOptions = {
  ua: UserAgentPort
  bay: Bay
  extension: string
  password: string
  registrar: { address: string; port: number; transport: 'udp' | 'tcp' }
  mediaAddress: string
  voice: string | null
  pickUpAfterMs: number
  after(ms: number, task: () => void): () => void
  now(): number
  flush(): void
}

type Talk = { leg: LegId; offer: string | null; port: number | null; cancel: () => void; over: boolean }

const codecs = ['pcma', 'pcmu'] as const

export class DeskPhone {
  readonly #options: DeskPhoneOptions
  readonly #talks = new Map<SessionId, Talk>()
  #legs = 0
  registered = false

  constructor(options: DeskPhoneOptions) {
    this.#options = options
  }

  start(): void {
    const { ua, extension, password, registrar, now, flush } = this.#options
    ua.register(
      extension,
      {
        registrar: `sip:${registrar.address}:${registrar.port}`,
        destination: registrar,
        aor: `sip:${extension}@${registrar.address}`,
        auth: { username: extension, password },
        expiresS: 300,
      },
      now(),
    )
    flush()
  }

  stop(): void {
    const { ua, extension, now, flush } = this.#options
    for (const [session, talk] of this.#talks) {
      ua.hangUp(session, 16, now())
      this.#over(session, talk)
    }
    ua.unregister(extension, now())
    flush()
  }

  take(event: UaEvent): void {
    switch (event.type) {
      case 'registered':
      case 'registrationFailed':
        if (event.registration === this.#options.extension) this.registered = event.type === 'registered'
        return
      case 'incoming':
        if (event.to === this.#options.extension) this.#ring(event.session, event.sdp)
        return
      case 'reoffer': {
        const talk = this.#talks.get(event.session)
        if (talk && event.sdp !== null) this.#answerAgain(event.session, talk, event.sdp)
        return
      }
      case 'failed':
      case 'ended': {
        const talk = this.#talks.get(event.session)
        if (talk) this.#over(event.session, talk)
        return
      }
      default:
        return
    }
  }

  /** The person puts the receiver down, whatever call it is. */
  hangUp(): void {
    for (const [session, talk] of this.#talks) {
      this.#options.ua.hangUp(session, 16, this.#options.now())
      this.#over(session, talk)
    }
    this.#options.flush()
  }

  #ring(session: SessionId, offer: string | null): void {
    const { ua, now, after, pickUpAfterMs, extension } = this.#options
    ua.progress(session, 180, null, now())
    const talk: Talk = {
      leg: `desk_${extension}_${++this.#legs}` as LegId,
      offer,
      port: null,
      over: false,
      cancel: after(pickUpAfterMs, () => this.#pickUp(session, talk)),
    }
    this.#talks.set(session, talk)
  }

  #pickUp(session: SessionId, talk: Talk): void {
    const { ua, bay, now, flush, voice } = this.#options
    bay.open(talk.leg, { kind: 'rtp', silenceMs: 0 }).then(local => {
      if (talk.over) return bay.close(talk.leg)
      const answered = talk.offer === null ? null : this.#answer(talk, talk.offer, local.port, 1)
      if (!answered) {
        ua.reject(session, 488, 65, now())
        return this.#over(session, talk)
      }
      ua.accept(session, answered, now())
      if (voice !== null) bay.play(talk.leg, voice, true)
      flush()
    })
  }

  #answerAgain(session: SessionId, talk: Talk, offer: string): void {
    const { ua, now, flush } = this.#options
    const sdp = talk.port === null ? null : this.#answer(talk, offer, talk.port, 2)
    ua.answerReoffer(session, sdp ? { sdp } : { status: 488 }, now())
    flush()
  }

  #answer(talk: Talk, offer: string, port: number, version: number): string | null {
    talk.port = port
    const answered = answerTo(offer, codecs, { address: this.#options.mediaAddress, port, id: talk.leg, version })
    if (!answered) return null
    this.#options.bay.configure(talk.leg, rtpParameters(answered.agreed, false))
    return answered.sdp
  }

  #over(session: SessionId, talk: Talk): void {
    if (talk.over) return
    talk.over = true
    talk.cancel()
    this.#talks.delete(session)
    this.#options.bay.close(talk.leg)
  }
}
