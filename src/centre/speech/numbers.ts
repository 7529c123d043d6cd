/** Figures as they are read aloud, in fragments of the vocabulary. All take text as a lender's file has it, and answer null when it is no such thing. */
import type { SpeechLanguage } from './vocabulary.ts'

/** Figures of more digits are not read: nobody owes that much. */
const digitsMax = 12

/** `1234.5`, `1,234.50`, `¥1,234.50`, `-3`. */
export function numberParts(language: SpeechLanguage, text: string): string[] | null {
  const number = parseNumber(text)
  if (number === null) return null
  const { isNegative, whole, fraction } = number
  return [
    ...(isNegative ? ['minus'] : []),
    ...wholeParts(language, whole),
    ...(fraction === '' ? [] : ['point', ...fraction]),
  ]
}

/** Yuan, jiao and fen; in English yuan and fen. Thousandths are not money. */
export function moneyParts(language: SpeechLanguage, text: string): string[] | null {
  const number = parseNumber(text)
  if (number === null || number.fraction.length > 2) return null
  const { isNegative, whole } = number
  const fraction = number.fraction.padEnd(2, '0')
  const sign = isNegative ? ['minus'] : []
  const yuan = whole === 0 && fraction !== '00' ? [] : [...wholeParts(language, whole, true), 'yuan']
  if (language === 'en') {
    const fen = Number(fraction)
    return [...sign, ...yuan, ...(fen === 0 ? [] : [...(yuan.length > 0 ? ['and'] : []), ...english(fen), 'fen'])]
  }
  const [jiao, fen] = [fraction[0]!, fraction[1]!]
  const gap = jiao === '0' && fen !== '0' && yuan.length > 0 ? ['0'] : []
  return [...sign, ...yuan, ...(jiao === '0' ? gap : [jiao, 'jiao']), ...(fen === '0' ? [] : [fen, 'fen'])]
}

/** Digit by digit, as numbers of accounts and telephones are read: in Chinese a one is yao. Spaces and hyphens are passed over. */
export function digitParts(language: SpeechLanguage, text: string): string[] | null {
  const digits = text.replace(/[\s-]/g, '')
  if (!/^\d{1,24}$/.test(digits)) return null
  return [...digits].map(digit => (language === 'zh-CN' && digit === '1' ? 'yao' : digit))
}

/** The last four characters, which must be digits. */
export function tailParts(language: SpeechLanguage, text: string): string[] | null {
  return /\d{4}$/.test(text.trim()) ? digitParts(language, text.trim().slice(-4)) : null
}

/** `2026-12-05`, `2026/12/5`, `2026.12.5`, `20261205`, `2026年12月5日`; a time behind it is not read. */
export function dateParts(language: SpeechLanguage, text: string): string[] | null {
  const found =
    /^\s*(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})(?:\D|$)/.exec(text) ?? /^\s*(\d{4})(\d{2})(\d{2})\s*$/.exec(text)
  if (found === null) return null
  const [year, month, day] = [Number(found[1]), Number(found[2]), Number(found[3])]
  const date = new Date(Date.UTC(year, month - 1, day))
  if (year < 1900 || date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return null
  if (language === 'en') return [`month-${month}`, ...english(day), ...englishYear(year)]
  return [...String(year), 'year', ...chinese(month), 'month', ...chinese(day), 'day']
}

type Figure = { isNegative: boolean; whole: number; fraction: string }

function parseNumber(text: string): Figure | null {
  const bare = text.trim().replace(/^(-?)\s*[¥￥]\s*/, '$1')
  const found = /^(-?)(\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d{1,6}))?$/.exec(bare)
  if (found === null) return null
  const digits = found[2]!.replaceAll(',', '').replace(/^0+(?=\d)/, '')
  if (digits.length > digitsMax) return null
  const fraction = (found[3] ?? '').replace(/0+$/, '')
  const whole = Number(digits)
  return { isNegative: found[1] === '-' && (whole > 0 || fraction !== ''), whole, fraction }
}

function wholeParts(language: SpeechLanguage, n: number, isCounted = false): string[] {
  if (language === 'en') return english(n)
  return isCounted && n === 2 ? ['liang'] : chinese(n)
}

/** 一千零五, 十二, 三万零四百: four digits at a time, one 零 for each gap, no 一 before a leading 十. */
function chinese(n: number): string[] {
  if (n === 0) return ['0']
  const groups: [number, string | null][] = [
    [Math.floor(n / 1e8), '100000000'],
    [Math.floor(n / 1e4) % 1e4, '10000'],
    [n % 1e4, null],
  ]
  const parts: string[] = []
  let hasGap = false
  for (const [group, unit] of groups) {
    if (group === 0) {
      hasGap = parts.length > 0
      continue
    }
    if (parts.length > 0 && (hasGap || group < 1000)) parts.push('0')
    hasGap = false
    parts.push(...chineseGroup(group), ...(unit === null ? [] : [unit]))
  }
  return parts[0] === '1' && parts[1] === '10' ? parts.slice(1) : parts
}

function chineseGroup(group: number): string[] {
  const parts: string[] = []
  let isGap = false
  for (const unit of [1000, 100, 10, 1]) {
    const digit = Math.floor(group / unit) % 10
    if (digit === 0) isGap = parts.length > 0
    else {
      if (isGap) parts.push('0')
      isGap = false
      parts.push(String(digit), ...(unit === 1 ? [] : [String(unit)]))
    }
  }
  return parts
}

function english(n: number): string[] {
  for (const unit of [1e9, 1e6, 1000, 100]) {
    if (n < unit) continue
    const rest = n % unit
    return [...english(Math.floor(n / unit)), String(unit), ...(rest === 0 ? [] : english(rest))]
  }
  if (n < 20 || n % 10 === 0) return [String(n)]
  return [String(n - (n % 10)), String(n % 10)]
}

/** Twenty twenty-six, nineteen ninety-nine; two thousand six. */
function englishYear(year: number): string[] {
  if (year % 100 < 10) return english(year)
  return [...english(Math.floor(year / 100)), ...english(year % 100)]
}
