/** Fields of a lender's own, as people define them: the whole list of a business at once, or one of them in its place. */
import type { Actor } from '../../centre/facts.ts'
import { definitionsMax, type FieldBusiness, type FieldDefinition } from '../../lender/fields.ts'
import { keep, type RecordsDoor } from '../door.ts'
import { InvalidInput, NotFound, NotNow } from '../errors.ts'
import { parseInput } from '../parse.ts'
import { inTurn } from '../turn.ts'
import { fieldDefinition, fieldsInput } from './lender-schemas.ts'

export async function fieldsOf(door: RecordsDoor, business: FieldBusiness): Promise<FieldDefinition[]> {
  return (await door.store.read('fields.all', {}))[business] ?? []
}

/** All fields of a business. A field that is gone stays with the parties that have it until they are saved anew. */
export function defineFields(door: RecordsDoor, actor: Actor, given: unknown) {
  return inTurn(door, async () => {
    const { business, fields } = parseInput(fieldsInput, given)
    const types = await typesOf(door, business)
    for (const [at, { key, type }] of fields.entries()) checkType(types, key, type, `fields.${at}.type`)
    await keep(door, actor, [{ type: 'fields.defined', business, fields }])
    return { business, fields }
  })
}

/**
 * One of them, added (`key` null) or changed, at `place` (from 1; beyond the end: last). The type of a field stays: what parties have of it would
 * be of the other, and a text that becomes a secret would stay in clear.
 */
export function saveField(
  door: RecordsDoor,
  actor: Actor,
  { business, key, place }: { business: FieldBusiness; key: string | null; place: number },
  given: unknown,
): Promise<FieldDefinition> {
  return inTurn(door, async () => {
    const field = parseInput(fieldDefinition, given)
    const all = await fieldsOf(door, business)
    const others = all.filter(each => each.key !== (key ?? ''))
    const former = all.find(each => each.key === key)
    if (key !== null && former === undefined) throw new NotFound('field', key)
    if (others.some(each => each.key === field.key))
      throw new InvalidInput([{ field: 'key', found: field.key, allowed: 'a key that no other field has' }])
    if (former !== undefined && former.key !== field.key)
      throw new InvalidInput([{ field: 'key', found: field.key, allowed: `${former.key}: a key stays` }])
    if (former !== undefined && former.type !== field.type)
      throw new InvalidInput([{ field: 'type', found: field.type, allowed: `${former.type}: a type stays` }])
    checkType(await typesOf(door, business), field.key, field.type, 'type')
    if (others.length >= definitionsMax)
      throw new NotNow('fields-full', `a business has at most ${definitionsMax} fields`)
    const fields = others.toSpliced(Math.max(0, place - 1), 0, field)
    await keep(door, actor, [{ type: 'fields.defined', business, fields }])
    return field
  })
}

/** Definitions are seldom: so many of the newest are looked at. */
const definitionsSeen = 500

/** The type that each key ever had: what parties have of a field that was removed is still of it. */
async function typesOf(door: RecordsDoor, business: FieldBusiness): Promise<Map<string, string>> {
  const types = new Map<string, string>()
  const { items } = await door.store.read('journal.page', { type: 'fields.defined', limit: definitionsSeen })
  for (const { body } of items) {
    const defined = JSON.parse(body) as { business: FieldBusiness; fields: FieldDefinition[] }
    if (defined.business !== business) continue
    for (const { key, type } of defined.fields) if (!types.has(key)) types.set(key, type)
  }
  return types
}

function checkType(types: ReadonlyMap<string, string>, key: string, type: string, field: string): void {
  const former = types.get(key)
  if (former !== undefined && former !== type)
    throw new InvalidInput([
      {
        field,
        found: type,
        allowed: `${former}, as ${key} was before: parties have values of it; another type needs another key`,
      },
    ])
}

export function removeField(door: RecordsDoor, actor: Actor, business: FieldBusiness, key: string): Promise<void> {
  return inTurn(door, async () => {
    const all = await fieldsOf(door, business)
    const fields = all.filter(each => each.key !== key)
    if (fields.length === all.length) throw new NotFound('field', key)
    await keep(door, actor, [{ type: 'fields.defined', business, fields }])
  })
}
