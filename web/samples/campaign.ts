/** A sample of a campaign's own page: a predictive one at 10:42 of its day, and one that has not begun. */
import type { CampaignPageProps, LogRow, PacingPageProps, Span } from '../pages/supervisor/campaign-props.ts'
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
  }
}

export function samplePacing(language: Language): PacingPageProps {
  const { frame, now, log } = sampleCampaign(language)
  const campaign = { id: now.id, name: now.name }
  return { frame, campaign, day: '2026-03-18', wrong: false, log, next: '/supervisor/campaigns/cam_1/pacing?cursor=x' }
}
