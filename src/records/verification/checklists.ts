/** Checklists by version, and the reasons that decisions have. A task keeps the version it was opened with. */
import type { Actor } from '../../centre/facts.ts'
import { type Checklist, checklistDefault, faultOfItems } from '../../lender/checklist.ts'
import { type DecisionReason, readReasons, reasonsKey } from '../../lender/reasons.ts'
import { faultOfRecall } from '../../lender/recall.ts'
import { keep, type RecordsDoor } from '../door.ts'
import { InvalidInput, NotFound, NotNow } from '../errors.ts'
import { parseInput } from '../parse.ts'
import { inTurn } from '../turn.ts'
import { checklistInput, reasonsInput } from './verification-schemas.ts'

export async function allChecklists(door: RecordsDoor): Promise<Checklist[]> {
  const own = (await door.store.read('checklists.list', {})).map(({ doc }) => doc)
  return own.some(({ id }) => id === checklistDefault.id) ? own : [checklistDefault, ...own]
}

export async function checklistById(door: RecordsDoor, id: string): Promise<Checklist> {
  const found = (await allChecklists(door)).find(each => each.id === id)
  if (found === undefined) throw new NotFound('checklist', id)
  return found
}

/** The product's own, else one of any product; the lender's before the shipped one. */
export async function checklistFor(door: RecordsDoor, product: string): Promise<Checklist> {
  const all = await allChecklists(door)
  return (
    all.find(each => each.product === product) ??
    all.find(each => each.product === null && each.version > 0) ??
    checklistDefault
  )
}

/** As it was when a task was opened. */
export async function checklistOf(door: RecordsDoor, of: { checklist: string; version: number }): Promise<Checklist> {
  if (of.version === 0) return checklistDefault
  const found = await door.store.read('checklists.byVersion', { id: of.checklist, version: of.version })
  if (found === null) throw new NotFound('checklist', `${of.checklist} ${of.version}`)
  return found
}

/** As a new version; `seen` is the one that the editor showed: whoever saves over another's work is told. Null: whatever there is. */
export function saveChecklist(
  door: RecordsDoor,
  actor: Actor,
  given: unknown,
  seen: number | null = null,
): Promise<Checklist> {
  return inTurn(door, async () => {
    const input = parseInput(checklistInput, given)
    const fault = faultOfItems(input.items) ?? faultOfRecall(input.recall)
    if (fault !== null) throw new InvalidInput([fault])
    const all = await allChecklists(door)
    const known = all.find(({ id }) => id === input.id)
    const other = all.find(each => each.id !== input.id && each.version > 0 && each.product === input.product)
    if (other !== undefined)
      throw new InvalidInput([
        { field: 'product', found: input.product ?? 'all products', allowed: `another: ${other.name} is for this one` },
      ])
    if (seen !== null && seen !== (known?.version ?? 0))
      throw new NotNow('checklist-changed', `version ${known?.version ?? 0} was saved meanwhile; look at it first`)
    const checklist: Checklist = { ...input, version: (known?.version ?? 0) + 1 }
    await keep(door, actor, [{ type: 'checklist.saved', checklist }])
    return checklist
  })
}

export async function decisionReasons(door: RecordsDoor): Promise<DecisionReason[]> {
  return readReasons((await door.store.read('settings.all', {}))[reasonsKey])
}

export async function saveReasons(door: RecordsDoor, actor: Actor, given: unknown): Promise<DecisionReason[]> {
  const { reasons } = parseInput(reasonsInput, given)
  await keep(door, actor, [{ type: 'setting.saved', key: reasonsKey, value: JSON.stringify(reasons) }])
  return reasons
}
