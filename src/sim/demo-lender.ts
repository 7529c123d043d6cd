/**
 * The invented lender behind the demo: what each debtor is like, where else they are reached, what was lent on which plan and what came back. The
 * lead that is dialled, the party and the loan tell the same story.
 */
import { addDays, addMonths, daysBetween, type PlainDate } from '../lender/dates.ts'
import type { Instalment } from '../lender/loan.ts'
import { totalOf } from '../lender/money.ts'
import type { PhoneRelation } from '../lender/party.ts'
import type { Random } from '../lib/random.ts'
import { invented } from './demo-people.ts'

/** Tenths of an annual percent would be finer than lenders print. */
const ratePpm = 180_000
const penaltyPpmADay = 500
const terms = [6, 9, 12, 12, 24] as const

export type DemoPhone = { number: string; relation: PhoneRelation; name: string; source: string; legalBasis: string }
export type DemoParty = {
  ref: string
  name: string
  idNo: string
  zone: 'Asia/Shanghai'
  language: 'zh-CN'
  flags: 'vip'[]
  phones: DemoPhone[]
  fields: { collections: { city: string; employer: string; income: number } }
}
export type DemoLoan = {
  ref: string
  party: string
  product: string
  principal: number
  ratePpm: number
  startedOn: PlainDate
  plan: Instalment[]
}
export type DemoDebtor = { party: DemoParty; loan: DemoLoan; daysPastDue: number; owed: number }

export type DemoLead = {
  ref: string
  name: string
  phones: { number: string; relation: 'SELF' }[]
  fields: Record<string, string>
}

/** The debtor as a line of a campaign's list has them. */
export function leadOf({ party, loan, daysPastDue, owed }: DemoDebtor): DemoLead {
  return {
    ref: party.ref,
    name: party.name,
    phones: [{ number: party.phones[0]!.number, relation: 'SELF' }],
    fields: {
      产品: loan.product,
      借款本金: yuan(loan.principal),
      逾期金额: yuan(owed),
      逾期天数: String(daysPastDue),
    },
  }
}

function yuan(fen: number): string {
  return `¥${(fen / 100).toLocaleString('en-US', { minimumFractionDigits: 2 })}`
}

/** Fields of this lender's own, as `PUT /fields` takes them. */
export const demoFields = {
  business: 'collections',
  fields: [
    { key: 'city', label: { 'zh-CN': '所在城市', en: 'City' }, type: 'text', searchable: true },
    { key: 'employer', label: { 'zh-CN': '工作单位', en: 'Employer' }, type: 'text' },
    { key: 'income', label: { 'zh-CN': '月收入', en: 'Monthly income' }, type: 'money' },
  ],
} as const

/** `count` debtors who are 1 to 45 days late on `today`; refs start at `from`. Amounts in fen. */
export function demoDebtors(count: number, random: Random, today: PlainDate, from = 1): DemoDebtor[] {
  return Array.from({ length: count }, (_, at) => debtor(from + at, random, today))
}

function debtor(number: number, random: Random, today: PlainDate): DemoDebtor {
  const { pick, between, person } = invented(random)
  const ref = `KH2026${String(number).padStart(6, '0')}`
  const daysPastDue = between(1, 45)
  const loan = lent(ref, number, random, addDays(today, -daysPastDue), today)
  const name = person()
  const phone = (
    digits: string,
    relation: PhoneRelation,
    who: string,
    source: string,
    legalBasis: string,
  ): DemoPhone => ({ number: `+86${digits}`, relation, name: who, source, legalBasis })
  const own = String(1000 + (number % 9000))
  // 1380000xxxx and the like: ranges kept for examples here; the demo's carrier is on this machine and nothing leaves it.
  const phones = [phone(`1380000${own}`, 'SELF', '', '进件申请表', '借款合同')]
  if (random() < 0.6) phones.push(phone(`1390000${own}`, 'CONTACT', person(), '进件申请表', '借款人授权'))
  if (random() < 0.4) phones.push(phone(`2150000${own}`, 'WORKPLACE', '', '114 查号', '核实工作单位'))
  if (random() < 0.1) phones.push(phone(`1370000${own}`, 'GUARANTOR', person(), '担保合同', '担保合同'))
  return {
    party: {
      ref,
      name,
      idNo: inventedIdNumber(number, between(1970, 2003), between(1, 12), between(1, 28)),
      zone: 'Asia/Shanghai',
      language: 'zh-CN',
      flags: random() < 0.05 ? ['vip'] : [],
      phones,
      fields: {
        collections: {
          city: pick(['上海', '杭州', '苏州', '成都', '武汉', '西安', '长沙', '郑州']),
          employer: `${pick(['海川', '启明', '同德', '华信', '远景', '安泰'])}${pick(['物流', '餐饮', '电子', '纺织', '装饰'])}有限公司`,
          income: between(40, 180) * 10_000,
        },
      },
    },
    loan,
    daysPastDue,
    owed: loan.plan
      .filter(({ dueOn }) => dueOn < today)
      .reduce((sum, instalment) => sum + totalOf(instalment) - instalment.paidBefore, 0),
  }
}

/** Equal parts of principal and interest of a flat rate; everything before the instalment of `lateOn` was paid, in time. */
function lent(party: string, number: number, random: Random, lateOn: PlainDate, today: PlainDate): DemoLoan {
  const { pick, between } = invented(random)
  const term = pick(terms)
  const paid = between(0, term - 2)
  const principal = between(30, 500) * 10_000
  const startedOn = addMonths(lateOn, -(paid + 1))
  const share = Math.floor(principal / term)
  const interest = Math.round((principal * ratePpm) / 1_000_000 / 12)
  const plan = Array.from({ length: term }, (_, at): Instalment => {
    const dueOn = at === paid ? lateOn : addMonths(startedOn, at + 1)
    const own = at === term - 1 ? principal - share * (term - 1) : share
    const late = at < paid ? 0 : Math.max(0, daysBetween(dueOn, today))
    const penalty = Math.round(((own + interest) * late * penaltyPpmADay) / 1_000_000)
    return {
      no: at + 1,
      dueOn,
      principal: own,
      interest,
      fees: at === 0 ? 2_000 : 0,
      penalty,
      paidBefore: at < paid ? own + interest + (at === 0 ? 2_000 : 0) : 0,
    }
  })
  const ref = `JK2026${String(number).padStart(6, '0')}`
  const product = pick(['现金分期', '消费分期', '车位分期', '教育分期'])
  return { ref, party, product, principal, ratePpm, startedOn, plan }
}

/**
 * Eighteen characters with the check digit of GB 11643, of the area 990000, which there is not: it looks right and is nobody's.
 */
export function inventedIdNumber(number: number, year: number, month: number, day: number): string {
  const two = (value: number) => String(value).padStart(2, '0')
  const body = `990000${year}${two(month)}${two(day)}${String(number % 1000).padStart(3, '0')}`
  const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
  const sum = weights.reduce((total, weight, at) => total + weight * Number(body[at]), 0)
  return body + '10X98765432'[sum % 11]
}
