/** How the gate says hours and caps in words (English; pages translate by rule). */
import type { Hours, Limit, Window } from './policy.ts'

const units: Record<Limit['unit'], string> = {
  ATTEMPT: 'attempts',
  UNANSWERED: 'unanswered attempts',
  CONNECT: 'answered calls',
  CONVERSATION: 'conversations',
  ABANDON: 'abandoned calls',
  MESSAGE: 'texts',
}

/** `3 conversations a day per party`, `no attempts for 7 days after conversations per party and debt`. */
export function limitWords(limit: Limit): string {
  const per = limit.key.map(part => part.toLowerCase()).join(' and ')
  const unit = units[limit.unit]
  if (limit.max === 0) return `no call within ${windowWords(limit.window)} of ${unit} per ${per}`
  return `${limit.max} ${unit} in ${windowWords(limit.window)} per ${per}`
}

function windowWords(window: Window): string {
  if (window.type === 'DAY') return 'a day'
  if (window.type === 'REST') return `${window.n} days`
  return `${window.n} ${window.of.toLowerCase()}${window.n === 1 ? '' : 's'}`
}

/** As it is written on the page of policies; `records/gate/limit-lines.ts` reads it. */
export function limitLine(limit: Limit): string {
  const modes = (name: string, list: readonly string[] | undefined) =>
    list === undefined ? [] : [`${name}=${list.join('+').toUpperCase()}`]
  return [
    ...[limit.max, limit.unit, limit.key.join('+'), windowCode(limit.window), limit.effect],
    ...(limit.unlessAgreed ? ['AGREED'] : []),
    ...modes('MODES', limit.modes),
    ...modes('COUNTS', limit.counts),
  ].join(' ')
}

function windowCode(window: Window): string {
  if (window.type === 'DAY') return 'DAY'
  return window.type === 'REST' ? `REST${window.n}` : `${window.n}${window.of}`
}

export function closesOf(hours: Hours): string {
  return `${clock(hours.from)}–${clock(hours.to)}`
}

export function clock(minute: number): string {
  return `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`
}
