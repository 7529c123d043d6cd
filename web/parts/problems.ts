import type { Words } from '../words/words.ts'
import type { Filled } from './form.ts'

/** One field: what was found and what is allowed, as the records door says it (English). */
export type FieldProblem = { field: string; found: string; allowed: string }

/** Problems as errors beside their fields, in the page's language where there are words for the field. `callerIds.0` belongs to `callerIds`. */
export function errorsOf(problems: FieldProblem[], w: Words): Filled['errors'] {
  const errors: Record<string, string> = {}
  for (const problem of problems) {
    const field = problem.field.split(/[.[]/)[0]!
    const allowed = w.admin.allowed[field] ?? problem.allowed
    errors[field] ??= problem.found ? `${allowed}${w.admin.found(problem.found)}` : allowed
  }
  return errors
}
