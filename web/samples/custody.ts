/** Sample props of the page about what becomes of recordings. */
import { recordingRulesPage } from '../pages/admin/recordings.ts'
import type { Html } from '../parts/html.ts'
import type { Language } from '../words/language.ts'
import { sampleFrame } from './frame.ts'

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
        },
        errors: { sourceDays: 'ten' },
      },
      saved: false,
    }),
}
