import type { TrunkGroup } from '../../centre/entities.ts'
import type { Actor } from '../../centre/facts.ts'
import type { TrunkGroupId } from '../../lib/ids.ts'
import { keep, newId, type RecordsDoor } from '../door.ts'
import { InvalidInput, NotFound, NotNow } from '../errors.ts'
import { parseInput } from '../parse.ts'
import { checkTrunks } from '../references.ts'
import { trunkGroupChange, trunkGroupInput } from '../schemas.ts'
import { inTurn } from '../turn.ts'

export async function createTrunkGroup(door: RecordsDoor, actor: Actor, given: unknown): Promise<TrunkGroup> {
  const group: TrunkGroup = { id: newId<'trunkGroup'>('tg'), ...parseInput(trunkGroupInput, given) }
  await save(door, actor, group)
  return group
}

export function changeTrunkGroup(
  door: RecordsDoor,
  actor: Actor,
  id: TrunkGroupId,
  given: unknown,
): Promise<TrunkGroup> {
  return inTurn(door, async () => {
    const group = { ...(await trunkGroupById(door, id)), ...parseInput(trunkGroupChange, given) }
    await save(door, actor, group)
    return group
  })
}

/** Refused while a campaign, a queue, a person or a role still dials through it. */
export async function removeTrunkGroup(door: RecordsDoor, actor: Actor, id: TrunkGroupId): Promise<void> {
  const group = await trunkGroupById(door, id)
  const [campaigns, users, queues] = await Promise.all([
    door.store.read('campaigns.list', {}),
    door.store.read('users.list', {}),
    door.store.read('queues.list', {}),
  ])
  const names = [
    ...campaigns.filter(each => each.state !== 'closed' && each.trunkGroup === id).map(each => each.name),
    ...users.filter(each => each.trunkGroup === id).map(each => each.name),
    ...queues.filter(each => each.trunkGroup === id).map(each => each.name),
    ...(group.defaultFor ?? []).map(role => `calls by hand of the role ${role}`),
  ]
  if (names.length > 0)
    throw new NotNow('in-use', `the trunk group ${group.name} is used by ${names.slice(0, 10).join(', ')}`)
  await keep(door, actor, [{ type: 'trunkGroup.removed', group: id }])
}

export async function trunkGroupById(door: RecordsDoor, id: TrunkGroupId): Promise<TrunkGroup> {
  const group = await door.store.read('trunkGroups.byId', { id })
  if (group === null) throw new NotFound('trunk group', id)
  return group
}

async function save(door: RecordsDoor, actor: Actor, group: TrunkGroup): Promise<void> {
  const twice = group.trunks.find((trunk, n) => group.trunks.indexOf(trunk) !== n)
  if (twice !== undefined)
    throw new InvalidInput([{ field: 'trunks', found: `${twice} twice`, allowed: 'each trunk once' }])
  await checkTrunks(door, 'trunks', group.trunks)
  const others = (await door.store.read('trunkGroups.list', {})).filter(({ id }) => id !== group.id)
  for (const role of group.defaultFor ?? []) {
    const other = others.find(each => each.defaultFor?.includes(role))
    if (other !== undefined)
      throw new InvalidInput([
        { field: 'defaultFor', found: role, allowed: `one group a role: ${other.name} has it, take it away there` },
      ])
  }
  await keep(door, actor, [{ type: 'trunkGroup.saved', group }])
}
