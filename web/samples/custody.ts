/** Sample props of the page about what becomes of recordings. */
import { recordingRulesPage } from '../pages/admin/recordings.ts'
import { nothingFilled } from '../parts/form.ts'
import type { Html } from '../parts/html.ts'
import type { HoldsProps } from '../parts/legal-holds.ts'
import type { Language } from '../words/language.ts'
import { sampleFrame, sampleNow } from './frame.ts'

export function sampleHolds(language: Language): Pick<HoldsProps, 'holds' | 'filled'> {
  const [reason, by] = language === 'en' ? ['Lawsuit 2026-17', 'Olga Ouyang'] : ['诉讼案 2026-17', '欧阳岚']
  const placedAt = sampleNow - 26 * 3_600_000
  const holds = [
    { id: 'lh_1', kind: 'call' as const, target: 'c_0', reason, by, placedAt },
    { id: 'lh_2', kind: 'party' as const, target: 'REF-20417', reason, by, placedAt },
  ]
  return { holds, filled: nothingFilled }
}

export const custodySamples: Record<string, (language: Language) => Html> = {
  'admin-recordings': language =>
    recordingRulesPage({
      frame: sampleFrame({ language, path: '/admin/recordings', role: 'admin' }),
      disk: 'slow',
      lost: { recordings: 3, lostMs: 4120 },
      rules: {
        values: {
          whenFull: 'goOn',
          unanswered: 'heard',
          unansweredDays: '30',
          opusAfterHours: '24',
          sourceDays: 'ten',
          ...{ keepCollections: '5', keepVerification: '5', keepSales: '3', keepOther: '0' },
        },
        errors: { sourceDays: 'ten' },
      },
      minima: {
        keepCollections: { n: 5, of: 'YEAR', policy: 'CN-CFC-2024' },
        keepSales: { n: 3, of: 'YEAR', policy: 'CN-SALES-DEFAULT' },
        keepOther: { n: 5, of: 'YEAR', policy: 'CN-CFC-2024' },
      },
      holds: { ...sampleHolds(language), action: '/admin/recordings/holds', targets: null },
      saved: false,
    }),
}
