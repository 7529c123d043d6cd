import { createHash } from 'node:crypto'
import { leadingRoles } from '../../centre/agents/team.ts'
import type { Role } from '../../centre/entities.ts'
import type { Actor } from '../../centre/facts.ts'
import { approverOf, tokenStands } from '../../centre/records/approval.ts'
import type { RecordFact } from '../../centre/records/record-facts.ts'
import type { ApprovalId, TeamId, TokenId, UserId } from '../../lib/ids.ts'
import { secretText } from '../../lib/random.ts'
import type { TokenRecord } from '../../store/people/tokens.ts'
import { type Asker, approvedFor, askedFact, mayIssue, needsSecondPerson } from '../approvals.ts'
import { keep, newId, type RecordsDoor } from '../door.ts'
import { InvalidInput, NotFound, NotNow } from '../errors.ts'
import { parseInput } from '../parse.ts'
import { tokenInput } from '../schemas.ts'
import { inTurn } from '../turn.ts'

/** `secret` is shown once and never kept: the store has its hash. It begins with `swr_`, so that a leak can be searched for. */
export type IssuedToken = { id: TokenId; name: string; role: Role; secret: string }

/** At the word of whoever has a shell on this machine; of people and programs see `askToken`. */
export async function issueToken(door: RecordsDoor, actor: Actor, given: unknown): Promise<IssuedToken> {
  const asked = parseInput(tokenInput, given)
  await checkTeam(door, asked)
  return issue(door, actor, { id: newId<'token'>('k'), ...asked })
}

/** At once, or by a second person: where the setting says so, and always when it could do more than who asks for it. */
export async function askToken(
  door: RecordsDoor,
  by: Asker,
  given: unknown,
): Promise<IssuedToken | { waits: ApprovalId; name: string; role: Role }> {
  const asked = parseInput(tokenInput, given)
  const { name, role, team } = asked
  await checkTeam(door, asked)
  if (!mayIssue(by.role)) throw new NotNow('token_issuer', 'a token is asked for by administrators')
  const approver = approverOf(by.role, role)
  const id = newId<'token'>('k')
  if (approver === 'house' && !(await needsSecondPerson(door, 'token')))
    return issue(door, by.actor, { id, name, role, team })
  const about = { name, role, team }
  const waiting = await askedFact(door, by, { kind: 'token', subject: id, about, approver, reason: name })
  await keep(door, by.actor, [waiting])
  return { waits: waiting.approval.id, name, role }
}

/** The secret of a token that was approved: once, to whoever asked for it. */
export function takeToken(door: RecordsDoor, by: Asker, approval: ApprovalId): Promise<IssuedToken> {
  return inTurn(door, async () => {
    const { subject, about, decidedBy } = await approvedFor(door, by, approval)
    const { name, role, team = null } = about as { name: string; role: Role; team?: TeamId | null }
    const token = { id: subject as TokenId, name, role, team, approvedBy: decidedBy! }
    return issue(door, by.actor, token, { type: 'approval.used', approval })
  })
}

/** Whoever issued it has left, or has another role: somebody else who may issue such a one answers for it from now on. */
export async function adoptToken(door: RecordsDoor, by: Asker & { person: UserId }, id: TokenId): Promise<void> {
  const token = await door.store.read('tokens.byId', { id })
  if (token === null || token.revokedAt !== null) throw new NotFound('token', id)
  const asAdopted = { ...token, issuedBy: by.person }
  const people = await door.store.read('users.list', {})
  if (!tokenStands(asAdopted, user => people.find(person => person.id === user)))
    throw new NotNow('token_adopter', 'it could do more than you may')
  await keep(door, by.actor, [{ type: 'token.adopted', token: id, user: by.person }])
}

async function checkTeam(door: RecordsDoor, { role, team }: { role: Role; team: TeamId | null }): Promise<void> {
  if (team === null) return
  if (!leadingRoles.includes(role))
    throw new InvalidInput([
      { field: 'team', found: `a team for ${role}`, allowed: `none; of ${leadingRoles.join(', ')}` },
    ])
  if ((await door.store.read('teams.byId', { id: team })) === null)
    throw new InvalidInput([{ field: 'team', found: team, allowed: 'the id of a team' }])
}

async function issue(
  door: RecordsDoor,
  actor: Actor,
  token: { id: TokenId; name: string; role: Role; team: TeamId | null; approvedBy?: UserId },
  ...more: RecordFact[]
): Promise<IssuedToken> {
  const { id, name, role, team, approvedBy } = token
  const secret = `swr_${secretText(32)}`
  const hashed = { owner: id, kind: 'token' as const, value: tokenHash(secret) }
  const issued = {
    ...({ type: 'token.issued', token: id, name, role } as const),
    ...(approvedBy ? { approvedBy } : {}),
    ...(team ? { team } : {}),
  }
  await keep(door, actor, [issued, ...more], [hashed])
  return { id, name, role, secret }
}

export async function revokeToken(door: RecordsDoor, actor: Actor, id: TokenId): Promise<void> {
  const token = await door.store.read('tokens.byId', { id })
  if (token === null || token.revokedAt !== null) throw new NotFound('token', id)
  await keep(door, actor, [{ type: 'token.revoked', token: id }], [{ owner: id, kind: 'token', value: null }])
}

/** Whose token this is; null: nobody's, revoked, or one that nobody stands for who still might ask for it. */
export async function tokenOf(
  door: RecordsDoor,
  secret: string,
  personOf: Parameters<typeof tokenStands>[1],
): Promise<TokenRecord | null> {
  const id = door.store.ownerOf('token', tokenHash(secret.slice(0, 200)))
  if (id === null) return null
  const token = await door.store.read('tokens.byId', { id: id as TokenId })
  return token !== null && token.revokedAt === null && tokenStands(token, personOf) ? token : null
}

/** A token has 256 bits of chance: a plain hash cannot be searched. */
function tokenHash(secret: string): string {
  return createHash('sha256').update(secret).digest('hex')
}
