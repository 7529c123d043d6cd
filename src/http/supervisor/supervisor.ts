import { Hono } from 'hono'
import { liveCallsPage, liveCallsRegions } from '../../../web/pages/supervisor/live-calls.ts'
import { wallboardPage } from '../../../web/pages/supervisor/wallboard.ts'
import { notice } from '../../../web/parts/form.ts'
import { textsOf } from '../../../web/parts/frame.ts'
import { html, partials } from '../../../web/parts/html.ts'
import type { CallId } from '../../lib/ids.ts'
import { isId } from '../../lib/ids.ts'
import { NotFound } from '../../records/errors.ts'
import { actorOf, type Deps, type Env } from '../deps.ts'
import { allow } from '../guard.ts'
import { frameOf, wordsOf } from '../live/frame.ts'
import { savedFilterRoutes } from '../saved-filters.ts'
import { screenRoutes } from '../screens.ts'
import { agencyRoutes } from './agencies.ts'
import { appealRoutes, appealsOf } from './appeals.ts'
import { audioRoutes } from './audio.ts'
import { batchRoutes } from './batches.ts'
import { bestTimeRoutes } from './best-times.ts'
import { callbackRoutes } from './callbacks.ts'
import { campaignPageRoutes } from './campaign.ts'
import { casePageRoutes } from './case.ts'
import { caseRoutes } from './cases.ts'
import { claimRoutes } from './claims.ts'
import { floorOf, liveCallsOf } from './floor-props.ts'
import { floorStored } from './floor-stored.ts'
import { loanFormRoutes } from './loan-form.ts'
import { orderRoutes } from './orders.ts'
import { partyRoutes } from './parties.ts'
import { partyFormRoutes } from './party-form.ts'
import { prospectRoutes } from './prospects.ts'
import { rehearsalRoutes } from './rehearsal.ts'
import { supervisionOf, supervisionRoutes } from './supervision.ts'
import { taskReviewRoutes } from './tasks.ts'
import { teamChoice, teamIn } from './team-choice.ts'

/** `/supervisor`: the wallboard; `/supervisor/calls`: calls under way, and ending one of them. */
export function supervisorRoutes(deps: Deps): Hono<Env> {
  const route = new Hono<Env>()

  route.get('/supervisor', allow('supervisor'), async c => {
    const frame = await frameOf(c, deps)
    const stored = await floorStored(deps, frame.now, frame.zone)
    return c.html(wallboardPage(floorOf(deps, c.var.user, frame, stored, teamIn(c))))
  })

  route.get('/supervisor/calls', allow('supervisor', 'quality'), async c => {
    const frame = await frameOf(c, deps)
    const { state } = deps.engine
    const { user } = c.var
    const team = teamIn(c)
    const calls = liveCallsOf(state, user, deps.audio?.live(), team)
    const choice = teamChoice(state, user, team)
    const supervision = supervisionOf(state, user)
    return c.html(liveCallsPage({ choice, calls, supervision, ...appealsOf(state, user, frame), said: null }))
  })

  route.put('/supervisor/calls/:id/ending', allow('supervisor'), async c => {
    const id = c.req.param('id')
    if (!isId(id)) throw new NotFound('call', id)
    const frame = await frameOf(c, deps)
    const w = textsOf(frame)
    const order = { type: 'call.end', call: id as CallId, by: 'supervisor', user: c.var.user.id } as const
    const outcome = await deps.engine.dispatch(order, actorOf(c))
    const said = outcome.ok
      ? notice('green', w.supervisor.calls.ended)
      : notice('red', `${w.frame.form.refused}${wordsOf(outcome.refusal, w)}`)
    const calls = liveCallsOf(deps.engine.state, c.var.user, deps.audio?.live(), teamIn(c))
    const supervision = supervisionOf(deps.engine.state, c.var.user)
    return c.html(
      partials([
        { id: 'calls-said', body: html`<div id="calls-said" aria-live="polite">${said}</div>` },
        ...liveCallsRegions({ calls, supervision, ...appealsOf(deps.engine.state, c.var.user, frame) }),
      ]),
    )
  })

  route.route('/', partyFormRoutes(deps)) // before `/supervisor/parties/:ref`, of which `new` would be one
  route.route('/', partyRoutes(deps))
  route.route('/', loanFormRoutes(deps))
  route.route('/', taskReviewRoutes(deps))
  route.route('/', orderRoutes(deps))
  route.route('/', prospectRoutes(deps))
  route.route('/', caseRoutes(deps))
  route.route('/', casePageRoutes(deps))
  route.route('/', claimRoutes(deps))
  route.route('/', agencyRoutes(deps))
  route.route('/', batchRoutes(deps))
  route.route('/', savedFilterRoutes(deps))
  route.route('/', campaignPageRoutes(deps))
  route.route('/', rehearsalRoutes(deps))
  route.route('/', audioRoutes(deps))
  route.route('/', callbackRoutes(deps))
  route.route('/', bestTimeRoutes(deps))
  route.route('/', supervisionRoutes(deps))
  route.route('/', appealRoutes(deps))
  route.route('/', screenRoutes(deps))
  return route
}
