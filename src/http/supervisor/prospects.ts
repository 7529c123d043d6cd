import { Hono } from 'hono'
import { prospectPage } from '../../../web/pages/supervisor/prospect.ts'
import { type ProspectFilter, prospectsPage } from '../../../web/pages/supervisor/prospects.ts'
import { textsOf } from '../../../web/parts/frame.ts'
import { startOfDay } from '../../../web/parts/time.ts'
import { currencyDefault } from '../../lender/money.ts'
import { intentGrades } from '../../lender/order.ts'
import type { UserId } from '../../lib/ids.ts'
import { NotFound } from '../../records/errors.ts'
import { reckoningOf } from '../../records/parties/lender.ts'
import type { ProspectListArgs } from '../../store/lender/quotes.ts'
import { contactLine, nameOf } from '../agent/contact-line.ts'
import type { Ctx, Deps, Env } from '../deps.ts'
import { allow } from '../guard.ts'
import { frameOf } from '../live/frame.ts'
import { savedFiltersOf } from '../saved-filters.ts'
import { orderLine } from '../shown-order.ts'

const dayMs = 86_400_000
const shownMax = 50

/** `/supervisor/prospects`: whom something may be sold to, and who is to be followed up; and one of them with its history. */
export function prospectRoutes(deps: Deps): Hono<Env> {
  const route = new Hono<Env>()
  const { records, store } = deps

  route.get('/supervisor/prospects', allow('supervisor', 'quality', 'auditor', 'admin'), async c => {
    const [frame, { today }, products] = await Promise.all([
      frameOf(c, deps),
      reckoningOf(records),
      store.read('products.list', {}),
    ])
    const filter = filterOf(c)
    const found = await store.read('prospects.list', {
      ...argsOf(filter, frame.now, startOfDay(frame.now, frame.zone) + dayMs - 1),
      cursor: c.req.query('cursor') ?? null,
    })
    const kept = Object.entries(filter).filter(([, value]) => value !== '')
    const next =
      found.next &&
      `/supervisor/prospects?${new URLSearchParams([...kept, ['cursor', found.next]] as [string, string][])}`
    return c.html(
      prospectsPage({
        ...{ frame, today, currency: currencyDefault, filter, next, rows: found.items },
        products: products.map(({ id, name }) => ({ value: id, word: name })),
        filters: await savedFiltersOf(c, deps, '/supervisor/prospects'),
      }),
    )
  })

  route.get('/supervisor/prospects/:ref', allow('supervisor', 'quality', 'auditor', 'admin'), async c => {
    const frame = { ...(await frameOf(c, deps)), path: '/supervisor/prospects' }
    const party = c.req.param('ref')
    const [read, known, calls, { today }] = await Promise.all([
      store.read('sales.ofParty', { party, last: shownMax }),
      store.read('parties.byRef', { ref: party }),
      store.read('calls.ofParty', { party, limit: shownMax }),
      reckoningOf(records),
    ])
    const { prospect, products } = read
    if (prospect === null) throw new NotFound('prospect', party)
    const { lender } = textsOf(frame)
    const name = known?.name ?? ''
    return c.html(
      prospectPage({
        ...{ ...prospect, frame, today, currency: currencyDefault, name },
        consents: read.consents.map(({ purpose, channel, basis, evidence, givenAt, withdrawnAt }) => ({
          ...{ basis, evidence, givenAt, withdrawnAt },
          ...{ purpose: lender.consentPurpose[purpose], channel: lender.consentChannel[channel] },
        })),
        orders: read.orders.map(order => orderLine(deps, { ...order, name }, products)),
        quotes: read.quotes.map(({ product, terms, currency, offer, agent, madeAt }) => ({
          product: products.find(({ id }) => id === product)?.name ?? product,
          ...{ amount: terms.amount, term: terms.term, currency, madeAt },
          ...{ aprNominal: offer.aprNominal, costTotal: offer.costTotal },
          agent: nameOf(deps.engine.state, agent as UserId) ?? agent,
        })),
        calls: calls.map(call => contactLine(call, deps.engine.state, frame)),
      }),
    )
  })

  return route
}

function filterOf(c: Ctx): ProspectFilter {
  const oneOf = (name: string, allowed: readonly string[]) => allowed.find(each => each === c.req.query(name)) ?? ''
  return {
    grade: oneOf('grade', [...intentGrades, 'none']),
    consent: oneOf('consent', ['yes', 'no']),
    due: oneOf('due', ['today', 'past']),
    product: (c.req.query('product') ?? '').slice(0, 40),
  }
}

function argsOf({ grade, consent, due, product }: ProspectFilter, now: number, endOfDay: number): ProspectListArgs {
  return {
    now,
    ...(grade === '' ? {} : { grade: grade as NonNullable<ProspectListArgs['grade']> }),
    ...(consent === '' ? {} : { consented: consent === 'yes' }),
    ...(due === '' ? {} : { dueBy: due === 'past' ? now : endOfDay }),
    ...(product === '' ? {} : { product }),
  }
}
