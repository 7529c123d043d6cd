/** Sample props of the administrator's pages of campaigns: their leads, what is said and written down on a call, and what networks say. */

import type { Campaign } from '../../src/centre/entities.ts'
import type { CampaignId } from '../../src/lib/ids.ts'
import { announcementsPage } from '../pages/admin/announcements.ts'
import { type CampaignView, campaignFormPage, campaignsPage } from '../pages/admin/campaigns.ts'
import { leadsPage } from '../pages/admin/leads.ts'
import { phrasesPage } from '../pages/admin/phrases.ts'
import { scriptFormPage, scriptsPage } from '../pages/admin/scripts.ts'
import { writeUpPage } from '../pages/admin/write-up.ts'
import { nothingFilled } from '../parts/form.ts'
import type { Html } from '../parts/html.ts'
import type { Language } from '../words/language.ts'
import { sampleFrame, sampleNow } from './frame.ts'
import { sampleTrunk } from './trunks.ts'
import { sampleUsers } from './users.ts'

const frame = (language: Language, path: string) => sampleFrame({ language, path, role: 'admin' })

const campaign = (language: Language, state: Campaign['state'], held: string | null): CampaignView => ({
  id: `cp_${state}` as CampaignId,
  name: language === 'en' ? 'March M1 reminder' : '三月 M1 提醒',
  modeRule: null,
  mode: 'progressive',
  business: 'collections',
  state,
  abandonRateMax: 0.03,
  agents: 14,
  why: held === null ? null : { words: held, paced: false },
  dialled: 3810,
  answered: 1180,
  connected: 1141,
  abandoned: 39,
})

const counts = { ready: 4210, in_call: 14, callback: 96, done: 1877, exhausted: 310, dnc: 22 }
const people = (language: Language) => sampleUsers(language).map(user => ({ value: user.id, word: user.displayName }))

const campaignFilled = {
  business: 'collections',
  mode: 'progressive',
  policy: 'CN-GBT45251-2025',
  trunks: ['t_1'],
  agents: ['u_1', 'u_2'],
  ringMs: '30',
  wrapMs: '15',
  previewMs: '30',
  abandonRateMax: '3',
  occupancyMax: '90',
  linesPerAgentMax: '3',
  priority: '5',
  share: '1',
  order: 'oldest',
  bestTime: 'true',
  quotas: '上海 | connected | 500\n* | done | 2000',
  dispositions: 'promise | 承诺还款 | Promise to pay | callback\npaid | 已还款 | Paid | done',
  retries: 'BUSY 10 3\nNO_ANSWER 120 3',
}

export const campaignSamples: Record<string, (language: Language) => Html> = {
  'admin-campaigns': language =>
    campaignsPage({
      frame: frame(language, '/admin/campaigns'),
      campaigns: [
        campaign(language, 'running', null),
        campaign(language, 'running', language === 'en' ? 'outside the contact hours' : '不在允许的拨打时段'),
        campaign(language, 'paused', null),
        campaign(language, 'closed', null),
      ],
      saved: false,
    }),
  'admin-campaign-form': language =>
    campaignFormPage({
      frame: frame(language, '/admin/campaigns/cp_1'),
      campaign: { ...campaign(language, 'running', null), leads: counts },
      shown: [
        {
          callerId: '+862151860000',
          trunk: sampleTrunk(language).name,
          dialled: 812.4,
          connectRate: 0.314,
          restingUntil: null,
        },
        {
          callerId: '+862151860001',
          trunk: sampleTrunk(language).name,
          dialled: 0,
          connectRate: null,
          restingUntil: 1_764_000_000_000,
        },
      ],
      trunkGroups: [{ value: 'tg_1', word: sampleTrunk(language).name }],
      trunks: [sampleTrunk(language), sampleTrunk(language, true)].map(each => ({ value: each.id, word: each.name })),
      agents: people(language),
      policies: ['CN-GBT45251-2025', 'CN-CBA-2026', 'CN-SALES-DEFAULT'].map(id => ({ value: id, word: id })),
      filled: { values: { name: campaign(language, 'running', null).name, ...campaignFilled }, errors: {} },
    }),
  'admin-leads': language =>
    leadsPage({
      frame: frame(language, '/admin/campaigns/cp_1/leads'),
      campaign: { id: 'cp_1', name: campaign(language, 'running', null).name },
      counts,
      lists: {
        lists: [
          { id: 'i_1', name: '2026-11.csv', priority: 5, weight: 2, paused: false, leads: 5000, counts },
          { id: 'i_2', name: 'autumn.csv', priority: 3, weight: 1, paused: true, leads: 900, counts },
        ],
        filters: {
          notDue: { leads: 100_000, more: true, nextAt: sampleNow + 600_000 },
          callbacks: { leads: 3, nextAt: sampleNow + 60_000 },
          pausedLists: 900,
          overQuota: 12,
          closed: 40,
          inHand: 6,
          doNotCall: 2,
          exhausted: [
            { reason: 'NO_ANSWER', leads: 31 },
            { reason: 'third_party', leads: 4 },
          ],
        },
        recycled: 31,
        refused: null,
      },
      leads: [0, 1, 2].map(n => ({
        id: `l_${n}`,
        ref: `L-2026-03187${n}`,
        name: language === 'en' ? 'Carl Chen' : '陈建国',
        phones: [{ number: '138 **** 5678', relation: 'SELF' as const }],
        state: (['ready', 'callback', 'done'] as const)[n]!,
        attempts: n,
        dueAt: n === 2 ? null : sampleNow + n * 3600_000,
      })),
      q: '',
      state: null,
      next: '/admin/campaigns/cp_1/leads?cursor=x',
      report: {
        accepted: 4998,
        rejectedCount: 2,
        rejected: [
          {
            row: 17,
            field: 'phones.0.number',
            reason: 'found "1381234567"; allowed: a telephone number, e.g. 13812345678',
          },
          { row: 902, field: 'ref', reason: 'L-2026-031870 stands in row 12 already' },
        ],
      },
      filled: nothingFilled,
    }),
  'admin-scripts': language =>
    scriptsPage({
      frame: frame(language, '/admin/scripts'),
      scripts: [
        {
          ...{
            id: 'sc_1',
            name: language === 'en' ? 'M1 reminder' : 'M1 提醒',
            version: 3,
            savedAt: sampleNow - 3_600_000,
          },
          ...{ savedBy: language === 'en' ? 'Adam' : '周文', steps: 6, places: ['March M1'] },
        },
      ],
      places: [{ id: 'k_1', name: 'March M1', fields: 2 }],
      saved: false,
    }),
  'admin-script': language =>
    scriptFormPage({
      ...{ frame: frame(language, '/admin/scripts'), id: 'sc_1', version: 3 },
      filled: { values: { name: 'M1', places: ['k_1'], others: '' }, errors: {} },
      steps: [
        {
          ...{
            key: 'open',
            titleZh: '开场',
            titleEn: 'Open',
            textZh: '您好，请问是{party}吗？',
            textEn: 'Is this {party}?',
          },
          answers: '是 | Yes > why\n不是 | No > 结束',
        },
        { ...{ key: 'why', titleZh: '来意', titleEn: 'Why', textZh: '应还{amout}。', textEn: '' }, answers: '' },
      ],
      must: [{ key: 'recorded', textZh: '本次通话会被录音。', textEn: 'This call is recorded.', to: 'all' }],
      places: [{ value: 'k_1', word: 'March M1' }],
      faults: [{ fault: 'unknown_placeholder', step: 'why', found: 'amout' }],
      preview: [{ title: 'Open', text: 'Is this Carl Chen?', answers: ['Yes → why'] }],
    }),
  'admin-write-up': language =>
    writeUpPage({
      ...{ frame: frame(language, '/admin/scripts'), place: { id: 'k_1', name: 'March M1' } },
      codes: [{ code: 'promise', word: language === 'en' ? 'Promise to pay' : '承诺还款' }],
      filled: {
        values: {
          writeUpFields: 'why | 原因 | Why | choice | required | 失业, 疾病 | promise',
          promise: 'promise',
          grade: '',
        },
        errors: {},
      },
    }),
  'admin-phrases': language =>
    phrasesPage({
      frame: frame(language, '/admin/phrases'),
      rows: [2, 1].map(version => ({
        name: 'welcome',
        version,
        words: language === 'en' ? 'Good day, this is Harbour Lending.' : '您好，这里是港湾金融。',
        sha256: 'ab'.repeat(32),
        durationMs: 3_400,
        savedAt: sampleNow - version * 86_400_000,
        usedAt: version === 1 ? sampleNow - 80_000_000 : null,
        inUse: version === 1,
      })),
      filled: { values: {}, errors: {} },
      saved: false,
    }),
  'admin-announcements': language =>
    announcementsPage({
      frame: frame(language, '/admin/announcements'),
      rows: [null, 'POWER_OFF', 'NONE'].map((label, n) => ({
        id: `an_${n}`,
        label,
        language: 'zh-CN',
        words: label === null || language === 'en' ? '' : '您好，您拨打的电话已关机',
        durationMs: 5_200,
        call: label === null ? 'c_mgs1' : null,
        savedAt: sampleNow - n * 86_400_000,
        heard: 41 - n,
        heardAt: sampleNow,
      })),
      labels: ['POWER_OFF', 'VACANT', 'NONE'],
      languages: ['zh-CN', 'en', 'other'],
      filled: { values: {}, errors: {} },
      saved: false,
      tried: { label: 'POWER_OFF', confidence: 0.98, afterMs: 1_380 },
    }),
}
