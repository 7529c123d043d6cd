/** `PUT /agent/station`: where this person is heard from now on, also in mid-call. It is the setting that an administrator's list of people shows. */
import { Hono } from 'hono'
import type { Refusal, User } from '../../centre/entities.ts'
import { stationKinds } from '../../centre/entities.ts'
import { changeUser } from '../../records/people/users.ts'
import { actorOf, type Ctx, type Deps, type Env } from '../deps.ts'
import { allow } from '../guard.ts'
import { oneOf, textOf, typedOf } from '../typed.ts'
import { isRegistered } from './registered.ts'

/** The desk as it is now; or why not, in the page's words. */
type Paint = (c: Ctx, refusal: Refusal | null) => Promise<Response>

export function stationRoutes(deps: Deps, paint: Paint): Hono<Env> {
  const route = new Hono<Env>()

  route.put('/agent/station', allow('agent', 'supervisor'), async c => {
    const station = oneOf(textOf(await typedOf(c), 'station'), stationKinds)
    const user = deps.engine.state.users.get(c.var.user.id) ?? c.var.user
    if (station === user.station) return paint(c, null)
    const refusal = station === 'browser' ? null : phoneMissing(deps, user)
    if (refusal !== null) return paint(c, refusal)
    await changeUser(deps.records, actorOf(c), user.id, { station })
    return paint(c, null)
  })

  return route
}

/** Who moves to a phone that nobody can ring would hear nothing of the next call. */
function phoneMissing(deps: Deps, { extension }: User): Refusal | null {
  if (extension === null) return { rule: 'no_extension', words: 'You have no desk phone: ask for an extension.' }
  if (isRegistered(deps, extension)) return null
  return { rule: 'phone_not_registered', words: `The desk phone ${extension} is not registered.` }
}
