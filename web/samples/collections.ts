import { caseStates } from '../../src/lender/case.ts'
import { assignmentPage, planPage, ruleFormPage } from '../pages/admin/assignment.ts'
import { strategiesPage, strategyFormPage } from '../pages/admin/strategies.ts'
import { waiverLimitsPage } from '../pages/admin/waiver-limits.ts'
import { casePage } from '../pages/supervisor/case.ts'
import { casesPage } from '../pages/supervisor/cases.ts'
import { complaintsPage, waiversPage } from '../pages/supervisor/claims.ts'
import { letterPage, messagesPage } from '../pages/supervisor/messages.ts'
import type { Html } from '../parts/html.ts'
import type { Language } from '../words/language.ts'
import { sampleFrame, sampleNow } from './frame.ts'

const hour = 3_600_000
const collectors = [
  { value: 'u_alice', word: 'Alice' },
  { value: 'u_bob', word: 'Bob' },
]
const rows = [
  ['K-1001', '王小明', 'WORKING', 'M1', 12, 1_065_000, 'Alice'],
  ['K-1002', '李芳', 'PTP', 'M2', 41, 880_000, 'Bob'],
  ['K-1003', '陈建国', 'HOLD', 'M3', 77, 640_050, null],
  ['K-1004', '赵丽', 'IMPORTED', 'M1', 3, 120_000, null],
] as const

const messages = (language: Language) => {
  const text =
    language === 'en'
      ? 'Dear Wang Xiaoming, 10650.00 is overdue since 17 March.'
      : '王小明您好，您的贷款自 3 月 17 日起逾期，欠款 10650.00 元。'
  const plain = { party: 'K-1001', to: '138****5678', text, way: null, tries: 0, reason: null }
  const why = language === 'en' ? 'early: first text' : '早期: 首次短信'
  return [
    {
      ...plain,
      id: 'ms_1',
      channel: 'sms' as const,
      why,
      state: 'sent' as const,
      way: 'sender' as const,
      queuedAt: sampleNow - hour,
    },
    {
      ...{
        ...plain,
        id: 'ms_2',
        channel: 'sms' as const,
        why,
        state: 'waiting' as const,
        tries: 2,
        queuedAt: sampleNow - 2 * hour,
      },
      reason: 'the gateway answered 503',
    },
    {
      ...plain,
      id: 'ms_3',
      channel: 'letter' as const,
      to: '李芳',
      why,
      state: 'waiting' as const,
      queuedAt: sampleNow - 3 * hour,
    },
    {
      ...{
        ...plain,
        id: 'ms_4',
        channel: 'sms' as const,
        why,
        state: 'dropped' as const,
        queuedAt: sampleNow - 30 * hour,
      },
      reason: 'party_hold: K-1001 is on hold: dispute.',
    },
  ]
}
const stepLines = (language: Language) =>
  language === 'en'
    ? [
        'first text | 1 | sms | no promise | Dear {name}, {owed} is overdue.',
        'ring | 3 | call early reminder | owed>=100',
        'letter | 30 | letter | | Dear {name} …',
      ]
    : [
        '首次短信 | 1 | sms | no promise | {name}您好，您的贷款已逾期 {days} 天。',
        '提醒外呼 | 3 | call 三月 M1 提醒 | owed>=100',
        '催收函 | 30 | letter | | {name}：…',
      ]

export const collectionsSamples: Record<string, (language: Language) => Html> = {
  'supervisor-cases': language =>
    casesPage({
      frame: sampleFrame({ language, path: '/supervisor/cases', role: 'supervisor' }),
      rows: rows.map(([party, name, state, bucket, days, owed, agent], at) => ({
        ...{ id: `cs_${at}`, party, name, state, bucket, days, owed, agent },
        product: language === 'en' ? 'Cash loan' : '现金贷',
        group: agent === null ? null : language === 'en' ? 'early · champion' : '早期 · 冠军',
        changedAt: sampleNow - at * 5 * hour,
      })),
      filter: { bucket: '', state: '', agent: '', product: '', from: '', below: '', sort: 'owed' },
      ...{ count: 1_284, more: false, next: '/supervisor/cases?cursor=x', buckets: ['M0', 'M1', 'M2', 'M3', 'M3+'] },
      ...{ states: caseStates, products: language === 'en' ? ['Cash loan', 'Card'] : ['现金贷', '信用卡'], collectors },
      ...{ mayMove: true, said: null },
      filters: {
        page: '/supervisor/cases',
        saved: [{ id: 'sf_1' as never, name: 'M2 > ¥5,000', query: 'bucket=M2&from=5000' }],
        query: 'bucket=M1',
        refused: null,
      },
    }),
  'admin-assignment': language =>
    assignmentPage({
      frame: sampleFrame({ language, path: '/admin/assignment', role: 'admin' }),
      rules: [
        {
          name: language === 'en' ? 'early' : '早期',
          when: ['M1', language === 'en' ? 'Cash loan' : '现金贷'],
          ...{ share: 'percent', keepLast: true },
          groups:
            language === 'en'
              ? ['champion 70: alice 50, bob 50', 'challenger 30: carol 100']
              : ['冠军 70: alice 50, bob 50', '挑战者 30: carol 100'],
        },
        {
          name: language === 'en' ? 'all others' : '其余',
          when: [],
          share: 'load',
          keepLast: true,
          groups: [language === 'en' ? 'all 100' : '全部 100'],
        },
      ],
      bounds: { values: { capacity: '300', capacities: 'carol 120', seed: 'switchroom' }, errors: {} },
      daily: { values: { openCases: 'true', fromDays: '1', owedFrom: '50.00', assign: 'true' }, errors: {} },
      days: [
        { day: '2026-11-24', opened: 214, judged: 37, settled: 12, assigned: 209, doneAt: sampleNow - 9 * hour },
        { day: '2026-11-23', opened: 198, judged: 41, settled: 8, assigned: 198, doneAt: sampleNow - 33 * hour },
      ],
      groups: [
        {
          rule: language === 'en' ? 'early' : '早期',
          group: language === 'en' ? 'champion' : '冠军',
          cases: 700,
          cured: 231,
          owed: 41_200_000,
          repaid: 18_030_000,
        },
        {
          rule: language === 'en' ? 'early' : '早期',
          group: language === 'en' ? 'challenger' : '挑战者',
          cases: 300,
          cured: 117,
          owed: 16_900_000,
          repaid: 9_410_000,
        },
      ],
      saved: false,
    }),
  'admin-assignment-rule': language =>
    ruleFormPage({
      frame: sampleFrame({ language, path: '/admin/assignment', role: 'admin' }),
      ...{ at: 0, name: language === 'en' ? 'early' : '早期' },
      buckets: ['M0', 'M1', 'M2', 'M3', 'M3+'].map(value => ({ value, word: value })),
      filled: {
        values: {
          name: language === 'en' ? 'early' : '早期',
          buckets: ['M1'],
          keepLast: 'true',
          share: 'percent',
          groups: 'A 70: alice 50',
        },
        errors: { groups: language === 'en' ? '70 %; allowed: groups that come to 100' : '70 %；各组合计须为 100' },
      },
    }),
  'admin-assignment-plan': language =>
    planPage({
      frame: sampleFrame({ language, path: '/admin/assignment/plan', role: 'admin' }),
      ...{ scope: 'unassigned', fingerprint: 'x', placed: 209, more: false, said: null },
      totals: [
        { agent: 'Alice', before: 120, gets: 70, after: 190, owed: 8_120_000 },
        { agent: 'Bob', before: 118, gets: 72, after: 190, owed: 8_030_000 },
        { agent: 'Carol', before: 53, gets: 67, after: 120, owed: 6_510_000 },
      ],
      rows: [
        { case: 'cs_1', party: 'K-1001', agent: 'Alice', rule: 'early', group: 'champion', why: 'kept' },
        { case: 'cs_2', party: 'K-1002', agent: 'Bob', rule: 'early', group: 'champion', why: 'percent' },
      ],
      unplaced: { all_full: 5 },
    }),
  'supervisor-case': language =>
    casePage({
      frame: sampleFrame({ language, path: '/supervisor/cases/ca_1', role: 'supervisor' }),
      case: {
        ...{
          id: 'ca_1',
          party: 'K-1001',
          name: '王小明',
          state: 'PTP',
          holdReason: null,
          reason: 'promised',
          agent: 'Alice',
        },
        ...{ bucket: 'M1', days: 5, owed: 1_065_000, product: language === 'en' ? 'Cash loan' : '现金贷', group: null },
        ...{ openedAt: sampleNow - 90 * hour, changedAt: sampleNow - 4 * hour },
        placed: null,
      },
      stops: [{ kind: 'hold', reason: 'hardship', until: sampleNow + 72 * hour }],
      strategy: { name: language === 'en' ? 'early' : '早期', version: 4 },
      steps: [
        {
          name: language === 'en' ? 'first text' : '首次短信',
          day: 1,
          action: 'sms',
          state: 'done',
          why: null,
          on: '2026-03-14',
        },
        {
          name: language === 'en' ? 'second text' : '二次短信',
          day: 2,
          action: 'sms',
          state: 'skipped',
          why: 'late',
          on: '2026-03-15',
        },
        {
          name: language === 'en' ? 'ring' : '提醒外呼',
          day: 3,
          action: 'call M1',
          state: 'not_now',
          why: 'promise',
          on: '2026-03-16',
        },
        {
          name: language === 'en' ? 'letter' : '催收函',
          day: 30,
          action: 'letter',
          state: 'waiting',
          why: null,
          on: '2026-04-12',
        },
      ],
      messages: messages(language).slice(0, 1),
    }),
  'supervisor-messages': language =>
    messagesPage({
      frame: sampleFrame({ language, path: '/supervisor/messages', role: 'admin' }),
      ...{ rows: messages(language), state: '', next: null, mayExport: true },
    }),
  'supervisor-letter': language =>
    letterPage({
      frame: sampleFrame({ language, path: '/supervisor/letters/ms_3', role: 'supervisor' }),
      ...{ to: '李芳', ref: 'K-1002', date: '2026-03-18' },
      text: language === 'en' ? 'Dear Li Fang,\n\nyour loan is overdue.' : '李芳女士：\n\n您的贷款已逾期，请尽快还款。',
    }),
  'admin-strategies': language =>
    strategiesPage({
      frame: sampleFrame({ language, path: '/admin/strategies', role: 'admin' }),
      version: 4,
      rows: [{ name: language === 'en' ? 'early' : '早期', buckets: ['M1'], steps: stepLines(language) }],
      reminders: {
        values: {
          reminders:
            language === 'en' ? 'the day before | 1 | sms | | Dear {name} …' : '提前一天 | 1 | sms | | {name}您好…',
        },
        errors: {},
      },
      sender: {
        values: { url: 'sms.example.cn/send' },
        errors: {
          url: language === 'en' ? 'An address that begins with http or https, or nothing.' : '须为网址，或留空。',
        },
      },
      mail: {
        filled: {
          values: {
            host: 'mail.example.cn',
            port: '587',
            security: 'starttls',
            user: 'center',
            from: 'center@example.cn',
          },
          errors: {},
        },
        hasPassword: true,
        test: {
          filled: { values: { to: 'it@example.cn' }, errors: {} },
          said: {
            tone: 'red',
            words: `${language === 'en' ? 'It was not sent: ' : '没有发出：'}mail.example.cn:587 …`,
          },
        },
      },
      saved: false,
    }),
  'admin-strategy': language =>
    strategyFormPage({
      frame: sampleFrame({ language, path: '/admin/strategies', role: 'admin' }),
      ...{
        at: 0,
        name: language === 'en' ? 'early' : '早期',
        buckets: ['M0', 'M1', 'M2'].map(value => ({ value, word: value })),
      },
      filled: {
        values: {
          name: language === 'en' ? 'early' : '早期',
          buckets: ['M1'],
          stepLines: stepLines(language).join('\n'),
        },
        errors: {},
      },
    }),
  'admin-waivers': language =>
    waiverLimitsPage({
      frame: sampleFrame({ language, path: '/admin/waivers', role: 'admin' }),
      saved: false,
      filled: {
        values: { supervisorMax: '500.00', adminMax: '3000.00', limitLines: 'sam 2000.00\nsunming 80' },
        errors: {},
      },
    }),
  'supervisor-complaints': language =>
    complaintsPage({
      frame: sampleFrame({ language, path: '/supervisor/complaints', role: 'supervisor' }),
      rows: [
        {
          ...{
            id: 'cm_1',
            party: 'K-1003',
            kind: 'complaint',
            source: '12378',
            dueOn: '2026-03-10',
            overdue: true,
            state: 'EXTENDED',
          },
          text: language === 'en' ? 'Was called after ten at night.' : '反映晚上十点后仍接到来电。',
        },
        {
          ...{
            id: 'cm_2',
            party: 'K-1002',
            kind: 'dispute',
            source: '',
            dueOn: '2026-03-29',
            overdue: false,
            state: 'OPEN',
          },
          text: language === 'en' ? 'Says that the second instalment was paid.' : '称第二期已还。',
        },
      ],
      ...{ overdue: 1, next: null, mayWrite: true, filled: { values: {}, errors: {} } },
    }),
  'supervisor-waivers': language =>
    waiversPage({
      frame: sampleFrame({ language, path: '/supervisor/waivers', role: 'supervisor' }),
      rows: [
        {
          ...{
            id: 'wv_1',
            party: 'K-1001',
            loan: 'L-2026-0117',
            amount: 50_000,
            currency: 'CNY',
            askedAt: sampleNow - hour,
          },
          ...(language === 'en'
            ? { reason: 'ill, pays the rest today', by: 'Sun Li' }
            : { reason: '因病，余款今日还清', by: '孙立' }),
        },
      ],
      ...{ next: null, mayWrite: true, filled: { values: {}, errors: {} } },
    }),
}
