/**
 * Which outside numbers calls may be passed on to, or consulted about: none, unless the call's campaign names some (`transferNumbers`) or an
 * administrator does for the role (settings `transfer.numbers.agent`, `transfer.numbers.supervisor`). Whoever may send a call anywhere can send
 * it to a number that costs money by the minute, so nothing is allowed that was not named.
 */

import type { Call } from '../call-state.ts'
import type { Role } from '../entities.ts'
import { normaliseNumber } from '../numbers/number.ts'
import type { Agent, FloorState } from '../state.ts'

/** Patterns of a role or campaign. */
export const patternsMax = 100
/** A call without an agent ends after so long, unless `transfer.maxMinutes` says otherwise. */
export const awayDefaultMs = 60 * 60_000
export const awayMinutes = { from: 1, to: 240 } as const
/** Roles that have a place on the floor. */
export const passingRoles = ['agent', 'supervisor'] as const satisfies readonly Role[]

/** A number as it is dialled, or its beginning with `*` behind; null: it is neither. The beginning holds the country at least. */
export function normalisePattern(text: string): string | null {
  const trimmed = text.trim()
  if (!trimmed.endsWith('*')) return normaliseNumber(trimmed)
  const start = trimmed.slice(0, -1).replaceAll(/[\s()-]/g, '')
  return /^\+[1-9]\d{0,13}$/.test(start) ? `${start}*` : null
}

/** One a line, or with commas between; null: the first that is none. */
export function readPatterns(text: string): { patterns: string[] } | { wrong: string } {
  const found = text.split(/[,，;\n]+/).flatMap(each => each.trim() || [])
  const patterns: string[] = []
  for (const each of found) {
    const pattern = normalisePattern(each)
    if (pattern === null) return { wrong: each.slice(0, 40) }
    patterns.push(pattern)
  }
  return { patterns: [...new Set(patterns)] }
}

/** `number` is E.164. */
export function mayPassTo(state: FloorState, call: Call, agent: Agent, number: string): boolean {
  const campaign = call.campaign === null ? undefined : state.campaigns.get(call.campaign)?.campaign
  const patterns = [...(campaign?.transferNumbers ?? []), ...(state.outside.get(agent.user.role) ?? [])]
  return patterns.some(pattern => isLike(number, pattern))
}

function isLike(number: string, pattern: string): boolean {
  return pattern.endsWith('*') ? number.startsWith(pattern.slice(0, -1)) : number === pattern
}

/** What a setting means for the floor; a value that means nothing allows nothing. Answers whether it was one of transfers. */
export function setTransfer(state: FloorState, key: string, value: string): boolean {
  if (key === 'transfer.maxMinutes') {
    const minutes = Number(value)
    const isKnown = Number.isInteger(minutes) && minutes >= awayMinutes.from && minutes <= awayMinutes.to
    state.awayMaxMs = isKnown ? minutes * 60_000 : awayDefaultMs
    return true
  }
  const role = passingRoles.find(each => key === `transfer.numbers.${each}`)
  if (role === undefined) return false
  const read = readPatterns(value)
  state.outside.set(role, 'patterns' in read ? read.patterns.slice(0, patternsMax) : [])
  return true
}
