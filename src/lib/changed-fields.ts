/** What is other between a document and the one after it, as people read it. */

/** `secret`: a password or key was set, which is never told. */
export type ChangeKind = 'made' | 'changed' | 'removed' | 'secret'

/** As text, at most 200 characters; null: nothing. Of lists of plain values what left (`before`) and what came (`after`). */
export type FieldChange = { field: string; before: string | null; after: string | null }

const textMax = 200
const fieldsMax = 60
/** Says nothing that the subject does not. */
const unsaid = new Set(['id'])

/** Objects inside are told by the keys of theirs, one step down. */
export function changedFields(before: object, after: object): FieldChange[] {
  const flatBefore = flat(before)
  const flatAfter = flat(after)
  const changes: FieldChange[] = []
  for (const field of new Set([...flatBefore.keys(), ...flatAfter.keys()])) {
    const was = flatBefore.get(field) ?? null
    const is = flatAfter.get(field) ?? null
    if (JSON.stringify(was) === JSON.stringify(is)) continue
    if (changes.length < fieldsMax) changes.push({ field, ...told(was, is) })
  }
  return changes
}

function flat(doc: object): Map<string, unknown> {
  const fields = new Map<string, unknown>()
  for (const [key, value] of Object.entries(doc)) {
    if (unsaid.has(key)) continue
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      for (const [inner, each] of Object.entries(value)) fields.set(`${key}.${inner}`, each)
    else fields.set(key, value)
  }
  return fields
}

function told(was: unknown, is: unknown): { before: string | null; after: string | null } {
  if (isPlainList(was) && isPlainList(is)) {
    const left = was.filter(each => !is.includes(each))
    const came = is.filter(each => !was.includes(each))
    // Only their order: the whole lists say so.
    if (left.length + came.length > 0) return { before: textOf(left), after: textOf(came) }
  }
  return { before: textOf(was), after: textOf(is) }
}

function isPlainList(value: unknown): value is unknown[] {
  return Array.isArray(value) && value.every(each => typeof each !== 'object' || each === null)
}

function textOf(value: unknown): string | null {
  if (value === null || value === undefined) return null
  if (Array.isArray(value) && value.length === 0) return null
  const text = typeof value === 'string' ? value : isPlainList(value) ? value.join(', ') : JSON.stringify(value)
  return text.length <= textMax ? text : `${text.slice(0, textMax)}…`
}
