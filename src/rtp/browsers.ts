/** The bay's legs that are browsers, and the thread that shakes hands with them. */
import type { LegId } from '../lib/ids.ts'
import { type BayEvent, MediaError } from './bay.ts'
import { BayThread } from './bay-thread.ts'
import type { LegOrder } from './control.ts'
import type { DtlsIdentity, DtlsReply, DtlsRequest } from './secure-leg.ts'

export type BrowsersPorts = {
  entry: string | URL
  /** Null: no browser is taken. */
  identity: DtlsIdentity | null
  monotonic(): number
  /** To the leg's media thread. */
  tell(request: LegOrder): void
  emit(event: BayEvent): void
}

type Browser = {
  readonly remoteFingerprint: string
  /** The media thread has its keys, and needs the DTLS thread no more. */
  isKeyed: boolean
  /** `gone`: died with its thread; `anew`: begun after that, and not finished yet. */
  association: 'first' | 'gone' | 'anew'
}

export class Browsers {
  readonly #ports: BrowsersPorts
  readonly #browsers = new Map<LegId, Browser>()
  readonly #thread: BayThread<DtlsRequest, DtlsReply> | null

  constructor(ports: BrowsersPorts) {
    this.#ports = ports
    const { entry, identity, monotonic } = ports
    if (identity === null) {
      this.#thread = null
      return
    }
    const { certificatePem, privateKeyPem } = identity
    this.#thread = new BayThread(
      {
        name: 'dtls',
        entry,
        workerData: () => ({ certificatePem, privateKeyPem }),
        hear: reply => this.#hear(reply),
        died: reason => this.#died(reason),
      },
      monotonic,
    )
  }

  /** A DTLS thread that died too often costs the browsers, not the desk phones' calls; it is tried again when its minute is over. */
  refusal(): MediaError | null {
    if (this.#thread === null) return new MediaError('browsers cannot be connected: no DTLS certificate was given')
    return this.#thread.isAlive || this.#thread.restart()
      ? null
      : new MediaError('browsers cannot be connected: the DTLS thread dies again and again; try again in a minute')
  }

  open(leg: LegId, remoteFingerprint: string): void {
    this.#browsers.set(leg, { remoteFingerprint, isKeyed: false, association: 'first' })
    this.#thread?.post({ type: 'open', leg, remoteFingerprint })
  }

  /** Nothing happens when the leg is no browser. */
  close(leg: LegId): void {
    if (this.#browsers.delete(leg)) this.#thread?.post({ type: 'close', leg })
  }

  /** A packet of the handshake has come on the leg's socket. */
  heard(leg: string, packet: Uint8Array): void {
    const browser = this.#browsers.get(leg as LegId)
    if (browser?.association === 'gone') {
      // What else belongs to the dead association, its good-bye too, nobody can verify (RFC 6347 section 4.1.2.7).
      if (!this.#thread?.isAlive || !isClientHello(packet)) return
      browser.association = 'anew'
      this.#thread.post({ type: 'open', leg, remoteFingerprint: browser.remoteFingerprint })
    }
    this.#thread?.post({ type: 'packet', leg, packet })
  }

  async terminate(): Promise<void> {
    await this.#thread?.terminate()
  }

  #hear(reply: DtlsReply): void {
    const { tell } = this.#ports
    const browser = this.#browsers.get(reply.leg as LegId)
    switch (reply.type) {
      case 'packet':
        return tell({ type: 'dtls.packet', leg: reply.leg, packet: reply.packet })
      case 'keys':
        if (browser) Object.assign(browser, { isKeyed: true, association: 'first' })
        return tell({ type: 'dtls.keys', leg: reply.leg, keys: reply.keys })
      case 'lost':
        if (browser?.association !== 'anew') return tell({ type: 'dtls.lost', leg: reply.leg, reason: reply.reason })
        browser.association = 'gone' // whoever began it has proved nothing, and the keys that are there stay
        return
      default:
        reply satisfies never
    }
  }

  /** Who has keys talks on; who was still shaking hands must begin anew, since half a handshake cannot be taken over. */
  #died(reason: string): void {
    const { emit, tell } = this.#ports
    let goOn = 0
    for (const [leg, browser] of this.#browsers)
      if (browser.isKeyed) {
        browser.association = 'gone'
        goOn++
      } else tell({ type: 'dtls.lost', leg, reason: 'the DTLS thread died' })
    this.#thread?.restart()
    emit({ type: 'thread.died', thread: 'dtls', goOn, cut: this.#browsers.size - goOn, reason })
  }
}

/** RFC 6347 section 4.2.2: a handshake record of epoch 0 that begins with a ClientHello. */
function isClientHello(packet: Uint8Array): boolean {
  return packet[0] === 22 && packet[3] === 0 && packet[4] === 0 && packet[13] === 1
}
