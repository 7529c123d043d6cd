/**
 * How an answer is held against what was expected, and why it came out as it did. What people say is not what stands in a form: `一万二` and
 * `12,000`, `13 Nov` and `2026-11-13`, `ＡＢＣ Co., Ltd.` and `abc co ltd`. A rule that cannot read the answer says so and calls it a mismatch:
 * the verifier sees it and the reviewer judges.
 */
import { isDate } from './dates.ts'

export const compareRules = ['exact', 'digits', 'date', 'amount', 'name'] as const
export type CompareRule = (typeof compareRules)[number]
/** `percent`: how far an amount may be off, or how alike names must be. */
export type Compare = { rule: CompareRule; percent: number }

export const compareWhys = ['same', 'other', 'within', 'beyond', 'alike', 'unlike', 'unread'] as const
export type CompareWhy = (typeof compareWhys)[number]
/** `figure`: percent, of the difference or the likeness. */
export type Compared = { matches: boolean; why: CompareWhy; figure: number | null }

/** Percent of likeness from which two names are one: a letter in eight may be heard wrong. */
export const nameLikenessDefault = 80

export function compare(expected: string, answer: string, { rule, percent }: Compare): Compared {
  switch (rule) {
    case 'exact':
      return same(folded(expected) === folded(answer))
    case 'digits': {
      const [a, b] = [digitsOf(expected), digitsOf(answer)]
      return b === '' ? unread : same(a === b)
    }
    case 'date': {
      const [a, b] = [dateOf(expected), dateOf(answer)]
      return a === null || b === null ? unread : same(a === b)
    }
    case 'amount': {
      const [a, b] = [amountOf(expected), amountOf(answer)]
      if (a === null || b === null) return unread
      const off = a === b ? 0 : a === 0 ? 100 : (Math.abs(a - b) * 100) / Math.abs(a)
      return { matches: off <= percent, why: off <= percent ? 'within' : 'beyond', figure: rounded(off) }
    }
    case 'name': {
      const likeness = likenessOf(nameOf(expected), nameOf(answer))
      return { matches: likeness >= percent, why: likeness >= percent ? 'alike' : 'unlike', figure: rounded(likeness) }
    }
    default:
      return rule satisfies never
  }
}

const unread: Compared = { matches: false, why: 'unread', figure: null }

function same(matches: boolean): Compared {
  return { matches, why: matches ? 'same' : 'other', figure: null }
}

function rounded(percent: number): number {
  return Math.round(percent * 10) / 10
}

/** Width, case and spaces of letters do not count. */
function folded(text: string): string {
  return text.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim()
}

/** With a letter at the end, as ID numbers of the mainland have (`X`). */
function digitsOf(text: string): string {
  return text
    .normalize('NFKC')
    .toUpperCase()
    .replace(/[^0-9X]/g, '')
}

/** `2026-11-03`, `2026/11/3`, `2026年11月3日`, `20261103`; null: none of these, or no such day. */
function dateOf(text: string): string | null {
  const plain = text.normalize('NFKC').trim()
  const { y, m, d } =
    /^(?<y>\d{4})\s*[-/.年]\s*(?<m>\d{1,2})\s*[-/.月]\s*(?<d>\d{1,2})\s*日?$/.exec(plain)?.groups ??
    /^(?<y>\d{4})(?<m>\d{2})(?<d>\d{2})$/.exec(plain)?.groups ??
    {}
  if (y === undefined) return null
  const date = `${y}-${m!.padStart(2, '0')}-${d!.padStart(2, '0')}`
  return isDate(date) ? date : null
}

const unit: Record<string, number> = { 十: 10, 百: 100, 千: 1000, k: 1000 }
const numeral: Record<string, number> = {
  零: 0,
  〇: 0,
  一: 1,
  二: 2,
  两: 2,
  三: 3,
  四: 4,
  五: 5,
  六: 6,
  七: 7,
  八: 8,
  九: 9,
}

/** `12,000`, `¥12000.50`, `1.2万`, `一万二`, `八千五`; null: no amount. */
export function amountOf(text: string): number | null {
  const plain = text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[,\s¥￥$]|人民币|rmb|cny/g, '')
    .replace(/(?:元|块)(?:钱|整)?$/, '')
  const figures = /^(?<n>-?\d{1,13}(?:\.\d{1,6})?)(?<u>[十百千万亿k])?$/.exec(plain)?.groups
  if (figures !== undefined) {
    const { n, u } = figures
    return Number(n) * (u === undefined ? 1 : u === '万' ? 10_000 : u === '亿' ? 1e8 : unit[u]!)
  }
  return /^[零〇一二两三四五六七八九十百千万亿]{1,20}$/.test(plain) ? spoken(plain) : null
}

/** A number in Chinese numerals. What follows a unit without one of its own is a tenth of it: 一万二 is 12,000. */
function spoken(text: string): number | null {
  let [total, section, digit, last] = [0, 0, null as number | null, 1]
  let zero = false
  for (const letter of text) {
    if (letter === '万' || letter === '亿') {
      last = letter === '万' ? 10_000 : 1e8
      total = (total + section + (digit ?? 0)) * last
      ;[section, digit, zero] = [0, null, false]
    } else if (unit[letter] !== undefined) {
      last = unit[letter]
      section += (digit ?? 1) * last
      ;[digit, zero] = [null, false]
    } else {
      if (digit !== null && digit !== 0) return null // 一二: figures read one by one are no amount
      digit = numeral[letter]!
      zero ||= digit === 0
    }
  }
  return total + section + (digit ?? 0) * (zero || last === 10 || last === 1 ? 1 : last / 10)
}

/** Letters and digits alone; kinds of company and titles do not make a name another one. */
function nameOf(text: string): string {
  return folded(text)
    .replace(/有限责任公司|股份有限公司|有限公司|公司|先生|女士|\b(?:co|ltd|inc|llc|gmbh|mr|mrs|ms)\b\.?/g, '')
    .replace(/[^\p{L}\p{N}]/gu, '')
}

/** Percent: 100 minus the share of letters that have to be changed (Levenshtein) to make one of the other. */
function likenessOf(a: string, b: string): number {
  const [from, to] = [[...a].slice(0, 200), [...b].slice(0, 200)]
  if (from.length === 0 || to.length === 0) return 0
  let row = to.map((_, at) => at + 1)
  for (const [at, letter] of from.entries()) {
    let [corner, left] = [at, at + 1]
    row = row.map((above, column) => {
      const cost = Math.min(above + 1, left + 1, corner + (to[column] === letter ? 0 : 1))
      corner = above
      left = cost
      return cost
    })
  }
  return 100 - (row.at(-1)! * 100) / Math.max(from.length, to.length)
}
