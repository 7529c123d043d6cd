/** Sample segments that answer at hours of their own. */
import type { SegmentRow } from '../pages/supervisor/best-times.ts'
import type { Language } from '../words/language.ts'

export function sampleSegments(language: Language): SegmentRow[] {
  const names = language === 'en' ? [null, 'Shanghai', 'Beijing', ''] : [null, '上海', '北京', '']
  return names.map((segment, n) => ({
    segment,
    dialled: 4200 - n * 900,
    usual: 0.31 - n * 0.02,
    hours: Array.from({ length: 12 }, (_, at) => {
      const lift = 1 + Math.round(4 * Math.sin(at / 2 + n)) / 10
      const dialled = 300 - n * 60 - at * 5
      const rate = (0.31 - n * 0.02) * lift
      return { hour: 9 + at, dialled, answered: Math.round(dialled * rate), rate, lift }
    }),
  }))
}
