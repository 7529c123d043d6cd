/** A sample floor of 24 agents for the supervisor's pages. */

import type { AgentPhase } from '../../src/centre/facts.ts'
import type { OpenAppeal } from '../pages/supervisor/appeals.ts'
import type { OpenCallback } from '../pages/supervisor/callbacks.ts'
import type { FloorProps, LiveCall } from '../pages/supervisor/floor-props.ts'
import type { SupervisionProps } from '../pages/supervisor/supervision.ts'
import type { TeamChoice } from '../parts/team-chooser.ts'
import type { Language } from '../words/language.ts'
import { sampleFrame, sampleNow } from './frame.ts'

const names: [string, string][] = [
  ['李雨桐', 'Alice Li'],
  ['赵敏', 'Mia Zhao'],
  ['刘洋', 'Leo Liu'],
  ['陈思', 'Cissy Chen'],
  ['杨帆', 'Yan Yang'],
  ['黄磊', 'Hugo Huang'],
  ['周杰', 'Jay Zhou'],
  ['吴倩', 'Wanda Wu'],
]
const phases: AgentPhase[] = ['talking', 'talking', 'ready', 'wrapping', 'talking', 'break', 'dialing', 'signed_off']

export const sampleTeams = (language: Language): TeamChoice => ({
  teams: [
    { id: 'tm_1', name: language === 'en' ? 'North' : '一班' },
    { id: 'tm_2', name: language === 'en' ? 'South' : '二班' },
  ],
  chosen: null,
})

export function sampleFloor(language: Language): FloorProps {
  const at = language === 'en' ? 1 : 0
  return {
    frame: sampleFrame({ language, path: '/supervisor', role: 'supervisor' }),
    choice: sampleTeams(language),
    figures: {
      agentsOn: 21,
      agents: 24,
      talking: 12,
      ready: 3,
      waiting: 2,
      longestWaitSince: sampleNow - 38_000,
      answered: 1290,
      abandoned: 41,
      dialled: 4188,
      abandonRateMax: 0.03,
      recordingsMissing: 0,
      recordingsLostMs: 0,
      recordingsDisk: 'well',
      alarms: 0,
      callbacks: { open: 14, overdue: 2 },
      complaints: { open: 3, overdue: 1 },
      appeals: { open: 1, asked: 6, waitedMs: 21_400 },
    },
    appeals: sampleAppeals(language),
    agents: Array.from({ length: 24 }, (_, i) => {
      const phase = phases[i % phases.length]!
      return {
        id: `u_${i}`,
        displayName: names[(i * 3) % names.length]![at],
        phase,
        since: sampleNow - ((i * 37_000) % 400_000) - 3000,
        reason: phase === 'break' ? 'meal' : null,
        noAudio: i === 10,
        party: phase === 'talking' ? ['陈建国', 'Carl Chen'][at]! : null,
        consult: i === 0 ? 'consulting' : i === 1 ? 'asked' : null,
      }
    }),
    campaigns: [
      {
        id: 'cam_1',
        name: ['三月 M1 提醒', 'March M1 reminder'][at]!,
        mode: 'progressive',
        state: 'running',
        why: {
          words: [
            '振铃 14 路；9 秒内约有 2 位坐席可接，稍候。',
            '14 ringing; about 2 agents free within 9 s: a moment.',
          ][at]!,
          paced: true,
        },
        agents: 14,
        dialled: 3810,
        answered: 1180,
        connected: 1141,
        abandoned: 39,
        abandonRateMax: 0.03,
        buffer: 46,
      },
      {
        id: 'cam_2',
        name: ['春季信审', 'Spring verification'][at]!,
        mode: 'preview',
        state: 'running',
        why: { words: ['名单已拨完', 'no leads are due'][at]!, paced: false },
        agents: 5,
        dialled: 378,
        answered: 110,
        connected: 110,
        abandoned: 0,
        abandonRateMax: 0.03,
        buffer: 0,
      },
      {
        id: 'cam_3',
        name: ['老客回访', 'Old customers'][at]!,
        mode: 'manual',
        state: 'paused',
        why: null,
        agents: 2,
        dialled: 0,
        answered: 0,
        connected: 0,
        abandoned: 0,
        abandonRateMax: 0.03,
        buffer: 0,
      },
    ],
    queues: [
      { id: 'q_1', name: ['客服', 'Service'][at]!, waiting: 2, longestWaitSince: sampleNow - 38_000, free: 3 },
      { id: 'q_2', name: ['还款咨询', 'Repayment'][at]!, waiting: 0, longestWaitSince: null, free: 2 },
    ],
    trunks: [
      {
        id: 't_1',
        name: ['电信 E1', 'Telecom E1'][at]!,
        up: true,
        why: null,
        unproved: false,
        lapsing: null,
        eased: null,
        refusing: null,
        calls: 23,
        maxCalls: 30,
      },
      {
        id: 't_2',
        name: ['联通 SIP', 'Unicom SIP'][at]!,
        up: false,
        why: 'options_silent',
        unproved: false,
        lapsing: null,
        eased: null,
        refusing: null,
        calls: 0,
        maxCalls: 60,
      },
    ],
  }
}

export function sampleLiveCalls(language: Language): LiveCall[] {
  const at = language === 'en' ? 1 : 0
  return (['talking', 'ringing', 'waiting', 'dialing', 'talking'] as const).map((phase, i) => ({
    id: `c_${i}`,
    phase,
    direction: phase === 'waiting' ? 'in' : 'out',
    name: phase === 'waiting' ? null : ['陈建国', 'Carl Chen'][at]!,
    isForHelp: false,
    slot: phase === 'waiting' ? '701' : null,
    parkedBy: phase === 'waiting' ? names[1]![at]! : null,
    number: '138 **** 5678',
    diverted: phase === 'waiting' ? { number: '139 **** 0042', reason: 'no-answer' } : null,
    agent: phase === 'talking' ? names[i]![at] : null,
    campaign: ['三月 M1 提醒', 'March M1 reminder'][at]!,
    trunk: ['电信 E1', 'Telecom E1'][at]!,
    since: sampleNow - i * 21_000 - 4000,
    mayHear: phase === 'talking',
    supervisors: i === 0 ? [{ name: ['孙敏', 'Sam Sun'][at]!, mode: 'whisper' as const }] : [],
  }))
}

/** One nobody comes to yet, and one taken by a colleague. */
export function sampleAppeals(language: Language): OpenAppeal[] {
  const at = language === 'en' ? 1 : 0
  const call = { party: ['陈建国', 'Carl Chen'][at]!, number: '138 **** 5678', isHeard: false }
  return [
    {
      ...{ ...call, call: 'c_0', agent: names[0]![at], reason: ['要求减免罚息', 'wants the penalty waived'][at]! },
      ...{ askedAt: sampleNow - 32_000, since: sampleNow - 95_000, takenBy: null },
    },
    {
      ...{ ...call, call: 'c_4', agent: names[4]![at], reason: '' },
      ...{ askedAt: sampleNow - 12_000, since: sampleNow - 60_000 },
      takenBy: { id: 'u_sue', name: ['苏静', 'Sue'][at]!, isMe: false },
    },
  ]
}

/** Somebody whispers to the agent of the first call. */
export function sampleSupervision(language: Language): SupervisionProps {
  const at = language === 'en' ? 1 : 0
  const call = {
    id: 'c_0',
    direction: 'out' as const,
    isForHelp: false,
    name: ['陈建国', 'Carl Chen'][at]!,
    number: '138 **** 5678',
  }
  return {
    now: {
      agent: names[0]![at],
      call: { ...call, since: sampleNow - 95_000, held: false },
      mode: 'whisper',
      gainDb: -6,
      stays: true,
      reason: 'coaching',
    },
    audio: 'browser-up',
    mayTalk: true,
    ownCall: false,
  }
}

export function sampleCallbacks(language: Language): OpenCallback[] {
  const [at, minutes] = [language === 'en' ? 1 : 0, 60_000]
  const campaign = ['三月 M1 提醒', 'March M1 reminder'][at]!
  const one = {
    agent: ['李雨桐', 'Alice Li'][at]!,
    campaign,
    reason: 'agreed',
    lastResult: null,
    nextAt: null,
  } as const
  return [
    {
      ...one,
      id: 'cb_1',
      at: sampleNow - 190 * minutes,
      due: true,
      overdue: true,
      number: '138 **** 5678',
      tries: 3,
      lastResult: 'NO_ANSWER',
    },
    {
      ...one,
      id: 'cb_2',
      at: sampleNow - 12 * minutes,
      due: true,
      overdue: true,
      number: '139 **** 0042',
      tries: 1,
      lastResult: 'BUSY',
      nextAt: sampleNow + 4 * minutes,
    },
    {
      ...one,
      id: 'cb_3',
      agent: null,
      campaign: ['客服热线', 'Service line'][at]!,
      at: sampleNow - minutes,
      due: true,
      overdue: false,
      number: '021 **** 1234',
      tries: 0,
      reason: 'overflow',
    },
    { ...one, id: 'cb_4', at: sampleNow + 95 * minutes, due: false, overdue: false, number: '137 **** 9001', tries: 0 },
  ]
}
