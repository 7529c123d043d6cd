/** A browser's leg as the relay loop holds it: ICE-lite answers, and SRTP once DTLS has agreed on keys. */
import { type IceCredentials, IceLite, type StunVerdict } from './ice-lite.ts'
import { type SavedSrtp, type SrtpKeys, SrtpSession } from './srtp.ts'

export type SecureLegSpec = {
  localUfrag: string
  localPassword: string
  remoteUfrag: string
  remotePassword: string
}

/** Structurally the SecureLegFactory of the media worker. */
export function createSecureLeg(spec: SecureLegSpec): BrowserLeg {
  return new BrowserLeg(spec)
}

/** For legs whose keys came in SDP; structurally the SrtpFactory of the media worker. */
export function createSrtp(keys: SrtpKeys): SrtpSession {
  return new SrtpSession(keys)
}

export class BrowserLeg {
  readonly #ice: IceLite
  #srtp: SrtpSession | null = null

  constructor(spec: SecureLegSpec) {
    this.#ice = new IceLite(spec)
  }

  onStun(packet: Uint8Array, source: { address: string; port: number }): StunVerdict {
    return this.#ice.receive(packet, source)
  }

  restart(credentials: IceCredentials): void {
    this.#ice.restart(credentials)
  }

  get checks(): string {
    return this.#ice.checks
  }

  rememberChecks(checks: string): void {
    this.#ice.remember(checks)
  }

  setKeys(keys: SrtpKeys): void {
    this.#srtp?.close()
    this.#srtp = new SrtpSession(keys)
  }

  /** Null without keys. */
  get srtp(): SrtpSession | null {
    return this.#srtp
  }

  /** Goes on with keys that another thread has used up to here. */
  resume(keys: SrtpKeys, saved: SavedSrtp | null): void {
    this.setKeys(keys)
    if (saved !== null) this.#srtp!.restore(saved)
  }

  unprotect(packet: Uint8Array, length: number): number {
    return this.#srtp === null ? -1 : this.#srtp.unprotect(packet, length)
  }

  protect(packet: Uint8Array, length: number): number {
    return this.#srtp === null ? -1 : this.#srtp.protect(packet, length)
  }

  unprotectRtcp(packet: Uint8Array, length: number): number {
    return this.#srtp === null ? -1 : this.#srtp.unprotectRtcp(packet, length)
  }

  protectRtcp(packet: Uint8Array, length: number): number {
    return this.#srtp === null ? -1 : this.#srtp.protectRtcp(packet, length)
  }

  /** Frees the keys; the leg stays silent from now on. */
  close(): void {
    this.#srtp?.close()
    this.#srtp = null
  }
}
