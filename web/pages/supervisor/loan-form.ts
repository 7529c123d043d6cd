/** A loan that is added or corrected by hand, with its repayment plan an instalment a line. */
import { loanStatuses } from '../../../src/lender/loan.ts'
import { areaField, checkField, type Filled, selectField, textField } from '../../parts/form.ts'
import { type Frame, textsOf } from '../../parts/frame.ts'
import { type Html, html } from '../../parts/html.ts'
import { layout } from '../../parts/layout.ts'
import { heading } from '../../parts/table.ts'
import { problems } from '../admin/users.ts'

export type LoanFormProps = {
  frame: Frame
  party: { ref: string; name: string }
  /** null: a new one. `repaid`: repayments were allocated to it. */
  loan: { ref: string; changedAt: number; repaid: boolean } | null
  filled: Filled
}

export function loanFormPage({ frame, party, loan, filled }: LoanFormProps): Html {
  const w = textsOf(frame)
  const words = w.lender
  const form = words.loanForm
  const back = `/supervisor/parties/${encodeURIComponent(party.ref)}`
  const action = `${back}/loans${loan === null ? '' : `/${encodeURIComponent(loan.ref)}`}`
  const title = loan === null ? form.add(party.name) : form.edit(loan.ref)
  const figure = { figure: true, required: true, maxlength: 24 } as const
  return layout(frame, {
    title,
    main: html`${heading({ title, count: party.ref })}${problems(filled, w)}
<form class="form numbered" method="post" action="${action}" autocomplete="off">
${loan === null ? null : html`<input type="hidden" name="changedAt" value="${loan.changedAt}">`}
<div class="halves">${loan === null ? textField({ name: 'loanRef', label: words.forLoan, ...figure, maxlength: 64 }, filled) : null}
${textField({ name: 'product', label: words.product, required: true, maxlength: 64 }, filled)}
${textField({ name: 'currency', label: form.currency, ...figure, maxlength: 3 }, filled)}
${textField({ name: 'principal', label: words.principal, ...figure }, filled)}
${textField({ name: 'rate', label: form.rate, ...figure, help: form.rateHelp }, filled)}
${textField({ name: 'startedOn', label: form.startedOn, type: 'date' }, filled)}
${textField({ name: 'term', label: form.term, figure: true, maxlength: 3, help: form.termHelp }, filled)}
${selectField({ name: 'status', label: words.status, choices: loanStatuses.map(value => ({ value, word: words.loanStatus[value] })) }, filled)}</div>
${areaField({ name: 'plan', label: form.plan, required: true, figure: true, rows: 12, help: form.planHelp }, filled)}
${checkField({ name: 'partly', label: form.partly, help: form.partlyHelp }, filled)}
${loan === null ? null : textField({ name: 'reason', label: form.reason, maxlength: 200, help: form.reasonHelp }, filled)}
${loan?.repaid ? html`<p class="help">${form.repaid}</p>` : null}
<div class="buttons"><button class="button primary">${w.frame.form.save}</button><a class="button" href="${back}">${w.frame.form.cancel}</a></div></form>`,
  })
}
