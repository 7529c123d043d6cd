import type { Words } from '../words/words.ts'
import type { Filled } from './form.ts'

/** One field: what was found and what is allowed, as the records door says it (English). */
export type FieldProblem = { field: string; found: string; allowed: string }

/**
 * Problems as errors beside their fields, in the page's language where there are words for the field. `callerIds.0` belongs to `callerIds`, and
 * says that it is the first of them. `words`: fields whose words stand under another name.
 */
export function errorsOf(problems: FieldProblem[], w: Words, words: Record<string, string> = {}): Filled['errors'] {
  const errors: Record<string, string> = {}
  for (const problem of problems) {
    const field = problem.field.split(/[.[]/)[0]!
    const allowed = w.admin.allowed[words[field] ?? field] ?? problem.allowed
    const which = /\.(\d+)(?:\.|$)/.exec(problem.field)
    const where = which === null ? '' : w.admin.which(Number(which[1]) + 1)
    errors[field] ??= `${where}${allowed}${problem.found ? w.admin.found(problem.found) : ''}`
  }
  return errors
}
