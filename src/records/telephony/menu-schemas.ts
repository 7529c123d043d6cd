/** What the records door takes of voice menus; see schemas.ts. */
import { z } from '@hono/zod-openapi'
import { type MenuKey, type MenuTarget, menuActs, menuKeys, outsideMaxDefault } from '../../centre/menu/menu.ts'
import { speechLanguages } from '../../centre/speech/vocabulary.ts'
import { idPattern, type MenuId, type QueueId, type UserId } from '../../lib/ids.ts'
import { changeOf, phoneNumber } from '../schemas.ts'
import { words } from '../words.ts'

const id = <T extends string>() =>
  z
    .string()
    .regex(idPattern, 'an id: letters, digits, - and _, at most 64')
    .transform(text => text as T)
const queue = z.strictObject({ queue: id<QueueId>() })
const user = z.strictObject({ user: id<UserId>() })
const ivr = z.strictObject({ ivr: id<MenuId>() })
const number = z.strictObject({ number: phoneNumber })
const anywhere = 'one of {queue}, {user}, {ivr}, {number} and {act}'
export const menuTarget = z
  .union([queue, user, ivr, number, z.strictObject({ act: z.enum(menuActs) })], anywhere)
  .openapi('MenuTarget', {
    description: 'A queue, a person, another menu, an outside number (under the gate and the toll rules), or an act',
  })
/** Who presses nothing is not told the same once more. */
const end = z.union(
  [queue, user, ivr, number, z.strictObject({ act: z.enum(['call_back', 'hang_up']) })],
  `${anywhere}, but not repeat`,
)
const ofDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'HH:MM')
const hours = z
  .strictObject({
    weekdays: z.array(z.int().min(0).max(6)).min(1, 'at least one day').max(7),
    from: ofDay,
    to: ofDay,
    holidays: z
      .string()
      .regex(/^[A-Z]{2}$/, 'a calendar of two capitals, e.g. CN')
      .optional()
      .openapi({ description: 'The calendar whose holidays are closed days' }),
  })
  .refine(({ from, to }) => from !== to, 'two different times')
const keys = Object.fromEntries(menuKeys.map(key => [key, menuTarget.optional()])) as unknown as Record<
  MenuKey,
  z.ZodOptional<z.ZodType<MenuTarget>>
>

const fields = {
  name: words(64),
  language: z.enum(speechLanguages).default('zh-CN'),
  greeting: z.array(z.string().max(60)).max(10).default([]).openapi({
    description: 'Said one after the other: own/NAME (an own recording in use), or a shipped phrase',
  }),
  keys: z.strictObject(keys).default({}),
  extensions: z.boolean().default(false).openapi({ description: 'An extension may be dialled' }),
  bargeIn: z.boolean().default(true).openapi({ description: 'A key ends what is being said' }),
  waitMs: z.int().min(1_000).max(30_000).default(6_000),
  betweenMs: z.int().min(1_000).max(10_000).default(3_000),
  triesMax: z.int().min(1).max(10).default(3),
  outsideMax: z
    .int()
    .min(1)
    .max(500)
    .default(outsideMaxDefault)
    .openapi({ description: 'Calls that its keys have led outside at the same time, at most' }),
  fallback: end.default({ act: 'call_back' }),
  hours: hours.nullable().default(null).openapi({ description: 'Of the centre’s time zone; null: always open' }),
  closed: end.default({ act: 'call_back' }),
}

export const menuInput = z.strictObject(fields).openapi('MenuInput')
export const menuChange = changeOf(menuInput, 'MenuChange')
