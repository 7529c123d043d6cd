/** Values as the cells of a file, in the form in which an import reads them back to the very same value. */
import { offsetMs, wallInstant } from '../../centre/numbers/zone.ts'
import { normalNumber } from '../numbers-e164.ts'

/** `minor`: an amount, of which a workbook makes a number. */
export type ExportCell = string | { minor: number; currency: string }

/** `13812345678`, `010-62345678`: as people dial it, and no formula. What would come back as another number stays as it is kept. */
export function numberCell(number: string): string {
  const form = dialled(number)
  return normalNumber(form) === number ? form : number
}

function dialled(number: string): string {
  const own = /^\+86(\d+)$/.exec(number)?.[1]
  if (own === undefined) return number.replace(/^\+/, '00 ')
  if (/^1[3-9]\d{9}$/.test(own)) return own
  const area = /^(?:10|2\d)(?=\d{7,8}$)|^[3-9]\d{2}(?=\d{7,8}$)/.exec(own)?.[0]
  return area === undefined ? own : `0${area}-${own.slice(area.length)}`
}

/** `24%` of 240000 parts of a million. */
export function rateText(ppm: number): string {
  return `${Number((ppm / 10_000).toFixed(4))}%`
}

/** The wall clock of the centre; where that would be read as another instant (an hour that comes twice), UTC. */
export function instantText(zone: string, at: number): string {
  const local = new Date(at + offsetMs(zone, at)).toISOString().slice(0, -1)
  if (wallInstant(zone, local) !== at) return new Date(at).toISOString()
  return local.replace('T', ' ').replace(/\.000$/, '')
}

/** A day alone means its last second. */
export function untilText(zone: string, at: number): string {
  const text = instantText(zone, at)
  return /^\S+ 23:59:59$/.test(text) ? text.slice(0, 10) : text
}
