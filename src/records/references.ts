/** Ids inside a record must name something that is there. */
import type { InboundTarget } from '../centre/entities.ts'
import { stackNames, stacks } from '../centre/policy/policy.ts'
import { policyPresets } from '../centre/policy/presets.ts'
import type { AgencyId, TrunkGroupId, TrunkId, UserId } from '../lib/ids.ts'
import type { RecordsDoor } from './door.ts'
import { InvalidInput } from './errors.ts'
import { checkOwnPeople } from './people/agency-people.ts'

export async function checkUsers(door: RecordsDoor, field: string, ids: UserId[]): Promise<void> {
  if (ids.length === 0) return
  const known = new Set((await door.store.read('users.list', {})).map(user => user.id))
  refuseUnknown(
    field,
    'user',
    ids.filter(id => !known.has(id)),
  )
}

/** One who may have cases: there, and switched on. Answers the person's agency; null: one of the lender's own. */
export async function checkCollector(door: RecordsDoor, id: string): Promise<AgencyId | null> {
  const users = await door.store.read('users.list', { enabledOnly: true })
  const may = users.filter(({ role }) => role === 'agent' || role === 'supervisor')
  const found = may.find(user => user.id === id)
  if (found !== undefined) return found.agency ?? null
  throw new InvalidInput([{ field: 'agent', found: id.slice(0, 64), allowed: 'an agent or supervisor who is enabled' }])
}

export async function checkTrunks(door: RecordsDoor, field: string, ids: TrunkId[]): Promise<void> {
  const known = new Set((await door.store.read('trunks.list', {})).map(trunk => trunk.id))
  refuseUnknown(
    field,
    'trunk',
    ids.filter(id => !known.has(id)),
  )
}

export async function checkTrunkGroup(door: RecordsDoor, id: TrunkGroupId | null | undefined): Promise<void> {
  if (id == null || (await door.store.read('trunkGroups.byId', { id })) !== null) return
  refuseUnknown('trunkGroup', 'trunk group', [id])
}

/**
 * What a campaign or queue shows must be assigned to a trunk that its calls may go out on: nobody shows a number that is not ours, or one that
 * its carrier would not know. Without a group or trunks any trunk will do.
 */
export async function checkShown(
  door: RecordsDoor,
  of: { callerIds?: string[]; trunkGroup?: TrunkGroupId | null; trunks?: TrunkId[] },
): Promise<void> {
  const { callerIds = [], trunkGroup = null } = of
  if (callerIds.length === 0) return
  const group = trunkGroup === null ? null : await door.store.read('trunkGroups.byId', { id: trunkGroup })
  const way = group?.trunks ?? of.trunks ?? []
  const trunks = (await door.store.read('trunks.list', {})).filter(({ id }) => way.length === 0 || way.includes(id))
  const assigned = new Set(trunks.flatMap(trunk => trunk.callerIds))
  const other = callerIds.filter(number => !assigned.has(number))
  if (other.length === 0) return
  const some = [...assigned].slice(0, 5).join(', ')
  const allowed = `caller IDs of the trunks that its calls go out on: ${some}${assigned.size > 5 ? ' …' : ''}`
  throw new InvalidInput([{ field: 'callerIds', found: other.slice(0, 5).join(', '), allowed }])
}

/** An unknown policy would let no call through, and nobody would see why. */
export async function checkPolicy(door: RecordsDoor, policy: string): Promise<void> {
  const own = await door.store.read('policies.list', {})
  const known = new Set([...policyPresets.keys(), ...own.map(each => each.id)])
  if (stackNames(policy).every(name => known.has(name))) return
  const allowed = `one of these, or several joined with +: ${[...known, ...Object.keys(stacks)].join(', ')}`
  throw new InvalidInput([{ field: 'policy', found: JSON.stringify(policy), allowed }])
}

export async function checkTarget(door: RecordsDoor, target: InboundTarget): Promise<void> {
  if ('user' in target) {
    await checkUsers(door, 'target.user', [target.user])
    return checkOwnPeople(door, 'target.user', [target.user])
  }
  if ('ivr' in target) {
    if ((await door.store.read('menus.byId', { id: target.ivr })) === null)
      refuseUnknown('target.ivr', 'menu', [target.ivr])
    return
  }
  if ((await door.store.read('queues.byId', { id: target.queue })) === null)
    refuseUnknown('target.queue', 'queue', [target.queue])
}

function refuseUnknown(field: string, noun: string, unknown: string[]): void {
  if (unknown.length === 0) return
  throw new InvalidInput([
    { field, found: unknown.slice(0, 5).join(', '), allowed: `the id of a ${noun} that there is` },
  ])
}
