/** What the pages about holds share: those in force as rows, and what their forms send. */

import type { Filled } from '../../web/parts/form.ts'
import type { HoldRow } from '../../web/parts/legal-holds.ts'
import type { Words } from '../../web/words/words.ts'
import type { Actor } from '../centre/facts.ts'
import { type LegalHoldKind, legalHoldKinds } from '../centre/records/record-facts.ts'
import { NotFound } from '../records/errors.ts'
import type { LegalHold } from '../store/calls/legal-holds.ts'
import { actorName } from './admin/journal.ts'
import type { Deps } from './deps.ts'
import { refusedFor } from './refused.ts'
import { type Typed, textOf } from './typed.ts'
import { programNames } from './who.ts'

/** Programs by the names of their tokens. */
export async function holdRows(deps: Deps, holds: LegalHold[], { auditor }: Words): Promise<HoldRow[]> {
  const programs = await programNames(
    deps,
    holds.map(({ placedBy }) => placedBy),
  )
  return holds.map(({ placedBy, ...hold }) => {
    const program = programs.get(placedBy)
    return { ...hold, by: program === undefined ? actorName(deps, placedBy as Actor) : auditor.call.program(program) }
  })
}

/** Of either form: kind and id in one choice, or each in a field of its own. */
export function holdTyped(typed: Typed): { kind: string; target: string; reason: string } {
  const [kind = '', target = ''] = textOf(typed, 'holdWhat').split(' ')
  return {
    kind: kind || textOf(typed, 'holdKind'),
    target: target || textOf(typed, 'holdTarget'),
    reason: textOf(typed, 'holdReason'),
  }
}

/** What it was refused for, beside the fields. Faults are thrown on. */
export function holdRefused(error: unknown, typed: Typed, w: Words): Filled['errors'] {
  if (error instanceof NotFound) {
    const kind = holdTyped(typed).kind as LegalHoldKind
    return { holdTarget: w.retention.noTarget(legalHoldKinds.includes(kind) ? w.retention.kinds[kind] : kind) }
  }
  const errors = refusedFor(error, w, {
    typed,
    fields: { kind: 'holdKind', target: 'holdTarget', reason: 'holdReason' },
  })
  const { holdReason = '', ...rest } = errors
  // Of a hold that was to be lifted there is no such field in the form: it is said above the list.
  return 'holdReason' in typed || holdReason === '' ? errors : { ...rest, '': holdReason }
}
