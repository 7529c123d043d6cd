import { caseStates } from '../../src/lender/case.ts'
import { assignmentPage, planPage, ruleFormPage } from '../pages/admin/assignment.ts'
import { casesPage } from '../pages/supervisor/cases.ts'
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
}
