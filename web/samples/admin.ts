/** Sample props of the administrator's pages. */

import type { InboundNumber, Queue, User } from '../../src/centre/entities.ts'
import { closesOf, limitLine } from '../../src/centre/gate-words.ts'
import { stacks } from '../../src/centre/policy/policy.ts'
import { policyPresets } from '../../src/centre/policy/presets.ts'
import type { FieldDefinition } from '../../src/lender/fields.ts'
import type { NumberId, QueueId, UserId } from '../../src/lib/ids.ts'
import type { CalendarRow } from '../pages/admin/calendars.ts'
import { certificatePage } from '../pages/admin/certificate.ts'
import { changesPage } from '../pages/admin/changes.ts'
import { fieldFormPage, fieldsPage } from '../pages/admin/fields.ts'
import { journalPage } from '../pages/admin/journal.ts'
import { numbersPage } from '../pages/admin/numbers.ts'
import { policiesPage } from '../pages/admin/policies.ts'
import { queueFormPage, queuesPage } from '../pages/admin/queues.ts'
import { setupPage } from '../pages/admin/setup.ts'
import { suppressionsPage } from '../pages/admin/suppressions.ts'
import { teamFormPage, teamsPage } from '../pages/admin/teams.ts'
import { tokensPage } from '../pages/admin/tokens.ts'
import { trunkGroupFormPage, trunkGroupsPage } from '../pages/admin/trunk-groups.ts'
import { type TrunkRow, trunkFormPage, trunksPage } from '../pages/admin/trunks.ts'
import { userFormPage, usersPage } from '../pages/admin/users.ts'
import { type ApprovalRow, approvalsPage } from '../pages/approvals.ts'
import { nothingFilled } from '../parts/form.ts'
import type { Html } from '../parts/html.ts'
import type { Language } from '../words/language.ts'
import { sampleFrame, sampleNow } from './frame.ts'

const frame = (language: Language, path: string) => sampleFrame({ language, path, role: 'admin' })

export function sampleUsers(language: Language): User[] {
  const zh = language === 'zh-CN'
  const user = (id: string, name: string, displayName: string, more: Partial<User>): User => ({
    id: id as UserId,
    name,
    displayName,
    role: 'agent',
    extension: null,
    station: 'browser',
    skills: [],
    numbersMasked: true,
    language,
    enabled: true,
    ...more,
  })
  return [
    user('u_1', 'alice', zh ? '李雨桐' : 'Alice Li', {}),
    user('u_2', 'mia', zh ? '赵敏' : 'Mia Zhao', { extension: '801', station: 'phone-nailed' }),
    user('u_3', 'leo', zh ? '刘洋' : 'Leo Liu', { extension: '802', station: 'phone-rung', enabled: false }),
    user('u_4', 'sam', zh ? '孙立' : 'Sam Sun', { role: 'supervisor', numbersMasked: false }),
    user('u_5', 'adam', zh ? '安德明' : 'Adam An', { role: 'admin', numbersMasked: false }),
    user('u_6', 'olga', zh ? '欧阳岚' : 'Olga Ouyang', { role: 'auditor', numbersMasked: false }),
  ]
}

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

export const sampleTrunk = (language: Language, down = false) =>
  ({
    id: down ? 't_2' : 't_1',
    name: language === 'en' ? (down ? 'Unicom SIP' : 'Telecom E1') : down ? '联通 SIP' : '电信 E1',
    host: down ? 'sip.carrier.example' : '10.20.0.7',
    port: 5060,
    transport: 'udp',
    register: down,
    username: down ? 'harbour' : null,
    callerIds: ['+862151860000', '+862151860001', '+862151860002'],
    maxCalls: 30,
    callsPerSecond: 5,
    codecs: ['pcma', 'pcmu'],
    enabled: true,
    state: down ? 'down' : 'up',
    reason: down ? '403 Forbidden' : null,
    stateAt: sampleNow - 3600_000,
    calls: down ? 0 : 23,
    startedLastSecond: down ? 0 : 2,
    tests: down ? 0 : 1,
    wire: {
      target: { address: '10.20.0.7', port: 5060 },
      registration: null,
      options: { status: down ? null : 200, rttMs: down ? null : 12, at: sampleNow - 9_000 },
    },
    fault: down ? { at: sampleNow - 3600_000, words: 'a call was refused: SIP 503' } : null,
  }) as unknown as TrunkRow

const people = (language: Language) => sampleUsers(language).map(user => ({ value: user.id, word: user.displayName }))

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

const sampleAsked: ApprovalRow = {
  ...{ id: 'ap_1', kind: 'export', subject: 'e_1', about: {}, reason: '', by: null, byProgram: false },
  ...{ agent: null, campaign: null, team: null, askedAt: sampleNow - 3_600_000, expiresAt: sampleNow + 86_400_000 * 2 },
  ...{ state: 'waiting', decidedBy: null, why: null, may: null },
}

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
  'admin-users': language =>
    usersPage({ frame: frame(language, '/admin/users'), users: sampleUsers(language), q: '', role: null, saved: true }),
  'admin-teams': language =>
    teamsPage({
      frame: frame(language, '/admin/teams'),
      teams: [{ id: 'tm_1', name: 'A', members: 12, leaders: ['Sam'] }],
      leaderlessSeeAll: true,
      saved: true,
    }),
  'admin-team-form': language =>
    teamFormPage({
      frame: frame(language, '/admin/teams/new'),
      team: null,
      members: [{ value: 'u_1', word: 'Alice' }],
      leaders: [],
      filled: { values: { name: '', members: ['u_1'] }, errors: {} },
    }),
  'admin-trunk-groups': language =>
    trunkGroupsPage({
      frame: frame(language, '/admin/trunk-groups'),
      groups: [{ id: 'tg_1', name: 'A', trunks: ['E1', 'SIP'], usedBy: ['Alice'] }],
      saved: true,
      refused: null,
    }),
  'admin-trunk-group-form': language =>
    trunkGroupFormPage({
      frame: frame(language, '/admin/trunk-groups/new'),
      group: null,
      filled: { values: { name: 'A', groupTrunks: 'E1\nSIP' }, errors: {} },
    }),
  'admin-user-form': language =>
    userFormPage({
      frame: frame(language, '/admin/users/new'),
      user: null,
      hasPassword: false,
      trunkGroups: [],
      agencies: [{ value: 'ag_1', word: '恒信服务' }],
      filled: {
        values: {
          name: 'alice',
          displayName: sampleUsers(language)[0]!.displayName,
          extension: '8o1',
          enabled: 'true',
        },
        errors: {
          extension:
            language === 'en'
              ? '2 to 8 digits that nobody else has. (found: "8o1")'
              : '2–8 位数字，且未被他人使用。（填写的是："8o1"）',
        },
      },
    }),
  'admin-trunks': language =>
    trunksPage({
      frame: frame(language, '/admin/trunks'),
      trunks: [sampleTrunk(language), sampleTrunk(language, true)],
      saved: false,
    }),
  'admin-trunk-form': language =>
    trunkFormPage({
      frame: frame(language, '/admin/trunks/t_1'),
      trunk: sampleTrunk(language),
      test: {
        number: '*43',
        begunAt: sampleNow,
        isOver: false,
        steps: [
          { step: 'reach', state: 'ok', code: 'located', found: 'udp 10.20.0.7:5060' },
          { step: 'options', state: 'warn', code: 'options_silent', found: '4 s ago' },
          { step: 'call', state: 'bad', code: 'refused', found: 'the test call failed: SIP 404 Not Found' },
          { step: 'sound', state: 'running', code: null, found: '' },
        ],
      },
      filled: {
        values: {
          name: sampleTrunk(language).name,
          host: '10.20.0.7',
          port: '5060',
          callerIds: '+862151860000\n+862151860001',
          maxCalls: '30',
          callsPerSecond: '5',
          codecs: ['pcma', 'pcmu'],
          enabled: 'true',
        },
        errors: {},
      },
    }),
  'admin-numbers': language =>
    numbersPage({
      frame: frame(language, '/admin/numbers'),
      numbers: [
        {
          id: 'n_1' as NumberId,
          number: '+862151860000',
          target: { queue: 'q_1' as QueueId },
          leadsTo: language === 'en' ? 'Queue: Service' : '队列: 客服',
        } as InboundNumber & { leadsTo: string },
      ],
      targets: [{ value: 'queue:q_1', word: language === 'en' ? 'Queue: Service' : '队列: 客服' }],
      filled: nothingFilled,
      saved: false,
    }),
  'admin-queues': language =>
    queuesPage({
      frame: frame(language, '/admin/queues'),
      queues: [
        {
          id: 'q_1' as QueueId,
          name: language === 'en' ? 'Service' : '客服',
          strategy: 'longest-idle',
          members: ['u_1' as UserId],
          maxWaitMs: 360_000,
          serviceLevelMs: 20_000,
          callbackAfterMs: 0,
          waiting: 2,
        } satisfies Queue & { waiting: number },
      ],
      saved: false,
    }),
  'admin-queue-form': language =>
    queueFormPage({
      frame: frame(language, '/admin/queues/new'),
      queue: null,
      trunkGroups: [{ value: 'tg_1', word: sampleTrunk(language).name }],
      agents: people(language),
      filled: { values: { maxWaitMs: '360', serviceLevelMs: '20', callbackAfterMs: '0' }, errors: {} },
    }),
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
  approvals: language =>
    approvalsPage({
      frame: frame(language, '/approvals'),
      waiting: [
        {
          ...sampleAsked,
          about: { calls: 214, from: sampleNow - 86_400_000 * 9, to: sampleNow, chosen: 0, byNumber: 1, audio: 'wav' },
          reason: language === 'en' ? 'Complaint 2026-118' : '投诉 2026-118',
          ...{ by: 'Olga', agent: 'Alice', may: 'decide' },
        },
        {
          ...sampleAsked,
          ...{ id: 'ap_2', kind: 'token', about: { name: 'crm', role: 'supervisor' }, reason: 'crm' },
          ...{ by: 'Adam', byProgram: true, may: 'withdraw' },
        },
      ],
      lately: [
        {
          ...sampleAsked,
          ...{ id: 'ap_3', kind: 'token', about: { name: 'bi', role: 'admin' }, reason: 'bi', by: 'Adam' },
          ...{ state: 'approved', decidedBy: 'Sec', why: 'OK', may: 'take' },
        },
        {
          ...sampleAsked,
          ...{ id: 'ap_4', kind: 'setting', subject: 'approvals.tokens', about: {}, reason: 'test', by: null },
          state: 'expired',
        },
      ],
      rules: [
        { setting: 'approvals.exports', on: true },
        { setting: 'approvals.tokens', on: false },
      ],
      ...{ secret: null, filled: nothingFilled },
    }),
  'admin-tokens': language =>
    tokensPage({
      frame: frame(language, '/admin/tokens'),
      tokens: [
        {
          ...{ id: 'k_1', name: 'core-banking', role: 'admin', issuedAt: sampleNow - 86_400_000 * 9, revokedAt: null },
          ...{ by: null, stands: true, team: null },
        },
        {
          ...{ id: 'k_3', name: 'night batch', role: 'admin', issuedAt: sampleNow - 86_400_000 * 40, revokedAt: null },
          ...{ by: 'Ada', stands: false, team: null },
        },
        {
          id: 'k_2',
          name: 'crm',
          role: 'supervisor',
          issuedAt: sampleNow - 86_400_000 * 90,
          revokedAt: sampleNow - 86_400_000,
          ...{ by: 'Adam', stands: true, team: language === 'en' ? 'North' : '一班' },
        },
      ],
      teams: [{ id: 'tm_1', name: language === 'en' ? 'North' : '一班' }],
      secret: 'swr_k3Jx0n-example-shown-once',
      filled: nothingFilled,
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
