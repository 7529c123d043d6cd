/** Telephone numbers and figures as people read them. */
import { maskNumber } from '../../src/lib/mask.ts'
import type { Words } from '../words/words.ts'

/** `+8613812345678` → `138 1234 5678`; other countries keep their prefix. `masked` shows only head and tail; a short code (110) is nobody's own. */
export function shownNumber(number: string, masked: boolean): string {
  if (/^\d{1,6}$/.test(number)) return number
  const text = masked ? maskNumber(number) : number
  if (/^\+861[\d*]{10}$/.test(text)) return `${text.slice(3, 6)} ${text.slice(6, 10)} ${text.slice(10)}`
  return text.startsWith('+86') ? text.replace(/^\+86/, '0') : text
}

const areaCodes: Record<string, { zh: string; en: string }> = {
  '10': { zh: '北京', en: 'Beijing' },
  '20': { zh: '广州', en: 'Guangzhou' },
  '21': { zh: '上海', en: 'Shanghai' },
  '22': { zh: '天津', en: 'Tianjin' },
  '23': { zh: '重庆', en: 'Chongqing' },
  '24': { zh: '沈阳', en: 'Shenyang' },
  '25': { zh: '南京', en: 'Nanjing' },
  '27': { zh: '武汉', en: 'Wuhan' },
  '28': { zh: '成都', en: 'Chengdu' },
  '29': { zh: '西安', en: 'Xi’an' },
}

/** What the number itself says of its place (归属地): kind, and the city of a two-digit area code. Mobile home cities need a table we do not have. */
export function placeOf(number: string, w: Words): string {
  const kinds = w.domain.numberKind
  if (!number.startsWith('+')) return kinds.unknown
  if (!number.startsWith('+86')) return kinds.foreign
  const digits = number.slice(3)
  if (/^1[3-9]\d{9}$/.test(digits)) return kinds.mobile
  if (/^(95|400|800)/.test(digits)) return kinds.service
  const city = areaCodes[digits.slice(0, 2)]
  if (!city) return kinds.landline
  return `${kinds.landline} · ${w.frame.otherLanguage === 'English' ? city.zh : city.en}`
}

/** `0.0312` → `3.1 %`; null (nothing to divide by) → `—`. */
export function percent(share: number | null): string {
  return share === null || !Number.isFinite(share) ? '—' : `${(share * 100).toFixed(1)} %`
}

export function thousands(n: number): string {
  return grouped(String(Math.round(n)))
}

/** Digits in groups of three, as they are written here and in sheets: `12,345`. */
export function grouped(digits: string): string {
  return digits.replace(/\B(?=(\d{3})+$)/g, ',')
}

/** `1536000` → `1.5 MB`. */
export function size(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`
  if (bytes < 1_000_000) return `${(bytes / 1000).toFixed(0)} kB`
  return `${(bytes / 1_000_000).toFixed(1)} MB`
}
