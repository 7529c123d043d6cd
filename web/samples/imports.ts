/** Sample props of the pages of imports and of exports of the records. */
import { importPage } from '../pages/admin/import.ts'
import { importMappingsPage } from '../pages/admin/import-mappings.ts'
import { importsPage } from '../pages/admin/imports.ts'
import { type ExportRow, tableExportPage, tableExportsPage } from '../pages/admin/table-exports.ts'
import { nothingFilled } from '../parts/form.ts'
import type { Html } from '../parts/html.ts'
import type { Language } from '../words/language.ts'
import { sampleFrame, sampleNow } from './frame.ts'

const frame = (language: Language, path: string) => sampleFrame({ language, path, role: 'admin' })
const counts = (rows: number, saved: number, unchanged: number, rejected: number) => ({
  rows,
  saved,
  unchanged,
  rejected,
})

const mapping = (language: Language) => {
  const zh = language === 'zh-CN'
  return {
    form: 'gb18030' as const,
    headings: zh ? ['客户编号', '姓名', '手机号', '证件号码', '城市'] : ['Ref', 'Name', 'Mobile', 'ID number', 'City'],
    rows: [
      ['K-20001', '王小明', '13812345678', '110101199003071234', '上海'],
      ['K-20002', '李雷', '13912345678', '110101198811223344', '北京'],
      ['K-20003', '韩梅梅', '0086 136 1234 5678', '', '深圳'],
    ],
    columns: ['ref', 'name', 'phone1', 'idNo', 'fields.collections.city'],
    targets: [
      'ref',
      'name',
      'type',
      'idNo',
      'zone',
      'flags',
      'phone1',
      'relation1',
      'phoneName1',
      'fields.collections.city',
    ],
    own: {
      collections: [
        {
          ...{ key: 'city', label: { 'zh-CN': '城市', en: 'City' }, type: 'text' as const, required: false },
          ...{ min: null, max: null, choices: [], shown: true, searchable: false },
        },
      ],
    },
    hidden: ['idNo'],
  }
}

const exported = (language: Language, more: Partial<ExportRow> = {}): ExportRow => ({
  ...{ id: 'te_1', kind: 'parties', form: 'xlsx', filter: { flag: 'complaint', from: '2026-11-01' }, numbers: 'clear' },
  ...{
    secrets: true,
    reason: language === 'en' ? 'Regulator, file 24-118' : '监管检查 24-118',
    downloads: 0,
    trouble: null,
  },
  ...{ by: language === 'en' ? 'Adam' : '陈工', requestedAt: sampleNow - 600_000, state: 'running', done: 0.62 },
  ...{ rows: 61_500, bytes: 0, sha256: null, keptUntil: null },
  ...more,
})
const finished: Partial<ExportRow> = {
  ...{ id: 'te_2', state: 'finished', done: 1, rows: 98_204, bytes: 14_120_332, downloads: 1, secrets: false },
  ...{
    sha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
    keptUntil: sampleNow + 6 * 86_400_000,
  },
}

export const importSamples: Record<string, (language: Language) => Html> = {
  'admin-imports': language => {
    const zh = language === 'zh-CN'
    const row = (id: string, more: object) => ({
      ...{ id, kind: 'leads' as const, name: zh ? '三月名单.csv' : 'march.csv', campaign: zh ? 'M1 催收' : 'M1 due' },
      ...{ state: 'finished' as const, by: zh ? '陈工' : 'Adam', receivedAt: sampleNow - 3_600_000 },
      counts: counts(98_204, 98_190, 0, 14),
      ...more,
    })
    return importsPage({
      frame: frame(language, '/admin/imports'),
      rows: [
        row('fi_1', {
          kind: 'repayments',
          name: 'repayments-1124.csv',
          campaign: null,
          state: 'running',
          counts: counts(41_500, 41_320, 180, 0),
        }),
        row('fi_2', {}),
        row('fi_3', {
          kind: 'parties',
          name: zh ? '客户.xlsx' : 'parties.xlsx',
          campaign: null,
          state: 'stopped',
          counts: counts(12_000, 11_990, 0, 10),
        }),
      ],
      campaigns: [{ id: 'k_1', name: zh ? 'M1 催收' : 'M1 due' }],
      next: null,
      filled: nothingFilled,
    })
  },
  'admin-import-mapping': language =>
    importPage({
      frame: frame(language, '/admin/imports/fi_3'),
      import: {
        ...{ id: 'fi_3', kind: 'parties', name: language === 'en' ? 'parties.csv' : '客户.csv', state: 'received' },
        ...{ counts: counts(0, 0, 0, 0), done: 0, perSecond: null, leftMs: null, trouble: null, troubleWhy: null },
      },
      errors: [],
      masked: false,
      mapping: mapping(language),
      filled: nothingFilled,
    }),
  'admin-import-failed': language =>
    importPage({
      frame: frame(language, '/admin/imports/fi_4'),
      import: {
        ...{ id: 'fi_4', kind: 'parties', name: language === 'en' ? 'parties.xlsx' : '客户.xlsx', state: 'failed' },
        ...{ counts: counts(18_200, 18_150, 50, 0), done: 0, perSecond: null, leftMs: null },
        ...{ trouble: 'the file takes more memory than there is for it', troubleWhy: 'memory' },
      },
      errors: [],
      masked: false,
      mapping: mapping(language),
      filled: nothingFilled,
    }),
  'admin-import-running': language =>
    importPage({
      frame: frame(language, '/admin/imports/fi_1'),
      import: {
        ...{ id: 'fi_1', kind: 'leads', name: language === 'en' ? 'march.csv' : '三月名单.csv', state: 'running' },
        ...{
          counts: counts(412_500, 412_320, 168, 12),
          done: 0.41,
          perSecond: 18_240,
          leftMs: 32_000,
          trouble: null,
          troubleWhy: null,
        },
      },
      errors: [
        {
          row: 17,
          field: 'phones.0.number',
          reason:
            'found "1.38E+10"; allowed: all digits of the number; the spreadsheet has cut them, format the column as text',
        },
        { row: 1_204, field: 'ref', reason: 'found nothing; allowed: a text' },
      ],
      masked: true,
      mapping: null,
      filled: nothingFilled,
    }),
  'admin-import-mappings': language => {
    const { headings, columns, own } = mapping(language)
    const zh = language === 'zh-CN'
    return importMappingsPage({
      frame: frame(language, '/admin/imports'),
      rows: [
        {
          ...{ kind: 'parties', name: zh ? '核心系统客户' : 'Parties of the core system', headings, columns },
          savedAt: sampleNow - 3 * 86_400_000,
        },
        {
          ...{ kind: 'repayments', name: zh ? '每日还款' : 'Repayments of the day' },
          headings: zh ? ['流水号', '借据号', '金额', '备注'] : ['Payment', 'Loan', 'Amount', 'Note'],
          ...{ columns: ['id', 'loan', 'amount', ''], savedAt: sampleNow - 40 * 86_400_000 },
        },
      ],
      own,
      saved: false,
      filled: nothingFilled,
    })
  },
  'admin-exports': language =>
    tableExportsPage({
      frame: frame(language, '/admin/exports'),
      rows: [
        exported(language),
        exported(language, { ...finished, kind: 'repayments', form: 'csv' }),
        exported(language, { id: 'te_3', kind: 'leads', state: 'erased', done: 1, downloads: 3, secrets: false }),
      ],
      campaigns: [{ id: 'k_1', name: language === 'en' ? 'M1 due' : 'M1 催收' }],
      masked: false,
      next: null,
      filled: nothingFilled,
    }),
  'admin-export-running': language =>
    tableExportPage({
      ...{ frame: frame(language, '/admin/exports/te_1'), export: exported(language), filled: nothingFilled },
    }),
  'admin-export-finished': language =>
    tableExportPage({
      ...{ frame: frame(language, '/admin/exports/te_2'), export: exported(language, finished), filled: nothingFilled },
    }),
}
