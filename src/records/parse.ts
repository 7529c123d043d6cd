import type { z } from 'zod'
import { type FieldProblem, InvalidInput } from './errors.ts'

/** The checked value, or InvalidInput with every field that is wrong: what was found, what is allowed. */
export function parseInput<S extends z.ZodType>(schema: S, given: unknown): z.output<S> {
  const parsed = schema.safeParse(given, { reportInput: true })
  if (parsed.success) return parsed.data
  throw new InvalidInput(problemsOf(parsed.error, given))
}

/** At most 50 problems; a text that was found is shown to 60 characters, a secret never. */
export function problemsOf(error: z.core.$ZodError, given: unknown): FieldProblem[] {
  return error.issues.slice(0, 50).map(issue => {
    const keys = issue.code === 'unrecognized_keys' ? issue.keys : null
    const path = [...issue.path, ...(keys === null ? [] : [keys[0]!])]
    const field = path.map(String).join('.')
    if (keys !== null)
      return { field, found: `an unknown field ${show(keys.join(', '))}`, allowed: 'no field of that name' }
    return { field, found: foundAt(given, issue.path), allowed: allowedBy(issue) }
  })
}

function foundAt(given: unknown, path: PropertyKey[]): string {
  let value = given
  for (const key of path) {
    if (typeof value !== 'object' || value === null) return 'nothing'
    value = (value as Record<PropertyKey, unknown>)[key]
  }
  if (value === undefined) return 'nothing'
  if (/password|secret|token|privateKey/i.test(String(path.at(-1) ?? ''))) {
    return typeof value === 'string' ? `${value.length} characters` : typeof value
  }
  return show(value)
}

function show(value: unknown): string {
  const text = textOf(value)
  return text.length <= 60 ? text : `${text.slice(0, 57)}…`
}

/** As JSON, but for what it has no word for (Infinity) and what it cannot walk: a body may be a hundred thousand lists one in another. */
function textOf(value: unknown): string {
  if (typeof value === 'number') return String(value)
  try {
    return JSON.stringify(value) ?? String(value)
  } catch {
    return 'a value that is nested too deep'
  }
}

function allowedBy(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_value':
      return issue.values.map(String).join(', ')
    case 'invalid_type':
      return typeWords[issue.expected] ?? `a ${issue.expected}`
    case 'too_small':
      if (issue.origin === 'string' && issue.minimum === 1) return 'a text that is not empty'
      return isDefaultMessage(issue.message) ? `${unitOf(issue.origin)} at least ${issue.minimum}` : issue.message
    case 'too_big':
      return isDefaultMessage(issue.message) ? `${unitOf(issue.origin)} at most ${issue.maximum}` : issue.message
    case 'invalid_union':
      return issue.errors
        .flat()
        .map(each => allowedBy(each as z.core.$ZodIssue))
        .filter((words, at, all) => all.indexOf(words) === at)
        .join(', or ')
    case 'invalid_format':
      return issue.format === 'datetime' && isDefaultMessage(issue.message)
        ? 'a time such as 2026-11-24T09:00:00+08:00'
        : issue.message
    case 'unrecognized_keys':
      return `no field ${issue.keys.join(', ')}`
    default:
      return issue.message
  }
}

const typeWords: Partial<Record<string, string>> = {
  int: 'a whole number',
  string: 'a text',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
}

function isDefaultMessage(message: string): boolean {
  return /^(Too|Invalid)/.test(message)
}

function unitOf(origin: string): string {
  return origin === 'string' ? 'length' : origin === 'array' ? 'number of entries' : 'a value of'
}
