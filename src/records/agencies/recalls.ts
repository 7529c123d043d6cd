/** Recall (退案): cases come back to whom and where they were placed from, in slices that are turns and commits of their own. */
import type { Actor } from '../../centre/facts.ts'
import type { RecordFact } from '../../centre/records/record-facts.ts'
import { moveCase, movedFact } from '../../lender/case.ts'
import type { AgencyId } from '../../lib/ids.ts'
import { bare } from '../collections/cases.ts'
import { keep, type RecordsDoor } from '../door.ts'
import { NotFound } from '../errors.ts'
import { parseInput } from '../parse.ts'
import { inListing, inTurn } from '../turn.ts'
import { callbacksBack } from './agency-callbacks.ts'
import { recallOrder } from './placement-schemas.ts'

export type Recalled = { recalled: number }

/** Some cases of a batch, or all of it; with the last of them the batch is over. Throws NotFound, InvalidInput. */
export async function recallBatch(door: RecordsDoor, actor: Actor, batch: string, given: unknown): Promise<Recalled> {
  const { cases, reason } = parseInput(recallOrder, given)
  if ((await door.store.read('batches.byId', { id: batch })) === null) throw new NotFound('batch', batch)
  if (cases === undefined) return { recalled: await recallAll(door, actor, { batch }, reason) }
  const recalled = await inTurn(door, () => recallSlice(door, actor, cases, batch, reason))
  await endEmptyBatches(door, actor, reason)
  return { recalled }
}

export async function recallAgency(door: RecordsDoor, actor: Actor, agency: AgencyId, reason: string): Promise<number> {
  return recallAll(door, actor, { agency }, reason)
}

/** What waits to be listed or placed is taken off first, so that a run that goes on beside places nothing of it. */
function recallAll(
  door: RecordsDoor,
  actor: Actor,
  of: { batch: string } | { agency: AgencyId },
  reason: string,
): Promise<number> {
  return inListing(door, async () => {
    const short = (await door.store.read('batches.short', {})).filter(({ id, agency }) =>
      'batch' in of ? id === of.batch : agency === of.agency,
    )
    if (short.length > 0)
      await keep(
        door,
        actor,
        short.map(({ id, doc, listed, unlisted }) => ({
          ...{ type: 'batch.unlisted', batch: id, cases: doc.cases - listed - unlisted, why: 'recalled' },
        })),
      )
    return recallListed(door, actor, of, reason)
  })
}

async function recallListed(
  door: RecordsDoor,
  actor: Actor,
  of: { batch: string } | { agency: AgencyId },
  reason: string,
): Promise<number> {
  let recalled = 0
  for (;;) {
    const found = await inTurn(door, async () => {
      const waiting = await door.store.read('placements.waiting', { ...of, limit: 500 })
      if (waiting.length > 0) {
        const byBatch = Map.groupBy(waiting, ({ batch }) => batch)
        const off: RecordFact[] = [...byBatch].map(([batch, cases]) => ({
          type: 'batch.refused',
          batch,
          cases: cases.map(({ case: id }) => ({ case: id, why: 'recalled' as const })),
        }))
        await keep(door, actor, off)
        return waiting.length
      }
      const ids = await door.store.read('placements.cases', { ...of, state: 'PLACED' })
      const moved = await recallSlice(door, actor, ids, 'batch' in of ? of.batch : null, reason)
      recalled += moved
      return moved
    })
    if (found === 0) break
  }
  await endEmptyBatches(door, actor, reason)
  return recalled
}

/**
 * Cases of people who do not want to be called any more come back, whoever heard it and where: the gate refuses the agency's calls from that moment,
 * and what is said to such a person in another way is the lender's to decide.
 */
export async function recallStopped(door: RecordsDoor): Promise<void> {
  for (let moved = 1; moved > 0; )
    moved = await inTurn(door, async () => {
      const ids = await door.store.read('placements.stopped', { now: door.clock.now() })
      return ids.length === 0 ? 0 : recallSlice(door, 'system', ids, null, 'do_not_call')
    })
}

/** Called within a turn. A case that is placed no more, or in another batch, stays as it is. */
async function recallSlice(
  door: RecordsDoor,
  actor: Actor,
  ids: readonly string[],
  batch: string | null,
  reason: string,
): Promise<number> {
  const found = await door.store.read('cases.byIds', { ids: [...ids] })
  const collectors = new Map<string, string | null>()
  const facts = found.flatMap(each => {
    const before = bare(each)
    if (!before.placed || (batch !== null && before.placed.batch !== batch)) return []
    const moved = moveCase(before, { type: 'recall' })
    if (!moved.ok) return []
    collectors.set(before.party, moved.case.agent)
    return movedFact(before, moved.case, reason)
  })
  if (facts.length > 0) await keep(door, actor, [...(await callbacksBack(door, collectors)), ...facts])
  return facts.length
}

/** Batches of which every case has come back, or could not go. */
export async function endEmptyBatches(door: RecordsDoor, actor: Actor, reason: string): Promise<void> {
  await inTurn(door, async () => {
    const empty = await door.store.read('batches.empty', {})
    if (empty.length > 0)
      await keep(
        door,
        actor,
        empty.map(({ id }) => ({ type: 'batch.ended', batch: id, reason })),
      )
  })
}
