import { Hono } from 'hono'
import { loanFormPage } from '../../../web/pages/supervisor/loan-form.ts'
import type { Filled } from '../../../web/parts/form.ts'
import { textsOf } from '../../../web/parts/frame.ts'
import { money } from '../../../web/parts/money.ts'
import type { Words } from '../../../web/words/words.ts'
import { amountOf, amountTyped, currencyDefault, currencyPattern } from '../../lender/money.ts'
import { planOf, planTyped } from '../../lender/plan-lines.ts'
import { changeLoan, createLoan, loanByRef } from '../../records/collections/loans.ts'
import { NotFound } from '../../records/errors.ts'
import { partyByRef } from '../../records/parties/parties.ts'
import type { LoanRecord } from '../../store/lender/loans.ts'
import { actorOf, type Ctx, type Deps, type Env } from '../deps.ts'
import { allow } from '../guard.ts'
import { frameOf } from '../live/frame.ts'
import { refusedFor } from '../refused.ts'
import { isChecked, numberOf, type Typed, textOf, typedOf } from '../typed.ts'

/** `/supervisor/parties/:ref/loans/new` and `…/loans/:loan/change`: a loan by hand, its sums and dates looked through before it is kept. */
export function loanFormRoutes(deps: Deps): Hono<Env> {
  const route = new Hono<Env>()
  const { records } = deps

  route.get('/supervisor/parties/:ref/loans/new', allow('admin', 'supervisor'), c =>
    page(c, null, { values: { currency: currencyDefault, rate: '0', status: 'ACTIVE' }, errors: {} }),
  )

  route.post('/supervisor/parties/:ref/loans', allow('admin', 'supervisor'), c =>
    save(c, null, given => createLoan(records, actorOf(c), given)),
  )

  route.get('/supervisor/parties/:ref/loans/:loan/change', allow('admin', 'supervisor'), async c => {
    const loan = await loanOf(c)
    return page(c, loan, { values: valuesOf(loan), errors: {} })
  })

  route.post('/supervisor/parties/:ref/loans/:loan', allow('admin', 'supervisor'), async c => {
    const loan = await loanOf(c)
    return save(c, loan, ({ ref: _, party: __, ...change }, typed) => {
      const reason = textOf(typed, 'reason')
      const given = { ...change, ...(reason === '' ? {} : { reason }) }
      return changeLoan(records, actorOf(c), loan.ref, given, Number(textOf(typed, 'changedAt')))
    })
  })

  /** A loan of this party; another's is not there, as one that there is not. */
  async function loanOf(c: Ctx): Promise<LoanRecord> {
    const ref = c.req.param('loan')!
    const loan = await loanByRef(records, ref)
    if (loan.party !== c.req.param('ref')) throw new NotFound('loan of this party', ref)
    return loan
  }

  async function save(
    c: Ctx,
    loan: LoanRecord | null,
    work: (given: Given, typed: Typed) => Promise<unknown>,
  ): Promise<Response> {
    const typed = await typedOf(c)
    const party = c.req.param('ref')!
    const given = givenBy(typed, party)
    const w = textsOf(await frameOf(c, deps))
    const refused = (errors: Filled['errors']) => page(c, loan, { values: typed, errors }, 422)
    const errors = faultsOf(given, typed, w)
    if (Object.keys(errors).length > 0) return refused(errors)
    try {
      await work(given, typed)
    } catch (error) {
      return refused(refusedFor(error, w, { typed, fields: { ref: 'loanRef', ratePpm: 'rate' } }))
    }
    return c.redirect(`/supervisor/parties/${encodeURIComponent(party)}`, 303)
  }

  async function page(c: Ctx, loan: LoanRecord | null, filled: Filled, status: 200 | 422 = 200): Promise<Response> {
    const { ref, name } = await partyByRef(records, c.req.param('ref')!)
    return c.html(
      loanFormPage({
        frame: await frameOf(c, deps),
        party: { ref, name },
        loan: loan && { ref: loan.ref, changedAt: loan.changedAt, repaid: loan.paid.length > 0 },
        filled,
      }),
      status,
    )
  }

  return route
}

type Given = ReturnType<typeof givenBy>

/** As the records door takes it; what cannot be read stays a text, so that the schema says what was found. */
function givenBy(typed: Typed, party: string) {
  const currency = textOf(typed, 'currency').toUpperCase()
  const principal = textOf(typed, 'principal')
  const term = textOf(typed, 'term')
  return {
    ...{ ref: textOf(typed, 'loanRef'), party, product: textOf(typed, 'product'), currency },
    principal: amountOf(principal, currency) ?? principal,
    ratePpm: numberOf(typed, 'rate', 10_000),
    ...(term === '' ? {} : { term: numberOf(typed, 'term') }),
    status: textOf(typed, 'status'),
    startedOn: textOf(typed, 'startedOn') || null,
    plan: planOf(textOf(typed, 'plan'), currency) as { principal?: unknown; dueOn?: unknown }[],
  }
}

/** What a file or a program may tell, since it knows, and a person who types most likely mistook. */
function faultsOf({ currency, principal, plan, startedOn, term }: Given, typed: Typed, w: Words): Filled['errors'] {
  const words = w.lender.loanForm
  const parts = plan.map(each => each.principal)
  const errors: Filled['errors'] = {}
  const sum = parts.reduce<number>((all, part) => all + (typeof part === 'number' ? part : Number.NaN), 0)
  if (plan.length > 0 && typeof principal === 'number' && !Number.isNaN(sum) && currencyPattern.test(currency))
    if (sum > principal || (sum < principal && !isChecked(typed, 'partly')))
      errors['plan'] = words.sum(money(sum, currency), money(principal, currency))
  const first = plan[0]?.dueOn
  if (startedOn !== null && typeof first === 'string' && /^\d{4}-/.test(first) && first < startedOn)
    errors['startedOn'] = words.beforeStart(first)
  if (typeof term === 'number' && term < plan.length) errors['term'] = words.termLess(plan.length)
  return errors
}

function valuesOf(loan: LoanRecord): Filled['values'] {
  const { currency, plan } = loan
  const planned = plan.reduce((sum, { principal }) => sum + principal, 0)
  return {
    ...{ product: loan.product, currency, status: loan.status, startedOn: loan.startedOn ?? '' },
    principal: amountTyped(loan.principal, currency),
    rate: String(loan.ratePpm / 10_000),
    term: String(loan.term),
    plan: planTyped(plan, currency),
    ...(planned < loan.principal ? { partly: 'true' } : {}),
  }
}
