/**
 * The area code that a Chinese number belongs to (归属地). A land line says it itself: 010, 02x, or three digits (MIIT's numbering plan); a
 * mobile's first seven digits name its home city in a table that the centre imports, since nobody publishes one that is complete.
 */
import { normaliseNumber } from '../numbers/number.ts'

/** 1300000 to 1999999. */
const prefixMin = 1_300_000
const prefixMax = 1_999_999

/** An area code without its 0: 10 Beijing, 21 Shanghai, 755 Shenzhen. 0: not known. */
export type Area = number

export function isMobilePrefix(prefix: number): boolean {
  return Number.isInteger(prefix) && prefix >= prefixMin && prefix <= prefixMax
}

/** Two digits 10 and 20 to 29, three digits from 310 to 999. */
export function isArea(area: number): boolean {
  return area === 10 || (Number.isInteger(area) && ((area >= 20 && area <= 29) || (area >= 310 && area <= 999)))
}

/** 700,000 prefixes in 1.4 MB, whatever is imported. */
export class MobileAreas {
  readonly #areas: Uint16Array
  #count = 0

  constructor(areas: Uint16Array | null = null) {
    this.#areas = new Uint16Array(prefixMax - prefixMin + 1)
    if (areas === null) return
    this.#areas.set(areas.subarray(0, this.#areas.length))
    for (const area of this.#areas) if (area !== 0) this.#count++
  }

  /** Prefixes known. */
  get count(): number {
    return this.#count
  }

  set(prefix: number, area: Area): void {
    if (!isMobilePrefix(prefix)) return
    const before = this.#areas[prefix - prefixMin]!
    this.#count += Number(area !== 0) - Number(before !== 0)
    this.#areas[prefix - prefixMin] = area
  }

  clear(): void {
    this.#areas.fill(0)
    this.#count = 0
  }

  of(prefix: number): Area {
    return isMobilePrefix(prefix) ? this.#areas[prefix - prefixMin]! : 0
  }
}

/** Rows of the store as `MobileAreas` takes them. */
export function packedAreas(rows: Iterable<{ prefix: number; area: number }>): Uint16Array {
  const packed = new Uint16Array(prefixMax - prefixMin + 1)
  for (const { prefix, area } of rows) if (isMobilePrefix(prefix)) packed[prefix - prefixMin] = area
  return packed
}

/** `number` is E.164. */
export function areaOf(number: string, mobiles: MobileAreas): Area {
  if (!number.startsWith('+86')) return 0
  const first = number.charCodeAt(3) - 48
  const second = number.charCodeAt(4) - 48
  if (first === 1 && second >= 3) return number.length === 14 ? mobiles.of(Number(number.slice(3, 10))) : 0
  if (number.length < 12) return 0 // services: 95xxx
  if (first === 1) return second === 0 ? 10 : 0
  if (first === 2) return 20 + second
  const area = Number(number.slice(3, 6))
  return area === 400 || area === 800 ? 0 : area
}

/** Of a number as it is shown: `02155550001` and `+862155550001` alike; a number of five digits has none. */
export function areaOfShown(callerId: string, mobiles: MobileAreas): Area {
  const number = normaliseNumber(callerId)
  return number === null ? 0 : areaOf(number, mobiles)
}

/** What the measures by prefix are kept under: seven digits of a mobile, the area code of a land line, else the first digits. */
export function prefixOf(number: string): string {
  if (!number.startsWith('+86')) return number.slice(0, 4)
  if (number.charCodeAt(3) === 49 && number.charCodeAt(4) !== 48) return number.slice(3, 10)
  const second = number.charCodeAt(3)
  return `0${number.slice(3, second === 49 || second === 50 ? 5 : 6)}`
}
