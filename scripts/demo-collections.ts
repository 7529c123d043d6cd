/** The demo's collections: strategies, assignment and the daily work as they are set, today's run of them, and what waits for a supervisor. */
import { addDays } from '../src/lender/dates.ts'
import type { UserId } from '../src/lib/ids.ts'
import { saveAssignmentRules } from '../src/records/collections/assignment.ts'
import { openComplaint } from '../src/records/collections/complaints.ts'
import { runDay, saveDailyWork } from '../src/records/collections/daily.ts'
import { recordRepayment } from '../src/records/collections/repayments.ts'
import { runStrategies, saveStrategies } from '../src/records/collections/strategies.ts'
import { askWaiver, saveWaiverLimits } from '../src/records/collections/waivers.ts'
import type { RecordsDoor } from '../src/records/door.ts'
import { reckoningOf } from '../src/records/parties/lender.ts'
import {
  demoAssignment,
  demoComplaints,
  demoDaily,
  demoStrategies,
  demoWaiverLimits,
} from '../src/sim/demo-collections.ts'
import type { DemoDebtor } from '../src/sim/demo-lender.ts'

/** Asked for by a collector, for a supervisor to decide. */
const waivers = 3

export async function fillCollections(
  door: RecordsDoor,
  all: readonly DemoDebtor[],
  { collectors, campaign }: { collectors: readonly UserId[]; campaign: string },
): Promise<void> {
  await saveAssignmentRules(door, 'system', demoAssignment(collectors))
  await saveStrategies(door, 'system', demoStrategies(campaign))
  await saveWaiverLimits(door, 'system', demoWaiverLimits)
  await saveDailyWork(door, 'system', demoDaily)
  // The clock of the lender was at work when nothing was set yet.
  await runDay(door, true)
  await runStrategies(door)
  // What came in since the cases were dealt: by this the groups of a rule are compared.
  for (const { loan, owed } of all.slice(200, 400).filter((_, at) => at % 4 === 0)) {
    const paidAt = door.clock.now()
    await recordRepayment(door, 'system', {
      id: `HZ-${loan.ref}`,
      loan: loan.ref,
      amount: owed,
      paidAt,
      channel: '银行代扣',
    })
  }
  const { today } = await reckoningOf(door)
  // From the end of the book: nobody of these was placed with the agency or has promised anything.
  const last = all.slice(-40)
  const refs = last.map(({ party }) => party.ref)
  for (const complaint of demoComplaints(refs, today)) await openComplaint(door, 'system', complaint)
  const late = last.slice(2).filter(({ loan }) => penaltyOf(loan, addDays(today, -1)) >= 100)
  for (const [at, { loan }] of late.slice(0, waivers).entries())
    await askWaiver(door, `user:${collectors[at % collectors.length]!}`, {
      ...{ loan: loan.ref, amount: penaltyOf(loan, addDays(today, -1)), components: ['penalty'] },
      reason: '首次逾期，已恢复还款能力',
    })
}

function penaltyOf({ plan }: DemoDebtor['loan'], until: string): number {
  return plan.filter(({ dueOn }) => dueOn <= until).reduce((sum, { penalty }) => sum + penalty, 0)
}
