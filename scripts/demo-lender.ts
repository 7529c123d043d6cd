/** The demo's lender: what a lender's own systems would have told by file, kept through the records' door. */
import { addDays } from '../src/lender/dates.ts'
import { savedMax } from '../src/lender/facts.ts'
import { saidItems } from '../src/lender/quote.ts'
import type { UserId } from '../src/lib/ids.ts'
import { seededRandom } from '../src/lib/random.ts'
import { createAgency } from '../src/records/agencies/agencies.ts'
import { planBatch } from '../src/records/agencies/placement-plan.ts'
import { placeBatch } from '../src/records/agencies/placements.ts'
import { saveScript } from '../src/records/campaigns/scripts.ts'
import { openCase } from '../src/records/collections/cases.ts'
import { saveLoans } from '../src/records/collections/loans.ts'
import { makePromise } from '../src/records/collections/promises.ts'
import { recordRepayment } from '../src/records/collections/repayments.ts'
import type { RecordsDoor } from '../src/records/door.ts'
import { defineFields } from '../src/records/parties/field-definitions.ts'
import { reckoningOf } from '../src/records/parties/lender.ts'
import { saveParties } from '../src/records/parties/parties.ts'
import { giveConsent } from '../src/records/parties/party-details.ts'
import { createUser } from '../src/records/people/users.ts'
import { makeQuote, orderQuote, sayOfQuote } from '../src/records/sales/quotes.ts'
import { moveOrderBy, saveProduct, saveProspects } from '../src/records/sales/sales.ts'
import { saveApplications } from '../src/records/verification/applications.ts'
import { saveConfirmations } from '../src/records/verification/confirmations.ts'
import { moveTaskBy } from '../src/records/verification/tasks.ts'
import { type DemoDebtor, demoDebtors, demoFields } from '../src/sim/demo-lender.ts'
import {
  demoApplications,
  demoConfirmations,
  demoProducts,
  demoProspects,
  demoSales,
  demoScript,
} from '../src/sim/demo-trades.ts'

const debtors = 2000
/** An agency has so many cases at most: those of which most is owed. */
const placed = 24
/** So many of them are in somebody's hands already; the rest the campaign finds. */
const cases = 120

/** Debtors who are 1 to 45 days late today, with their loans. */
export async function fillBook(door: RecordsDoor): Promise<DemoDebtor[]> {
  const { today } = await reckoningOf(door)
  const all = demoDebtors(debtors, seededRandom(7), today)
  await defineFields(door, 'system', demoFields)
  for (let at = 0; at < all.length; at += savedMax) {
    const some = all.slice(at, at + savedMax)
    mustTake(
      await saveParties(
        door,
        'system',
        some.map(({ party }) => party),
      ),
    )
    mustTake(
      await saveLoans(
        door,
        'system',
        some.map(({ loan }) => loan),
      ),
    )
  }
  return all
}

/** Cases in collectors' hands, with promises that are open, kept and broken, and money that came in. */
export async function fillCases(
  door: RecordsDoor,
  all: readonly DemoDebtor[],
  collectors: readonly UserId[],
): Promise<void> {
  const random = seededRandom(8)
  const dayMs = 86_400_000
  for (const [at, { party, loan, owed }] of all.slice(0, cases).entries()) {
    const agent = collectors[at % collectors.length]!
    await openCase(door, 'system', { party: party.ref, agent })
    await giveConsent(door, 'system', {
      party: party.ref,
      purpose: 'collections',
      basis: '借款合同第 8 条',
      evidence: `合同 ${loan.ref}`,
      givenAt: door.clock.now() - 90 * dayMs,
    })
    const { dateOf } = await reckoningOf(door)
    const chance = random()
    if (chance < 0.35) {
      const dueOn = dateOf(door.clock.now() + (1 + Math.floor(random() * 5)) * dayMs)
      await makePromise(door, 'system', { party: party.ref, loan: loan.ref, amount: owed, dueOn, agent })
    }
    if (chance > 0.2 && chance < 0.5) {
      const amount = Math.max(100, Math.round(owed * (chance < 0.28 ? 1 : 0.3)))
      const paidAt = door.clock.now() - Math.floor(random() * 3 * 3_600_000)
      await recordRepayment(door, 'system', {
        id: `HK-${loan.ref}`,
        loan: loan.ref,
        amount,
        paidAt,
        channel: '银行代扣',
      })
    }
  }
}

/** An invented agency with two people and a batch of cases, of which some were repaid since. */
export async function fillAgency(door: RecordsDoor, all: readonly DemoDebtor[], password: string): Promise<void> {
  const { today } = await reckoningOf(door)
  const agency = await createAgency(door, 'system', {
    ...{ name: '恒信服务（演示）', from: today, until: addDays(today, 180) },
    ...{ commissionPermille: 220, seats: 3, caseQuota: placed, lines: 5 },
  })
  for (const [name, displayName] of [
    ['zhou', '恒信 周敏'],
    ['lilei', '恒信 李磊'],
  ] as const)
    await createUser(door, 'system', { name, displayName, password, role: 'agent', agency: agency.id })
  for (const { party } of all.slice(cases, cases + placed)) await openCase(door, 'system', { party: party.ref })
  const { fingerprint: plan } = await planBatch(door, agency.id, {})
  const order = { name: '首批委案', until: addDays(today, 30), filter: {}, plan }
  const batch = await placeBatch(door, 'system', agency.id, order)
  const { items } = await door.store.read('placements.page', { batch: batch.id, state: 'PLACED', limit: 5 })
  for (const { party } of items) {
    const { loan, owed } = all.find(each => each.party.ref === party)!
    const amount = Math.max(100, Math.round(owed * 0.4))
    const paidAt = door.clock.now()
    await recordRepayment(door, 'system', { id: `WW-${loan.ref}`, loan: loan.ref, amount, paidAt, channel: '委外还款' })
  }
}

/** What is said on the campaign's calls; applications with their tasks, some of them in a verifier's hands; products, and who may be offered them. */
export async function fillTrades(door: RecordsDoor, verifiers: readonly UserId[], campaign: string): Promise<void> {
  await saveScript(door, 'system', null, demoScript([campaign]))
  const { today } = await reckoningOf(door)
  await saveConfirmations(door, 'system', demoConfirmations)
  const applied = demoApplications(24, seededRandom(9))
  mustTake(
    await saveParties(
      door,
      'system',
      applied.map(({ party }) => party),
    ),
  )
  mustTake(
    await saveApplications(
      door,
      'system',
      applied.map(({ application }) => application),
    ),
  )
  const { items } = await door.store.read('tasks.page', { limit: 12 })
  for (const [at, { id }] of items.entries())
    await moveTaskBy(door, 'system', id, { type: 'assign', agent: verifiers[at % verifiers.length]! })
  for (const product of demoProducts) await saveProduct(door, 'system', product)
  const sold = demoProspects(60, seededRandom(10), today)
  mustTake(
    await saveParties(
      door,
      'system',
      sold.map(({ party }) => party),
    ),
  )
  for (const { party, evidence } of sold)
    await giveConsent(door, 'system', { party: party.ref, purpose: 'sales', basis: '营销授权', evidence })
  mustTake(
    await saveProspects(
      door,
      'system',
      sold.map(({ prospect }, at) => ({ ...prospect, followUpAt: followUpOf(at, door.clock.now()) })),
    ),
  )
  await fillSales(
    door,
    sold.map(({ prospect }) => prospect),
    verifiers,
  )
}

/** Some are to be followed up today: a few are late by now. */
function followUpOf(at: number, now: number): number | null {
  return at % 7 === 3 ? now + (at - 17) * 10 * 60_000 : null
}

/** Offers that were read out, and orders at every stage of their check. Whoever checks has sold none of them. */
async function fillSales(
  door: RecordsDoor,
  prospects: readonly { party: string; limit: number }[],
  sellers: readonly UserId[],
): Promise<void> {
  const [supervisor] = await door.store.read('users.list', { role: 'supervisor', enabledOnly: true })
  for (const [at, { stage, ...asked }] of demoSales(prospects).entries()) {
    const seller = `user:${sellers[at % sellers.length]!}` as const
    const quote = await makeQuote(door, seller, asked)
    if (stage === 'offered') continue
    for (const item of saidItems) await sayOfQuote(door, seller, quote.id, { item })
    const { id } = await orderQuote(door, seller, quote.id)
    if (stage === 'QC' || supervisor === undefined) continue
    const by = `user:${supervisor.id}` as const
    const check = { type: 'check', passes: stage !== 'back', heard: saidItems.slice(stage === 'back' ? 1 : 0) }
    await moveOrderBy(door, by, id, { ...check, note: stage === 'back' ? '没听到客户同意，请补录' : '' })
    if (stage === 'COOLING' || stage === 'CANCELLED' || stage === 'FULFILLED')
      await moveOrderBy(door, by, id, { type: 'sign' })
    if (stage === 'FULFILLED') await moveOrderBy(door, by, id, { type: 'fulfil' })
    if (stage === 'CANCELLED') await moveOrderBy(door, by, id, { type: 'cancel', reason: 'too-dear', note: '' })
  }
}

function mustTake(report: {
  rejected: { at: number; problems: { field: string; found: string; allowed: string }[] }[]
}): void {
  const [first] = report.rejected
  if (first !== undefined) throw new Error(`the demo's own data is refused: ${JSON.stringify(first)}`)
}
