/** What the records door takes as rules of one trunk; a field that is left out keeps its default. */
import { z } from '@hono/zod-openapi'
import { overflowStatuses } from '../centre/trunk-rules.ts'

const ms = (min: number, max: number) => z.int().min(min).max(max)

export const trunkRules = z
  .strictObject({
    overflowOn: z
      .array(
        z.int().refine(status => overflowStatuses.includes(status), {
          message: `a status that a network gives of itself: ${overflowStatuses.join(', ')}; others end the attempt`,
        }),
      )
      .max(overflowStatuses.length),
    responseMs: ms(1_000, 15_000),
    ringMinMs: ms(15_000, 60_000),
    ringMaxMs: ms(15_000, 120_000),
  })
  .partial()
  .refine(({ ringMinMs = 15_000, ringMaxMs = 120_000 }) => ringMinMs <= ringMaxMs, {
    message: 'at least ringMinMs',
    path: ['ringMaxMs'],
  })
  .openapi('TrunkRules')
