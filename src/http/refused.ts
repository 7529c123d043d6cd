import type { Filled } from '../../web/parts/form.ts'
import { errorsOf } from '../../web/parts/problems.ts'
import type { Words } from '../../web/words/words.ts'
import { InvalidInput, NotNow } from '../records/errors.ts'
import { StoreError } from '../store/port.ts'

/**
 * What a form was refused for, beside its fields and in the page's language; `''` is for what has no field. Faults that no change of the
 * form would mend are thrown on.
 */
export function refusedFor(error: unknown, w: Words): Filled['errors'] {
  if (error instanceof InvalidInput) return errorsOf(error.problems, w)
  if (error instanceof StoreError && error.kind === 'conflict')
    return errorsOf([{ field: error.field ?? 'name', found: '', allowed: error.message }], w)
  if (error instanceof NotNow) return { '': w.domain.rules[error.rule] ?? error.message }
  throw error
}
