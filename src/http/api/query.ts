import { z } from '@hono/zod-openapi'
import { idPattern } from '../../lib/ids.ts'
import { InvalidInput } from '../../records/errors.ts'
import { parseInput } from '../../records/parse.ts'
import type { Ctx } from '../deps.ts'

/** Text of a query string as an instant: Unix ms, or ISO 8601 with its offset. */
const instant = z
  .union([
    z
      .string()
      .regex(/^\d{1,15}$/)
      .transform(Number),
    z.iso.datetime({ offset: true }).transform(text => Date.parse(text)),
  ])
  .openapi({ type: 'string', description: 'Unix ms, or ISO 8601 with an offset' })
const limit = z
  .string()
  .regex(/^\d{1,3}$/, 'a whole number from 1 to 500')
  .transform(Number)
  .refine(value => value >= 1 && value <= 500, 'a whole number from 1 to 500')
  .openapi({ type: 'integer' })
const id = z.string().regex(idPattern)

export const paging = z.strictObject({ cursor: z.string().max(1000).optional(), limit: limit.optional() })
export const period = z.strictObject({ from: instant.optional(), to: instant.optional() })
export const callQuery = paging.extend({
  ...period.shape,
  agent: id.optional(),
  campaign: id.optional(),
  queue: id.optional(),
  number: z.string().max(40).optional(),
  direction: z.enum(['out', 'in']).optional(),
})
export const recordingQuery = paging.extend({
  ...period.shape,
  agent: id.optional(),
  campaign: id.optional(),
  number: z.string().max(40).optional(),
})

/** The query string, checked; a name that is not known is refused, since a filter that is passed over answers too much. */
export function queryOf<S extends z.ZodObject>(c: Ctx, schema: S): z.output<S> {
  const again = Object.entries(c.req.queries()).find(([, values]) => values.length > 1)
  if (again !== undefined)
    throw new InvalidInput([{ field: again[0].slice(0, 64), found: `${again[1].length} of it`, allowed: 'one' }])
  return parseInput(schema, c.req.query())
}
