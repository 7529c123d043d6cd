import { randomBytes } from 'node:crypto'

/** Chance arrives as an argument: a number in [0, 1). */
export type Random = () => number

/** Seeded chance (mulberry32): the same seed gives the same day. Not for secrets. */
export function seededRandom(seed: number): Random {
  let a = seed >>> 0
  return () => {
    a = (a + 0x6d2b79f5) | 0
    let t = Math.imul(a ^ (a >>> 15), 1 | a)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

/** Unguessable bytes, for keys. */
export function secretBytes(bytes: number): Uint8Array {
  return new Uint8Array(randomBytes(bytes))
}

/** Unguessable text for tokens, tags and branches: `bytes` of entropy as base64url. */
export function secretText(bytes: number): string {
  return randomBytes(bytes).toString('base64url')
}
