/** The calls that live now, by session: begun here or taken in, and what the phone layer wants of each. */
import type { Call, CallHost } from './call.ts'
import type { Binding, InviteSpec, SessionId } from './events.ts'
import { SipUsageError } from './events.ts'
import { Fork } from './fork.ts'
import { OutgoingCall } from './outgoing-call.ts'
import type { Registrar } from './registrar.ts'
import { formatReplaces } from './replaces.ts'
import { escapeHeader, parseUri } from './uri.ts'
import { backTo } from './wire.ts'

export type CallsOptions = { host: CallHost; registrar: Registrar | null; max: number; now: () => number }

export class Calls {
  readonly #options: CallsOptions
  readonly #calls = new Map<SessionId, { call: Call; offer: string | null }>()
  /** INVITEs that are calls now, to know them when they come by another way too. */
  readonly #offered = new Set<string>()

  constructor(options: CallsOptions) {
    this.#options = options
  }

  get size(): number {
    return this.#calls.size
  }

  get isFull(): boolean {
    return this.#calls.size >= this.#options.max
  }

  isOffered(offer: string): boolean {
    return this.#offered.has(offer)
  }

  newSession(): SessionId {
    return this.#options.host.secret(9) as SessionId
  }

  add(call: Call, offer: string | null): void {
    this.#calls.set(call.id, { call, offer })
    if (offer !== null) this.#offered.add(offer)
  }

  remove(session: SessionId): void {
    const offer = this.#calls.get(session)?.offer
    if (offer) this.#offered.delete(offer)
    this.#calls.delete(session)
  }

  replace(session: SessionId, now: number): void {
    this.#calls.get(session)?.call.hangUp(null, now, 'replaced by another call')
  }

  invite(spec: InviteSpec, now: number): SessionId {
    const call = new OutgoingCall(this.#options.host, this.newSession(), spec)
    this.add(call, null)
    call.start(now)
    return call.id
  }

  inviteExtension(
    extension: string,
    { toAll = false, ...spec }: Omit<InviteSpec, 'target' | 'destination'> & { toAll?: boolean },
    now: number,
  ): SessionId | null {
    const [newest, ...others] = this.#options.registrar?.bindingsOf(extension, now) ?? []
    if (newest === undefined) return null
    const specOf = ({ contact, flow }: Binding): InviteSpec => {
      return { ...spec, target: contact, destination: backTo(flow), symmetric: true, extension }
    }
    // Keys in the offer go by the way that they were made for, and by no other.
    const alike = toAll ? others.filter(({ flow }) => flow.transport === newest.flow.transport) : []
    if (alike.length === 0) return this.invite(specOf(newest), now)
    const fork = new Fork(this.#options.host, this.newSession(), this.#options.now)
    this.add(fork, null)
    fork.start([newest, ...alike].map(specOf), now)
    return fork.id
  }

  callIdsOf(session: SessionId): readonly string[] {
    return this.#calls.get(session)?.call.callIds ?? []
  }

  progress(session: SessionId, status: number, sdp: string | null, now: number): void {
    this.#calls.get(session)?.call.progress(status, sdp, now)
  }

  accept(session: SessionId, sdp: string, now: number): void {
    this.#calls.get(session)?.call.accept(sdp, now)
  }

  reject(session: SessionId, status: number, q850: number | null, now: number): void {
    this.#calls.get(session)?.call.reject(status, q850, now)
  }

  hangUp(session: SessionId, q850: number | null, now: number): void {
    this.#calls.get(session)?.call.hangUp(q850, now)
  }

  hangUpAll(status: number, q850: number | null, now: number): void {
    for (const { call } of [...this.#calls.values()]) {
      call.reject(status, q850, now)
      call.hangUp(q850, now)
    }
  }

  withdraw(session: SessionId, q850: number | null, now: number): void {
    this.#calls.get(session)?.call.withdraw(q850, now)
  }

  reinvite(session: SessionId, sdp: string, now: number): void {
    this.#calls.get(session)?.call.asked()?.reinvite(sdp, now)
  }

  answerReoffer(session: SessionId, answer: { sdp: string } | { status: number }, now: number): void {
    this.#calls.get(session)?.call.asked()?.answerReoffer(answer, now)
  }

  sendInfo(session: SessionId, digit: string, durationMs: number, now: number): void {
    if (!/^[0-9*#A-D]$/.test(digit)) throw new SipUsageError(`not a digit: ${digit.slice(0, 10)}`)
    this.#calls.get(session)?.call.asked()?.sendInfo(digit, Math.round(durationMs), now)
  }

  refer(session: SessionId, wish: { to?: string; replaces?: SessionId; referredBy?: string }, now: number): void {
    const other = wish.replaces === undefined ? null : (this.#calls.get(wish.replaces)?.call.asked() ?? null)
    const uri = wish.to ?? other?.dialog.remoteTarget ?? ''
    for (const one of [uri, ...(wish.referredBy === undefined ? [] : [wish.referredBy])])
      if (typeof parseUri(one) === 'string') throw new SipUsageError(`not a SIP URI: ${one.slice(0, 80)}`)
    const { callId, localTag, remoteTag } = other?.dialog ?? { callId: '', localTag: '', remoteTag: null }
    const replaces =
      remoteTag === null
        ? ''
        : `?Replaces=${escapeHeader(formatReplaces({ callId, toTag: remoteTag, fromTag: localTag, earlyOnly: false }))}`
    const by = wish.referredBy === undefined ? null : `<${wish.referredBy}>`
    this.#calls.get(session)?.call.asked()?.refer(`<${uri}${replaces}>`, by, now)
  }

  answerRefer(session: SessionId, refer: string, status: number, now: number): void {
    this.#calls.get(session)?.call.asked()?.answerRefer(refer, status, now)
  }

  notifyRefer(session: SessionId, refer: string, status: number, now: number): void {
    this.#calls.get(session)?.call.asked()?.notifyRefer(refer, status, now)
  }
}
