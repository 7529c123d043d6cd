/** Who sent a call on to us, as its carrier says. `number` of what is given here is as this reader may see it. */
import type { Diverted } from '../../src/centre/calls/diverted.ts'
import type { Words } from '../words/words.ts'
import { shownNumber } from './numbers.ts'

/** For whom numbers are masked, as the caller's is. */
export function shownDiverted(diverted: Diverted | null | undefined, masked: boolean): Diverted | null {
  if (!diverted) return null
  return { ...diverted, number: diverted.number && shownNumber(diverted.number, masked) }
}

/** `由 138 **** 1234 转来（无人接听）` */
export function divertedSentence({ number, reason }: Diverted, { diverted: words }: Words): string {
  return words.sentence(number ?? words.unshown, reason === 'unknown' ? null : words.reasons[reason])
}

/** `138 **** 1234 · 无人接听`, beside a word for what it is. */
export function divertedBy({ number, reason }: Diverted, { diverted: words }: Words): string {
  const who = number ?? words.unshown
  return reason === 'unknown' ? who : `${who} · ${words.reasons[reason]}`
}
