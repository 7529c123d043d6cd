/** The bay's legs that are browsers, and the thread that shakes hands with them. */
import type { LegId } from '../lib/ids.ts'
import { MediaError } from './bay.ts'
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
  fault(words: string): void
}

export class Browsers {
  readonly #ports: BrowsersPorts
  readonly #legs = new Set<LegId>()
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
    this.#legs.add(leg)
    this.#thread?.post({ type: 'open', leg, remoteFingerprint })
  }

  /** Nothing happens when the leg is no browser. */
  close(leg: LegId): void {
    if (this.#legs.delete(leg)) this.#thread?.post({ type: 'close', leg })
  }

  /** A packet of the handshake has come on the leg's socket. */
  heard(leg: string, packet: Uint8Array): void {
    this.#thread?.post({ type: 'packet', leg, packet })
  }

  async terminate(): Promise<void> {
    await this.#thread?.terminate()
  }

  #hear(reply: DtlsReply): void {
    const { tell } = this.#ports
    switch (reply.type) {
      case 'packet':
        return tell({ type: 'dtls.packet', leg: reply.leg, packet: reply.packet })
      case 'keys':
        return tell({ type: 'dtls.keys', leg: reply.leg, keys: reply.keys })
      case 'lost':
        return tell({ type: 'dtls.lost', leg: reply.leg, reason: reply.reason })
      default:
        reply satisfies never
    }
  }

  #died(reason: string): void {
    this.#ports.fault(`the DTLS thread died: ${reason}`)
    for (const leg of this.#legs) this.#ports.tell({ type: 'dtls.lost', leg, reason: 'the DTLS thread died' })
    this.#thread?.restart()
  }
}
