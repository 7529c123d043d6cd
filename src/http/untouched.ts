/**
 * A form that was open while somebody else saved: what its writer did not touch stays as the other one left it. The form carries a mark of
 * each value that it showed; a mark says whether a value is still that one, and no more.
 */
import { createHash } from 'node:crypto'
import type { Filled } from '../../web/parts/form.ts'
import type { Typed } from './typed.ts'

type Values = Record<string, string | string[]>

/** With the marks of these values, for the hidden field `seen`. */
export function withSeen(values: Values): Filled['values'] {
  const seen = Object.keys(values).map(name => `${name}:${markOf(values[name])}`)
  return { ...values, seen: seen.join(' ') }
}

/** Whether what is kept now is what the form had shown; also where a form has no marks. */
export function isAsSeen(typed: Typed, current: Values): boolean {
  const seen = String(typed['seen'] ?? '')
  return seen === '' || seen === withSeen(current)['seen']
}

/** What was typed; where that is what the form had shown, `current`, which may be newer. */
export function withNewer(typed: Typed, current: Values): Typed {
  const seen = new Map(
    String(typed['seen'] ?? '')
      .split(' ')
      .map(each => each.split(':') as [string, string]),
  )
  const untouched = Object.entries(current).filter(([name]) => seen.get(name) === markOf(typed[name]))
  return Object.assign(Object.create(null), typed, Object.fromEntries(untouched))
}

/** The same for a value as it is kept and as a browser sends it: lines end in CRLF, an empty box is not sent, one of several is no list. */
function markOf(value: string | string[] | undefined): string {
  const texts = [value ?? []].flat().map(text => text.replaceAll('\r\n', '\n').trim())
  const sent = texts.filter(text => text !== '' && text !== 'false').sort()
  return createHash('sha256').update(JSON.stringify(sent)).digest('base64url').slice(0, 8)
}
