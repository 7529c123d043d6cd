/** What the records door takes of lists and of how a file of leads is read. */
import { z } from '@hono/zod-openapi'
import { words } from '../words.ts'

const priority = z.int().min(0).max(9)
const weight = z.int().min(1).max(100)

export const listChange = z
  .strictObject({
    name: words(200).optional(),
    priority: priority.optional(),
    weight: weight.optional(),
    paused: z.boolean().optional(),
  })
  .openapi('ListChange')

export const recycleInput = z
  .strictObject({ reasons: z.array(words(64)).min(1, 'at least one result, rule or outcome').max(50) })
  .openapi('RecycleInput')

export const duplicateWays = ['keep', 'mark', 'reject'] as const
export const duplicatePlaces = ['campaign', 'running'] as const

/**
 * How a file is read. `duplicates`: what becomes of a lead whose number (or, in another campaign, reference) is there already; looked for in
 * this campaign or in all that run. `segmentField`, `priorityField`: the column that says a lead's segment or priority.
 */
export const importOptions = z.strictObject({
  list: words(200).optional(),
  priority: priority.default(5),
  weight: weight.default(1),
  duplicates: z.enum(duplicateWays).default('keep'),
  duplicatesIn: z.enum(duplicatePlaces).default('campaign'),
  segmentField: words(64).optional(),
  priorityField: words(64).optional(),
})
export type ImportOptions = z.output<typeof importOptions>

const whole = z
  .string()
  .regex(/^\d{1,3}$/, 'a whole number')
  .transform(Number)

/** The same in a query string. */
export const importQuery = importOptions.extend({
  priority: whole.pipe(priority).default(5).openapi({ type: 'integer' }),
  weight: whole.pipe(weight).default(1).openapi({ type: 'integer' }),
})
