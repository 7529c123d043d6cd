import { Hono } from 'hono'
import {
  type AppealsProps,
  appealsRegion,
  appealsSaid,
  type OpenAppeal,
} from '../../../web/pages/supervisor/appeals.ts'
import { type Frame, textsOf } from '../../../web/parts/frame.ts'
import { partials } from '../../../web/parts/html.ts'
import { shownNumber } from '../../../web/parts/numbers.ts'
import { seesAgent, sightOf } from '../../centre/agents/team.ts'
import type { User } from '../../centre/entities.ts'
import type { Input } from '../../centre/inputs.ts'
import type { FloorState } from '../../centre/state.ts'
import { type CallId, isId, type UserId } from '../../lib/ids.ts'
import { maskNumbersIn } from '../../lib/mask.ts'
import { NotFound } from '../../records/errors.ts'
import { actorOf, type Ctx, type Deps, type Env } from '../deps.ts'
import { allow } from '../guard.ts'
import { frameOf, wordsOf } from '../live/frame.ts'
import { textOf, typedOf } from '../typed.ts'

/** More than anybody can come to. */
const appealsMax = 50

/** `/supervisor/calls/:id/appeal`: the agent of the call asks for help: taken, or done. Answered with those that are open. */
export function appealRoutes(deps: Deps): Hono<Env> {
  const route = new Hono<Env>()

  route.put('/supervisor/calls/:id/appeal', allow('supervisor'), async c => {
    const from = (textOf(await typedOf(c), 'from') || null) as UserId | null
    return act(c, { type: 'supervisor.takeAppeal', by: c.var.user.id, call: callOf(c), from })
  })

  route.delete('/supervisor/calls/:id/appeal', allow('supervisor'), c =>
    act(c, { type: 'supervisor.closeAppeal', by: c.var.user.id, call: callOf(c) }),
  )

  async function act(c: Ctx, input: Input): Promise<Response> {
    const frame = await frameOf(c, deps)
    const w = textsOf(frame)
    const outcome = await deps.engine.dispatch(input, actorOf(c))
    const said = outcome.ok
      ? null
      : ({ tone: 'red', words: `${w.frame.form.refused}${wordsOf(outcome.refusal, w)}` } as const)
    return c.html(
      partials([appealsSaid(said), appealsRegion(appealsOf(deps.engine.state, c.var.user, frame))]),
      outcome.ok ? 200 : 409,
    )
  }

  return route
}

/** Of all agents whom the viewer leads, also where the page shows one team of theirs: whoever asks is not to be overlooked. */
export function appealsOf(state: FloorState, viewer: User, frame: Frame): AppealsProps {
  if (viewer.role !== 'supervisor' || state.appeals.size === 0) return { frame, appeals: [] }
  const sight = sightOf(state, viewer)
  const open: OpenAppeal[] = []
  for (const [id, { agent, reason, askedAt, takenBy }] of state.appeals) {
    const call = state.calls.get(id)
    if (call === undefined || !seesAgent(sight, agent)) continue
    open.push({
      call: id,
      agent: nameIn(state, agent),
      ...{ reason: viewer.numbersMasked ? maskNumbersIn(reason) : reason, askedAt },
      party: call.name,
      number: shownNumber(call.number, viewer.numbersMasked),
      since: call.connectedAt ?? call.startedAt,
      takenBy: takenBy === null ? null : { id: takenBy, name: nameIn(state, takenBy), isMe: takenBy === viewer.id },
      isHeard: state.supervisions.get(viewer.id)?.call === id,
    })
    if (open.length === appealsMax) break
  }
  return { frame, appeals: open }
}

function nameIn(state: FloorState, user: UserId): string {
  return state.users.get(user)?.displayName ?? ''
}

function callOf(c: Ctx): CallId {
  const id = c.req.param('id') ?? ''
  if (!isId(id)) throw new NotFound('call', id)
  return id as CallId
}
