/** How the invented lender collects: what is done on which day past due, who gets which case, what is done each morning, and what its supervisors have on their desks. */
import { type AssignmentRules, assignmentDefault } from '../lender/assignment.ts'
import type { DailyWork } from '../lender/daily.ts'
import { addDays, type PlainDate } from '../lender/dates.ts'
import type { Strategies, StrategyStep } from '../lender/strategy.ts'

const plain = { owedFrom: null, owedBelow: null, promise: null, lastResults: [], consent: false }

/** By the names of the buckets that a lender starts with. `campaign`: whose agents call. */
export function demoStrategies(campaign: string): Omit<Strategies, 'version'> {
  const step = (given: Pick<StrategyStep, 'name' | 'day' | 'action'> & Partial<StrategyStep>): StrategyStep => ({
    ...plain,
    ...given,
  })
  const sms = (text: string) => ({ type: 'sms', text }) as const
  return {
    strategies: [
      {
        name: '早期提醒',
        buckets: ['M1'],
        steps: [
          step({
            name: '首次短信',
            day: 3,
            action: sms('{name}您好，您有一笔借款已逾期{days}天，已到期应还{overdue}元，请尽快还款。'),
          }),
          step({ name: '外呼', day: 4, action: { type: 'call', campaign }, promise: false }),
          step({
            name: '二次短信',
            day: 15,
            action: sms('{name}您好，您的借款已逾期{days}天，已到期应还{overdue}元。'),
            promise: false,
          }),
        ],
      },
      {
        name: '中期',
        buckets: ['M2'],
        steps: [
          step({
            name: '信函',
            day: 33,
            action: {
              type: 'letter',
              text: '{name}：\n您的借款已逾期{days}天，已到期应还{overdue}元。如有困难，请来电协商。',
            },
            owedFrom: 200_000,
          }),
          step({
            name: '短信',
            day: 40,
            action: sms('{name}您好，您的借款已逾期{days}天，如有困难请来电协商。'),
            promise: false,
          }),
          step({ name: '委外', day: 58, action: { type: 'send', to: 'OUTSOURCED' }, promise: false }),
        ],
      },
    ],
    reminders: [
      { name: '前一天', daysBefore: 1, action: sms('{name}您好，明天是您约定的还款日，请备足{promised}元。') },
      { name: '当天', daysBefore: 0, action: sms('{name}您好，今天是您约定的还款日。') },
    ],
  }
}

/** The larger ones of M2 to the first four, M1 drawn into two groups that are compared, the rest to everybody. */
export function demoAssignment(collectors: readonly string[]): AssignmentRules {
  const people = (some: readonly string[]) => some.map(agent => ({ agent, percent: 0 }))
  const half = Math.ceil(collectors.length / 2)
  const rule = { products: [], owedFrom: null, owedBelow: null, skill: null, keepLast: true, share: 'load' } as const
  const everybody = [{ name: '全部', percent: 100, agents: [] }]
  return {
    ...assignmentDefault,
    capacity: 200,
    rules: [
      {
        ...{ ...rule, products: [], name: 'M2 大额', buckets: ['M2'], owedFrom: 300_000 },
        groups: [{ name: '资深', percent: 100, agents: people(collectors.slice(0, 4)) }],
      },
      {
        ...{ ...rule, products: [], name: 'M1 比较', buckets: ['M1'] },
        groups: [
          { name: '冠军', percent: 70, agents: people(collectors.slice(0, half)) },
          { name: '挑战者', percent: 30, agents: people(collectors.slice(half)) },
        ],
      },
      { ...rule, products: [], name: '其余', buckets: [], groups: everybody },
    ],
  }
}

export const demoDaily: DailyWork = { openCases: true, fromDays: 3, owedFrom: 10_000, assign: true }

/** One came in so long ago that it is past its day. */
export function demoComplaints(refs: readonly string[], today: PlainDate) {
  const [late, disputed] = refs
  return [
    {
      ...{ party: late!, kind: 'complaint', source: '客服热线', openedOn: addDays(today, -19) },
      text: '客户称午休时间接到催收电话，要求核实录音。',
    },
    {
      party: disputed!,
      kind: 'dispute',
      source: '邮件',
      openedOn: addDays(today, -2),
      text: '客户称上月已还清，附转账回单。',
    },
  ]
}

/** A person of this role may approve so much, in fen. */
export const demoWaiverLimits = {
  roles: [
    { role: 'supervisor', max: 50_000 },
    { role: 'admin', max: 300_000 },
  ],
  people: [],
}
