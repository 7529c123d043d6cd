import { Hono } from 'hono'
import { ownAgencyPage } from '../../../web/pages/agent/own-agency.ts'
import { textsOf } from '../../../web/parts/frame.ts'
import { startOfDay } from '../../../web/parts/time.ts'
import { linesOf } from '../../centre/gate/agencies.ts'
import { bucketOf, dpdOf } from '../../lender/overdue.ts'
import type { AgencyId } from '../../lib/ids.ts'
import { agencyById, peopleOf } from '../../records/agencies/agencies.ts'
import { reassignWithin } from '../../records/agencies/agency-cases.ts'
import { NotFound } from '../../records/errors.ts'
import { reckoningOf } from '../../records/parties/lender.ts'
import { ledBy } from '../agency-bar.ts'
import { actorOf, type Ctx, type Deps, type Env } from '../deps.ts'
import { allow } from '../guard.ts'
import { frameOf } from '../live/frame.ts'
import { refusedFor } from '../refused.ts'
import { listOf, textOf, typedOf } from '../typed.ts'

const path = '/agent/agency'
const casesMax = 500
type Said = { tone: 'green' | 'red'; words: string } | null

/** `/agent/agency`: for who leads an agency, its quota, its people with their day, and its placed cases, which are dealt out among them. For all others there is none. */
export function agencyLeadRoutes(deps: Deps): Hono<Env> {
  const route = new Hono<Env>()
  const { store, records, engine } = deps

  route.get(path, allow('agent'), c => page(c, null))

  route.post(`${path}/cases`, allow('agent'), async c => {
    const agency = ownOf(c)
    const typed = await typedOf(c)
    const w = textsOf(await frameOf(c, deps))
    const ids = listOf(typed, 'ids').slice(0, casesMax)
    if (ids.length === 0) return page(c, { tone: 'red', words: w.placement.chooseFirst }, 422)
    try {
      const { moved, refused } = await reassignWithin(records, actorOf(c), agency, { ids, to: textOf(typed, 'to') })
      return page(c, { tone: 'green', words: w.collections.cases.moved(moved, refused) })
    } catch (error) {
      return page(c, { tone: 'red', words: Object.values(refusedFor(error, w, { typed })).join(' ') }, 422)
    }
  })

  function ownOf(c: Ctx): AgencyId {
    const agency = ledBy(engine.state, c.var.user)
    if (agency === null) throw new NotFound('page', path)
    return agency
  }

  async function page(c: Ctx, said: Said, status: 200 | 422 = 200): Promise<Response> {
    const id = ownOf(c)
    const frame = await frameOf(c, deps)
    const from = startOfDay(frame.now, frame.zone)
    const of = c.req.query('of') ?? ''
    const [agency, people, loads, cases, figures, { rules, today }] = await Promise.all([
      agencyById(records, id),
      peopleOf(records, id),
      store.read('placements.loads', { agency: id }),
      store.read('placements.ofAgency', {
        ...{ agency: id, limit: casesMax },
        ...(of === '' ? {} : { agent: of === '-' ? '' : of }),
      }),
      store.read('agents.figures', { from, to: frame.now + 1, now: frame.now }),
      reckoningOf(records),
    ])
    const named = new Map(people.map(({ id: person, displayName }) => [person as string, displayName]))
    const load = new Map(loads.map(each => [each.agent, each.cases]))
    const day = new Map(figures.map(each => [each.agent, each]))
    const nobodys = loads.reduce((sum, { agent, cases: n }) => (agent !== null && named.has(agent) ? sum : sum + n), 0)
    return c.html(
      ownAgencyPage({
        ...{ frame: { ...frame, path }, said, of, nobodys },
        agency: {
          ...{ name: agency.name, until: agency.until, placed: agency.placed, caseQuota: agency.caseQuota },
          ...{ lines: agency.lines, linesNow: linesOf(engine.state, id), seats: agency.seats },
        },
        people: people.map(person => {
          const { calls = 0, connected = 0, talkMs = 0 } = day.get(person.id) ?? {}
          const phase = engine.state.agents.get(person.id)?.phase ?? 'signed_off'
          return {
            ...{ id: person.id, name: person.displayName, cases: load.get(person.id) ?? 0 },
            ...{ calls, connected, talkMs, phase },
          }
        }),
        cases: cases.map(({ id: of, party, name, agent, owed, product, oldestDueOn }) => {
          const days = oldestDueOn === null ? 0 : dpdOf(oldestDueOn, today)
          return {
            ...{ id: of, party, name, owed, product, days, bucket: bucketOf(days, rules) },
            agent: agent === null ? null : (named.get(agent) ?? null),
          }
        }),
      }),
      status,
    )
  }

  return route
}
