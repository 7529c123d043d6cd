import { z } from '@hono/zod-openapi'
import { menuActs, menuKeys } from '../../centre/menu/menu.ts'

const id = z.string()
const target = z.union([
  z.object({ queue: id }),
  z.object({ user: id }),
  z.object({ ivr: id }),
  z.object({ number: z.string() }),
  z.object({ act: z.enum(menuActs) }),
])

export const menuReply = z
  .object({
    id,
    name: z.string(),
    language: z.string(),
    greeting: z.array(z.string()),
    keys: z.object(Object.fromEntries(menuKeys.map(key => [key, target.optional()]))),
    extensions: z.boolean(),
    bargeIn: z.boolean(),
    waitMs: z.int(),
    betweenMs: z.int(),
    triesMax: z.int(),
    /** Left out by menus of before: 20. */
    outsideMax: z.int().optional(),
    fallback: target,
    hours: z
      .object({ weekdays: z.array(z.int()), from: z.string(), to: z.string(), holidays: z.string().optional() })
      .nullable(),
    closed: target,
  })
  .openapi('Menu')
