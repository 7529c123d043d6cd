import { createHash } from 'node:crypto'
import type { Role } from '../centre/entities.ts'
import type { Actor } from '../centre/facts.ts'
import type { TokenId } from '../lib/ids.ts'
import { secretText } from '../lib/random.ts'
import type { TokenRecord } from '../store/tokens.ts'
import { keep, newId, type RecordsDoor } from './door.ts'
import { NotFound } from './errors.ts'
import { parseInput } from './parse.ts'
import { tokenInput } from './schemas.ts'

/** `secret` is shown once and never kept: the store has its hash. It begins with `swr_`, so that a leak can be searched for. */
export async function issueToken(
  door: RecordsDoor,
  actor: Actor,
  given: unknown,
): Promise<{ id: TokenId; name: string; role: Role; secret: string }> {
  const { name, role } = parseInput(tokenInput, given)
  const id = newId<'token'>('k')
  const secret = `swr_${secretText(32)}`
  const hashed = { owner: id, kind: 'token' as const, value: tokenHash(secret) }
  await keep(door, actor, [{ type: 'token.issued', token: id, name, role }], [hashed])
  return { id, name, role, secret }
}

export async function revokeToken(door: RecordsDoor, actor: Actor, id: TokenId): Promise<void> {
  const token = await door.store.read('tokens.byId', { id })
  if (token === null || token.revokedAt !== null) throw new NotFound('token', id)
  await keep(door, actor, [{ type: 'token.revoked', token: id }], [{ owner: id, kind: 'token', value: null }])
}

/** Whose token this is; null: nobody's, or revoked. */
export async function tokenOf(door: RecordsDoor, secret: string): Promise<TokenRecord | null> {
  const id = door.store.ownerOf('token', tokenHash(secret.slice(0, 200)))
  if (id === null) return null
  const token = await door.store.read('tokens.byId', { id: id as TokenId })
  return token !== null && token.revokedAt === null ? token : null
}

/** A token has 256 bits of chance: a plain hash cannot be searched. */
function tokenHash(secret: string): string {
  return createHash('sha256').update(secret).digest('hex')
}
