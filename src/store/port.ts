/** What the doors know of the store: one way in for facts and secrets, named queries out. */
import type { Recorded } from '../centre/facts.ts'

/** Secrets never reach the journal. `value` null removes it. Encrypted at rest with the key file where `kind` is not a hash. */
export type SecretWrite = {
  owner: string
  kind:
    | 'password'
    | 'sip-password'
    | 'trunk-password'
    | 'trunk-key'
    | 'trunk-inbound'
    | 'sender-secret'
    | 'mail-password'
    | 'token'
    | 'wall'
  value: string | null
}

export type Transaction = {
  recorded: Recorded[]
  secrets?: SecretWrite[]
  /** Asked again with the same key, the last commit of this sender is answered and not done twice. */
  once?: { sender: string; key: string }
  /** Many rows of a file: a commit of its own, which what the floor decides may pass. */
  isPatient?: boolean
  /** Kept in the same commit, so that the same request sent again is answered alike and done once. */
  remember?: IdempotentReply
}

/** `requestHash`: SHA-256 of method, path and body, hex. A second request with the key of another is a StoreError `conflict` on `key`. */
export type IdempotentReply = {
  owner: string
  key: string
  requestHash: string
  status: number
  response: string
  at: number
}

export type Committed = { firstSeq: number; lastSeq: number }

/**
 * `conflict`: a unique name, number or ref is taken, `field` says which. `full`: no space. `invalid`: an argument from the outside that no
 * query can take (`field` says which). `fault`: anything else of the disk.
 */
export class StoreError extends Error {
  override name = 'StoreError'
  readonly kind: 'conflict' | 'full' | 'invalid' | 'fault'
  readonly field: string | null
  constructor(
    kind: 'conflict' | 'full' | 'invalid' | 'fault',
    field: string | null,
    words: string,
    options?: ErrorOptions,
  ) {
    super(words, options)
    this.kind = kind
    this.field = field
  }
}
