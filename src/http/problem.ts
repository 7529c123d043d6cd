/** The one place where faults and refusals become HTTP answers: a problem document for the API, words or a page for people. */
import type { StatusCode } from 'hono/utils/http-status'
import { LadderError } from '../ladder/ladder.ts'
import { type FieldProblem, InvalidInput, NotFound, NotNow } from '../records/errors.ts'
import { StoreError } from '../store/port.ts'
import { Forbidden } from './guard.ts'

/** RFC 9457. `rule`: which rule refused. `errors`: field by field. */
export type Problem = {
  type: string
  title: string
  status: number
  detail: string
  rule?: string
  errors?: FieldProblem[]
  /** Names this request in the log. */
  instance?: string
}

/** HTTP 400, 401, 413, 415, 429 …: what the request itself lacks. */
export class BadRequest extends Error {
  override name = 'BadRequest'
  readonly status: 400 | 401 | 409 | 413 | 415 | 422 | 429
  constructor(status: 400 | 401 | 409 | 413 | 415 | 422 | 429, words: string) {
    super(words)
    this.status = status
  }
}

/** Null: not an expected outcome but a bug; it is logged and answered 500 without its words. */
export function problemOf(error: unknown): Problem | null {
  if (error instanceof InvalidInput) return { ...titled(422, 'Not valid', error.message), errors: error.problems }
  if (error instanceof NotFound) return titled(404, 'Not found', error.message)
  if (error instanceof NotNow) return { ...titled(409, 'Not now', error.message), rule: error.rule }
  if (error instanceof Forbidden) return titled(403, 'Not allowed', error.message)
  if (error instanceof BadRequest) return titled(error.status, 'Bad request', error.message)
  if (error instanceof LadderError) return titled(503, 'Not readable now', error.message)
  if (error instanceof StoreError) return storeProblem(error)
  if (error instanceof Error && error.name === 'EngineStopped')
    return titled(503, 'No new work is taken', error.message)
  return null
}

export function titled(status: StatusCode, title: string, detail: string): Problem {
  return { type: `urn:switchroom:problem:${title.toLowerCase().replaceAll(' ', '-')}`, title, status, detail }
}

function storeProblem(error: StoreError): Problem {
  const field = error.field ?? 'this'
  switch (error.kind) {
    case 'conflict':
      return {
        ...titled(409, 'Taken already', error.message),
        errors: [{ field, found: 'one that is taken already', allowed: 'one that nothing else has' }],
      }
    case 'invalid':
      return titled(422, 'Not valid', error.message)
    case 'full':
      return titled(507, 'The disk is full', `${sentence(error.message)} Nothing was kept; make room and try again.`)
    case 'fault':
      return titled(
        503,
        'The database cannot be written',
        `${sentence(error.message)} Nothing was kept; try again in a moment.`,
      )
  }
  error.kind satisfies never
}

const sentence = (words: string) => words.replace(/\.*$/, '.')
