import { Hono } from 'hono'
import { InvalidInput } from '../../records/errors.ts'
import { removeCalendar, removeHoliday, saveCalendar } from '../../records/gate/calendars.ts'
import { actorOf, type Ctx, type Deps, type Env } from '../deps.ts'
import { allow } from '../guard.ts'
import { frameOf } from '../live/frame.ts'
import { oneOf, textOf, typedOf } from '../typed.ts'
import { policiesAnswer, refusedHere, usersOf } from './policies-answer.ts'

/** A file of dates is small: a thousand lines of a date and a name. */
const fileMaxBytes = 200_000

/** `/admin/policies/calendars`: days without contact, typed or from a CSV file, and taken out again. */
export function calendarRoutes(deps: Deps): Hono<Env> {
  const route = new Hono<Env>()

  route.post('/admin/policies/calendars', allow('admin'), async c => {
    const typed = await typedOf(c)
    const code = textOf(typed, 'code').toUpperCase()
    try {
      const how = oneOf(textOf(typed, 'how') || 'add', ['add', 'replace'])
      const file = await fileOf(c)
      const text = file ?? textOf(typed, 'dates')
      await saveCalendar(deps.records, actorOf(c), { code, text, how }, file === null ? 'dates' : 'file')
    } catch (error) {
      const errors = refusedHere(error, await frameOf(c, deps), { typed })
      return policiesAnswer(c, deps, { calendar: { values: typed, errors } }, 422)
    }
    return c.redirect(`/admin/policies?saved=1&calendar=${code}#calendars`, 303)
  })

  /** With a date: that day; without: the whole calendar, and the shipped one is back. */
  route.post('/admin/policies/calendars/:code/removal', allow('admin'), async c => {
    const code = c.req.param('code')
    const date = textOf(await typedOf(c), 'date')
    const { policies: used } = usersOf(deps.engine.state, code)
    try {
      if (date === '') await removeCalendar(deps.records, actorOf(c), { code, used })
      else await removeHoliday(deps.records, actorOf(c), { code, date })
    } catch (error) {
      const errors = refusedHere(error, await frameOf(c, deps), {})
      return policiesAnswer(c, deps, { calendar: { values: { code }, errors } }, 422)
    }
    return c.redirect(`/admin/policies?saved=1&calendar=${code}#calendars`, 303)
  })

  return route
}

/** The text of the file that was sent; null: none was. */
async function fileOf(c: Ctx): Promise<string | null> {
  const file = (await c.req.parseBody())['file']
  if (!(file instanceof File) || file.size === 0) return null
  if (file.size > fileMaxBytes)
    throw new InvalidInput([
      { field: 'file', found: `${file.size} bytes`, allowed: `a CSV file of at most ${fileMaxBytes} bytes` },
    ])
  return file.text()
}
