/** Saved mappings of imports: what the columns of a file with these headings are, under a name, for the next file of its kind. */
import { z } from '@hono/zod-openapi'
import type { Actor } from '../../centre/facts.ts'
import { type ImportKind, type ImportMapping, importKinds } from '../../centre/records/file-import.ts'
import { mappingsMax, type SavedMapping } from '../../store/files/imports.ts'
import { keep, type RecordsDoor } from '../door.ts'
import { InvalidInput, NotFound, NotNow } from '../errors.ts'
import { parseInput } from '../parse.ts'
import { inTurn } from '../turn.ts'
import { words } from '../words.ts'

const newName = z.strictObject({ name: words(100) })

/** By kind and name. */
export async function savedMappings(door: RecordsDoor): Promise<SavedMapping[]> {
  const ofKinds = await Promise.all(importKinds.map(kind => door.store.read('mappings.ofKind', { kind })))
  return ofKinds.flat()
}

/** The same name takes the place of the one before. Throws NotNow when there are too many. */
export function saveMapping(
  door: RecordsDoor,
  actor: Actor,
  given: { kind: ImportKind; name: string; headings: string[]; mapping: ImportMapping },
): Promise<void> {
  return inTurn(door, async () => {
    const known = await door.store.read('mappings.ofKind', { kind: given.kind })
    if (known.length >= mappingsMax && known.every(({ name }) => name !== given.name))
      throw new NotNow('mappings-full', `there are ${mappingsMax} saved mappings of ${given.kind} already; remove one`)
    await keep(door, actor, [{ type: 'mapping.saved', ...given }])
  })
}

/** Throws NotFound, and InvalidInput when another one of its kind has the name. */
export function renameMapping(
  door: RecordsDoor,
  actor: Actor,
  of: { kind: string; name: string },
  to: string,
): Promise<void> {
  return inTurn(door, async () => {
    const { name } = parseInput(newName, { name: to })
    const { known, saved } = await found(door, of)
    if (name === saved.name) return
    if (known.some(each => each.name === name))
      throw new InvalidInput([{ field: 'name', found: name, allowed: 'a name that no other mapping of its kind has' }])
    const { kind, headings, mapping } = saved
    await keep(door, actor, [
      { type: 'mapping.removed', kind, name: saved.name },
      { type: 'mapping.saved', kind, name, headings, mapping },
    ])
  })
}

/** Throws NotFound. Imports that had it keep what they ran with. */
export function removeMapping(door: RecordsDoor, actor: Actor, of: { kind: string; name: string }): Promise<void> {
  return inTurn(door, async () => {
    const { kind, name } = (await found(door, of)).saved
    await keep(door, actor, [{ type: 'mapping.removed', kind, name }])
  })
}

async function found(
  door: RecordsDoor,
  of: { kind: string; name: string },
): Promise<{ known: SavedMapping[]; saved: SavedMapping }> {
  const kind = importKinds.find(each => each === of.kind)
  const known = kind === undefined ? [] : await door.store.read('mappings.ofKind', { kind })
  const saved = known.find(({ name }) => name === of.name)
  if (saved === undefined) throw new NotFound('saved mapping', of.name)
  return { known, saved }
}
