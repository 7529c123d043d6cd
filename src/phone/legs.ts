/**
 * The legs that live now: each a SIP session with its media port, from the first wish for it to its end. The same few steps for calls we place
 * and calls we take: open the port, agree on the media, follow what changes, and say once that it is over.
 */
import { isIP } from 'node:net'
import type { Codec } from '../centre/entities.ts'
import type { Actor } from '../centre/facts.ts'
import type { Input } from '../centre/inputs.ts'
import type { SrtpUse } from '../centre/trunks/trunk-connection.ts'
import { rulesOf } from '../centre/trunks/trunk-rules.ts'
import { Allowance } from '../lib/allowance.ts'
import type { CallId, LegId, UserId } from '../lib/ids.ts'
import type { Logger } from '../lib/log.ts'
import { maskNumber } from '../lib/mask.ts'
import { secretBytes } from '../lib/random.ts'
import type { Bay } from '../rtp/bay.ts'
import type { LocalSrtp } from '../sdp/negotiate.ts'
import type { SessionId, Transport, UserAgentPort } from '../sip/events.ts'
import type { Hearing } from './hearing.ts'
import type { FarEnd, Leg } from './leg.ts'
import { LegKeys, srtpOn } from './leg-keys.ts'
import { type Agreed, type LocalSide, offerOf, rtpParameters } from './offer.ts'
import type { TrunkLines } from './trunk-lines.ts'

/**
 * A trunk leg without a packet for this long is ended: long enough for gateways that send nothing while a person is silent, short enough that
 * a line gone dead does not keep an agent. A desk phone's leg of the shift is noticed sooner, since nobody is to be connected to it.
 */
export const trunkSilenceMs = 60_000
const deskSilenceMs = 30_000
/**
 * While the far end holds: many desk phones send nothing then, and so do PBXs without music, and the customer hears ours. Longer than anybody is left
 * waiting, and short enough that a phone that lost its power while it held does not keep a line for the day.
 */
export const heldSilenceMs = 30 * 60_000
const deskCodecs: Codec[] = ['pcma', 'pcmu']
/** Pause before a nailed desk phone that did not pick up is rung again. */
const nailedRetryMs = 5_000
/** Keys a far end may press: a burst, and then so many a second. Each is a fact on disk; no telephone is faster (RFC 4733: 80 ms a key). */
const keysBurst = 32
const keysPerSecond = 12.5
/** Holds and resumes, likewise. */
const turnsBurst = 10
const turnsPerSecond = 1
export type LegsOptions = {
  ua: UserAgentPort
  bay: Bay
  lines: TrunkLines
  /** How a person's desk phone is to be spoken with. */
  deskSrtp(agent: UserId): SrtpUse
  /** Our address as `peer` should see it in From and SDP. */
  localAddress(peer: string): string
  /** Address for media in SDP when set by the administrator; else `localAddress`. */
  mediaAddress: string | null
  post(input: Input, actor: Actor): void
  now(): number
  /** Told whether keys of this leg come as tones, and of its end. */
  hearing?: Pick<Hearing, 'inBand' | 'closed'>
  /** Told which SIP dialog is which leg's. */
  nameDialog?(callId: string, leg: LegId): void
  /** Runs the user agent's drain soon: called after each of our own actions. */
  flush(): void
  log: Logger
}

/** How a leg ended, in the words of `leg.ended`. */
export type LegEnd = Omit<Extract<Input, { type: 'leg.ended' }>, 'type' | 'leg'>

export class Legs {
  readonly #options: LegsOptions
  readonly #legs = new Map<LegId, Leg>()
  readonly #bySession = new Map<SessionId, Leg>()
  /** Whose hold or resume is yet to be told. */
  readonly #untold = new Set<Leg>()

  constructor(options: LegsOptions) {
    this.#options = options
  }

  get size(): number {
    return this.#legs.size
  }

  get(id: LegId): Leg | undefined {
    return this.#legs.get(id)
  }

  ofSession(session: SessionId): Leg | undefined {
    return this.#bySession.get(session)
  }

  all(): IterableIterator<Leg> {
    return this.#legs.values()
  }

  /** Another session takes the place of the one that the leg had. */
  rebind(leg: Leg, session: SessionId): void {
    if (leg.session) this.#bySession.delete(leg.session)
    this.bind(leg, session)
  }

  bind(leg: Leg, session: SessionId): void {
    leg.session = session
    this.#bySession.set(session, leg)
    for (const callId of this.#options.ua.callIdsOf(session)) this.#options.nameDialog?.(callId, leg.id)
  }

  /** The same call once more, elsewhere, with the media port it has; false when it cannot be. */
  inviteAgain(leg: Leg, invite: (sdp: string) => SessionId | null): boolean {
    if (leg.session) this.#bySession.delete(leg.session)
    leg.session = null
    if (!this.#invite(leg, invite)) return false
    leg.heard = 'nothing'
    this.#expect(leg)
    this.#options.flush()
    return true
  }

  /** The same call once more at a target of the other family, which takes a media port of that family: the one it had is closed. */
  openAgain(leg: Leg, peer: string, invite: (sdp: string) => SessionId | null): void {
    if (leg.session) this.#bySession.delete(leg.session)
    leg.session = null
    this.closeMedia(leg)
    leg.phase = 'opening'
    leg.heard = 'nothing'
    leg.respondBy = leg.progressBy = null
    this.open(leg, peer, invite)
  }

  #invite(leg: Leg, invite: (sdp: string) => SessionId | null): boolean {
    let session: SessionId | null = null
    try {
      session = invite(offerOf(this.codecs(leg), this.local(leg)))
    } catch (error) {
      this.#options.log.error({ err: error, leg: leg.id, number: maskNumber(leg.from) }, 'the call cannot be sent')
    }
    if (session === null) return false
    this.bind(leg, session)
    return true
  }

  /** A trunk has our INVITE from now on. */
  #expect(leg: Leg): void {
    if (leg.far.kind !== 'trunk') return
    const now = this.#options.now()
    leg.invitedAt = now
    leg.isLateTold = false
    leg.respondBy = now + rulesOf(this.#options.lines.trunk(leg.far.trunk) ?? {}).responseMs
    if (leg.progressMs !== null) leg.progressBy = now + leg.progressMs
  }

  /** The first response of its trunk is late: told once, as soon as that is so. */
  respondsLate(leg: Leg): void {
    if (leg.isLateTold) return
    leg.isLateTold = true
    this.post({ type: 'leg.respondedLate', leg: leg.id }, leg)
  }

  make(id: LegId, call: CallId | null, far: FarEnd, from: string, ringMs: number): Leg {
    const leg: Leg = {
      id,
      call,
      far,
      phase: 'opening',
      session: null,
      address: '',
      port: 0,
      srtp: null,
      encrypted: false,
      invite: null,
      target: null,
      sdpVersion: 1,
      offer: null,
      unproved: false,
      ringUntil: null,
      ringMs,
      invitedAt: 0,
      isLateTold: false,
      respondBy: null,
      progressBy: null,
      progressMs: null,
      heard: 'nothing',
      lateUntil: null,
      from,
      ringing: false,
      early: false,
      heldByFar: false,
      heldTold: false,
      turns: new Allowance({ burst: turnsBurst, perSecond: turnsPerSecond, now: this.#options.now() }),
      knowsEvents: false,
      hangUp: null,
      keys: new Allowance({ burst: keysBurst, perSecond: keysPerSecond, now: this.#options.now() }),
    }
    this.#legs.set(id, leg)
    return leg
  }

  /** Binds the media port, then places the call with our offer. */
  open(leg: Leg, peer: string, invite: (sdp: string) => SessionId | null): void {
    this.#options.bay
      .open(leg.id, {
        kind: 'rtp',
        silenceMs: leg.far.kind === 'trunk' ? trunkSilenceMs : deskSilenceMs,
        family: isIP(peer) === 6 ? 6 : 4,
      })
      .then(
        local => {
          if (leg.phase !== 'opening') return this.closeMedia(leg)
          if (leg.hangUp !== null)
            return this.over(leg, { by: 'near', cause: 'cancel', sipStatus: 487, q850: leg.hangUp })
          this.place(leg, local.address, local.port, peer)
          if (!this.#invite(leg, invite))
            return this.over(leg, { by: 'system', cause: 'fault', sipStatus: null, q850: 38 })
          leg.phase = 'calling'
          leg.ringUntil ??= this.#options.now() + leg.ringMs // from the first target on
          this.#expect(leg)
          this.#options.flush()
        },
        error => this.noMedia(leg, error),
      )
  }

  place(leg: Leg, bound: string, port: number, peer: string): void {
    const any = bound === '0.0.0.0' || bound === '::' || bound === ''
    const { mediaAddress } = this.#options
    const named = mediaAddress !== null && isIP(mediaAddress) === isIP(bound) ? mediaAddress : null
    leg.address = named ?? (any ? this.#options.localAddress(peer) : bound)
    leg.port = port
    leg.srtp = new LegKeys(secretBytes)
    leg.encrypted = false
  }

  noMedia(leg: Leg, error: unknown): void {
    this.#options.log.error({ err: error, leg: leg.id }, 'no media port for this call')
    if (leg.phase === 'offered' && leg.session) this.#options.ua.reject(leg.session, 503, 34, this.#options.now())
    this.over(leg, { by: 'system', cause: 'fault', sipStatus: 503, q850: 34 })
    this.#options.flush()
  }

  codecs(leg: Leg): readonly Codec[] {
    return (leg.far.kind === 'trunk' ? this.#options.lines.trunk(leg.far.trunk)?.codecs : null) ?? deskCodecs
  }

  local(leg: Leg, newVersion = false): LocalSide {
    if (newVersion) leg.sdpVersion++
    const srtp = this.#srtp(leg)
    return { address: leg.address, port: leg.port, id: leg.id, version: leg.sdpVersion, srtp }
  }

  /** Null: in the clear. */
  #srtp(leg: Leg): LocalSrtp | null {
    const { lines, deskSrtp } = this.#options
    const { far, srtp: keys } = leg
    if (keys === null) return null
    if (far.kind === 'trunk') {
      const trunk = lines.trunk(far.trunk)
      return trunk && srtpOn(trunk, keys)
    }
    const use = deskSrtp(far.agent)
    if (use === 'off') return null
    return use === 'required' || this.#isPrivateDesk(leg, far.extension) ? keys.side(use) : null
  }

  /** A call that is up stays as it began: another phone of the extension, registered since, says nothing of the way to this one. */
  #isPrivateDesk(leg: Leg, extension: string): boolean {
    return leg.phase === 'up' ? leg.encrypted : this.#options.ua.binding(extension)?.flow.transport === 'tls'
  }

  /** Whether this desk phone may be called: not when its calls must be encrypted and their keys would travel in the clear. */
  mayRing(agent: UserId, transport: Transport): boolean {
    return transport === 'tls' || this.#options.deskSrtp(agent) !== 'required'
  }

  configure(leg: Leg, agreed: Agreed): void {
    leg.knowsEvents = agreed.dtmfPayloadType !== null
    if (agreed.srtp !== null) {
      leg.srtp?.agreed(agreed.srtp.suite)
      leg.encrypted = true
    } else if (leg.encrypted)
      this.#options.log.warn(
        { leg: leg.id },
        'the far end wants to go on without encryption; it hears nothing more of us',
      )
    const sources = leg.far.kind === 'trunk' ? [...this.#options.lines.addresses(leg.far.trunk)] : []
    if (leg.far.kind === 'desk') {
      for (const { flow } of this.#options.ua.bindingsOf(leg.far.extension)) sources.push(flow.source.address)
    }
    const patience = leg.heldByFar ? { silenceMs: heldSilenceMs } : {}
    // The centre sends on what is pressed on a desk phone (`legDigit`), to whom the keys are for and as that far end takes them: by INFO, as tones, as
    // events. Passed on by the bay too, each key would be heard twice; by the bay alone, those trunks, rooms and consultations would not get it.
    const keys = { keepsKeys: leg.far.kind === 'desk' }
    this.#options.bay.configure(leg.id, { ...rtpParameters(agreed, true, sources), ...patience, ...keys })
    if (leg.far.kind === 'trunk') this.#options.hearing?.inBand(leg.id, agreed.dtmfPayloadType === null)
  }

  key(leg: Leg, digit: string): void {
    if (leg.keys.take(this.#options.now())) this.post({ type: 'leg.digit', leg: leg.id, digit }, leg)
  }

  /** After a re-INVITE: another address, hold or resume. */
  remoteChanged(leg: Leg, agreed: Agreed): void {
    this.agreedOn(leg, agreed)
    this.tellHeld(leg)
  }

  /** What an answer, or a later offer, says of the media; whether it holds is not told yet. */
  agreedOn(leg: Leg, agreed: Agreed): void {
    leg.heldByFar = agreed.held
    this.configure(leg, agreed)
  }

  /** What the allowance kept back of holds and resumes. */
  advance(): void {
    for (const leg of this.#untold) {
      if (leg.phase !== 'up') this.#untold.delete(leg)
      else this.tellHeld(leg)
    }
  }

  /** Who called is there. It may have called with its hold key down, or a PBX did that plays its own music. */
  tellAnswered(leg: Leg): void {
    leg.unproved = false
    this.post({ type: 'leg.answered', leg: leg.id }, leg)
    this.tellHeld(leg)
  }

  /** A hold or its end that the centre has not heard of; after `leg.answered`. */
  tellHeld(leg: Leg): void {
    this.#untold.delete(leg)
    if (leg.heldByFar === leg.heldTold) return
    if (!leg.turns.take(this.#options.now())) return void this.#untold.add(leg)
    leg.heldTold = leg.heldByFar
    this.post({ type: leg.heldByFar ? 'leg.held' : 'leg.resumed', leg: leg.id }, leg)
  }

  over(leg: Leg, how: LegEnd): void {
    if (leg.phase === 'over') return
    if (leg.session) this.#bySession.delete(leg.session)
    leg.session = null
    this.closeMedia(leg)
    if (leg.far.kind === 'desk' && leg.far.nailed && how.by !== 'near') {
      const wasUp = leg.phase === 'up'
      leg.phase = 'parted'
      leg.early = leg.ringing = leg.heldByFar = leg.heldTold = false
      leg.ringUntil = this.#options.now() + nailedRetryMs
      if (wasUp || how.cause !== 'timeout') {
        this.post(
          { type: 'station.down', agent: leg.far.agent, leg: leg.id, reason: deskReason(how.sipStatus, how.by) },
          leg,
        )
      }
      return
    }
    leg.phase = 'over'
    this.#legs.delete(leg.id)
    if (leg.far.kind === 'desk' && leg.far.nailed) {
      this.post({ type: 'station.down', agent: leg.far.agent, leg: leg.id, reason: 'released' }, leg)
      return
    }
    const heard = leg.far.kind === 'trunk' && leg.offer === null ? { heard: leg.heard } : {}
    this.post({ type: 'leg.ended', leg: leg.id, ...how, ...heard }, leg)
  }

  closeMedia(leg: Leg): void {
    this.#options.hearing?.closed(leg.id)
    this.#options.bay.close(leg.id)
  }

  post(input: Input, leg: Leg): void {
    this.#options.post(input, leg.far.kind === 'trunk' ? `trunk:${leg.far.trunk}` : `user:${leg.far.agent}`)
  }
}

function deskReason(sipStatus: number | null, by: LegEnd['by']): string {
  if (sipStatus === 480) return 'not_registered'
  if (by === 'far') return 'hung_up'
  return 'not_answered'
}
