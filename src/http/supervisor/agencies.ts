import { Hono } from 'hono'
import { agenciesPage, agencyFormPage } from '../../../web/pages/supervisor/agencies.ts'
import { agencyPage } from '../../../web/pages/supervisor/agency.ts'
import { type Filled, nothingFilled } from '../../../web/parts/form.ts'
import { textsOf } from '../../../web/parts/frame.ts'
import { agencyBar } from '../../lender/agency.ts'
import { currencyDefault } from '../../lender/money.ts'
import { commissionOf } from '../../lender/placement.ts'
import { agencyById, changeAgency, createAgency, peopleOf, removeAgency } from '../../records/agencies/agencies.ts'
import { type PlacementDryRun, planBatch } from '../../records/agencies/placement-plan.ts'
import { placeBatch } from '../../records/agencies/placements.ts'
import { NotNow } from '../../records/errors.ts'
import { reckoningOf } from '../../records/parties/lender.ts'
import type { AgencyRecord, BatchRecord } from '../../store/lender/placements.ts'
import { actorOf, type Ctx, type Deps, type Env } from '../deps.ts'
import { allow } from '../guard.ts'
import { frameOf } from '../live/frame.ts'
import { refusedFor } from '../refused.ts'
import { listOf, minorOf, numbersOf, type Typed, textOf, typedOf } from '../typed.ts'
import { withNewer, withSeen } from '../untouched.ts'

const readers = ['admin', 'supervisor', 'auditor', 'quality'] as const
const placers = ['admin', 'supervisor'] as const
const path = '/supervisor/agencies'
const fieldWords = {
  until: 'placementUntil',
  from: 'placementFrom',
  campaign: 'placementCampaign',
  lines: 'agencyLines',
}

type Shown = {
  filter?: Filled
  plan?: PlacementDryRun | null
  order?: Filled
  said?: { tone: 'green' | 'red'; words: string }
}

/** `/supervisor/agencies`: agencies, a dry run of a placement, and the batch that it becomes. */
export function agencyRoutes(deps: Deps): Hono<Env> {
  const route = new Hono<Env>()
  const { store, records } = deps
  const idOf = (c: Ctx) => c.req.param('id') ?? ''

  route.get(path, allow(...readers), async c => {
    const { today } = await reckoningOf(records)
    const rows = (await store.read('agencies.list', {})).map(agency => ({ ...agency, bar: agencyBar(agency, today) }))
    const frame = await frameOf(c, deps)
    return c.html(agenciesPage({ frame, rows, mayEdit: mayEdit(c), saved: c.req.query('saved') === '1' }))
  })
  route.get(`${path}/new`, allow('admin'), c => form(c, null, { values: fresh, errors: {} }))
  route.post(path, allow('admin'), c => save(c, null))

  route.get(`${path}/:id`, allow(...readers), async c => {
    if (c.req.query('plan') === undefined) return page(c, {})
    const typed = queryTyped(c)
    try {
      return page(c, { filter: filledOf(typed), plan: await planBatch(records, idOf(c), filterOf(typed)) })
    } catch (error) {
      const errors = refusedFor(error, textsOf(await frameOf(c, deps)), { typed, fields: filterFields })
      return page(c, { filter: { ...filledOf(typed), errors } }, 422)
    }
  })
  route.get(`${path}/:id/edit`, allow('admin'), async c => {
    const agency = await agencyById(records, idOf(c))
    return form(c, agency, { values: withSeen(valuesOf(agency)), errors: {} })
  })
  route.post(`${path}/:id`, allow('admin'), async c => save(c, await agencyById(records, idOf(c))))
  route.post(`${path}/:id/state`, allow('admin'), async c => {
    const typed = await typedOf(c)
    const state = textOf(typed, 'state')
    try {
      const given = state === 'suspended' ? { state, suspendedFor: textOf(typed, 'suspendedFor') } : { state }
      await changeAgency(records, actorOf(c), idOf(c), given)
    } catch (error) {
      const errors = refusedFor(error, textsOf(await frameOf(c, deps)), { typed, words: fieldWords })
      return page(c, { said: { tone: 'red', words: Object.values(errors).join(' ') } }, 422)
    }
    deps.sessions.sweep()
    return c.redirect(`${path}/${idOf(c)}`, 303)
  })
  route.post(`${path}/:id/removal`, allow('admin'), async c => {
    await removeAgency(records, actorOf(c), idOf(c), 'agency_removed')
    deps.sessions.sweep()
    return c.redirect(`${path}?saved=1`, 303)
  })

  /** Places what the dry run showed; what has changed since is shown anew. */
  route.post(`${path}/:id/batches`, allow(...placers), async c => {
    const typed = await typedOf(c)
    const filter = filterOf(typed)
    const w = textsOf(await frameOf(c, deps))
    try {
      const batch = await placeBatch(records, actorOf(c), idOf(c), {
        ...{ name: textOf(typed, 'name'), until: textOf(typed, 'until'), plan: textOf(typed, 'plan'), filter },
        campaign: textOf(typed, 'campaign') || null,
      })
      return c.redirect(`/supervisor/batches/${batch.id}`, 303)
    } catch (error) {
      const plan = await planBatch(records, idOf(c), filter)
      const shown = { filter: filledOf(typed), plan }
      if (error instanceof NotNow && error.rule === 'plan-changed')
        return page(
          c,
          { ...shown, order: { values: typed, errors: {} }, said: { tone: 'red', words: w.placement.changedSince } },
          409,
        )
      const errors = refusedFor(error, w, { typed, words: fieldWords })
      return page(c, { ...shown, order: { values: typed, errors } }, 422)
    }
  })

  async function save(c: Ctx, agency: AgencyRecord | null): Promise<Response> {
    const sent = await typedOf(c)
    const typed = agency === null ? sent : withNewer(sent, valuesOf(agency))
    try {
      const saved =
        agency === null
          ? await createAgency(records, actorOf(c), givenBy(typed))
          : await changeAgency(records, actorOf(c), agency.id, {
              ...givenBy(typed),
              lead: textOf(typed, 'lead') || null,
            })
      deps.sessions.sweep()
      return c.redirect(`${path}/${saved.id}`, 303)
    } catch (error) {
      const errors = refusedFor(error, textsOf(await frameOf(c, deps)), { typed, words: fieldWords })
      return form(c, agency, { values: typed, errors }, 422)
    }
  }

  async function form(c: Ctx, agency: AgencyRecord | null, filled: Filled, status: 200 | 422 = 200): Promise<Response> {
    const [frame, { rules }, products] = await Promise.all([
      frameOf(c, deps),
      reckoningOf(records),
      store.read('cases.products', {}),
    ])
    const people = agency === null ? [] : await peopleOf(records, agency.id)
    return c.html(
      agencyFormPage({
        ...{ frame, agency, filled },
        buckets: rules.buckets.map(({ name }) => name),
        products: [...new Set([...products, ...(agency?.products ?? [])])],
        people: people.map(({ id, displayName }) => ({ value: id, word: displayName })),
      }),
      status,
    )
  }

  async function page(c: Ctx, shown: Shown, status: 200 | 409 | 422 = 200): Promise<Response> {
    const agency = await agencyById(records, idOf(c))
    const [frame, { rules, today }, products, people, loads, batches] = await Promise.all([
      frameOf(c, deps),
      reckoningOf(records),
      store.read('cases.products', {}),
      peopleOf(records, agency.id),
      store.read('placements.loads', { agency: agency.id }),
      store.read('batches.page', { agency: agency.id, cursor: c.req.query('cursor') ?? null, limit: 50 }),
    ])
    const load = new Map(loads.map(each => [each.agent, each.cases]))
    const campaigns = [...deps.engine.state.campaigns.values()]
      .map(({ campaign }) => campaign)
      .filter(campaign => campaign.agency === agency.id && campaign.state !== 'closed')
    const { plan = null, filter = nothingFilled, order = { values: { until: agency.until }, errors: {} } } = shown
    const next = batches.next && `${path}/${agency.id}?${new URLSearchParams({ cursor: batches.next })}`
    return c.html(
      agencyPage({
        ...{ frame, plan, filter, order, said: shown.said ?? null, products, next },
        agency: {
          ...agency,
          suspendedFor: agency.suspendedFor ?? null,
          bar: agencyBar(agency.removedAt === null ? agency : undefined, today),
          removed: agency.removedAt !== null,
          lead: people.find(({ id }) => id === agency.lead)?.displayName ?? null,
        },
        people: people.map(({ id, name, displayName }) => ({ id, name, displayName, cases: load.get(id) ?? 0 })),
        batches: await Promise.all(batches.items.map(batch => batchView(deps, batch))),
        buckets: rules.buckets.map(({ name }) => name),
        campaigns: campaigns.map(({ id, name }) => ({ value: id, word: name })),
        mayEdit: mayEdit(c),
        mayPlace: mayEdit(c) || c.var.user.role === 'supervisor',
      }),
      status,
    )
  }

  return route
}

async function batchView({ store }: Deps, { id, state, until, openedAt, doc }: BatchRecord) {
  const { placed, ended, refused, sums } = await store.read('batches.figures', { batch: id })
  return {
    ...{ id, name: doc.name, state, until, openedAt, placed, ended, refused },
    sums: sums.map(sum => ({ ...sum, commission: commissionOf(sum.recovered, doc.commissionPermille) })),
  }
}

function mayEdit(c: Ctx): boolean {
  return c.var.user.role === 'admin'
}

const fresh = { seats: '10', caseQuota: '1000', lines: '30', commissionPermille: '200' }

function valuesOf(agency: AgencyRecord): Filled['values'] {
  const { name, from, until, products, buckets, seats, caseQuota, lines, commissionPermille, lead } = agency
  return {
    ...{ name, from, until, products, buckets, lead: lead ?? '' },
    ...{ seats: String(seats), caseQuota: String(caseQuota), lines: String(lines) },
    commissionPermille: String(commissionPermille),
  }
}

function givenBy(typed: Typed): Record<string, unknown> {
  return {
    ...{ name: textOf(typed, 'name'), from: textOf(typed, 'from'), until: textOf(typed, 'until') },
    ...{ products: listOf(typed, 'products'), buckets: listOf(typed, 'buckets') },
    ...numbersOf(typed, { seats: 1, caseQuota: 1, lines: 1, commissionPermille: 1 }),
  }
}

const filterNames = ['bucket', 'product', 'from', 'below', 'dpdFrom', 'dpdTo'] as const
const filterFields = {
  buckets: 'bucket',
  products: 'product',
  owedFrom: 'from',
  owedBelow: 'below',
  'filter.buckets': 'bucket',
}

/** What the URL says, as a form would send it. */
function queryTyped(c: Ctx): Typed {
  const given = c.req.queries()
  const typed: Typed = Object.create(null)
  for (const name of filterNames) if (given[name] !== undefined) typed[name] = given[name].slice(0, 50)
  return typed
}

function filledOf(typed: Typed): Filled {
  return { values: Object.fromEntries(filterNames.map(name => [name, listOf(typed, name)])), errors: {} }
}

/** As the records door takes it; what is no number goes on as it was typed, and is refused there. */
function filterOf(typed: Typed): Record<string, unknown> {
  const amount = (name: string) => {
    const text = textOf(typed, name)
    return text === '' ? null : (minorOf(text, currencyDefault) ?? text)
  }
  const days = (name: string) => {
    const text = textOf(typed, name)
    return text === '' ? null : /^\d{1,5}$/.test(text) ? Number(text) : text
  }
  return {
    ...{ buckets: listOf(typed, 'bucket'), products: listOf(typed, 'product') },
    ...{ owedFrom: amount('from'), owedBelow: amount('below'), dpdFrom: days('dpdFrom'), dpdTo: days('dpdTo') },
  }
}
