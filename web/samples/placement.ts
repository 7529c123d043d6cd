import { ownAgencyPage } from '../pages/agent/own-agency.ts'
import { agenciesPage, agencyFormPage } from '../pages/supervisor/agencies.ts'
import { agencyPage } from '../pages/supervisor/agency.ts'
import { batchPage } from '../pages/supervisor/batch.ts'
import { nothingFilled } from '../parts/form.ts'
import type { Html } from '../parts/html.ts'
import type { Language } from '../words/language.ts'
import { sampleFrame, sampleNow } from './frame.ts'

const hour = 3_600_000
const named = (language: Language, zh: string, en: string) => (language === 'en' ? en : zh)
const contract = { from: '2026-01-01', until: '2026-12-31', commissionPermille: 220 }
const first = (language: Language) => ({
  ...{ id: 'ag_1', name: named(language, '恒信服务', 'Hengxin Services'), bar: null, ...contract },
  ...{ people: 8, seats: 10, placed: 412, caseQuota: 1_000 },
})
const frameOf = (language: Language, path: string) => sampleFrame({ language, path, role: 'admin' })
const batches = (language: Language) => [
  {
    ...{ id: 'bt_2', name: named(language, '十一月 M3', 'November M3'), state: 'OPEN' as const, until: '2026-12-20' },
    ...{ openedAt: sampleNow - 70 * hour, placed: 380, ended: 32, refused: 3 },
    sums: [{ currency: 'CNY', owed: 412_345_600, recovered: 38_120_000, commission: 8_386_400 }],
  },
  {
    ...{
      id: 'bt_1',
      name: named(language, '九月试点', 'September trial'),
      state: 'ENDED' as const,
      until: '2026-10-31',
    },
    ...{ openedAt: sampleNow - 1_500 * hour, placed: 0, ended: 120, refused: 0 },
    sums: [{ currency: 'CNY', owed: 98_000_000, recovered: 21_340_050, commission: 4_694_811 }],
  },
]

export const placementSamples: Record<string, (language: Language) => Html> = {
  agencies: language =>
    agenciesPage({
      frame: frameOf(language, '/supervisor/agencies'),
      rows: [
        first(language),
        {
          ...{ id: 'ag_2', name: named(language, '诚达咨询', 'Chengda Advisers'), bar: 'suspended', ...contract },
          ...{ people: 3, seats: 3, placed: 60, caseQuota: 60 },
        },
        {
          ...{ id: 'ag_3', name: named(language, '安联外包', 'Anlian Outsourcing'), bar: 'expired', ...contract },
          ...{ people: 5, seats: 5, placed: 0, caseQuota: 500, until: '2026-10-31' },
        },
      ],
      mayEdit: true,
      saved: false,
    }),
  'agency-form': language =>
    agencyFormPage({
      frame: frameOf(language, '/supervisor/agencies/new'),
      agency: null,
      buckets: ['M1', 'M2', 'M3', 'M3+'],
      products: ['cash', 'card'],
      people: [],
      filled: {
        values: {
          name: first(language).name,
          from: '2026-01-01',
          until: '2025-12-31',
          buckets: ['M3', 'M3+'],
          seats: '10',
        },
        errors: {
          until: named(language, '找到 2025-12-31。合同截止不早于开始。', 'Found 2025-12-31. Not before it begins.'),
        },
      },
    }),
  'own-agency': language =>
    ownAgencyPage({
      frame: {
        ...sampleFrame({ language, path: '/agent/agency' }),
        person: { displayName: '周敏', role: 'agent', leads: true },
      },
      agency: {
        name: first(language).name,
        until: '2026-12-31',
        placed: 412,
        caseQuota: 1_000,
        lines: 30,
        linesNow: 3,
        seats: 10,
      },
      people: [
        {
          id: 'u_1',
          name: named(language, '周敏', 'Zhou Min'),
          phase: 'talking',
          cases: 210,
          calls: 61,
          connected: 22,
          talkMs: 3_725_000,
        },
        {
          id: 'u_2',
          name: named(language, '李雷', 'Li Lei'),
          phase: 'break',
          cases: 190,
          calls: 48,
          connected: 15,
          talkMs: 2_400_000,
        },
      ],
      cases: (
        [
          ['K-1001', '王小明', named(language, '周敏', 'Zhou Min'), 1_065_000, 74],
          ['K-1002', '李芳', named(language, '李雷', 'Li Lei'), 880_000, 66],
          ['K-1005', '孙伟', null, 99_000, 61],
        ] as const
      ).map(([party, name, agent, owed, days], at) => ({
        ...{ id: `ca_${at}`, party, name, agent, owed, days, bucket: 'M3', product: 'cash' },
      })),
      nobodys: 12,
      of: '',
      said: null,
    }),
  agency: language =>
    agencyPage({
      frame: frameOf(language, '/supervisor/agencies/ag_1'),
      agency: {
        ...first(language),
        ...{
          products: ['cash'],
          buckets: ['M3', 'M3+'],
          lines: 20,
          lead: named(language, '周敏', 'Zhou Min'),
          removed: false,
          suspendedFor: null,
        },
      },
      people: [
        { id: 'u_1', name: 'zhoumin', displayName: named(language, '周敏', 'Zhou Min'), cases: 206 },
        { id: 'u_2', name: 'lilei', displayName: named(language, '李磊', 'Li Lei'), cases: 206 },
      ],
      batches: batches(language),
      next: null,
      buckets: ['M1', 'M2', 'M3', 'M3+'],
      products: ['cash', 'card'],
      campaigns: [{ value: 'cp_1', word: named(language, '恒信预览', 'Hengxin preview') }],
      filter: { values: { bucket: ['M3'], product: [], from: '1000', below: '', dpdFrom: '', dpdTo: '' }, errors: {} },
      plan: {
        go: 214,
        sums: [{ currency: 'CNY', owed: 210_334_000 }],
        stay: [
          { why: 'placed_already', cases: 12 },
          { why: 'complaint_open', cases: 2 },
          { why: 'on_hold', cases: 1 },
          { why: 'over_quota', cases: 40 },
        ],
        examples: [
          { case: 'ca_1', party: 'K-1001', why: 'placed_already' },
          { case: 'ca_2', party: 'K-1002', why: 'placed_already' },
          { case: 'ca_3', party: 'K-1003', why: 'complaint_open' },
          { case: 'ca_4', party: 'K-1004', why: 'on_hold' },
          { case: 'ca_5', party: 'K-1005', why: 'over_quota' },
        ],
        free: 214,
        more: false,
        fingerprint: 'f',
      },
      order: { values: { until: '2026-12-31' }, errors: {} },
      mayEdit: true,
      mayPlace: true,
      said: null,
    }),
  'agency-suspended': language =>
    agencyPage({
      frame: frameOf(language, '/supervisor/agencies/ag_2'),
      agency: {
        ...{
          ...first(language),
          id: 'ag_2',
          name: named(language, '诚达咨询', 'Chengda Advisers'),
          bar: 'suspended' as const,
        },
        ...{ products: [], buckets: [], lines: 5, lead: null, removed: false },
        suspendedFor: named(language, '两起投诉待核查', 'two complaints are looked into'),
      },
      people: [],
      batches: [],
      next: null,
      buckets: ['M1'],
      products: [],
      campaigns: [],
      filter: nothingFilled,
      plan: null,
      order: nothingFilled,
      mayEdit: true,
      mayPlace: true,
      said: null,
    }),
  'agency-batch': language =>
    batchPage({
      frame: frameOf(language, '/supervisor/batches/bt_2'),
      batch: {
        ...{ id: 'bt_2', name: named(language, '十一月 M3', 'November M3'), state: 'OPEN', until: '2026-12-20' },
        agency: { id: 'ag_1', name: first(language).name },
        ...{
          openedBy: named(language, '安德明', 'Adam An'),
          openedAt: sampleNow - 70 * hour,
          commissionPermille: 220,
          campaign: null,
          unlisted: { cases: 12, why: 'plan_changed' },
          unlistedYet: 0,
        },
      },
      counts: { waiting: 0, placed: 2, ended: 2, refused: 1 },
      sums: [{ currency: 'CNY', owed: 4_123_400, recovered: 640_050, repayments: 2, commission: 140_811 }],
      rows: (
        [
          ['K-1001', '王小明', 'PLACED', 1_065_000, 1_065_000, null],
          ['K-1002', '李芳', 'PLACED', 880_000, 680_000, null],
          ['K-1003', '陈建国', 'ENDED', 640_050, 0, 'CURED'],
          ['K-1004', '赵丽', 'ENDED', 120_000, 120_000, 'hold: complaint'],
          ['K-1005', '孙伟', 'REFUSED', 99_000, 99_000, 'placed_already'],
        ] as const
      ).map(([party, name, state, owed, owedNow, why], at) => ({
        ...{ case: `ca_${at}`, party, name, state, owed, owedNow, why, currency: 'CNY' },
        agent: state === 'REFUSED' ? null : named(language, '周敏', 'Zhou Min'),
        endedAt: why === null ? null : sampleNow - hour,
      })),
      state: null,
      next: null,
      exports: [
        {
          ...{
            format: 'csv',
            rows: 4,
            reason: named(language, '首批交付', 'first delivery'),
            at: sampleNow - 69 * hour,
          },
          ...{
            sha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
            by: named(language, '安德明', 'Adam An'),
          },
        },
      ],
      mayPlace: true,
      mayExport: true,
      said: null,
    }),
}
