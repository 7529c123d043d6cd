/** What the doors know of the store: one way in for facts and secrets, named queries out. */
import type { Recorded } from '../centre/facts.ts'

/** Secrets never reach the journal. `value` null removes it. Encrypted at rest with the key file where `kind` is not a hash. */
export type SecretWrite = {
  owner: string
  kind: 'password' | 'sip-password' | 'trunk-password' | 'token'
  value: string | null
}

export type Transaction = { recorded: Recorded[]; secrets?: SecretWrite[] }

export type Committed = { firstSeq: number; lastSeq: number }

/** `conflict`: a unique name, number or ref is taken, `field` says which. `full`: no space. `fault`: anything else of the disk. */
export class StoreError extends Error {
  override name = 'StoreError'
  readonly kind: 'conflict' | 'full' | 'fault'
  readonly field: string | null
  constructor(kind: 'conflict' | 'full' | 'fault', field: string | null, words: string, options?: ErrorOptions) {
    super(words, options)
    this.kind = kind
    this.field = field
  }
}
