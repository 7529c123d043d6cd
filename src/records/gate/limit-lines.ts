/**
 * Caps as people write them on the page, one a line: maximum, unit, key, window, effect. `3 CONVERSATION PARTY DAY BLOCK`,
 * `7 ATTEMPT PARTY+DEBT 7DAY BLOCK`, `0 CONVERSATION PARTY REST7 WARN`. After the effect may stand `AGREED` (not asked at a time agreed on),
 * `MODES=NOTICE` (only these modes are held back) and `COUNTS=NOTICE` (only these are counted; `MESSAGE` among them: texts too). `3 MESSAGE PARTY DAY BLOCK` bounds texts alone.
 */
import { campaignModes } from '../../centre/entities.ts'
import { contactModes, limitKeys, limitUnits, rollUnits, type Window } from '../../centre/policy/policy.ts'
import { InvalidInput } from '../errors.ts'

const linesMax = 50
const shape =
  'five words a line, e.g. 3 CONVERSATION PARTY DAY BLOCK, or 7 ATTEMPT PARTY+DEBT 7DAY WARN, or 0 CONVERSATION PARTY REST7 BLOCK'

/** Throws InvalidInput on `limits` with the line. */
export function readLimits(text: string): unknown[] {
  const lines = text
    .split('\n')
    .map(line => line.trim())
    .filter(line => line !== '')
  if (lines.length > linesMax) throw problem(`${lines.length} lines`, `at most ${linesMax}`)
  return lines.map(line => {
    const words = line.toUpperCase().split(/\s+/)
    const [max, unit, key, window, effect = 'BLOCK', ...more] = words
    const read = window === undefined ? null : readWindow(window)
    if (words.length < 4 || words.length > 8 || !/^\d{1,4}$/.test(max!) || read === null) throw problem(line, shape)
    if (!(limitUnits as readonly string[]).includes(unit!)) throw problem(line, limitUnits.join(', '))
    const keys = key!.split('+')
    if (!keys.every(part => (limitKeys as readonly string[]).includes(part))) throw problem(line, limitKeys.join(', '))
    if (effect !== 'BLOCK' && effect !== 'WARN') throw problem(line, 'BLOCK, WARN')
    return { max: Number(max), unit, key: keys, window: read, effect, ...readMore(line, more) }
  })
}

function readMore(line: string, words: string[]): Record<string, unknown> {
  const read: Record<string, unknown> = {}
  for (const word of words) {
    const [name = '', list] = word.split('=')
    const modes = (list ?? '').toLowerCase().split('+')
    if (word === 'AGREED') read['unlessAgreed'] = true
    else if (
      (name === 'MODES' || name === 'COUNTS') &&
      modes.every(mode =>
        (name === 'MODES' ? campaignModes : (contactModes as readonly string[])).includes(mode as never),
      )
    )
      read[name.toLowerCase()] = modes
    else
      throw problem(
        line,
        `AGREED, MODES=… or COUNTS=… of ${campaignModes.join('+').toUpperCase()}; texts count as MESSAGE`,
      )
  }
  return read
}

function readWindow(word: string): Window | null {
  if (word === 'DAY') return { type: 'DAY' }
  const rest = /^REST(\d{1,3})$/.exec(word)
  if (rest) return { type: 'REST', n: Number(rest[1]) }
  const roll = /^(\d{1,6})([A-Z]+)$/.exec(word)
  const of = rollUnits.find(unit => unit === roll?.[2])
  return roll && of ? { type: 'ROLL', n: Number(roll[1]), of } : null
}

function problem(found: string, allowed: string): InvalidInput {
  return new InvalidInput([{ field: 'limits', found: JSON.stringify(found.slice(0, 80)), allowed }])
}
