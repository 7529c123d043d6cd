/** What stands on the sample desks: the agent with nothing in hand, a party, what is to be said, what is written down, a call. */
import type { DispositionChoice } from '../../src/centre/entities.ts'
import type { DeskProps } from '../pages/agent/desk-props.ts'
import type { DeskNumber, DeskRecord } from '../pages/agent/party-props.ts'
import type { DeskSay } from '../pages/agent/say-props.ts'
import { nothingFilled } from '../parts/form.ts'
import type { Language } from '../words/language.ts'
import { sampleFrame, sampleNow } from './frame.ts'

const sampleDispositions: DispositionChoice[] = [
  { code: 'PTP', words: { 'zh-CN': '承诺还款', en: 'Promise to pay' }, followUp: 'callback' },
  { code: 'PAID', words: { 'zh-CN': '称已还款', en: 'Says it is paid' }, followUp: 'done' },
  { code: 'CALLBACK', words: { 'zh-CN': '约定回呼', en: 'Call back' }, followUp: 'callback' },
  { code: 'NO_INTENT', words: { 'zh-CN': '无还款意愿', en: 'Will not pay' }, followUp: 'retry' },
  { code: 'WRONG', words: { 'zh-CN': '非本人', en: 'Wrong person' }, followUp: 'done' },
  { code: 'DNC', words: { 'zh-CN': '要求不再来电', en: 'Asks not to be called' }, followUp: 'dnc' },
]

const minutes = 60_000

export function quietDesk(language: Language): DeskProps {
  const zh = language === 'zh-CN'
  return {
    frame: sampleFrame({ language, path: '/agent' }),
    agent: { name: 'alice', phase: 'ready', since: sampleNow - 42_000, until: null, reason: null, next: null },
    station: {
      kind: 'browser',
      extension: null,
      up: true,
      byPhone: false,
      rings: false,
      lostAt: null,
      open: false,
      registered: false,
    },
    today: { calls: 37, effectiveMs: 214 * minutes, utilisation: 0.812 },
    call: null,
    last: null,
    say: null,
    preview: null,
    party: null,
    business: 'collections',
    history: [],
    near: [
      { ref: 'K-100231', name: zh ? '陈建国' : 'Carl Chen', why: 'case', state: 'PTP' },
      { ref: 'K-100240', name: zh ? '王秀英' : 'Wendy Wang', why: 'call', state: null },
    ],
    dispositions: sampleDispositions,
    writeUp: {
      ...{ promise: ['PTP'], grade: [], promisable: { currency: 'CNY', owed: 1_548_000, today: '2026-03-17' } },
      fields: [
        {
          ...{ key: 'reason', label: { 'zh-CN': '逾期原因', en: 'Why overdue' }, type: 'choice', required: true },
          ...{
            min: null,
            max: null,
            choices: zh ? ['失业', '疾病', '忘记'] : ['No work', 'Illness', 'Forgot'],
            codes: [],
          },
        },
      ],
    },
    form: nothingFilled,
    dialIn: [{ value: 'cam_1', word: zh ? '三月手动回访' : 'March follow-up' }],
    dialPad: nothingFilled,
    dialWhom: [],
    clickOnly: false,
    held: null,
    callbacks: [
      {
        id: 'cb_1',
        at: sampleNow - 4 * minutes,
        due: true,
        overdue: false,
        tries: 1,
        lastResult: 'BUSY',
        nextAt: sampleNow + 6 * minutes,
        ...{ mine: true, whose: null },
        name: zh ? '陈建国' : 'Carl Chen',
        number: '138 **** 5678',
        campaign: zh ? '三月 M1 提醒' : 'March M1 reminder',
        reason: 'agreed',
      },
      {
        id: 'cb_2',
        at: sampleNow + 95 * minutes,
        due: false,
        overdue: false,
        tries: 0,
        lastResult: null,
        nextAt: null,
        ...{ mine: false, whose: zh ? '任何人' : 'anyone' },
        name: zh ? '王秀英' : 'Wendy Wang',
        number: '139 **** 0042',
        campaign: zh ? '三月 M1 提醒' : 'March M1 reminder',
        reason: 'agreed',
      },
    ],
    notice: null,
  }
}

export function withParty(language: Language): DeskProps {
  const zh = language === 'zh-CN'
  return {
    ...quietDesk(language),
    say: sampleSay(language),
    party: {
      name: zh ? '陈建国' : 'Carl Chen',
      ref: 'L-2026-031877',
      campaign: zh ? '三月 M1 提醒' : 'March M1 reminder',
      queue: null,
      menus: [],
      attempts: 3,
      numbers: [
        { number: '138 **** 5678', relation: 'SELF', current: true },
        { number: '021 **** 4410', relation: 'WORKPLACE', current: false },
      ],
      fields: zh
        ? [
            ['借据余额', '¥ 12,480.00'],
            ['逾期天数', '17'],
            ['本期应还', '¥ 2,080.00'],
            ['产品', '消费分期 12 期'],
          ]
        : [
            ['Outstanding', '¥ 12,480.00'],
            ['Days past due', '17'],
            ['Due now', '¥ 2,080.00'],
            ['Product', '12 instalments'],
          ],
      opened: false,
      identified: { how: 'known', callers: [] },
      record: sampleRecord(language),
    },
    history: [
      {
        kind: 'promise',
        at: sampleNow - 25 * 3600_000,
        amount: 208_000,
        currency: 'CNY',
        dueOn: '2026-03-17',
        state: 'OPEN',
        agent: zh ? '赵敏' : 'Mia Zhao',
      },
      {
        kind: 'repayment',
        at: sampleNow - 25.5 * 3600_000,
        amount: 50_000,
        currency: 'CNY',
        channel: zh ? '转账' : 'transfer',
        reversed: false,
      },
      {
        kind: 'call',
        at: sampleNow - 26 * 3600_000,
        direction: 'out',
        result: 'NO_ANSWER',
        agent: zh ? '李雨桐' : 'Alice Li',
        talkMs: null,
        outcome: null,
        note: null,
      },
      {
        kind: 'call',
        at: sampleNow - 74 * 3600_000,
        direction: 'out',
        result: 'ANSWERED',
        agent: zh ? '赵敏' : 'Mia Zhao',
        talkMs: 143_000,
        outcome: zh ? '承诺还款' : 'Promise to pay',
        note: zh
          ? '说 17 日发工资后还 2,080 元，已确认还款渠道。'
          : 'Wages come on the 17th; then pays 2,080 by transfer.',
      },
      {
        kind: 'call',
        at: sampleNow - 98 * 3600_000,
        direction: 'in',
        result: 'ANSWERED',
        agent: zh ? '赵敏' : 'Mia Zhao',
        talkMs: 61_000,
        outcome: zh ? '咨询' : 'Question',
        note: null,
      },
    ],
  }
}

export function sampleSay(language: Language, more: Partial<DeskSay> = {}): DeskSay {
  const zh = language === 'zh-CN'
  return {
    must: [
      {
        key: 'recorded',
        text: [{ text: zh ? '为保证服务质量，本次通话会被录音。' : 'This call is recorded.' }],
        ...{ readAt: sampleNow - 90_000, offsetMs: 7_000 },
      },
      {
        key: 'identity',
        text: [{ text: zh ? '在您确认身份之前，我不会透露任何信息。' : 'I say nothing before I know that it is you.' }],
        ...{ readAt: null, offsetMs: null },
      },
    ],
    passed: [
      { key: 'open', title: zh ? '开场' : 'Open' },
      { key: 'identify', title: zh ? '核实身份' : 'Identify' },
    ],
    steps: [
      {
        key: 'purpose',
        title: zh ? '说明来意' : 'Purpose',
        text: [
          { text: zh ? '您的借款已逾期 ' : 'Your loan is ' },
          { name: 'days', value: '17' },
          { text: zh ? ' 天，应还 ' : ' days past due, and ' },
          { name: 'overdue', value: zh ? '2,080 元' : '2,080 yuan' },
          { text: zh ? '。上次约定的日期是 ' : ' is owed. You promised it by ' },
          { name: 'promise_date', value: null },
          { text: zh ? '。您打算什么时候还？' : '. When will you pay?' },
        ],
      },
    ],
    answers: {
      step: 'purpose',
      words: zh
        ? ['今天就还', '过几天还', '有困难', '不认可这笔欠款']
        : ['Today', 'In some days', 'I cannot', 'I owe nothing'],
    },
    over: false,
    live: true,
    ...more,
  }
}

function sampleRecord(language: Language): DeskRecord {
  const zh = language === 'zh-CN'
  const line = (handle: string, more: Partial<DeskNumber>): DeskNumber => ({
    ...{
      handle,
      number: '138 **** 5678',
      relation: 'SELF',
      whose: '',
      place: zh ? '手机 · 上海' : 'Mobile · Shanghai',
    },
    ...{ status: 'REACHED', badReason: '', last: { at: sampleNow - 26 * 3600_000, result: 'NO_ANSWER' } },
    ...{ current: false, dial: null },
    ...more,
  })
  return {
    ref: 'K-100231',
    type: 'person',
    flags: ['vip'],
    stops: [],
    numbers: [
      line('h1', { current: true }),
      line('h2', {
        ...{ number: '021 **** 4410', relation: 'WORKPLACE', whose: zh ? '红灯笼有限公司' : 'Red Lantern Ltd' },
        ...{
          place: zh ? '固话 · 上海' : 'Landline · Shanghai',
          status: 'BAD',
          badReason: zh ? '空号或停机' : 'Not in service',
        },
      }),
      line('h3', {
        ...{
          number: '139 **** 0042',
          relation: 'CONTACT',
          whose: zh ? '陈小华' : 'Hua Chen',
          status: 'UNTRIED',
          last: null,
        },
      }),
    ],
    fields: [[zh ? '网点' : 'Branch', zh ? '浦东' : 'Pudong']],
    debts: {
      case: { state: 'PTP', agent: zh ? '李雨桐' : 'Alice Li', holdReason: null },
      loans: [
        {
          ...{
            ref: 'L-2026-0117',
            product: zh ? '消费分期' : 'Instalment',
            currency: 'CNY',
            daysPastDue: 17,
            bucket: 'M1',
          },
          ...{ overdueTotal: 208_000, owedTotal: 1_248_000 },
        },
        {
          ...{
            ref: 'L-2026-0342',
            product: zh ? '现金贷' : 'Cash loan',
            currency: 'CNY',
            daysPastDue: 0,
            bucket: 'M0',
          },
          ...{ overdueTotal: 0, owedTotal: 300_000 },
        },
      ],
      promises: [{ id: 'pr_1', amount: 208_000, paid: 50_000, currency: 'CNY', dueOn: '2026-03-17' }],
    },
  }
}

export const sampleCall = (language: Language): NonNullable<DeskProps['call']> => ({
  id: 'c_sample-1',
  phase: 'talking',
  direction: 'out',
  mode: 'progressive',
  name: language === 'en' ? 'Carl Chen' : '陈建国',
  number: '138 **** 5678',
  place: language === 'en' ? 'Mobile' : '手机',
  relation: 'SELF',
  ourNumber: '021 5186 0000',
  heldBy: null,
  overtaken: null,
  supervisors: [],
  mayAppeal: true,
  recorded: true,
  startedAt: sampleNow - 112_000,
  connectedAt: sampleNow - 97_000,
  endedAt: null,
  consult: null,
  announced: null,
  early: false,
  quietSince: null,
  passedOn: false,
  slot: null,
  waits: false,
})
