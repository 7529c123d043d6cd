import { businesses, relations } from '../../../src/centre/entities.ts'
import { areaField, checkField, checksField, type Filled, selectField, textField } from '../../parts/form.ts'
import { type Frame, textsOf } from '../../parts/frame.ts'
import { type Html, html } from '../../parts/html.ts'
import { instant } from '../../parts/time.ts'
import { problems } from './users.ts'

export type PolicyFormProps = {
  frame: Frame
  own: Filled
  /** Of the policy that is edited, newest first. */
  versions: { version: string; at: number; by: string }[]
  /** Codes of the calendars there are. */
  codes: string[]
}

/** A policy of the centre's own: to write, to edit, or a shipped one to copy. */
export function policyForm(props: PolicyFormProps): Html {
  const { own } = props
  const w = textsOf(props.frame)
  const words = w.policies
  const of = businesses.map(value => ({ value, word: w.domain.business[value] }))
  const who = relations.map(value => ({ value, word: w.domain.relation[value] }))
  const days = words.calendars.weekdays.map((word, day) => ({ value: String(day), word }))
  const week = [...days.slice(1), days[0]!]
  const chosen = own.values['holidays']
  const codes = new Set([...props.codes, ...(typeof chosen === 'string' && chosen !== '' ? [chosen] : [])])
  const calendars = [{ value: '', word: words.noCalendar }, ...[...codes].map(value => ({ value, word: value }))]
  return html`<section class="panel stack" id="own"><h2>${words.own}</h2><p class="help">${words.ownHelp}</p>${problems(own, w)}<form class="form" method="post" action="/admin/policies#own">
${textField({ name: 'id', label: words.id, help: words.idHelp, required: true, figure: true, maxlength: 48 }, own)}
${textField({ name: 'source', label: words.source, required: true, maxlength: 500 }, own)}
${checksField({ name: 'business', label: words.business, choices: of, empty: '' }, own)}
<div class="row">${textField({ name: 'from', label: words.from, required: true, figure: true, maxlength: 5, placeholder: '08:00' }, own)}
${textField({ name: 'to', label: words.to, required: true, figure: true, maxlength: 5, placeholder: '21:00' }, own)}</div>
${checkField({ name: 'hoursUnlessAgreed', label: words.unlessAgreed, help: words.unlessAgreedHelp }, own)}
${checksField({ name: 'weekdays', label: words.days, choices: week, empty: '' }, own)}
${selectField({ name: 'holidays', label: words.calendar, help: words.calendarHelp, choices: calendars }, own)}
${checksField({ name: 'relations', label: words.relations, choices: who, empty: '' }, own)}
${checkField({ name: 'consent', label: words.needsConsent }, own)}
${areaField({ name: 'limits', label: words.limits, help: words.limitsHelp, rows: 5, figure: true }, own)}
<div class="row">${textField({ name: 'abandonMax', label: words.abandonMax, figure: true, maxlength: 6 }, own)}
${textField({ name: 'abandonDays', label: words.abandonDays, help: words.abandonHelp, figure: true, maxlength: 2 }, own)}</div>
${areaField({ name: 'note', label: words.note, rows: 2, maxlength: 1000 }, own)}
<div class="buttons"><button class="button primary">${w.frame.form.save}</button></div></form>
${props.versions.length === 0 ? null : html`<h3>${words.calendars.versions}</h3><dl class="facts">${props.versions.map(({ version, at, by }) => html`<dt class="figure">${version}</dt><dd>${instant(at, props.frame)} · ${by}</dd>`)}</dl>`}</section>`
}
