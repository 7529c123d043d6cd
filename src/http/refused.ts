import type { Filled } from '../../web/parts/form.ts'
import { errorsOf, type FieldProblem } from '../../web/parts/problems.ts'
import type { Words } from '../../web/words/words.ts'
import { InvalidInput, NotNow } from '../records/errors.ts'
import { StoreError } from '../store/port.ts'
import { linesOf, type Typed, textOf } from './typed.ts'

export type AboutForm = {
  /** What was typed is what was found: a form has seconds and per cent where the records have milliseconds and shares. */
  typed?: Typed
  /** Fields that the form names otherwise than the records: `notice.waitMs` → `noticeWait`. */
  fields?: Record<string, string>
  /** Fields whose words of what is allowed stand under another name, since another form has the same field. */
  words?: Record<string, string>
}

/**
 * What a form was refused for, beside its fields and in the page's language; `''` is for what has no field. Faults that no change of the
 * form would mend are thrown on.
 */
export function refusedFor(
  error: unknown,
  w: Words,
  { typed, fields = {}, words = {} }: AboutForm = {},
): Filled['errors'] {
  if (error instanceof InvalidInput) {
    const named = error.problems.map(problem => ({ ...problem, field: fields[problem.field] ?? problem.field }))
    return errorsOf(typed === undefined ? named : named.map(problem => asTyped(problem, typed)), w, words)
  }
  if (error instanceof StoreError && error.kind === 'conflict')
    return errorsOf([{ field: error.field ?? 'name', found: '', allowed: error.message }], w, words)
  if (error instanceof NotNow) return { '': w.domain.rules[error.rule] ?? error.message }
  throw error
}

const shownMax = 60

/** The field's own text, or of a list that is written one a line the line; never a secret. */
function asTyped(problem: FieldProblem, typed: Typed): FieldProblem {
  const [, root = '', which] = /^(\w+)(?:\.(?:\D+\.)?(\d+))?/.exec(problem.field) ?? []
  if (typeof typed[root] !== 'string' || /password|secret|token|privateKey/i.test(root)) return problem
  const line = which === undefined ? textOf(typed, root) : linesOf(typed, root)[Number(which)]
  if (line === undefined || line.includes('\n')) return problem
  return { ...problem, found: line.length <= shownMax ? line : `${line.slice(0, shownMax)}…` }
}
