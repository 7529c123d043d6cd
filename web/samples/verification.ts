/** Sample props of the pages of verification. */
import { checklistDefault } from '../../src/lender/checklist.ts'
import type { ConfirmationTemplate } from '../../src/lender/confirmation.ts'
import { reasonsDefault } from '../../src/lender/reasons.ts'
import { checklistFormPage, checklistsPage } from '../pages/admin/checklists.ts'
import { confirmationsPage } from '../pages/admin/confirmations.ts'
import { type TaskProps, taskPage } from '../pages/agent/task.ts'
import { worklistPage } from '../pages/agent/tasks.ts'
import { reviewPage } from '../pages/supervisor/task.ts'
import { tasksPage } from '../pages/supervisor/tasks.ts'
import type { ChecklistProps } from '../parts/checklist.ts'
import { checklistValues } from '../parts/checklist-values.ts'
import { nothingFilled } from '../parts/form.ts'
import type { HeardAnswer } from '../parts/heard-answers.ts'
import type { Html } from '../parts/html.ts'
import type { Language } from '../words/language.ts'
import { sampleFrame, sampleNow } from './frame.ts'

const hour = 3_600_000

export function sampleChecklist(language: Language): ChecklistProps {
  const zh = language === 'zh-CN'
  const rows = (asked: 'applicant' | 'employer' | 'contact') =>
    checklistDefault.items
      .filter(item => item.asked === asked)
      .map(item => ({
        key: item.key,
        question: item.question[language].replace('{offered}', '蓝鲸物流有限公司'),
        ...{ kind: item.kind, choices: item.choices, required: item.required, judged: item.expected === null },
        answer: null as ChecklistProps['groups'][number]['rows'][number]['answer'],
      }))
  const applicant = rows('applicant')
  const base = { no: 1, offered: null, figure: null, note: '' }
  applicant[0]!.answer = {
    ...base,
    said: zh ? '王小明' : 'Wang Xiaoming',
    expected: zh ? '王小明' : 'Wang Xiaoming',
    result: 'MATCH',
    why: 'alike',
    figure: 100,
  }
  applicant[1]!.answer = {
    ...base,
    said: '1101**********1234',
    expected: '1101**********1234',
    result: 'MATCH',
    why: 'same',
  }
  applicant[2]!.answer = {
    ...{ ...base, said: '13,500', expected: '12345.00', result: 'MISMATCH', why: 'beyond', figure: 9.4 },
    ...{ no: 2, note: zh ? '先前听错' : 'misheard at first' },
  }
  applicant[3]!.answer = { ...base, said: null, expected: '12', result: 'REFUSED', why: 'refused' }
  return {
    frame: sampleFrame({ language, path: '/agent/tasks' }),
    task: { id: 'vt_1', application: 'A-20261124-031' },
    groups: [
      { who: 'applicant', place: 0, name: '', open: true, rows: applicant },
      { who: 'employer', place: 0, name: '', open: false, rows: rows('employer') },
      { who: 'contact', place: 0, name: '1', open: false, rows: rows('contact') },
    ],
    ...{ call: null, filled: null, said: null },
  }
}

/** Those of the applicant, each heard in this recording. */
export function sampleAnswers(language: Language, recording: string): HeardAnswer[] {
  return sampleChecklist(language).groups[0]!.rows.flatMap((row, at) =>
    row.answer === null
      ? []
      : [
          {
            ...row.answer,
            ...{ key: row.key, question: row.question, whom: language === 'en' ? 'Applicant' : '申请人' },
            heard: { recording, atMs: 7_300 + at * 21_000 },
          },
        ],
  )
}

function task(language: Language): TaskProps {
  const zh = language === 'zh-CN'
  const frame = sampleFrame({ language, path: '/agent/tasks' })
  return {
    frame,
    task: { id: 'vt_1', state: 'CALLING', note: '', recallAt: null, missing: [] },
    application: 'A-20261124-031',
    seen: [
      { label: zh ? '客户号' : 'Party', value: 'K-100231' },
      { label: zh ? '产品' : 'Product', value: zh ? '现金分期' : 'Cash loan' },
      { label: zh ? '申请金额' : 'Amount', value: '¥12,345.00' },
      { label: zh ? '期数' : 'Instalments', value: null },
      { label: zh ? '工作单位' : 'Employer', value: null },
    ],
    flags: {
      mismatches: ['amount'],
      traps: ['employer'],
      refused: ['term'],
      amended: ['amount'],
      open: ['employed', 'known'],
      weight: 60,
    },
    targets: [
      {
        who: 'applicant',
        place: 0,
        name: zh ? '王小明' : 'Wang Xiaoming',
        relation: null,
        number: '138 **** 5678',
        state: { type: 'reached' },
        attempts: 2,
      },
      {
        who: 'employer',
        place: 0,
        name: null,
        relation: null,
        number: '010 **** 4321',
        state: { type: 'open' },
        attempts: 0,
      },
      {
        who: 'contact',
        place: 1,
        name: null,
        relation: zh ? '配偶' : 'spouse',
        number: '139 **** 0002',
        state: { type: 'later', at: sampleNow + hour },
        attempts: 1,
      },
      {
        who: 'contact',
        place: 0,
        name: null,
        relation: zh ? '朋友' : 'friend',
        number: '137 **** 0003',
        state: { type: 'refused' },
        attempts: 1,
      },
    ],
    checklist: sampleChecklist(language),
    campaigns: [{ value: 'cam_1', word: zh ? '十一月电核' : 'November checks' }],
    reasons: reasonsDefault,
    filled: nothingFilled,
    said: null,
  }
}

function sampleConfirmations(): ConfirmationTemplate[] {
  const of = (
    as: ConfirmationTemplate['as'],
    product: string | null,
    zh: string,
    en: string,
  ): ConfirmationTemplate => ({
    ...{ as, product, channel: 'sms', text: { 'zh-CN': zh, en } },
  })
  return [
    of(
      'PASS',
      null,
      '王小明，您的12,000.00元申请已通过。',
      'Wang Xiaoming, your application for 12,000.00 CNY is approved.',
    ),
    of('PASS', 'car', '王小明，您的车贷申请已通过。', 'Wang Xiaoming, your car loan is approved.'),
    of(
      'REJECT',
      null,
      '王小明，您的申请未通过：年龄不符合要求。',
      'Wang Xiaoming, your application was declined: age outside our range.',
    ),
    of(
      'SUPPLEMENT',
      null,
      '王小明，请在2026-12-01前补交：近三个月工资流水。',
      'Wang Xiaoming, please send payslips of three months by 2026-12-01.',
    ),
    {
      ...{ as: 'PASS', product: null, channel: 'email' },
      subject: { 'zh-CN': '您的申请 A-20261124-031', en: 'Your application A-20261124-031' },
      text: {
        'zh-CN': '王小明，您好：\n您的12,000.00元申请已通过，分12期归还。',
        en: 'Dear Wang Xiaoming,\nyour application for 12,000.00 CNY is approved, to be repaid in 12 instalments.',
      },
    },
  ]
}

const readOf = ({ subject, text }: ConfirmationTemplate, language: Language) => ({
  subject: subject?.[language] ?? null,
  text: text[language],
})

export const verificationSamples: Record<string, (language: Language) => Html> = {
  'admin-checklists': language =>
    checklistsPage({
      frame: sampleFrame({ language, path: '/admin/checklists', role: 'admin' }),
      rows: [
        checklistDefault,
        { ...checklistDefault, id: 'car', name: language === 'en' ? 'Car loans' : '车贷', product: 'car', version: 3 },
      ],
      counts: { standard: 8, car: 14 },
      reasons: { values: { reasons: 'IDENTITY | REJECT | 身份核实不符 | Identity not confirmed' }, errors: {} },
      saved: true,
    }),
  'admin-checklist': language => {
    const items = checklistDefault.items.slice(0, 3).concat(checklistDefault.items.slice(4, 5))
    return checklistFormPage({
      frame: sampleFrame({ language, path: '/admin/checklists', role: 'admin' }),
      ...{ id: 'standard', version: 3, items: items.length },
      filled: { values: checklistValues({ ...checklistDefault, items }), errors: {} },
    })
  },
  'admin-confirmations': language => {
    const templates = sampleConfirmations()
    const values = {
      needsConsent: 'true',
      templates: templates
        .map(({ as, product, channel, subject, text }) =>
          [as, product ?? '*', channel, subject?.['zh-CN'], text['zh-CN'], subject?.en, text.en]
            .flatMap(part => part?.replaceAll('\n', '\\n') ?? [])
            .join(' | '),
        )
        .join('\n'),
    }
    return confirmationsPage({
      frame: sampleFrame({ language, path: '/admin/checklists', role: 'admin' }),
      ...{ filled: { values, errors: {} }, told: null },
      reads: templates.map(each => ({ ...each, texts: { 'zh-CN': readOf(each, 'zh-CN'), en: readOf(each, 'en') } })),
    })
  },
  'agent-tasks': language =>
    worklistPage({
      frame: sampleFrame({ language, path: '/agent/tasks' }),
      rows: [
        {
          id: 'vt_1',
          application: 'A-20261124-031',
          product: '',
          state: 'RECALL',
          recallAt: sampleNow - 60_000,
          openedAt: sampleNow - 5 * hour,
        },
        {
          id: 'vt_2',
          application: 'A-20261124-044',
          product: '',
          state: 'ASSIGNED',
          recallAt: null,
          openedAt: sampleNow - 3 * hour,
        },
        {
          id: 'vt_3',
          application: 'A-20261123-112',
          product: '',
          state: 'RECALL',
          recallAt: sampleNow + 3 * hour,
          openedAt: sampleNow - 28 * hour,
        },
      ],
      said: null,
    }),
  'agent-task': language => taskPage(task(language)),
  'supervisor-tasks': language => {
    const zh = language === 'zh-CN'
    const row = {
      party: 'K-100231',
      agent: zh ? '李雨桐' : 'Alice',
      reviewer: null,
      changedAt: sampleNow - hour,
      dueOn: null,
    }
    return tasksPage({
      frame: sampleFrame({ language, path: '/supervisor/tasks', role: 'supervisor' }),
      rows: [
        { ...row, id: 'vt_1', application: 'A-20261124-031', state: 'SUBMITTED' },
        { ...row, id: 'vt_2', application: 'A-20261124-044', state: 'NEW', agent: null },
        {
          ...row,
          id: 'vt_3',
          application: 'A-20261123-112',
          state: 'SUPPLEMENT',
          dueOn: '2026-12-01',
          reviewer: zh ? '周婷' : 'Sam',
        },
      ],
      counts: { NEW: 12, SUBMITTED: 4, SUPPLEMENT: 2, PASS: 103, REJECT: 21 },
      ...{ state: null, maySupervise: true, next: null, said: null },
    })
  },
  'supervisor-task': language => {
    const zh = language === 'zh-CN'
    const { seen, flags } = task(language)
    const answers = sampleAnswers(language, 'r_1')
    return reviewPage({
      frame: sampleFrame({ language, path: '/supervisor/tasks', role: 'supervisor' }),
      task: {
        id: 'vt_1',
        state: 'REVIEW',
        proposal: 'REJECT',
        reasons: ['EMPLOYMENT'],
        note: zh ? '单位口径不一' : 'employer disagrees',
        missing: [],
        dueOn: null,
      },
      application: 'A-20261124-031',
      ...{
        verifier: zh ? '李雨桐' : 'Alice',
        reviewer: zh ? '周婷' : 'Sam',
        verified: false,
        reviews: true,
        maySupervise: true,
      },
      seen: seen.map(each => ({ ...each, value: each.value ?? '12' })),
      ...{ flags, answers },
      calls: [
        {
          id: 'c_1',
          whom: zh ? '申请人' : 'Applicant',
          by: zh ? '李雨桐' : 'Alice',
          at: sampleNow - hour,
          reached: true,
        },
      ],
      recordings: [
        {
          id: 'r_1',
          src: '/supervisor/tasks/vt_1/recordings/r_1/audio',
          label: zh ? '申请人 10:12:04' : 'Applicant 10:12:04',
        },
      ],
      mayReopen: false,
      confirmations: [
        {
          ...{ as: 'SUPPLEMENT', at: sampleNow - 30 * hour, doneAt: sampleNow - 29 * hour, to: '138 **** 5678' },
          text: zh
            ? '王小明，请在2026-12-01前补交：近三个月工资流水。'
            : 'Wang Xiaoming, please send payslips of three months by 2026-12-01.',
          ...{ state: 'sent', why: null, reason: null },
        },
        {
          ...{ as: 'SUPPLEMENT', at: sampleNow - 30 * hour, doneAt: sampleNow - 29 * hour, to: 'w***@example.com' },
          subject: zh ? '申请 A-20261124-031 需要补件' : 'Application A-20261124-031: one more document',
          text: zh
            ? '王小明：\n\n请在2026-12-01前补交：近三个月工资流水。\n\n谢谢。'
            : 'Dear Wang Xiaoming,\n\nplease send payslips of three months by 2026-12-01.\n\nThank you.',
          ...{ state: 'sent', why: null, reason: null },
        },
      ],
      ...{ verifiers: [], reasons: reasonsDefault, filled: nothingFilled, said: null },
    })
  },
}
