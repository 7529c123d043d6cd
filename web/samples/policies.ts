/** Sample props of the administrator's pages of what may be called: policies, calendars, and who is not called. */

import { closesOf, limitLine } from '../../src/centre/policy/gate-words.ts'
import { stacks } from '../../src/centre/policy/policy.ts'
import { policyPresets } from '../../src/centre/policy/presets.ts'
import type { CalendarRow } from '../pages/admin/calendars.ts'
import { policiesPage } from '../pages/admin/policies.ts'
import { suppressionsPage } from '../pages/admin/suppressions.ts'
import { nothingFilled } from '../parts/form.ts'
import type { Html } from '../parts/html.ts'
import type { Language } from '../words/language.ts'
import { sampleFrame, sampleNow } from './frame.ts'

const frame = (language: Language, path: string) => sampleFrame({ language, path, role: 'admin' })

const calendarSample = (language: Language): CalendarRow => ({
  code: 'ID',
  days: [
    { date: '2026-01-01', name: language === 'en' ? 'New Year' : '元旦' },
    { date: '2026-08-17', name: language === 'en' ? 'Independence Day' : '独立日' },
    { date: '2026-12-25', name: '' },
  ],
  ...{ shipped: true, own: true, savedAt: sampleNow - 86_400_000 },
  ...{ policies: ['ID-OJK'], campaigns: ['Jakarta M1'] },
})

export const policySamples: Record<string, (language: Language) => Html> = {
  'admin-policies': language =>
    policiesPage({
      frame: frame(language, '/admin/policies'),
      rows: [...policyPresets.values()].slice(0, 10).map(policy => ({
        ...policy,
        hours: closesOf(policy.hours),
        limits: (policy.limits ?? []).map(limitLine),
        holidays: policy.holidays ?? null,
        consent: policy.consentFor !== undefined,
        note: policy.note ?? null,
        weekdays: policy.weekdays ?? null,
        agreed: policy.hoursUnlessAgreed ?? false,
        abandon: policy.abandon ?? null,
        own: false,
      })),
      stacks: Object.entries(stacks).map(([name, of]) => ({ name, of })),
      campaigns: [{ value: 'cp_1', word: 'M1' }],
      bench: { values: { number: '13812345678', campaign: 'cp_1' }, errors: {} },
      verdict: {
        allowed: false,
        words: language === 'en' ? 'The most conversations allowed are had.' : '通话次数已到上限。',
        retryAt: sampleNow + 10 * 3600_000,
        asked: [
          { rule: 'do_not_call', policy: null, answer: 'yes', words: '', retryAt: null },
          { rule: 'contact_hours', policy: 'CN-GBT45251-2025', answer: 'yes', words: '', retryAt: null },
          {
            rule: 'cap_conversations',
            policy: 'CN-GBT45251-2025',
            answer: 'no',
            words: '',
            retryAt: null,
            used: 3,
            max: 3,
          },
        ],
        attempts: [
          {
            at: sampleNow - 600_000,
            ...{ call: null, policy: 'CN-GBT45251-2025+CN-CBA-2026', version: '2025-02-28+2026-01-31' },
            ...{ refusedRule: 'cap_conversations', refusedBy: 'CN-GBT45251-2025', words: '', override: null },
          },
          {
            at: sampleNow - 7_200_000,
            ...{ call: 'c_1', policy: 'CN-GBT45251-2025+CN-CBA-2026', version: '2025-02-28+2026-01-31' },
            ...{ refusedRule: null, refusedBy: null, words: null, override: null },
          },
        ],
      },
      own: {
        values: {
          id: 'OWN-COLLECT',
          source: '',
          from: '8',
          to: '21:00',
          weekdays: ['1', '2', '3', '4', '5'],
          holidays: 'ID',
        },
        errors: { from: language === 'en' ? '00:00 to 23:59, e.g. 08:00.' : '00:00–23:59，如 08:00。' },
      },
      versions: [],
      calendars: [calendarSample(language)],
      open: {
        ...calendarSample(language),
        versions: [{ version: 1, at: sampleNow - 86_400_000, by: language === 'en' ? 'Adam' : '系统管理员', days: 3 }],
      },
      calendar: {
        values: { code: 'ID', dates: '2027-02-31', how: 'add' },
        errors: { dates: language === 'en' ? 'A date and its name a line.' : '每行一个日期和名称。' },
      },
      saved: false,
    }),
  'admin-suppressions': language =>
    suppressionsPage({
      frame: frame(language, '/admin/suppressions'),
      rows: [
        {
          number: '+8613812345678',
          shown: '138 1234 5678',
          reason: language === 'en' ? 'Asked for it on a call' : '客户要求不再来电',
          until: null,
          addedAt: sampleNow - 86_400_000,
        },
      ],
      q: '',
      next: null,
      filled: nothingFilled,
      saved: false,
    }),
}
