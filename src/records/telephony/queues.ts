import type { Queue } from '../../centre/entities.ts'
import type { Actor } from '../../centre/facts.ts'
import type { QueueId } from '../../lib/ids.ts'
import { keep, newId, type RecordsDoor } from '../door.ts'
import { NotFound, NotNow } from '../errors.ts'
import { parseInput } from '../parse.ts'
import { checkOwnPeople } from '../people/agency-people.ts'
import { checkShown, checkTrunkGroup, checkUsers } from '../references.ts'
import { queueChange, queueInput } from '../schemas.ts'
import { menusLeadingTo } from './menus.ts'

export async function createQueue(door: RecordsDoor, actor: Actor, given: unknown): Promise<Queue> {
  const queue: Queue = { id: newId<'queue'>('q'), ...parseInput(queueInput, given) }
  await checkUsers(door, 'members', queue.members)
  await checkOwnPeople(door, 'members', queue.members)
  await checkTrunkGroup(door, queue.trunkGroup)
  await checkShown(door, queue)
  await keep(door, actor, [{ type: 'queue.saved', queue }])
  return queue
}

export async function changeQueue(door: RecordsDoor, actor: Actor, id: QueueId, given: unknown): Promise<Queue> {
  const change = parseInput(queueChange, given)
  const queue = { ...(await queueById(door, id)), ...change }
  if (change.members) await checkUsers(door, 'members', queue.members)
  if (change.members) await checkOwnPeople(door, 'members', queue.members)
  if (change.trunkGroup) await checkTrunkGroup(door, change.trunkGroup)
  if (change.callerIds || change.trunkGroup !== undefined) await checkShown(door, queue)
  await keep(door, actor, [{ type: 'queue.saved', queue }])
  return queue
}

/** Refused while a number or a voice menu leads to it. */
export async function removeQueue(door: RecordsDoor, actor: Actor, id: QueueId): Promise<void> {
  await queueById(door, id)
  const numbers = await door.store.read('numbers.list', {})
  const leading = numbers.filter(number => 'queue' in number.target && number.target.queue === id)
  if (leading.length > 0)
    throw new NotNow('in-use', `the number ${leading.map(number => number.number).join(', ')} leads to it`)
  const menus = await menusLeadingTo(door, target => 'queue' in target && target.queue === id)
  if (menus.length > 0) throw new NotNow('in-use', `the menu ${menus.slice(0, 10).join(', ')} leads to it`)
  await keep(door, actor, [{ type: 'queue.removed', queue: id }])
}

export async function queueById(door: RecordsDoor, id: QueueId): Promise<Queue> {
  const queue = await door.store.read('queues.byId', { id })
  if (queue === null) throw new NotFound('queue', id)
  return queue
}
