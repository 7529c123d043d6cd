/**
 * Desk phones behind a NAT: a router forgets the way to a phone that says nothing for half a minute, and a phone registers every few minutes.
 * So each is asked by OPTIONS meanwhile: a router need remember only what comes from the phone's side (RFC 4787 §4.3), and so what counts is the
 * answer. Two line ends, which are for connections (RFC 5626 §3.5.1), no phone answers over UDP. A phone may also ask us by STUN (§3.5.2). Connections
 * need nothing: the kernel probes them each minute, and a phone's own line ends are answered.
 */
import type { Random } from '../lib/random.ts'
import type { Binding, UserAgentPort } from '../sip/events.ts'
import { defaultPort, parseUri } from '../sip/uri.ts'

/** Routers that are in a hurry forget after 30 s (RFC 4787 §4.3 wants two minutes); spread, so that a thousand phones are not told at once. */
const leastMs = 20_000
const mostMs = 25_000
/** Phones that came and went are seen this soon. */
const lookEveryMs = 1_000

export class NatKeepAlive {
  readonly #ua: Pick<UserAgentPort, 'bindings' | 'keepAlive'>
  readonly #random: Random
  /** When each is told next, by the way to it: as many as there are bindings. */
  #due = new Map<string, number>()
  #lookedAt = Number.NEGATIVE_INFINITY
  #sent = 0

  constructor({ ua, random }: { ua: Pick<UserAgentPort, 'bindings' | 'keepAlive'>; random: Random }) {
    this.#ua = ua
    this.#random = random
  }

  /** Sent since the start. */
  get sent(): number {
    return this.#sent
  }

  advance(now: number): void {
    if (now - this.#lookedAt < lookEveryMs) return
    this.#lookedAt = now
    const due = new Map<string, number>()
    for (const binding of this.#ua.bindings()) {
      if (!isBehindNat(binding)) continue
      const { local, source } = binding.flow
      const way = `${local} ${source.address} ${source.port}`
      // One that was known before a restart may have been silent for long.
      const at = this.#due.get(way) ?? now + this.#random() * leastMs
      due.set(way, now < at ? at : now + leastMs + this.#random() * (mostMs - leastMs))
      if (now < at) continue
      this.#ua.keepAlive(binding, now)
      this.#sent++
    }
    this.#due = due
  }
}

/** It calls itself by an address that it does not come from. */
function isBehindNat({ contact, flow: { transport, source } }: Binding): boolean {
  if (transport !== 'udp') return false
  const uri = parseUri(contact)
  if (typeof uri === 'string') return false
  return uri.host !== source.address.toLowerCase() || (uri.port ?? defaultPort(transport)) !== source.port
}
