import { Hono } from 'hono'
import { partiesPage } from '../../../web/pages/supervisor/parties.ts'
import { type PartyProps, partyPage } from '../../../web/pages/supervisor/party.ts'
import { type Filled, nothingFilled } from '../../../web/parts/form.ts'
import { textsOf } from '../../../web/parts/frame.ts'
import { money } from '../../../web/parts/money.ts'
import { shownNumber } from '../../../web/parts/numbers.ts'
import type { FieldBusiness, FieldDefinition } from '../../lender/fields.ts'
import { loanStatuses } from '../../lender/loan.ts'
import { currencyDefault } from '../../lender/money.ts'
import { partyFlags } from '../../lender/party.ts'
import { NotFound } from '../../records/errors.ts'
import { reckoningOf } from '../../records/parties/lender.ts'
import { partyByRef } from '../../records/parties/parties.ts'
import { giveConsent, showSecret, withdrawConsent } from '../../records/parties/party-details.ts'
import type { PartyRecord } from '../../store/lender/parties.ts'
import { shownChanges } from '../admin/changes.ts'
import { actorOf, type Ctx, type Deps, type Env } from '../deps.ts'
import { allow } from '../guard.ts'
import { frameOf } from '../live/frame.ts'
import { refusedFor } from '../refused.ts'
import { savedFiltersOf } from '../saved-filters.ts'
import { shownLoan } from '../shown-loan.ts'
import { mayShowSecrets, type ShownParty, shownParty } from '../shown-party.ts'
import { type Typed, textOf, typedOf } from '../typed.ts'

const contactsShown = 50

/** `/supervisor/parties`, also for administrators, quality and auditors: who is with the lender, and all that is known of one. */
export function partyRoutes(deps: Deps): Hono<Env> {
  const route = new Hono<Env>()
  const { store, records } = deps

  route.get('/supervisor/parties', allow('admin', 'supervisor', 'auditor', 'quality'), async c => {
    const frame = await frameOf(c, deps)
    const q = (c.req.query('q') ?? '').trim().slice(0, 100)
    const flag = partyFlags.find(each => each === c.req.query('flag')) ?? null
    const loanStatus = loanStatuses.find(each => each === c.req.query('loanStatus')) ?? null
    const product = (c.req.query('product') ?? '').trim().slice(0, 64) || null
    const masked = c.var.user.numbersMasked
    const filters = {
      ...(flag === null ? {} : { flag }),
      ...(loanStatus === null ? {} : { loanStatus }),
      ...(product === null ? {} : { product }),
    }
    const [found, products] = await Promise.all([
      store.read('parties.page', {
        cursor: c.req.query('cursor') ?? null,
        ...(q ? { text: q, hash: store.sealer.hash(q) } : {}),
        ...filters,
      }),
      store.read('loans.products', {}),
    ])
    const rows = found.items.map(party => {
      const { ref, type, name, idNo, flags, changedAt, phones } = shownParty(store.sealer, party, false)
      return {
        ref,
        type,
        name,
        idNo,
        flags,
        changedAt,
        numbers: phones.map(({ number }) => shownNumber(number, masked)),
      }
    })
    const kept = { ...(q ? { q } : {}), ...filters }
    const next = found.next && `/supervisor/parties?${new URLSearchParams({ ...kept, cursor: found.next })}`
    return c.html(
      partiesPage({
        frame,
        rows,
        q,
        ...{ flag, loanStatus, product, products },
        next,
        mayAdd: mayShowSecrets.some(each => each === c.var.user.role),
        filters: await savedFiltersOf(c, deps, '/supervisor/parties'),
      }),
    )
  })

  route.get('/supervisor/parties/:ref', allow('admin', 'supervisor', 'auditor', 'quality'), c =>
    page(c, { shown: null, filled: nothingFilled }),
  )

  route.post('/supervisor/parties/:ref/disclosures', allow(...mayShowSecrets), async c => {
    const typed = await typedOf(c)
    const given = { field: textOf(typed, 'field'), reason: textOf(typed, 'reason') }
    try {
      const value = await showSecret(records, actorOf(c), c.req.param('ref'), given)
      return page(c, { shown: { field: given.field, value }, filled: nothingFilled })
    } catch (error) {
      const errors = refusedFor(error, textsOf(await frameOf(c, deps)), { typed })
      return page(c, { shown: null, filled: { values: typed, errors } }, 422)
    }
  })

  route.post('/supervisor/parties/:ref/consents', allow('admin', 'supervisor'), c =>
    change(c, async typed => {
      const given = { purpose: textOf(typed, 'purpose'), channel: textOf(typed, 'channel') }
      const proof = { basis: textOf(typed, 'basis'), evidence: textOf(typed, 'evidence') }
      await giveConsent(records, actorOf(c), { party: c.req.param('ref'), ...given, ...proof })
    }),
  )

  route.post('/supervisor/parties/:ref/consents/:id/withdrawal', allow('admin', 'supervisor'), c =>
    change(c, async typed => {
      const id = c.req.param('id')
      const own = await store.read('consents.ofParty', { party: c.req.param('ref') })
      if (!own.some(consent => consent.id === id)) throw new NotFound('consent of this party', id)
      await withdrawConsent(records, actorOf(c), id, { reason: textOf(typed, 'reason') })
    }),
  )

  async function change(c: Ctx, work: (typed: Typed) => Promise<void>): Promise<Response> {
    const typed = await typedOf(c)
    try {
      await work(typed)
      return c.redirect(`/supervisor/parties/${encodeURIComponent(c.req.param('ref')!)}`, 303)
    } catch (error) {
      const errors = refusedFor(error, textsOf(await frameOf(c, deps)), { typed })
      return page(c, { shown: null, filled: { values: typed, errors } }, 422)
    }
  }

  async function page(
    c: Ctx,
    given: { shown: PartyProps['shown']; filled: Filled },
    status: 200 | 422 = 200,
  ): Promise<Response> {
    const ref = c.req.param('ref')!
    const { numbersMasked, role } = c.var.user
    const [frame, record, reckoning, definitions] = await Promise.all([
      frameOf(c, deps),
      partyByRef(records, ref),
      reckoningOf(records),
      store.read('fields.all', {}),
    ])
    const [loans, cases, promises, repayments, stops, consents, calls] = await Promise.all([
      store.read('loans.ofParty', { party: ref }),
      store.read('cases.ofParty', { party: ref }),
      store.read('promises.ofParty', { party: ref }),
      store.read('repayments.ofParty', { party: ref }),
      store.read('stops.of', { party: ref }),
      store.read('consents.ofParty', { party: ref }),
      store.read('calls.ofParty', { party: ref, limit: contactsShown }),
    ])
    const changes = await store.read('changes.ofLoans', { refs: loans.map(loan => loan.ref) })
    const party = shownParty(store.sealer, record, false)
    const nameOf = (agent: string | null) =>
      agent === null ? null : (deps.engine.state.users.get(agent as never)?.displayName ?? agent)
    return c.html(
      partyPage({
        frame,
        party: {
          ...party,
          phones: party.phones.map(phone => ({ ...phone, number: shownNumber(phone.number, numbersMasked) })),
        },
        fields: fieldsOf(record, party, definitions, frame.language),
        mayShow: mayShowSecrets.some(each => each === role),
        stops: stops.filter(({ until }) => until === null || until > frame.now),
        consents,
        loans: loans.map(loan => shownLoan(loan, reckoning)),
        loanChanges: await shownChanges(deps, changes, numbersMasked),
        cases: cases.map(each => ({ ...each, agent: nameOf(each.agent) })),
        promises,
        repayments: repayments.items,
        contacts: calls.map(call => ({
          id: call.id,
          at: call.startedAt,
          direction: call.direction,
          number: shownNumber(call.number, numbersMasked),
          result: call.result,
          agent: nameOf(call.agent),
          disposition: call.disposition,
          note: call.note,
        })),
        ...given,
      }),
      status,
    )
  }

  return route
}

/** Only what is defined is shown, in the order of the definitions and in the page's language. */
function fieldsOf(
  record: PartyRecord,
  shown: ShownParty<PartyRecord>,
  definitions: Partial<Record<FieldBusiness, FieldDefinition[]>>,
  language: 'zh-CN' | 'en',
): PartyProps['fields'] {
  return (Object.entries(definitions) as [FieldBusiness, FieldDefinition[]][]).flatMap(([business, fields]) => {
    const values = fields.flatMap(({ key, label, type }) => {
      const value = shown.fields[business]?.[key]
      if (value === undefined) return []
      const secret = typeof record.fields[business]?.[key] === 'object' ? `${business}.${key}` : null
      const text = type === 'money' && typeof value === 'number' ? money(value, currencyDefault) : wordOf(value)
      return [{ label: label[language], value: text, secret }]
    })
    return values.length === 0 ? [] : [{ business, values }]
  })
}

function wordOf(value: string | number | boolean): string {
  return value === true ? '✓' : value === false ? '—' : String(value)
}
