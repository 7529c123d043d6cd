/** Sample props of the page about lines. */
import type { LineView } from '../../src/centre/lines/explain-line.ts'
import type { TrunkId } from '../../src/lib/ids.ts'
import { linesPage } from '../pages/supervisor/lines.ts'
import type { Html } from '../parts/html.ts'
import type { Language } from '../words/language.ts'
import { sampleFrame, sampleNow } from './frame.ts'

function line(callerId: string | null, rate: number, more: Partial<LineView>, language: Language): LineView {
  const results = { ANSWERED: 300 * rate, NO_ANSWER: 140, POWER_OFF: 31, BUSY: 22 }
  const judged = {
    dialled: 300,
    share: 0.4,
    outcomes: 290,
    rate,
    expected: rate + 0.01,
    drawn: -0.012,
    short: 0.96,
    delay: 1,
    place: callerId !== null,
    score: rate * 0.96,
  }
  return {
    trunk: 't_1' as TrunkId,
    trunkName: language === 'en' ? 'Telecom E1' : '电信 E1',
    callerId,
    dialled: 300,
    outcomes: 290,
    connectRate: rate,
    delayMs: 2_400,
    shortRate: 0.08,
    results,
    obstacle: null,
    restingUntil: null,
    restReason: null,
    lastHour: callerId === null ? null : 290,
    minShare: 0,
    maxShare: 1,
    judged,
    chosen: false,
    ...more,
  }
}

export const lineSamples: Record<string, (language: Language) => Html> = Object.fromEntries(
  (['admin', 'supervisor'] as const).map(role => [
    `${role}-lines`,
    (language: Language) =>
      linesPage({
        frame: sampleFrame({ language, path: `/${role}/lines`, role }),
        lines: [
          line(null, 0.31, { chosen: true, minShare: 0.1, maxShare: 0.7 }, language),
          line('+862155550001', 0.34, { chosen: true }, language),
          line(
            '+861055550001',
            0.09,
            { restingUntil: sampleNow + 1_200_000, restReason: 'below_others', judged: null },
            language,
          ),
          line(
            null,
            0.2,
            {
              trunkName: language === 'en' ? 'Unicom SIP' : '联通 SIP',
              obstacle: { rule: 'trunk_down', words: 'down' },
              judged: null,
            },
            language,
          ),
        ],
        why: { trunk: 'score', callerId: 'score' },
        refusal: null,
        hours: [
          { hour: 9, ...line(null, 0.28, {}, language) },
          { hour: 10, ...line(null, 0.33, {}, language) },
        ],
        prefixes: [{ prefix: '1381234', ...line(null, 0.4, {}, language), trunk: '电信 E1' }],
        filled: {
          values: {
            number: '138 1234 5678',
            restBelow: '50',
            restSamplesMin: '50',
            callsPerHourMax: '',
            restMs: '30',
            placeBonus: '15',
          },
          errors: {},
        },
        saved: false,
        areas: role === 'admin' ? 417_203 : null,
        report: null,
      }),
  ]),
)
