/**
 * The daily work of the lender's records: cases for what is newly past due, loans that became overdue join the case of their party, promises whose last
 * day is over are judged, and what has no collector is dealt. Each part does what is left to do and nothing twice, so a run that was broken off is
 * taken up by the next; when all is done the day is told, once.
 */
import type { Actor } from '../../centre/facts.ts'
import type { RecordFact } from '../../centre/records/record-facts.ts'
import { settle } from '../../lender/book.ts'
import { type Case, holdReasons, moveCase } from '../../lender/case.ts'
import { type DailyWork, dailyKey, readDailyWork } from '../../lender/daily.ts'
import { addDays } from '../../lender/dates.ts'
import type { LenderDay } from '../../lender/facts.ts'
import { keep, newId, type RecordsDoor } from '../door.ts'
import { parseInput } from '../parse.ts'
import { reckoningOf } from '../parties/lender.ts'
import { inTurn } from '../turn.ts'
import { assignNow } from './assignment.ts'
import { booksOf } from './books.ts'
import { dailyInput } from './collections-schemas.ts'
import { judgeDuePromises } from './promises.ts'

const sliceMax = 500

export async function dailyWork(door: RecordsDoor): Promise<DailyWork> {
  return readDailyWork((await door.store.read('settings.all', {}))[dailyKey])
}

export async function saveDailyWork(door: RecordsDoor, actor: Actor, given: unknown): Promise<DailyWork> {
  const work = parseInput(dailyInput, given)
  await keep(door, actor, [{ type: 'setting.saved', key: dailyKey, value: JSON.stringify(work) }])
  return work
}

/** Does what is left of today's work; null: it was done before. `again`: also then, as an administrator may ask. */
export async function runDay(door: RecordsDoor, again = false): Promise<LenderDay | null> {
  const { today } = await reckoningOf(door)
  const [last] = await door.store.read('lender.days', { limit: 1 })
  if (!again && last !== undefined && last.day >= today) return null
  const work = await dailyWork(door)
  const judged = await judgeDuePromises(door)
  const opened = work.openCases ? await openDueCases(door, work) : 0
  const settled = await settleDueCases(door)
  const { assigned } = work.assign
    ? await assignNow(door, 'system', { scope: 'unassigned', plan: null })
    : { assigned: 0 }
  const day: LenderDay = { day: today, opened, judged, settled, assigned }
  if (last === undefined || last.day < today) await keep(door, 'system', [{ type: 'lender.dayDone', ...day }])
  return day
}

async function openDueCases(door: RecordsDoor, work: DailyWork): Promise<number> {
  let opened = 0
  for (let after = ''; ; ) {
    const { today } = await reckoningOf(door)
    const args = { dueOn: addDays(today, -work.fromDays), owedFrom: work.owedFrom, limit: sliceMax }
    const found = await inTurn(door, async () => {
      const due = await door.store.read('cases.toOpen', { ...args, after })
      const parties = new Map(
        (await door.store.read('parties.byRefs', { refs: due.map(({ party }) => party) })).map(each => [
          each.ref,
          each,
        ]),
      )
      const facts: RecordFact[] = due.map(({ party, loans }) => {
        const fresh: Case = {
          ...{ id: newId<'case'>('ca'), party, state: 'IMPORTED', before: null, agent: null, loans, holdReason: null },
        }
        const flag = holdReasons.find(reason => parties.get(party)?.flags.includes(reason))
        const held = flag === undefined ? null : moveCase(fresh, { type: 'hold', reason: flag })
        return { type: 'case.opened', case: held?.ok ? held.case : fresh }
      })
      if (facts.length > 0) await keep(door, 'system', facts)
      return due.map(({ party }) => party)
    })
    opened += found.length
    if (found.length < sliceMax) return opened
    after = found.at(-1)!
  }
}

/** Loans of a party that became overdue since its case was opened stand in the case from today on. */
async function settleDueCases(door: RecordsDoor): Promise<number> {
  let settled = 0
  for (let after = ''; ; ) {
    const { today } = await reckoningOf(door)
    const parties = await inTurn(door, async () => {
      const due = await door.store.read('cases.toSettle', { today, after, limit: sliceMax })
      const { books, reckoning } = await booksOf(door, due)
      const facts: RecordFact[] = books.flatMap(book => settle(book, book, reckoning))
      if (facts.length > 0) await keep(door, 'system', facts)
      return due
    })
    settled += parties.length
    if (parties.length < sliceMax) return settled
    after = parties.at(-1)!
  }
}
