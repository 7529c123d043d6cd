import type { Trunk } from '../../centre/entities.ts'
import type { Actor } from '../../centre/facts.ts'
import type { RecordFact } from '../../centre/records/record-facts.ts'
import type { TrunkId } from '../../lib/ids.ts'
import { type SecretWrite, StoreError } from '../../store/port.ts'
import type { TrunkRecord } from '../../store/telephony/telephony.ts'
import { keep, newId, type RecordsDoor } from '../door.ts'
import { InvalidInput, NotFound, NotNow } from '../errors.ts'
import { parseInput } from '../parse.ts'
import { trunkChange, trunkInput } from '../schemas.ts'
import { inTurn } from '../turn.ts'
import { type ConnectionSecrets, mergeConnection } from './trunk-connection.ts'

export async function createTrunk(door: RecordsDoor, actor: Actor, given: unknown): Promise<Trunk> {
  const { password, connection: wire, ...rest } = parseInput(trunkInput, given)
  const trunk: Trunk = { id: newId<'trunk'>('t'), ...rest }
  const { connection, secrets } = mergeConnection(trunk, wire, { key: null, inbound: null })
  trunk.connection = connection
  checkRegistration(trunk, password !== undefined)
  checkShares(trunk)
  checkRules(trunk)
  await save(door, actor, trunk, { password, ...secrets })
  return trunk
}

export function changeTrunk(door: RecordsDoor, actor: Actor, id: TrunkId, given: unknown): Promise<Trunk> {
  return inTurn(door, () => change(door, actor, id, given))
}

async function change(door: RecordsDoor, actor: Actor, id: TrunkId, given: unknown): Promise<Trunk> {
  const { password, connection: wire, ...changed } = parseInput(trunkChange, given)
  const { state, stateReason, stateAt, passwordSetAt, ...former } = await trunkById(door, id)
  const trunk: Trunk = { ...former, ...changed }
  const { connection, secrets } = mergeConnection(trunk, wire, {
    key: kept(door, id, 'trunk-key'),
    inbound: kept(door, id, 'trunk-inbound'),
  })
  trunk.connection = connection
  // Of the rules, too, what is not named stays.
  if (changed.rules !== undefined) trunk.rules = { ...former.rules, ...changed.rules }
  // A caller ID that is taken away takes its shares with it, unless new ones are given.
  if (changed.callerIdShares === undefined)
    trunk.callerIdShares = trunk.callerIdShares?.filter(each => trunk.callerIds.includes(each.callerId)) ?? []
  checkRegistration(trunk, password !== undefined || passwordSetAt !== null)
  checkShares(trunk)
  checkRules(trunk)
  await save(door, actor, trunk, { password, ...secrets })
  return trunk
}

/** One that cannot be read is none: it is asked for anew, and can be given. */
function kept(door: RecordsDoor, id: TrunkId, kind: 'trunk-key' | 'trunk-inbound'): string | null {
  try {
    return door.store.secret(id, kind)
  } catch (error) {
    if (error instanceof StoreError && error.field === 'secrets.key_file') return null
    throw error
  }
}

/** Refused while a campaign still uses it. */
export async function removeTrunk(door: RecordsDoor, actor: Actor, id: TrunkId): Promise<void> {
  await trunkById(door, id)
  const users = (await door.store.read('campaigns.list', {})).filter(
    campaign => campaign.state !== 'closed' && campaign.trunks.includes(id),
  )
  if (users.length > 0)
    throw new NotNow('in-use', `it is used by the campaign ${users.map(campaign => campaign.name).join(', ')}`)
  const groups = (await door.store.read('trunkGroups.list', {})).filter(group => group.trunks.includes(id))
  if (groups.length > 0)
    throw new NotNow('in-use', `it is in the trunk group ${groups.map(group => group.name).join(', ')}`)
  await keep(
    door,
    actor,
    [{ type: 'trunk.removed', trunk: id }],
    [
      { owner: id, kind: 'trunk-password', value: null },
      { owner: id, kind: 'trunk-key', value: null },
      { owner: id, kind: 'trunk-inbound', value: null },
    ],
  )
}

export async function trunkById(door: RecordsDoor, id: TrunkId): Promise<TrunkRecord> {
  const trunk = await door.store.read('trunks.byId', { id })
  if (trunk === null) throw new NotFound('trunk', id)
  return trunk
}

async function save(
  door: RecordsDoor,
  actor: Actor,
  trunk: Trunk,
  { password, key, inbound }: { password: string | undefined } & ConnectionSecrets,
): Promise<void> {
  const facts: RecordFact[] = [{ type: 'trunk.saved', trunk }]
  const secrets: SecretWrite[] = []
  if (password !== undefined) {
    facts.push({ type: 'trunk.passwordSet', trunk: trunk.id })
    secrets.push({ owner: trunk.id, kind: 'trunk-password', value: password })
  }
  if (key !== undefined) secrets.push({ owner: trunk.id, kind: 'trunk-key', value: key })
  if (inbound !== undefined) secrets.push({ owner: trunk.id, kind: 'trunk-inbound', value: inbound })
  await keep(door, actor, facts, secrets)
}

/** What a trunk shows of us is a number assigned to it, in whatever header. And what rules leave out of each other must fit together. */
function checkRules({ rules = {}, callerIds }: Trunk): void {
  const problems: { field: string; found: string; allowed: string }[] = []
  const { diversion = null, ringMinMs = 15_000, ringMaxMs = 120_000, withheld = false, asserted = 'pai' } = rules
  if (diversion !== null && !callerIds.includes(diversion))
    problems.push({ field: 'rules.diversion', found: diversion, allowed: 'a caller ID of this trunk' })
  if (ringMinMs > ringMaxMs)
    problems.push({ field: 'rules.ringMaxMs', found: String(ringMaxMs), allowed: `at least ringMinMs, ${ringMinMs}` })
  if (withheld && asserted === 'none')
    problems.push({
      field: 'rules.asserted',
      found: 'none',
      allowed: 'pai, rpid or both, while the number is withheld',
    })
  if (problems.length > 0) throw new InvalidInput(problems)
}

/** Floors that cannot all be met, and ceilings below floors, are refused here; numbers without a line of their own too. */
function checkShares({ minShare = 0, maxShare = 1, callerIdShares = [], callerIds }: Trunk): void {
  const problems: { field: string; found: string; allowed: string }[] = []
  if (minShare > maxShare)
    problems.push({ field: 'minShare', found: String(minShare), allowed: `at most maxShare, ${maxShare}` })
  const seen = new Set<string>()
  for (const each of callerIdShares) {
    const say = (found: string, allowed: string) => problems.push({ field: 'callerIdShares', found, allowed })
    if (!callerIds.includes(each.callerId)) say(each.callerId, 'a caller ID of this trunk')
    if (seen.has(each.callerId)) say(`${each.callerId} twice`, 'each caller ID once')
    if (each.minShare > each.maxShare)
      say(`${each.callerId}: ${each.minShare}`, `at most its maxShare, ${each.maxShare}`)
    seen.add(each.callerId)
  }
  const floors = callerIdShares.reduce((sum, each) => sum + each.minShare, 0)
  if (floors > 1)
    problems.push({ field: 'callerIdShares', found: `floors of ${floors} in all`, allowed: 'at most 1 in all' })
  if (problems.length > 0) throw new InvalidInput(problems)
}

function checkRegistration(trunk: Trunk, hasPassword: boolean): void {
  if (!trunk.register) return
  const problems = []
  if (trunk.username === null)
    problems.push({ field: 'username', found: 'nothing', allowed: 'the name that the carrier gave' })
  if (!hasPassword)
    problems.push({ field: 'password', found: 'nothing', allowed: 'the password that the carrier gave' })
  if (problems.length > 0) throw new InvalidInput(problems)
}
