/** What the API answers about lists and leads that are not dialled. */
import { z } from '@hono/zod-openapi'
import { leadStates } from '../../centre/entities.ts'

const instant = z.int().openapi({ description: 'Unix time, ms' })
const states = z.object(Object.fromEntries(leadStates.map(state => [state, z.int()])))

export const listReply = z
  .object({
    id: z.string(),
    campaign: z.string(),
    name: z.string(),
    priority: z.int().openapi({ description: '0 to 9; the highest is dialled first' }),
    weight: z.int().openapi({ description: 'Share among lists of the same priority' }),
    paused: z.boolean(),
  })
  .openapi('List')
export const listFiguresReply = listReply
  .extend({ addedAt: instant, leads: z.int(), counts: states })
  .openapi('ListFigures')

export const recycledReply = z.object({ recycled: z.int() }).openapi('Recycled')

export const filtersReply = z
  .object({
    total: z.int(),
    states,
    notDue: z.object({ leads: z.int(), more: z.boolean(), nextAt: instant.nullable() }),
    callbacks: z.object({ leads: z.int(), nextAt: instant.nullable() }),
    pausedLists: z.int(),
    overQuota: z.int(),
    closed: z.int().openapi({ description: 'Ready leads where the policy’s hours are closed now' }),
    inHand: z.int(),
    doNotCall: z.int(),
    exhausted: z.array(z.object({ reason: z.string(), leads: z.int() })),
    places: z.array(z.object({ place: z.string(), leads: z.int(), open: z.boolean() })),
  })
  .openapi('LeadFilters')

export const answerHourReply = z
  .object({
    segment: z.string(),
    hour: z.int(),
    dialled: z.int(),
    answered: z.int(),
    rate: z
      .number()
      .openapi({ description: 'answer rate of this hour, drawn towards the usual one while calls are few' }),
    usual: z.number().openapi({ description: 'answer rate of the segment over the day' }),
    lift: z.number().openapi({ description: 'rate / usual; leads with a higher one are dialled first' }),
  })
  .openapi('AnswerHour')
