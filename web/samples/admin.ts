/** Sample props of the administrator's pages of the centre: its set-up, certificate and fields, and what was changed. */

import type { FieldDefinition } from '../../src/lender/fields.ts'
import { certificatePage } from '../pages/admin/certificate.ts'
import { changesPage } from '../pages/admin/changes.ts'
import { fieldFormPage, fieldsPage } from '../pages/admin/fields.ts'
import { journalPage } from '../pages/admin/journal.ts'
import { setupPage } from '../pages/admin/setup.ts'
import type { Html } from '../parts/html.ts'
import type { Language } from '../words/language.ts'
import { sampleFrame, sampleNow } from './frame.ts'
import { sampleUsers } from './users.ts'

const frame = (language: Language, path: string) => sampleFrame({ language, path, role: 'admin' })

const plainField = { required: false, min: null, max: null, choices: [], shown: true, searchable: false }

const sampleFields = [
  {
    ...plainField,
    key: 'branch',
    label: { 'zh-CN': '网点', en: 'Branch' },
    type: 'choice',
    choices: ['浦东', '浦西'],
    required: true,
  },
  {
    ...plainField,
    key: 'card',
    label: { 'zh-CN': '银行卡', en: 'Bank card' },
    type: 'secret',
    searchable: true,
    shown: false,
  },
] satisfies FieldDefinition[]

export const adminSamples: Record<string, (language: Language) => Html> = {
  'admin-setup': language =>
    setupPage({
      frame: frame(language, '/admin'),
      done: {
        users: true,
        trunks: true,
        trunkUp: true,
        callerIds: true,
        numbers: false,
        campaign: true,
        leads: false,
        certificate: false,
        running: false,
      },
      centre: { values: { name: frame(language, '').centre, zone: 'Asia/Shanghai' }, errors: {} },
      saved: false,
    }),
  'admin-certificate': language =>
    certificatePage({
      frame: {
        ...frame(language, '/admin/certificate'),
        certificate: { type: 'ended', endsAt: sampleNow - 86_400_000 },
      },
      fingerprint: Array.from({ length: 32 }, (_, i) =>
        ((i * 37) % 256).toString(16).padStart(2, '0').toUpperCase(),
      ).join(':'),
      distributed: false,
      inService: [
        { use: 'web', endsAt: sampleNow + 12 * 86_400_000, standing: 'ending', refused: null, isOurs: true },
        {
          use: 'sip',
          endsAt: sampleNow - 86_400_000,
          standing: 'ended',
          refused: '/etc/switchroom/tls/sip.key is not the key of the certificate in /etc/switchroom/tls/sip.pem',
          isOurs: true,
        },
      ],
    }),
  'admin-fields': language =>
    fieldsPage({
      frame: sampleFrame({ language, path: '/admin/fields', role: 'admin' }),
      definitions: { collections: sampleFields },
      saved: true,
    }),
  'admin-field': language =>
    fieldFormPage({
      frame: sampleFrame({ language, path: '/admin/fields', role: 'admin' }),
      business: 'collections',
      field: null,
      filled: {
        values: { key: 'Branch', type: 'choice', labelZh: '网点', labelEn: '', shown: 'true', place: '3' },
        errors: { key: language === 'en' ? 'Small letters, digits and _.' : '小写字母、数字和下划线。' },
      },
    }),
  'admin-changes': language =>
    changesPage({
      frame: sampleFrame({ language, path: '/admin/changes', role: 'admin' }),
      subject: null,
      kind: null,
      rows: [
        {
          ...{ at: sampleNow - 60_000, actor: '安德明', kind: 'changed', subject: 'trunk:t_1', name: '电信 E1' },
          fields: [
            { field: 'maxCalls', before: '30', after: '60' },
            { field: 'callerIds', before: null, after: '+862151860002' },
            { field: 'registration.expiresS', before: '300', after: null },
          ],
        },
        {
          ...{ at: sampleNow - 3_600_000, actor: 'system', kind: 'made', subject: 'campaign:k_1', name: 'M1 早期提醒' },
          fields: [
            { field: 'mode', before: null, after: 'predictive' },
            { field: 'abandonRateMax', before: null, after: '0.03' },
          ],
        },
        {
          ...{ at: sampleNow - 86_400_000, actor: '安德明', kind: 'secret', subject: 'user:u_1', name: 'alice' },
          fields: [{ field: 'password', before: null, after: null }],
        },
        {
          ...{ at: sampleNow - 90_000_000, actor: '安德明', kind: 'removed', subject: 'queue:q_9', name: '旧热线' },
          fields: [],
        },
      ],
      next: '/admin/changes?cursor=x',
    }),
  'admin-journal': language =>
    journalPage({
      frame: sampleFrame({ language, path: '/admin/journal', role: 'security' }),
      path: '/admin/journal',
      lines: (['call.ended', 'call.connected', 'call.answered', 'call.dialed', 'session.opened'] as const).map(
        (type, n) => ({
          seq: 48_211 - n,
          at: sampleNow - n * 9000,
          actor: n === 4 ? sampleUsers(language)[0]!.displayName : 'system',
          type,
          detail:
            'call: c_mfz3k1-2s · ending: {"by":"party","cause":"hangup","result":"ANSWERED","sipStatus":200,"q850":16}',
        }),
      ),
      type: null,
      next: '/admin/journal?cursor=x',
      check: null,
    }),
}
