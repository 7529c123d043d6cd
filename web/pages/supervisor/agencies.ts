/** The list of agencies, and the form of one. */
import type { AgencyBar } from '../../../src/lender/agency.ts'
import { changesOf } from '../../parts/changes.ts'
import { type Choice, checksField, type Filled, notice, seenField, selectField, textField } from '../../parts/form.ts'
import { type Frame, textsOf } from '../../parts/frame.ts'
import { type Html, html } from '../../parts/html.ts'
import { icon } from '../../parts/icons.ts'
import { layout } from '../../parts/layout.ts'
import { chip } from '../../parts/state.ts'
import { heading, table } from '../../parts/table.ts'
import type { Words } from '../../words/words.ts'
import { problems } from '../admin/users.ts'

export type AgencyView = {
  id: string
  name: string
  /** Why it may not work today; null: it may. */
  bar: AgencyBar | null
  from: string
  until: string
  commissionPermille: number
  people: number
  seats: number
  placed: number
  caseQuota: number
}
export type AgenciesProps = { frame: Frame; rows: AgencyView[]; mayEdit: boolean; saved: boolean }

export const agenciesPath = '/supervisor/agencies'

export function agenciesPage(props: AgenciesProps): Html {
  const w = textsOf(props.frame)
  const words = w.placement
  const add = html`<a class="button primary" href="${agenciesPath}/new">${icon('plus')}${words.add}</a>`
  return layout(props.frame, {
    title: words.title,
    main: html`${heading({
      title: words.title,
      count: w.frame.list.count(props.rows.length),
      about: words.about,
      ...(props.mayEdit ? { actions: add } : {}),
    })}
${props.saved ? notice('green', w.frame.form.saved) : null}
${table({
  caption: words.title,
  rows: props.rows,
  empty: html`<p>${words.none}</p>${props.mayEdit ? add : null}`,
  columns: [
    { head: words.name, cell: row => html`<a href="${agenciesPath}/${row.id}"><b>${row.name}</b></a>` },
    { head: words.state, cell: row => agencyChip(row.bar, w) },
    { head: words.contract, cell: row => html`<span class="figure">${row.from} – ${row.until}</span>` },
    { head: words.seats, kind: 'figure', cell: row => words.seatsTaken(row.people, row.seats) },
    { head: words.placed, kind: 'figure', cell: row => words.seatsTaken(row.placed, row.caseQuota) },
    { head: words.commission, kind: 'figure', cell: row => row.commissionPermille },
  ],
})}`,
  })
}

export function agencyChip(bar: AgencyBar | null, w: Words): Html {
  if (bar === null) return chip('green', 'circle-check', w.placement.states.active)
  return chip(
    bar === 'suspended' ? 'amber' : 'grey',
    bar === 'suspended' ? 'triangle-alert' : 'info',
    w.placement.bars[bar],
  )
}

export type AgencyFormProps = {
  frame: Frame
  agency: { id: string; name: string } | null
  buckets: string[]
  products: string[]
  people: Choice[]
  filled: Filled
}

export function agencyFormPage(props: AgencyFormProps): Html {
  const w = textsOf(props.frame)
  const words = w.placement
  const { agency, filled } = props
  const title = agency === null ? words.add : words.edit(agency.name)
  const back = agency === null ? agenciesPath : `${agenciesPath}/${agency.id}`
  const choices = (names: string[]) => names.map(name => ({ value: name, word: name }))
  return layout(props.frame, {
    title,
    main: html`${heading({ title })}${problems(filled, w)}
<form class="form panel" method="post" action="${back}">${seenField(filled)}
${textField({ name: 'name', label: words.name, required: true, maxlength: 64 }, filled)}
<div class="row">${textField({ name: 'from', label: words.from, type: 'date', required: true }, filled)}
${textField({ name: 'until', label: words.until, type: 'date', required: true }, filled)}</div>
${checksField({ name: 'buckets', label: words.buckets, help: words.bucketsHelp, choices: choices(props.buckets), empty: words.any }, filled)}
${checksField({ name: 'products', label: words.products, help: words.productsHelp, choices: choices(props.products), empty: words.any }, filled)}
<div class="row">${textField({ name: 'seats', label: words.seats, help: words.seatsHelp, type: 'number', required: true, min: 0, max: 1_000 }, filled)}
${textField({ name: 'caseQuota', label: words.caseQuota, type: 'number', required: true, min: 0, max: 1_000_000 }, filled)}</div>
<div class="row">${textField({ name: 'lines', label: words.lines, type: 'number', required: true, min: 1, max: 5_000 }, filled)}
${textField({ name: 'commissionPermille', label: words.commission, help: words.commissionHelp, type: 'number', required: true, min: 0, max: 1_000 }, filled)}</div>
${agency === null ? null : selectField({ name: 'lead', label: words.lead, help: words.leadHelp, choices: [{ value: '', word: words.nobody }, ...props.people] }, filled)}
<div class="buttons"><button class="button primary">${w.frame.form.save}</button><a class="button" href="${back}">${w.frame.form.cancel}</a></div></form>${
      agency === null ? null : changesOf(props.frame, { of: `agency:${agency.id}` })
    }`,
  })
}
