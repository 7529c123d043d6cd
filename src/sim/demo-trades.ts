/** The invented lender's other two trades: applications that want verifying, and what is sold to whom; and what is said on collection calls. */
import type { ContactRelation, LineSource } from '../lender/application.ts'
import { addDays, type PlainDate } from '../lender/dates.ts'
import type { Random } from '../lib/random.ts'
import { inventedIdNumber } from './demo-lender.ts'
import { invented } from './demo-people.ts'

const products = ['消费分期', '现金分期', '教育分期']
const towns = ['上海', '杭州', '苏州', '成都', '武汉', '西安']
const firms = ['海川物流', '启明餐饮', '同德电子', '华信纺织', '远景装饰']
const relations: readonly ContactRelation[] = ['spouse', 'parent', 'friend', 'colleague']
const lineSource: LineSource = 'directory'

/** Who applies: the party, and what they ask for. Numbers of ranges that are kept for examples here. */
export function demoApplications(count: number, random: Random) {
  const { pick, between, person } = invented(random)
  return Array.from({ length: count }, (_, at) => {
    const number = at + 1
    const own = String(1000 + number)
    const ref = `SQ2026${String(number).padStart(6, '0')}`
    const firm = `${pick(towns)}${pick(firms)}有限公司`
    const party = {
      ref: `SK2026${String(number).padStart(6, '0')}`,
      name: person(),
      idNo: inventedIdNumber(500 + number, between(1975, 2004), between(1, 12), between(1, 28)),
      zone: 'Asia/Shanghai',
      language: 'zh-CN',
      phones: [{ number: `+861350000${own}`, relation: 'SELF', source: '进件申请表', legalBasis: '申请授权' }],
    }
    const application = {
      ref,
      party: party.ref,
      product: pick(products),
      amount: between(5, 80) * 100_000,
      term: pick([6, 12, 24]),
      employer: {
        name: firm,
        statedNumber: `+862151${String(600_000 + number)}`,
        line: { number: `+862150${String(600_000 + number)}`, source: lineSource },
      },
      contacts: [{ name: person(), number: `+861360000${own}`, relation: pick(relations) }],
    }
    return { party, application }
  })
}

export const demoProducts = [
  {
    ...{ id: 'cash-12', name: '随心现金分期', amountMin: 100_000, amountMax: 5_000_000, terms: [6, 12, 24] },
    ...{ ratePpm: 156_000, upfrontFeePpm: 10_000, coolingDays: 7 },
  },
  {
    ...{ id: 'phone-0', name: '手机零息分期', amountMin: 100_000, amountMax: 1_000_000, terms: [3, 6, 12] },
    ...{ ratePpm: 0, monthlyFeePpm: 6_000, coolingDays: 15 },
  },
  {
    // Handed over in the shop: nothing is left to think about, and the order is in force at once.
    ...{ id: 'shop-3', name: '门店自提分期', amountMin: 100_000, amountMax: 5_000_000, terms: [3, 6] },
    ...{ ratePpm: 0, monthlyFeePpm: 4_000, coolingDays: 0 },
  },
]

/** Who may be offered something, with the proof of their consent. */
export function demoProspects(count: number, random: Random, today: PlainDate) {
  const { pick, between, person } = invented(random)
  return Array.from({ length: count }, (_, at) => {
    const number = at + 1
    const party = {
      ref: `YX2026${String(number).padStart(6, '0')}`,
      name: person(),
      zone: 'Asia/Shanghai',
      language: 'zh-CN',
      phones: [
        { number: `+861370000${String(1000 + number)}`, relation: 'SELF', source: '手机应用', legalBasis: '营销授权' },
      ],
    }
    const prospect = {
      party: party.ref,
      limit: between(10, 60) * 50_000,
      limitUntil: addDays(today, between(20, 90)),
      purchases: [
        {
          on: addDays(today, -between(40, 400)),
          what: pick(['手机', '笔记本电脑', '家电', '课程']),
          amount: between(8, 90) * 10_000,
        },
      ],
      grade: pick(['A', 'B', 'C', null] as const),
    }
    const evidence = `应用内授权 ${addDays(today, -between(30, 300))}`
    return { party, prospect, evidence }
  })
}

/** How far a sale of the demo has come. */
export type DemoStage = 'offered' | 'QC' | 'back' | 'CONFIRMED' | 'COOLING' | 'CANCELLED' | 'FULFILLED'
const stages: readonly DemoStage[] = [
  'QC',
  'offered',
  'QC',
  'back',
  'COOLING',
  'QC',
  'CONFIRMED',
  'COOLING',
  'CANCELLED',
  'FULFILLED',
  'FULFILLED',
]

/** What was offered to some of the prospects, within what was approved for each. */
export function demoSales(prospects: readonly { party: string; limit: number }[]) {
  const [cash, phone, shop] = demoProducts
  return stages.flatMap((stage, at) => {
    const prospect = prospects[at]
    if (prospect === undefined) return []
    const amount = Math.floor((prospect.limit * 0.6) / 10_000) * 10_000
    const product = stage === 'FULFILLED' ? shop! : amount <= phone!.amountMax && at % 2 === 0 ? phone! : cash!
    return [{ party: prospect.party, product: product.id, amount, term: product.terms.at(-1)!, stage }]
  })
}

const both = (zh: string, en: string) => ({ 'zh-CN': zh, en })

/** What applicants are told in writing, by text message, and by e-mail when it asks for papers. */
export const demoConfirmations = {
  needsConsent: false,
  templates: [
    {
      ...{ as: 'PASS', product: null, channel: 'sms' },
      text: both(
        '{name}您好，您的申请{application}已通过，金额{amount}元，共{term}期。',
        'Dear {name}, your application {application} is approved: {amount} over {term} months.',
      ),
    },
    {
      ...{ as: 'REJECT', product: null, channel: 'sms' },
      text: both(
        '{name}您好，您的申请{application}未通过，原因：{reason}。',
        'Dear {name}, your application {application} was declined: {reason}.',
      ),
    },
    {
      ...{ as: 'SUPPLEMENT', product: null, channel: 'email' },
      subject: both('申请{application}需要补件', 'Application {application}: one more document'),
      text: both('{name}您好：\n\n请在{dueOn}前补交：{missing}。', 'Dear {name},\n\nplease send {missing} by {dueOn}.'),
    },
  ],
}

/** What is said on the calls of a campaign of early reminders. */
export function demoScript(places: string[]) {
  return {
    name: 'M1 早期提醒',
    places,
    must: [
      { key: 'recorded', to: 'all' as const, text: both('本次通话将被录音。', 'This call is recorded.') },
      {
        key: 'rights',
        to: 'debtor' as const,
        text: both(
          '如对金额有异议，您可以随时向我们提出，我们会核实。',
          'If you dispute the amount, tell us at any time and we will look into it.',
        ),
      },
    ],
    steps: [
      {
        key: 'who',
        title: both('核对身份', 'Who is it'),
        text: both(
          '您好，这里是{centre}，我是{agent}。请问是{party}本人吗？',
          'Good day, this is {agent} of {centre}. Am I speaking to {party}?',
        ),
        answers: [
          { words: both('是本人', 'Yes'), to: 'owed' },
          { words: both('不方便', 'Not now'), to: 'later' },
          { words: both('打错了', 'Wrong number'), to: 'wrong' },
        ],
      },
      {
        key: 'owed',
        title: both('说明欠款', 'What is owed'),
        text: both(
          '您的{product}已逾期 {days} 天，逾期金额 {overdue}。请问什么时候可以还上？',
          'Your {product} is {days} days late, {overdue} is overdue. When can you pay it?',
        ),
        answers: [
          { words: both('愿意还', 'Will pay'), to: 'promise' },
          { words: both('有困难', 'In difficulty'), to: 'hardship' },
          { words: both('有异议', 'Disputes it'), to: 'dispute' },
        ],
      },
      {
        key: 'promise',
        title: both('约定日期', 'Agree on a day'),
        text: both(
          '好的，我为您登记还款日期和金额，到期前会提醒您。',
          'Thank you. I note the day and the amount, and we will remind you.',
        ),
        answers: [],
      },
      {
        key: 'hardship',
        title: both('了解困难', 'Difficulty'),
        text: both(
          '理解您的情况，我先记录下来，由专人与您协商方案。',
          'I understand. I note it down, and a colleague will work out a plan with you.',
        ),
        answers: [],
      },
      {
        key: 'dispute',
        title: both('登记异议', 'Dispute'),
        text: both(
          '好的，您的异议已登记，核实期间我们不再联系您。',
          'Your dispute is noted; we do not call while it is looked into.',
        ),
        answers: [],
      },
      {
        key: 'later',
        title: both('改日再约', 'Another time'),
        text: both('好的，请问什么时间方便？', 'When would suit you?'),
        answers: [],
      },
      {
        key: 'wrong',
        title: both('打错了', 'Wrong number'),
        text: both('抱歉打扰，我们会更正号码。', 'I am sorry; we will correct the number.'),
        answers: [],
      },
      {
        key: 'other',
        title: both('不是本人', 'Somebody else'),
        text: both(
          '您好，这里是{centre}，想联系{party}，方便请他（她）回电吗？',
          'Good day, this is {centre}. May I ask {party} to call us back?',
        ),
        answers: [],
      },
    ],
    others: 'other',
  }
}
