/** The SRTP keys that a leg protects with: made when first asked for, one for each suite, and never used for a second one. */
import type { Trunk } from '../centre/entities.ts'
import { connectionOf } from '../centre/trunks/trunk-connection.ts'
import { type CryptoSuite, keyOctets } from '../sdp/crypto.ts'
import type { LocalSrtp } from '../sdp/negotiate.ts'

/**
 * What is offered on a trunk; null: in the clear. Keys travel in the SDP, so over TLS alone, unless the administrator has allowed otherwise for
 * this trunk, or asks for encryption in any case.
 */
export function srtpOn(trunk: Pick<Trunk, 'transport' | 'connection'>, keys: LegKeys): LocalSrtp | null {
  const { srtp, srtpInClear } = connectionOf(trunk)
  if (srtp === 'off') return null
  return trunk.transport === 'tls' || srtpInClear || srtp === 'required' ? keys.side(srtp) : null
}

export class LegKeys {
  readonly #secret: (bytes: number) => Uint8Array
  readonly #keys = new Map<CryptoSuite, Uint8Array>()
  #agreed: CryptoSuite | null = null

  constructor(secret: (bytes: number) => Uint8Array) {
    this.#secret = secret
  }

  side(use: LocalSrtp['use']): LocalSrtp {
    return { use, keyOf: suite => this.#keyOf(suite) }
  }

  /**
   * What was agreed on. When that is another suite than before, all other keys are forgotten: the packets of one key are counted from 0 when
   * it comes back, and to count twice with one key would give the media away (RFC 3711 section 9.1).
   */
  agreed(suite: CryptoSuite): void {
    if (this.#agreed === suite) return
    if (this.#agreed !== null) for (const other of [...this.#keys.keys()]) if (other !== suite) this.#keys.delete(other)
    this.#agreed = suite
  }

  #keyOf(suite: CryptoSuite): Uint8Array {
    let key = this.#keys.get(suite)
    if (key === undefined) {
      const { key: keyBytes, salt } = keyOctets[suite]
      key = this.#secret(keyBytes + salt)
      this.#keys.set(suite, key)
    }
    return key
  }
}
