import type { InboundNumber } from '../../centre/entities.ts'
import type { Actor } from '../../centre/facts.ts'
import type { NumberId } from '../../lib/ids.ts'
import { keep, newId, type RecordsDoor } from '../door.ts'
import { NotFound } from '../errors.ts'
import { parseInput } from '../parse.ts'
import { checkTarget } from '../references.ts'
import { numberChange, numberInput } from '../schemas.ts'

export async function createNumber(door: RecordsDoor, actor: Actor, given: unknown): Promise<InboundNumber> {
  const number: InboundNumber = { id: newId<'number'>('n'), ...parseInput(numberInput, given) }
  await checkTarget(door, number.target)
  await keep(door, actor, [{ type: 'number.saved', number }])
  return number
}

export async function changeNumber(
  door: RecordsDoor,
  actor: Actor,
  id: NumberId,
  given: unknown,
): Promise<InboundNumber> {
  const number = { ...(await numberById(door, id)), ...parseInput(numberChange, given) }
  await checkTarget(door, number.target)
  await keep(door, actor, [{ type: 'number.saved', number }])
  return number
}

export async function removeNumber(door: RecordsDoor, actor: Actor, id: NumberId): Promise<void> {
  await numberById(door, id)
  await keep(door, actor, [{ type: 'number.removed', number: id }])
}

export async function numberById(door: RecordsDoor, id: NumberId): Promise<InboundNumber> {
  const number = await door.store.read('numbers.byId', { id })
  if (number === null) throw new NotFound('number', id)
  return number
}
