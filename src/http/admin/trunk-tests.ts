import { Hono } from 'hono'
import { trunkTestSection } from '../../../web/parts/trunk-test.ts'
import { testObstacle } from '../../centre/toll/test-number.ts'
import { obstacleToTest } from '../../centre/trunks/trunk.ts'
import { rulesOf } from '../../centre/trunks/trunk-rules.ts'
import type { TrunkId } from '../../lib/ids.ts'
import { keep } from '../../records/door.ts'
import { trunkById } from '../../records/telephony/trunks.ts'
import { actorOf, type Ctx, type Deps, type Env } from '../deps.ts'
import { allow } from '../guard.ts'
import { frameOf } from '../live/frame.ts'

/** `/admin/trunks/:id/tests`: a test of a trunk while calls go on, and what it has found so far. */
export function trunkTestRoutes(deps: Deps): Hono<Env> {
  const route = new Hono<Env>()
  const path = '/admin/trunks/:id/tests'
  const idOf = (c: Ctx) => c.req.param('id') as TrunkId

  route.get(path, allow('admin'), async c => section(c, null))

  route.post(path, allow('admin'), async c => {
    const trunk = await trunkById(deps.records, idOf(c))
    const number = rulesOf(trunk).echoNumber
    const refused = obstacle(trunk.id, number)
    if (refused !== null || deps.trunkTests === undefined) return section(c, refused ?? 'trunk_disabled', 409)
    const actor = actorOf(c)
    const note = (what: string, detail: string) =>
      keep(deps.records, actor, [{ type: 'audit.noted', what, detail: `${trunk.id} ${detail}`.slice(0, 500) }])
    // Its call has a line of the trunk, within its cap and rate; the journal has it before anybody is shown that it began.
    const line =
      number === null ? null : await deps.engine.dispatch({ type: 'trunk.test', trunk: trunk.id, isOver: false }, actor)
    if (line !== null && !line.ok) return section(c, line.refusal.rule, 409)
    const giveBack = async () => {
      if (line !== null) await deps.engine.dispatch({ type: 'trunk.test', trunk: trunk.id, isOver: true }, actor)
    }
    const late = deps.trunkTests.obstacle(trunk.id) // somebody else may have begun one meanwhile
    if (late !== null) {
      await giveBack()
      return section(c, late.rule, 409)
    }
    const testing = deps.trunkTests.run(trunk.id, number).finally(giveBack)
    await note('trunk.testBegun', number ?? 'without a call')
    testing
      .then(({ steps }) =>
        note('trunk.tested', steps.map(({ step, state, code }) => `${step} ${state} ${code}`).join('; ')),
      )
      .catch(error =>
        deps.log.error({ err: error, trunk: trunk.id }, 'the end of a test of a trunk is not in the journal'),
      )
    return section(c, null)
  })

  /** The rule that keeps it from beginning; null: none does. It takes a line as any call does. */
  function obstacle(id: TrunkId, number: string | null): string | null {
    const { state } = deps.engine
    const asked = deps.trunkTests?.obstacle(id) ?? null
    if (asked !== null) return asked.rule
    const floor = state.trunks.get(id)
    const line = floor === undefined ? null : obstacleToTest(floor, deps.clock.now())
    if (line !== null) return line.refusal.rule
    return number === null ? null : (testObstacle(state.toll.rules, state.zone, number)?.rule ?? null)
  }

  async function section(c: Ctx, refused: string | null, status: 200 | 409 = 200): Promise<Response> {
    const trunk = await trunkById(deps.records, idOf(c))
    const test = deps.trunkTests?.of(trunk.id) ?? null
    // htmx takes the place of the section with this; a browser without it is led back to the page.
    if (c.req.method === 'POST' && c.req.header('hx-request') === undefined && refused === null)
      return c.redirect(`/admin/trunks/${trunk.id}`, 303)
    return c.html(trunkTestSection({ frame: await frameOf(c, deps), trunk: trunk.id, test, refused }), status)
  }

  return route
}
