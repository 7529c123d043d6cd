/** A sample of a campaign's own page: a predictive one at 10:42 of its day, and one that has not begun. */

import type { Rehearsal, RehearsalFigures } from '../../src/centre/campaigns/rehearsal.ts'
import type { CampaignId } from '../../src/lib/ids.ts'
import type { CampaignPageProps, LogRow, PacingPageProps, Span } from '../pages/supervisor/campaign-props.ts'
import type { ReplayFormProps, ReplayProps } from '../pages/supervisor/replay.ts'
import type { Language } from '../words/language.ts'
import { wordsIn } from '../words/words.ts'
import { sampleFrame, sampleNow } from './frame.ts'

const minuteMs = 60_000
const dayStartAt = Date.UTC(2026, 2, 17, 16)
const openedAt = Date.UTC(2026, 2, 18, 0, 30)

/** Made up by the waves of a few sines, so that pictures are the same each time. */
function spans(stepMinutes: number): Span[] {
  const count = Math.floor((sampleNow - openedAt) / minuteMs / stepMinutes)
  return Array.from({ length: count }, (_, n) => {
    const t = n * stepMinutes
    const wave = Math.sin(t / 7) + Math.sin(t / 17 + 1)
    const warm = Math.min(1, (t + 4) / 18)
    const answered = Math.round((18 + 3 * wave) * warm * stepMinutes)
    return {
      minuteAt: openedAt + t * minuteMs,
      dialled: Math.round((62 + 9 * wave) * warm * stepMinutes),
      answered,
      connected: Math.round(answered * 0.97),
      abandoned: Math.max(0, Math.round(answered * (0.024 + 0.011 * Math.sin(t / 23)))),
      lines: Math.round((46 + 7 * wave) * warm),
      busyMs: Math.round((0.865 + 0.03 * wave) * warm * 24 * minuteMs * stepMinutes),
      presentMs: 24 * minuteMs * stepMinutes,
      idleMs: Math.round((9000 - 1500 * wave) * answered),
      idles: answered,
    }
  })
}

function logRows(language: Language): LogRow[] {
  const w = wordsIn(language)
  const pace = { ringing: 31, free: 2, freeSoon: 4.2, withinS: 9, risk: 0.041, theta: 0.027 }
  const why = [
    w.domain.pacing.risk(pace),
    w.domain.pacing.occupancy(pace),
    w.domain.rules['no_leads'] ?? w.campaign.heldBy['no_leads']!,
    w.domain.pacing.lines(pace),
  ]
  return Array.from({ length: 8 }, (_, n) => ({
    at: sampleNow - 7_000 - n * minuteMs,
    agents: 24,
    free: n % 3,
    talking: 17 - (n % 4),
    wrapping: 4 + (n % 2),
    ringing: 31 - n,
    lines: 52 - n,
    dialled: 61 + ((n * 7) % 11),
    risk: 0.041 - n * 0.002,
    theta: n === 5 ? 0 : 0.027,
    why: why[n % why.length]!,
  }))
}

export function sampleCampaign(language: Language): CampaignPageProps {
  const at = language === 'en' ? 1 : 0
  const w = wordsIn(language)
  const pace = { ringing: 31, free: 2, freeSoon: 4.2, withinS: 9, risk: 0.041, theta: 0.027 }
  return {
    frame: sampleFrame({ language, path: '/supervisor', role: 'supervisor' }),
    now: {
      id: 'cam_1',
      name: ['三月 M1 提醒', 'March M1 reminder'][at]!,
      mode: 'predictive',
      state: 'running',
      why: { words: w.domain.pacing.risk(pace), paced: true },
      look: { limiter: 'risk', risk: 0.041, theta: 0.027, answerChance: 0.294, freeSoon: 4.2, withinS: 9 },
      agents: { all: 26, talking: 17, wrapping: 4, idle: 2, dialing: 0, onBreak: 1, signedOff: 2 },
      lines: { ringing: 31, waiting: 1, talking: 17, most: 72 },
      abandonRateMax: 0.03,
      occupancyMax: 0.9,
    },
    today: {
      dialled: 7812,
      answered: 2297,
      connected: 2236,
      abandoned: 61,
      abandonRate: 0.0266,
      worst: { at: openedAt + 45 * minuteMs, rate: 0.0341 },
      utilisation: 0.851,
      idleMsMean: 8700,
      patch: { p50: 20, p99: 1500, ownP99: 50 },
    },
    filters: {
      notDue: { leads: 4182, more: false, nextAt: sampleNow + 480_000 },
      callbacks: { leads: 37, nextAt: sampleNow + 1_080_000 },
      pausedLists: 12_000,
      overQuota: 311,
      closed: 96,
      inHand: 49,
      doNotCall: 208,
      exhausted: [
        { reason: 'VACANT', leads: 1630 },
        { reason: 'NO_ANSWER', leads: 902 },
      ],
    },
    charts: {
      points: spans(1),
      stepMinutes: 1,
      quarters: spans(15),
      patches: Array.from({ length: 26 }, (_, n) => ({
        at: openedAt + n * 5 * minuteMs,
        p50: [20, 25, 20, 15][n % 4]!,
        p99: [125, 200, 100, 300, 150][n % 5]!,
      })),
      dayStartAt,
    },
    log: logRows(language),
    occupancy: {
      id: 'cam_1',
      chosen: 0.87,
      saved: 0.9,
      agents: { count: 24, arePresent: true },
      prediction: samplePrediction,
      refused: null,
    },
    replays: true,
  }
}

/** Held, and nothing of today to show yet. */
export function sampleHeldCampaign(language: Language): CampaignPageProps {
  const full = sampleCampaign(language)
  const w = wordsIn(language)
  const none = { dialled: 0, answered: 0, connected: 0, abandoned: 0, abandonRate: null, worst: null }
  return {
    ...full,
    frame: sampleFrame({ language, path: '/admin/campaigns', role: 'admin' }),
    now: {
      ...full.now,
      mode: 'progressive',
      why: { words: w.domain.rules['nobody_signed_on'] ?? w.campaign.heldBy['nobody_signed_on']!, paced: false },
      look: null,
      agents: { all: 26, talking: 0, wrapping: 0, idle: 0, dialing: 0, onBreak: 0, signedOff: 26 },
      lines: { ringing: 0, waiting: 0, talking: 0, most: null },
      occupancyMax: null,
    },
    today: { ...none, utilisation: null, idleMsMean: null, patch: null },
    charts: { ...full.charts, points: [], quarters: [], patches: [] },
    log: [],
    occupancy: null,
    replays: false,
  }
}

export function samplePacing(language: Language): PacingPageProps {
  const { frame, now, log } = sampleCampaign(language)
  const campaign = { id: now.id, name: now.name }
  return { frame, campaign, day: '2026-03-18', wrong: false, log, next: '/supervisor/campaigns/cam_1/pacing?cursor=x' }
}

function run(utilisation: number, abandonRate: number, idleMsMean: number): RehearsalFigures {
  const connected = Math.round(24 * 36 * utilisation)
  const answered = Math.round(connected / (1 - abandonRate))
  return {
    utilisation,
    abandonRate,
    worst15MinAbandonRate: abandonRate * 1.6,
    idleMsMean,
    connectedPerHour: connected,
    dialled: answered * 3,
    answered,
    connected,
    abandoned: answered - connected,
    linesPeak: 72,
  }
}

const samplePrediction: Rehearsal = {
  id: 're_1',
  kind: 'prediction',
  campaign: 'cam_1' as CampaignId,
  state: 'done',
  progress: 1,
  startedAt: sampleNow,
  day: null,
  asWas: { mode: 'predictive', occupancyMax: 0.9, abandonRateMax: 0.03, linesPerAgentMax: 3 },
  change: {},
  agents: 24,
  hours: 2.5,
  warmHours: 0.5,
  answerChance: 0.294,
  talkMsMean: 74_000,
  wrapMsMean: 18_000,
  notes: [],
  parts: [
    { name: '0.7', runs: [run(0.7, 0.0004, 38_000), run(0.699, 0.0002, 39_000)] },
    { name: '0.8', runs: [run(0.801, 0.0041, 22_000), run(0.796, 0.0033, 23_000)] },
    { name: '0.85', runs: [run(0.848, 0.0102, 16_000), run(0.845, 0.0094, 16_400)] },
    { name: '0.9', runs: [run(0.884, 0.0243, 11_000), run(0.879, 0.0251, 11_700)] },
    { name: '0.95', runs: [run(0.891, 0.029, 10_300), run(0.887, 0.0284, 10_900)] },
    { name: '1', runs: [run(0.892, 0.0291, 10_100), run(0.888, 0.0289, 10_800)] },
  ],
}

export function sampleReplay(language: Language): ReplayProps {
  const { frame, now } = sampleCampaign(language)
  const real = run(0.851, 0.0266, 13_100)
  const day = { from: dayStartAt - 86_400_000, to: dayStartAt, real }
  const parts = [
    { name: 'as_was', runs: [run(0.857, 0.0271, 12_700), run(0.861, 0.0262, 12_200)] },
    { name: 'changed', runs: [run(0.752, 0.0012, 30_400)] },
  ]
  const notes = [
    { note: 'shared_agents' as const, share: 0.12 },
    { note: 'list_ended' as const, share: 0.08 },
  ]
  const about = { id: 're_2', kind: 'replay' as const, state: 'running' as const, progress: 0.62 }
  const replay = { ...samplePrediction, ...about, day, change: { occupancyMax: 0.75 }, notes, parts }
  return { frame, campaign: { id: now.id, name: now.name }, replay }
}

export function sampleReplayForm(language: Language): ReplayFormProps {
  const { frame, now } = sampleCampaign(language)
  const values = {
    day: '2026-03-17',
    mode: 'predictive',
    occupancyMax: '75',
    abandonRateMax: '9',
    linesPerAgentMax: '3',
  }
  const errors = { abandonRateMax: wordsIn(language).rehearsal.outOf(0.1, 3) }
  const refused = { rule: 'few_calls' as const, found: 12, needed: 100 }
  return { frame, campaign: { id: now.id, name: now.name }, filled: { values, errors }, refused }
}
