/** An input as it may stand in a log: no number in full, no name, no note. */
import type { Input } from '../centre/inputs.ts'
import { maskNumber } from '../lib/mask.ts'

const removed = new Set(['name', 'note', 'party', 'fields', 'phones', 'leads', 'facts', 'digits', 'digit'])

export function masked(input: Input): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(input).map(([key, value]) => [key, removed.has(key) ? size(value) : plain(value)]),
  )
}

function plain(value: unknown): unknown {
  if (typeof value === 'string')
    return /\d{5}/.test(value) && /^[+\d\s()-]+$/.test(value) ? maskNumber(value) : value.slice(0, 200)
  if (typeof value === 'object' && value !== null) return size(value)
  return value
}

function size(value: unknown): string {
  if (Array.isArray(value)) return `[${value.length}]`
  return value === null ? 'null' : `(${typeof value})`
}
