import { Hono } from 'hono'
import { type CaseFilterView, casesPage, queryOf } from '../../../web/pages/supervisor/cases.ts'
import { textsOf } from '../../../web/parts/frame.ts'
import { caseStates, isClosed } from '../../lender/case.ts'
import { currencyDefault } from '../../lender/money.ts'
import { bucketOf, datesOfBucket, dpdOf } from '../../lender/overdue.ts'
import { isId } from '../../lib/ids.ts'
import { moveCasesBy } from '../../records/collections/cases.ts'
import { type Reckoning, reckoningOf } from '../../records/parties/lender.ts'
import { type CaseListArgs, caseSorts, countMax } from '../../store/lender/cases.ts'
import { actorOf, type Ctx, type Deps, type Env } from '../deps.ts'
import { allow } from '../guard.ts'
import { frameOf } from '../live/frame.ts'
import { refusedFor } from '../refused.ts'
import { savedFiltersOf } from '../saved-filters.ts'
import { isChecked, listOf, minorOf, textOf, typedOf } from '../typed.ts'

/** Of one order to reassign all that a filter fits. */
const movedMax = 5_000
const sliceMax = 500

/** `/supervisor/cases`: all cases by what matters of them, and many of them given to another collector at once. */
export function caseRoutes(deps: Deps): Hono<Env> {
  const route = new Hono<Env>()
  const { store, records } = deps

  route.get('/supervisor/cases', allow('admin', 'supervisor', 'auditor', 'quality'), c => page(c, null))

  route.post('/supervisor/cases/moves', allow('admin', 'supervisor'), async c => {
    const typed = await typedOf(c)
    const w = textsOf(await frameOf(c, deps))
    const move = { type: 'assign', agent: textOf(typed, 'to'), reason: textOf(typed, 'reason') }
    const report = { moved: 0, refused: 0 }
    try {
      const ids = isChecked(typed, 'all') ? await allOf(c) : listOf(typed, 'ids').filter(isId).slice(0, sliceMax)
      if (ids.length === 0) return page(c, { tone: 'red', words: w.collections.cases.nothing }, 422)
      for (let from = 0; from < ids.length; from += sliceMax) {
        const { moved, refused } = await moveCasesBy(records, actorOf(c), {
          ids: ids.slice(from, from + sliceMax),
          move,
        })
        report.moved += moved
        report.refused += refused.length
      }
    } catch (error) {
      const words = Object.values(refusedFor(error, w, { typed, fields: { 'move.agent': 'agent' } }))[0] ?? ''
      return page(c, { tone: 'red', words: `${w.frame.form.refused}${words}` }, 422)
    }
    return page(c, { tone: 'green', words: w.collections.cases.moved(report.moved, report.refused) })
  })

  async function allOf(c: Ctx): Promise<string[]> {
    const args = argsOf(filterOf(c), await reckoningOf(records))
    const ids: string[] = []
    for (let cursor: string | null = null; ids.length < movedMax; ) {
      const found: { items: { id: string }[]; next: string | null } = await store.read('cases.list', {
        ...args,
        cursor,
        limit: sliceMax,
      })
      ids.push(...found.items.map(({ id }) => id))
      cursor = found.next
      if (cursor === null) break
    }
    return ids.slice(0, movedMax)
  }

  async function page(
    c: Ctx,
    said: { tone: 'green' | 'red'; words: string } | null,
    status: 200 | 422 = 200,
  ): Promise<Response> {
    const filter = filterOf(c)
    const [frame, reckoning, products, users] = await Promise.all([
      frameOf(c, deps),
      reckoningOf(records),
      store.read('cases.products', {}),
      store.read('users.list', { enabledOnly: true }),
    ])
    const cursor = c.req.query('cursor') ?? null
    const found = await store.read('cases.list', { ...argsOf(filter, reckoning), cursor })
    const { rules, today } = reckoning
    const rows = found.items.map(each => {
      const days = each.oldestDueOn === null ? 0 : dpdOf(each.oldestDueOn, today)
      const { id, party, name, state, owed, product, changedAt, rule, group } = each
      const agent = each.agent === null ? null : nameOf(deps, each.agent)
      return {
        ...{ id, party, name, state, owed, product, changedAt, days, agent },
        bucket: bucketOf(days, rules),
        group: rule === null ? null : `${rule} · ${group}`,
      }
    })
    const query = queryOf(filter)
    const next =
      found.next && `/supervisor/cases${query}${query ? '&' : '?'}${new URLSearchParams({ cursor: found.next })}`
    const collectors = users
      .filter(({ role }) => role === 'agent' || role === 'supervisor')
      .map(({ id, displayName }) => ({ value: id, word: displayName }))
    const { role } = c.var.user
    const mayMove = role === 'admin' || role === 'supervisor'
    const buckets = rules.buckets.map(({ name }) => name)
    const { count } = found
    const figures = { count, more: count >= countMax, next }
    return c.html(
      casesPage({
        frame,
        rows,
        filter,
        ...figures,
        buckets,
        states: caseStates,
        products,
        collectors,
        mayMove,
        said,
        filters: await savedFiltersOf(c, deps, '/supervisor/cases'),
      }),
      status,
    )
  }

  return route
}

function nameOf(deps: Deps, agent: string): string {
  return deps.engine.state.users.get(agent as never)?.displayName ?? agent
}

function filterOf(c: Ctx): CaseFilterView {
  const text = (name: string) => (c.req.query(name) ?? '').trim().slice(0, 64)
  const amount = (name: string) => (/^\d{1,9}(\.\d{1,2})?$/.test(text(name)) ? text(name) : '')
  const state = text('state')
  return {
    bucket: text('bucket'),
    state: state === '-' || caseStates.some(each => each === state) ? state : '',
    agent: text('agent'),
    product: text('product'),
    from: amount('from'),
    below: amount('below'),
    sort: caseSorts.find(each => each === text('sort')) ?? 'owed',
  }
}

/** No state: those that are open; `-`: all. */
function argsOf(filter: CaseFilterView, { rules, today }: Reckoning): CaseListArgs {
  const dates = filter.bucket === '' ? null : datesOfBucket(filter.bucket, rules, today)
  const open = caseStates.filter(state => !isClosed(state))
  const states = filter.state === '' ? open : caseStates.filter(state => state === filter.state)
  const minor = (text: string) => minorOf(text, currencyDefault) ?? 0
  return {
    ...(filter.state === '-' ? {} : { states }),
    ...(filter.agent === '' ? {} : { agent: filter.agent === '-' ? '' : filter.agent }),
    ...(filter.product === '' ? {} : { product: filter.product }),
    ...(filter.from === '' ? {} : { owedFrom: minor(filter.from) }),
    ...(filter.below === '' ? {} : { owedBelow: minor(filter.below) }),
    ...(dates?.from ? { dueFrom: dates.from } : {}),
    ...(dates?.to ? { dueTo: dates.to } : {}),
    sort: filter.sort,
  }
}
