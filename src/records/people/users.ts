import type { User } from '../../centre/entities.ts'
import type { Actor } from '../../centre/facts.ts'
import type { RecordFact } from '../../centre/records/record-facts.ts'
import type { UserId } from '../../lib/ids.ts'
import type { UserRecord } from '../../store/people/users.ts'
import type { SecretWrite } from '../../store/port.ts'
import { passOnCallbacks } from '../agencies/agency-callbacks.ts'
import { keep, newId, type RecordsDoor } from '../door.ts'
import { InvalidInput, NotFound, NotNow } from '../errors.ts'
import { checkExtension } from '../gate/toll.ts'
import { parseInput } from '../parse.ts'
import { checkTrunkGroup } from '../references.ts'
import { userChange, userInput } from '../schemas.ts'
import { inTurn } from '../turn.ts'
import { checkAgencyOf } from './agency-people.ts'
import { hashPassword } from './password.ts'

/** Throws InvalidInput; StoreError `conflict` when the name or extension is taken. */
export function createUser(door: RecordsDoor, actor: Actor, given: unknown): Promise<User> {
  return inTurn(door, () => create(door, actor, given))
}

async function create(door: RecordsDoor, actor: Actor, given: unknown): Promise<User> {
  const { password, sipPassword, displayName, ...rest } = parseInput(userInput, given)
  const station = rest.station ?? (rest.extension !== null && sipPassword !== undefined ? 'phone-rung' : 'browser')
  const asked: User = { id: newId<'user'>('u'), displayName: displayName ?? rest.name, ...rest, station }
  const user = await checkAgencyOf(door, asked, null)
  checkTogether(user, password)
  if (user.extension !== null) await checkExtension(door, user.extension)
  await checkTrunkGroup(door, user.trunkGroup)
  await save(door, actor, user, { password, sipPassword })
  return user
}

/**
 * Fields that are left out stay. A new password ends nothing here; the caller ends the person's session. Of two at once the last two
 * administrators could both go, if they did not take turns.
 */
export function changeUser(door: RecordsDoor, actor: Actor, id: UserId, given: unknown): Promise<User> {
  return inTurn(door, () => change(door, actor, id, given))
}

async function change(door: RecordsDoor, actor: Actor, id: UserId, given: unknown): Promise<User> {
  const { password, sipPassword, ...changed } = parseInput(userChange, given)
  const former = await userById(door, id)
  const user = await checkAgencyOf(door, { ...plain(former), ...changed }, former)
  checkTogether(user, password)
  // One that is so already stays, or nothing else of this person could be changed; the page about dialling says so.
  if (user.extension !== null && user.extension !== former.extension) await checkExtension(door, user.extension)
  if (changed.trunkGroup) await checkTrunkGroup(door, changed.trunkGroup)
  if (former.role === 'admin' && (user.role !== 'admin' || !user.enabled)) await keepAnAdministrator(door, id)
  await save(door, actor, user, { password, sipPassword })
  if (user.agency && former.enabled && !user.enabled) await passOnCallbacks(door)
  return user
}

export async function userById(door: RecordsDoor, id: UserId): Promise<UserRecord> {
  const user = await door.store.read('users.byId', { id })
  if (user === null) throw new NotFound('user', id)
  return user
}

async function save(
  door: RecordsDoor,
  actor: Actor,
  user: User,
  secret: { password?: string; sipPassword?: string },
): Promise<void> {
  const facts: RecordFact[] = [{ type: 'user.saved', user }]
  const secrets: SecretWrite[] = []
  if (secret.password !== undefined) {
    facts.push({ type: 'user.passwordSet', user: user.id })
    secrets.push({ owner: user.id, kind: 'password', value: await hashPassword(secret.password, door.passwordCost) })
  }
  if (secret.sipPassword !== undefined) {
    facts.push({ type: 'user.sipPasswordSet', user: user.id })
    secrets.push({ owner: user.id, kind: 'sip-password', value: secret.sipPassword })
  }
  await keep(door, actor, facts, secrets)
}

/** What one field alone cannot tell. */
function checkTogether(user: User, password: string | undefined): void {
  if (user.station !== 'browser' && user.extension === null)
    throw new InvalidInput([
      { field: 'extension', found: 'nothing', allowed: 'the digits that the desk phone registers with' },
    ])
  if (password?.toLowerCase().includes(user.name.toLowerCase()) && user.name.length >= 4)
    throw new InvalidInput([
      { field: 'password', found: 'one that contains the user name', allowed: 'one without the user name' },
    ])
}

async function keepAnAdministrator(door: RecordsDoor, leaving: UserId): Promise<void> {
  const others = await door.store.read('users.list', { role: 'admin', enabledOnly: true })
  if (!others.some(user => user.id !== leaving))
    throw new NotNow('last-administrator', 'this is the last administrator; make another one first')
}

function plain(record: UserRecord): User {
  const { failedSignIns, lockedUntil, passwordSetAt, sipPasswordSetAt, ...user } = record
  return user
}
