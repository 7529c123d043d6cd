import type { TrunkGroup } from '../centre/entities.ts'
import type { Actor } from '../centre/facts.ts'
import type { TrunkGroupId } from '../lib/ids.ts'
import { keep, newId, type RecordsDoor } from './door.ts'
import { InvalidInput, NotFound, NotNow } from './errors.ts'
import { parseInput } from './parse.ts'
import { checkTrunks } from './references.ts'
import { trunkGroupChange, trunkGroupInput } from './schemas.ts'
import { inTurn } from './turn.ts'

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

/** Refused while a campaign or a person still dials through it. */
export async function removeTrunkGroup(door: RecordsDoor, actor: Actor, id: TrunkGroupId): Promise<void> {
  const group = await trunkGroupById(door, id)
  const [campaigns, users] = await Promise.all([
    door.store.read('campaigns.list', {}),
    door.store.read('users.list', {}),
  ])
  const names = [
    ...campaigns.filter(each => each.state !== 'closed' && each.trunkGroup === id).map(each => each.name),
    ...users.filter(each => each.trunkGroup === id).map(each => each.name),
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
  await keep(door, actor, [{ type: 'trunkGroup.saved', group }])
}
