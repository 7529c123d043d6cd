import { z } from '@hono/zod-openapi'
import type { Actor } from '../../centre/facts.ts'
import type { RecordFact } from '../../centre/records/record-facts.ts'
import { savedMax } from '../../lender/facts.ts'
import { keep, keepPatiently, type RecordsDoor } from '../door.ts'
import { InvalidInput, NotFound } from '../errors.ts'
import { parseInput, problemsOf } from '../parse.ts'
import { newReport, type RowReport, readRows } from '../row-report.ts'
import { phoneNumber, suppressionInput } from '../schemas.ts'
import { inTurn } from '../turn.ts'

export type Suppression = { number: string; reason: string; until: number | null }

/** null: for good. */
function isLonger(until: number | null, than: number | null): boolean {
  return than !== null && (until === null || until > than)
}

/** From now on the number is not dialled by anyone, in any way; a call that rings there is withdrawn by the floor. */
export async function addSuppression(door: RecordsDoor, actor: Actor, given: unknown): Promise<Suppression> {
  let suppression: Suppression = parseInput(suppressionInput, given)
  if (suppression.until !== null && suppression.until <= door.clock.now())
    throw new InvalidInput([
      { field: 'until', found: 'an instant that is over', allowed: 'a later one, or null for good' },
    ])
  const known = await door.store.read('suppressions.byNumber', { number: suppression.number })
  // Who refused for good is not called again because somebody asks for a month: what holds longer is removed first, with a reason.
  if (known !== null && isLonger(known.until, suppression.until)) {
    const { number, reason, until } = known
    suppression = { number, reason, until }
  }
  const fact: RecordFact = { type: 'suppression.added', ...suppression }
  await keep(door, actor, [fact])
  return suppression
}

/** Up to 500 numbers of a file, none twice. Whoever is held for longer, or for as long, changes nothing. */
export function addSuppressions(door: RecordsDoor, actor: Actor, rows: readonly unknown[]): Promise<RowReport> {
  if (rows.length > savedMax) throw new RangeError(`${rows.length} numbers at once; at most ${savedMax}`)
  return inTurn(door, async () => {
    const report = newReport()
    const read = await readRows(suppressionInput, rows)
    const numbers = read.flatMap(each => (each.success ? [each.data.number] : []))
    const known = new Map(
      (await door.store.read('suppressions.byNumbers', { numbers })).map(each => [each.number, each.until]),
    )
    const facts: RecordFact[] = []
    for (const [at, each] of read.entries()) {
      if (!each.success) report.rejected.push({ at, problems: problemsOf(each.error, rows[at]) })
      else if (known.has(each.data.number) && !isLonger(each.data.until, known.get(each.data.number)!))
        report.unchanged++
      else if (each.data.until !== null && each.data.until <= door.clock.now())
        report.rejected.push({
          at,
          problems: [{ field: 'until', found: 'a day that is over', allowed: 'a later one, or none' }],
        })
      else facts.push({ type: 'suppression.added', ...each.data })
    }
    if (facts.length > 0) await keepPatiently(door, actor, facts)
    report.saved = facts.length
    return report
  })
}

export async function removeSuppression(
  door: RecordsDoor,
  actor: Actor,
  given: { number: string; reason: string },
): Promise<void> {
  const { number } = parseInput(z.object({ number: phoneNumber }), { number: given.number })
  const reason = given.reason.trim().slice(0, 200)
  if (reason === '')
    throw new InvalidInput([{ field: 'reason', found: 'nothing', allowed: 'why it may be called again' }])
  if ((await door.store.read('suppressions.byNumber', { number })) === null)
    throw new NotFound('suppression of', number)
  await keep(door, actor, [{ type: 'suppression.removed', number, reason }])
}
