/**
 * Desk phones (RFC 3261 §10.3): who they prove to be, where they are reached, for how long. One binding an extension: the phone that
 * registered last. Unknown extensions and wrong passwords look the same from outside, and who keeps guessing is not listened to for a while.
 */
import { DigestServer } from './digest.ts'
import type { Address, Binding, Flow, UserAgentOptions } from './events.ts'
import { fromWire, parseCount } from './grammar.ts'
import { parseNameAddresses } from './headers.ts'
import { Lockout } from './lockout.ts'
import { type HeaderLine, header, headerLines, type Request } from './message.ts'
import type { Sleeper, Timers } from './timers.ts'
import { parseUri } from './uri.ts'

type Held = Sleeper & { binding: Omit<Binding, 'expiresInMs'>; expiresAt: number; callId: string; seq: number }

export type Reply = { status: number; lines: HeaderLine[] }
export type Proof = { type: 'proved'; extension: string } | { type: 'reply'; reply: Reply }

type RegistrarOptions = NonNullable<UserAgentOptions['registrar']> & {
  secret: (bytes: number) => string
  timers: Timers
  onChange(extension: string, binding: Binding | null): void
  /** Somebody guesses: this source, or this extension from elsewhere than its phone, is not listened to for a while. */
  onLocked(extension: string, source: Address): void
}

export class Registrar {
  readonly #options: RegistrarOptions
  readonly #digest: DigestServer
  readonly #lockout = new Lockout()
  readonly #bindings = new Map<string, Held>()

  constructor(options: RegistrarOptions) {
    this.#options = options
    this.#digest = new DigestServer(options)
  }

  get size(): number {
    return this.#bindings.size
  }

  /** Who sent this request, by digest; or what to answer. */
  prove(request: Request, claimed: string, flow: Flow, now: number): Proof {
    const source = flow.source.address
    if (this.#lockout.isLocked(source, claimed, now)) return refuse(403)
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
        this.#wrong(flow, claimed, now)
        return refuse(403)
      case 'proved':
        if (verdict.username !== claimed) {
          this.#wrong(flow, claimed, now)
          return refuse(403)
        }
        this.#lockout.succeeded(source, claimed)
        return { type: 'proved', extension: verdict.username }
      default:
        throw verdict satisfies never
    }
  }

  #wrong(flow: Flow, claimed: string, now: number): void {
    if (this.#lockout.failed(flow.source.address, claimed, now)) this.#options.onLocked(claimed, flow.source)
  }

  register(request: Request, flow: Flow, now: number): Reply {
    const aor = parseUri(request.to.uri)
    if (typeof aor === 'string' || aor.user === null) return { status: 400, lines: [] }
    const proof = this.prove(request, aor.user, flow, now)
    if (proof.type === 'reply') return proof.reply

    const { extension } = proof
    const held = this.#bindings.get(extension)
    if (held?.callId === request.callId && request.cseq.number <= held.seq) return { status: 500, lines: [] } // §10.3 step 7
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
        if (this.#bindings.get(extension)?.binding.contact === contact.uri) this.unbind(extension)
        continue
      }
      if (seconds < minExpiresS) return { status: 423, lines: [['Min-Expires', String(minExpiresS)]] }
      this.#hold(extension, contact.uri, request, flow, now + Math.min(seconds, maxExpiresS) * 1000, now)
      break
    }
    return this.#listing(extension, now)
  }

  #hold(extension: string, contact: string, request: Request, flow: Flow, expiresAt: number, now: number): void {
    const agent = header(request, 'user-agent')
    const userAgent = agent === null ? null : fromWire(agent).slice(0, 100)
    this.#keep(
      { extension, contact, flow, userAgent },
      { expiresAt, callId: request.callId, seq: request.cseq.number },
      now,
    )
  }

  #keep(binding: Way, until: { expiresAt: number; callId: string; seq: number }, now: number): void {
    const { extension } = binding
    const before = this.#bindings.get(extension)
    const held: Held = {
      binding,
      ...until,
      wakeAt: null,
      queuedAt: null,
      wake: () => {
        if (this.#bindings.get(extension) === held) this.unbind(extension)
      },
    }
    if (before !== undefined) this.#options.timers.set(before, null)
    this.#bindings.set(extension, held)
    this.#options.timers.set(held, until.expiresAt)
    if (before === undefined || !sameWay(before.binding, binding)) this.#options.onChange(extension, outward(held, now))
  }

  #listing(extension: string, now: number): Reply {
    const held = this.#bindings.get(extension)
    if (held === undefined) return { status: 200, lines: [] }
    const seconds = Math.max(1, Math.round((held.expiresAt - now) / 1000))
    return { status: 200, lines: [['Contact', `<${held.binding.contact}>;expires=${seconds}`]] }
  }

  binding(extension: string, now: number): Binding | null {
    const held = this.#bindings.get(extension)
    return held === undefined ? null : outward(held, now)
  }

  bindings(now: number): Binding[] {
    return [...this.#bindings.values()].map(held => outward(held, now))
  }

  unbind(extension: string): void {
    const held = this.#bindings.get(extension)
    if (held === undefined) return
    this.#options.timers.set(held, null)
    this.#bindings.delete(extension)
    this.#options.onChange(extension, null)
  }

  /** Takes back what `bindings` told before a restart, so that phones are reached until they register again. Over UDP only. */
  restore(binding: Binding, now: number): void {
    const { extension, contact, flow, userAgent, expiresInMs } = binding
    if (this.#bindings.has(extension) || flow.transport !== 'udp' || typeof parseUri(contact) === 'string') return
    // No request has an empty Call-ID, so the phone's next REGISTER counts as new.
    this.#keep({ extension, contact, flow, userAgent }, { expiresAt: now + expiresInMs, callId: '', seq: 0 }, now)
  }

  /** A phone behind a closed connection cannot be called (RFC 5626 §5.2). */
  connectionClosed(connection: string): void {
    for (const [extension, held] of this.#bindings)
      if (held.binding.flow.connection === connection) this.unbind(extension)
  }
}

function refuse(status: number): Proof {
  return { type: 'reply', reply: { status, lines: [] } }
}

function outward(held: Held, now: number): Binding {
  return { ...held.binding, expiresInMs: Math.max(0, held.expiresAt - now) }
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
