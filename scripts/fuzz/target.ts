/** What is fed with mutated octets: real ones to begin with, and the thing that takes them. */
import type { Random } from '../../src/lib/random.ts'

export type Target = {
  name: string
  seeds: readonly Uint8Array[]
  /** Takes one datagram. Whatever it is: nothing may be thrown. */
  feed(bytes: Uint8Array): void
  /** Another association, where it has such: what is fed again would be a duplicate to the one before, and cost nothing. */
  renew?(): void
  /** It still does what it is for. */
  isWell(): boolean
  close?(): void
}

export type TargetMaker = (random: Random) => Target | Promise<Target>
