import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'

const derive = promisify<string, Buffer, number, { N: number; r: number; p: number; maxmem: number }, Buffer>(scrypt)

export const passwordMinLength = 12
export const passwordMaxLength = 200

/** log2 of scrypt's N: 32 MiB and about 60 ms a try (OWASP's second choice, N = 2^15 with p = 3, would take three times that). */
export const defaultCost = 15

/** `scrypt$15$8$1$SALT$HASH`, base64url: everything needed to check it, so that the cost may rise later. */
export async function hashPassword(password: string, cost = defaultCost): Promise<string> {
  const salt = randomBytes(16)
  const hash = await derive(password.normalize('NFC'), salt, 32, parameters(cost, 8, 1))
  return ['scrypt', cost, 8, 1, salt.toString('base64url'), hash.toString('base64url')].join('$')
}

/** False also for a hash that is not ours; never throws for what a person typed. */
export async function passwordMatches(password: string, hash: string): Promise<boolean> {
  const [kind, cost, r, p, salt, expected] = hash.split('$')
  if (kind !== 'scrypt' || !salt || !expected) return false
  const wanted = Buffer.from(expected, 'base64url')
  const found = await derive(
    password.slice(0, passwordMaxLength).normalize('NFC'),
    Buffer.from(salt, 'base64url'),
    wanted.length,
    parameters(Number(cost), Number(r), Number(p)),
  )
  return timingSafeEqual(found, wanted)
}

function parameters(cost: number, r: number, p: number) {
  const N = 2 ** cost
  return { N, r, p, maxmem: 256 * N * r }
}
