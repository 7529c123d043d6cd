/** Emergency numbers of here that somebody leaves out on purpose: the page about dialling says no more that they are missing. */
import { helpOf } from './emergency-numbers.ts'

/** The setting: of which country that was said, and which: `65: 993 995`. */
export const leftOutKey = 'safety.leftOut'
const leftOutForm = /^(?:(\d{0,3}): (\d{2,6}(?: \d{2,6}){0,99}))?$/

export function isLeftOut(value: string): boolean {
  return leftOutForm.test(value)
}

/** What was said of another country holds for none of here. */
export function leftOut(zone: string, value: string | null): string[] {
  const [, code, numbers = ''] = leftOutForm.exec(value ?? '') ?? []
  return code === codeOf(zone) ? numbers.split(' ') : []
}

export function leftOutOf(zone: string, numbers: readonly string[]): string {
  return numbers.length === 0 ? '' : `${codeOf(zone)}: ${[...new Set(numbers)].join(' ')}`
}

function codeOf(zone: string): string {
  return helpOf(zone)?.code ?? ''
}
