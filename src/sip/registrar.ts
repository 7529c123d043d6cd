/**
 * Desk phones (RFC 3261 §10.3): who they prove to be, where they are reached, for how long. An extension has a few phones at most, the one that
 * registered last first; a phone that comes back takes its own place. Unknown extensions and wrong passwords look the same from outside, and who keeps guessing is not listened to for a while.
 */
import { DigestServer } from './digest.ts'
import {
  type Address,
  type Binding,
  type Flow,
  isAt,
  isReliable,
  type PhoneHome,
  type UserAgentOptions,
} from './events.ts'
import { fromWire, parseCount } from './grammar.ts'
import { parseNameAddresses } from './headers.ts'
import { Lockout } from './lockout.ts'
import { type HeaderLine, header, headerLines, type Request } from './message.ts'
import type { Sleeper, Timers } from './timers.ts'
import { parseUri } from './uri.ts'
import { backTo } from './wire.ts'

/** `instance`: the phone as it names itself for good (RFC 5626 section 4.1), null when it does not. */
type Until = { expiresAt: number; callId: string; seq: number; instance: string | null }
type Held = Sleeper & Until & { binding: Omit<Binding, 'expiresInMs'> }

/** Phones of one extension: a desk phone, one at home, one in the meeting room. */
const phonesMax = 4

/** Wrong answers that are known again. */
const countedMax = 10_000

export type Reply = { status: number; lines: HeaderLine[] }
export type Proof = { type: 'proved'; extension: string } | { type: 'reply'; reply: Reply }

type RegistrarOptions = NonNullable<UserAgentOptions['registrar']> & {
  secret: (bytes: number) => string
  timers: Timers
  onChange(extension: string, binding: Binding | null): void
  onRefresh(binding: Binding): void
  /** A phone comes from elsewhere now: its router gave it another port, or it has another connection. */
  onMoved(extension: string, from: Flow, to: Flow): void
  /** Somebody guesses: this source, or this extension from elsewhere than its phone, is not listened to for a while. */
  onLocked(extension: string, source: Address): void
}

export class Registrar {
  readonly #options: RegistrarOptions
  readonly #digest: DigestServer
  readonly #lockout = new Lockout()
  /** Wrong answers that were counted. A 403 leaves nothing behind and may be lost: the request comes again, and is no second guess. */
  readonly #counted = new Set<string>()
  /** By extension, the one that registered last first. */
  readonly #bindings = new Map<string, Held[]>()
  /** Those whose connection closed, until they would have been over: a phone that comes back by another one may be in a call. At most `phonesMax` each. */
  readonly #cutOff = new Map<string, Held[]>()

  constructor(options: RegistrarOptions) {
    this.#options = options
    this.#digest = new DigestServer(options)
  }

  get size(): number {
    let size = 0
    for (const held of this.#bindings.values()) size += held.length
    return size
  }

  /**
   * Who sent this request, by digest; or what to answer. Whoever guesses from beside a phone has its address locked out: who speaks from the place of
   * the phone is asked all the same, with a nonce that is good at that place alone, or it could neither call for help nor stay registered.
   */
  prove(request: Request, claimed: string, flow: Flow, now: number): Proof {
    const { address } = flow.source
    const isLocked = this.#lockout.isLocked(address, claimed, now)
    const place = isLocked ? this.#placeOf(claimed, flow, now) : null
    if (isLocked && (place === null || this.#lockout.isLockedAt(place, claimed, now))) return refuse(403)
    const source = place ?? address
    // Counted against whose password it tries, before that is looked at: a phone says one name in both places.
    const username = this.#digest.usernameOf(request)
    if (username !== null && username !== claimed && this.#digest.answersUs(request, source)) {
      this.#wrong(request, flow, place, [claimed, username], now)
      return refuse(403)
    }
    const verdict = this.#digest.verify(request, now, source)
    switch (verdict.type) {
      case 'challenge':
        return {
          type: 'reply',
          reply: {
            status: 401,
            lines: this.#digest.challenge(claimed, this.#options.secret(9), verdict.stale, now, source),
          },
        }
      case 'wrong':
        this.#wrong(request, flow, place, [claimed], now)
        return refuse(403)
      case 'proved':
        // The lock stands: it is of who guesses beside this phone.
        if (!isLocked) this.#lockout.succeeded(address, claimed)
        return { type: 'proved', extension: verdict.username }
      default:
        throw verdict satisfies never
    }
  }

  #wrong(request: Request, { source }: Flow, place: string | null, names: string[], now: number): void {
    const { address } = source
    const guess = [address, ...names, this.#digest.saidBy(request)].join(' ')
    if (this.#counted.has(guess)) return
    this.#counted.add(guess)
    if (this.#counted.size > countedMax) this.#counted.delete(this.#counted.keys().next().value!)
    const locked =
      place === null ? this.#lockout.failed(address, names, now) : this.#lockout.failedAt(place, address, names, now)
    for (const name of locked) this.#options.onLocked(name, source)
  }

  /**
   * The place of a phone of this extension that may be there: where it is registered, address and port or connection; else, of one that is or was
   * behind a connection, its address, where it comes back by another one. Null: it is somebody else.
   */
  #placeOf(extension: string, flow: Flow, now: number): string | null {
    const { transport, source, connection = '' } = flow
    const here = this.#bindings.get(extension) ?? []
    if (here.some(({ binding }) => isAt(backTo(binding.flow), flow)))
      return `${transport} ${source.address} ${source.port} ${connection}`
    const gone = (this.#cutOff.get(extension) ?? []).filter(({ expiresAt }) => expiresAt > now)
    const isBack = [...here, ...gone].some(
      ({ binding: { flow: at } }) => at.transport === transport && at.source.address === source.address,
    )
    return isReliable(transport) && isBack ? `${transport} ${source.address}` : null
  }

  register(request: Request, flow: Flow, now: number): Reply {
    const aor = parseUri(request.to.uri)
    if (typeof aor === 'string' || aor.user === null) return { status: 400, lines: [] }
    const proof = this.prove(request, aor.user, flow, now)
    if (proof.type === 'reply') return proof.reply

    const { extension } = proof
    const before = this.#bindings.get(extension)?.find(held => held.callId === request.callId)
    if (before !== undefined && request.cseq.number <= before.seq) return { status: 500, lines: [] } // §10.3 step 7
    const contacts = headerLines(request, 'contact')
    if (contacts.length === 0) return this.#listing(extension, now)
    if (contacts.includes('*')) {
      if (contacts.length > 1 || header(request, 'expires') !== '0') return { status: 400, lines: [] }
      this.unbind(extension)
      return this.#listing(extension, now)
    }
    return this.#bind(extension, request, flow, now)
  }

  #bind(extension: string, request: Request, flow: Flow, now: number): Reply {
    const { minExpiresS = 60, maxExpiresS = 3600 } = this.#options
    for (const contact of headerLines(request, 'contact').flatMap(line => parseNameAddresses(line) ?? [])) {
      if (typeof parseUri(contact.uri) === 'string') return { status: 400, lines: [] }
      const asked = contact.parameters.get('expires') ?? header(request, 'expires')
      // A value that is no number counts as the default (§20.10), one that is too large as the most.
      const seconds = asked === null ? maxExpiresS : (parseCount(asked, 2 ** 32 - 1) ?? maxExpiresS)
      if (seconds === 0) {
        for (const held of this.#bindings.get(extension) ?? [])
          if (held.binding.contact === contact.uri) this.#drop(extension, held)
        continue
      }
      if (seconds < minExpiresS) return { status: 423, lines: [['Min-Expires', String(minExpiresS)]] }
      const { callId, cseq } = request
      const instance = contact.parameters.get('+sip.instance') ?? null
      const until = { expiresAt: now + Math.min(seconds, maxExpiresS) * 1000, callId, seq: cseq.number, instance }
      const agent = header(request, 'user-agent')
      const userAgent = agent === null ? null : fromWire(agent).slice(0, 100)
      this.#keep({ extension, contact: contact.uri, flow, userAgent }, until, now)
      break
    }
    return this.#listing(extension, now)
  }

  #keep(binding: Way, until: Until, now: number, place: 'first' | 'last' = 'first'): void {
    const { extension } = binding
    const all = this.#bindings.get(extension) ?? []
    const held: Held = {
      binding,
      ...until,
      wakeAt: null,
      queuedAt: null,
      wake: () => this.#drop(extension, held),
    }
    const at = all.findIndex(other => isSamePhone(other, held))
    const former = at < 0 ? null : all[at]!
    // A refresh keeps its place; a phone that is new comes first, and of too many the one that came first goes.
    const phones = former !== null ? all.with(at, held) : place === 'first' ? [held, ...all] : [...all, held]
    for (const gone of [former, ...phones.splice(phonesMax)]) if (gone !== null) this.#options.timers.set(gone, null)
    this.#bindings.set(extension, phones)
    this.#options.timers.set(held, until.expiresAt)
    if (former === null || !sameWay(former.binding, binding)) this.#options.onChange(extension, outward(held, now))
    else this.#options.onRefresh(outward(held, now))
    const was = [...(former === null ? [] : [former]), ...this.#takeBack(held, now)]
    for (const one of was) this.#options.onMoved(extension, one.binding.flow, binding.flow)
  }

  /** What was cut off of this phone is known by it no more. */
  #takeBack(held: Held, now: number): Held[] {
    const { extension } = held.binding
    const {
      back = [],
      away = [],
      over: _over,
    } = Object.groupBy(this.#cutOff.get(extension) ?? [], one =>
      one.expiresAt <= now ? 'over' : isSamePhone(one, held) ? 'back' : 'away',
    )
    if (away.length > 0) this.#cutOff.set(extension, away)
    else this.#cutOff.delete(extension)
    return back
  }

  /** This phone is not reached any more; another of the same extension may be. */
  #drop(extension: string, held: Held): void {
    const all = this.#bindings.get(extension)
    if (all === undefined || !all.includes(held)) return
    this.#options.timers.set(held, null)
    const left = all.filter(other => other !== held)
    if (left.length > 0) {
      this.#bindings.set(extension, left)
      return
    }
    this.#bindings.delete(extension)
    this.#options.onChange(extension, null)
  }

  #listing(extension: string, now: number): Reply {
    const lines = (this.#bindings.get(extension) ?? []).map((held): HeaderLine => {
      const seconds = Math.max(1, Math.round((held.expiresAt - now) / 1000))
      return ['Contact', `<${held.binding.contact}>;expires=${seconds}`]
    })
    return { status: 200, lines }
  }

  /** The phone that registered last. */
  binding(extension: string, now: number): Binding | null {
    return this.bindingsOf(extension, now)[0] ?? null
  }

  bindingsOf(extension: string, now: number): Binding[] {
    return (this.#bindings.get(extension) ?? []).map(held => outward(held, now))
  }

  bindings(now: number): Binding[] {
    return [...this.#bindings.values()].flatMap(all => all.map(held => outward(held, now)))
  }

  unbind(extension: string): void {
    this.#cutOff.delete(extension)
    for (const held of this.#bindings.get(extension) ?? []) this.#drop(extension, held)
  }

  /** Takes back, in the same order, what `bindings` told before a restart, so that phones are reached until they register again. Over UDP only. */
  restore(binding: Binding, now: number): void {
    const { extension, contact, flow, userAgent, expiresInMs } = binding
    if (flow.transport !== 'udp' || typeof parseUri(contact) === 'string') return
    if (this.#bindings.get(extension)?.some(held => held.binding.contact === contact)) return
    // The first is the one that proved itself last.
    this.#lockout.restored(flow.source.address, extension)
    // No request has an empty Call-ID, so the phone's next REGISTER counts as new.
    this.#keep(
      { extension, contact, flow, userAgent },
      { expiresAt: now + expiresInMs, callId: '', seq: 0, instance: null },
      now,
      'last',
    )
  }

  /** Of a phone whose connection has gone with the restart: where it was. */
  restoreHome({ extension, address }: PhoneHome): void {
    this.#lockout.restored(address, extension)
  }

  /** A phone behind a closed connection cannot be called (RFC 5626 §5.2). */
  connectionClosed(connection: string): void {
    for (const [extension, all] of this.#bindings)
      for (const held of all)
        if (held.binding.flow.connection === connection) {
          this.#drop(extension, held)
          this.#cutOff.set(extension, [held, ...(this.#cutOff.get(extension) ?? [])].slice(0, phonesMax))
        }
  }
}

function refuse(status: number): Proof {
  return { type: 'reply', reply: { status, lines: [] } }
}

function outward(held: Held, now: number): Binding {
  return { ...held.binding, expiresInMs: Math.max(0, held.expiresAt - now) }
}

/** A phone is known by its Contact, by the Call-ID of its registrations, by its own name, or, when it was restarted, by where it comes from. */
function isSamePhone(a: Held, b: Held): boolean {
  if (a.binding.contact === b.binding.contact || (a.callId !== '' && a.callId === b.callId)) return true
  if (a.instance !== null && a.instance === b.instance) return true
  const [from, to] = [a.binding.flow, b.binding.flow]
  const { source } = from
  return from.transport === to.transport && source.address === to.source.address && source.port === to.source.port
}

type Way = Omit<Binding, 'expiresInMs'>
function sameWay(a: Way, b: Way): boolean {
  const [from, to] = [a.flow, b.flow]
  return (
    a.contact === b.contact &&
    from.source.address === to.source.address &&
    from.source.port === to.source.port &&
    from.transport === to.transport &&
    from.connection === to.connection
  )
}
