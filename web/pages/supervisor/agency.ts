/** One agency: its contract and quota, a dry run and the placing of cases, its batches and its people. */
import type { AgencyBar } from '../../../src/lender/agency.ts'
import type { BatchState, PlacementRefusal } from '../../../src/lender/placement.ts'
import { type Choice, checksField, type Filled, notice, selectField, textField } from '../../parts/form.ts'
import { type Frame, textsOf } from '../../parts/frame.ts'
import { type Html, html, type Piece } from '../../parts/html.ts'
import { icon } from '../../parts/icons.ts'
import { layout } from '../../parts/layout.ts'
import { money } from '../../parts/money.ts'
import { chip } from '../../parts/state.ts'
import { heading, pager, table } from '../../parts/table.ts'
import { instant } from '../../parts/time.ts'
import type { Words } from '../../words/words.ts'
import { problems } from '../admin/users.ts'
import { type AgencyView, agenciesPath, agencyChip } from './agencies.ts'

export type BatchView = {
  id: string
  name: string
  state: BatchState
  until: string
  openedAt: number
  placed: number
  ended: number
  refused: number
  sums: { currency: string; owed: number; recovered: number; commission: number }[]
}
/** What a dry run says; null: none was asked for. */
export type PlanView = {
  go: number
  sums: { currency: string; owed: number }[]
  stay: { why: PlacementRefusal; cases: number }[]
  examples: { case: string; party: string; why: PlacementRefusal }[]
  free: number
  more: boolean
  fingerprint: string
}
export type AgencyProps = {
  frame: Frame
  agency: AgencyView & {
    products: string[]
    buckets: string[]
    lines: number
    lead: string | null
    removed: boolean
    suspendedFor: string | null
    bar: AgencyBar | null
  }
  people: { id: string; name: string; displayName: string; cases: number }[]
  batches: BatchView[]
  next: string | null
  /** What may be chosen of. */
  buckets: string[]
  products: string[]
  campaigns: Choice[]
  filter: Filled
  plan: PlanView | null
  order: Filled
  mayEdit: boolean
  mayPlace: boolean
  said: { tone: 'green' | 'red'; words: string } | null
}

export function agencyPage(props: AgencyProps): Html {
  const w = textsOf(props.frame)
  const words = w.placement
  const { agency } = props
  const path = `${agenciesPath}/${agency.id}`
  return layout(props.frame, {
    title: agency.name,
    main: html`${heading({
      title: agency.name,
      about: words.about,
      actions: html`<a class="button" href="${agenciesPath}">${icon('chevron-left')}${words.title}</a>${props.mayEdit && !agency.removed ? editing(props, path, w) : null}`,
    })}
${props.said ? notice(props.said.tone, props.said.words) : null}${agency.bar === 'suspended' && !agency.removed ? notice('amber', agency.suspendedFor === null ? words.remind : `${words.suspendedFor(words.endings[agency.suspendedFor] ?? agency.suspendedFor)} ${words.remind}`) : null}
<div class="wide-narrow"><div class="stack">${props.mayPlace && agency.bar === null ? placing(props, path, w) : null}
<section><h2>${words.batches}</h2>${batchTable(props, w)}${pager(props.frame, { previous: null, next: props.next })}</section></div>
<div class="stack"><section class="panel"><h2>${words.contract}</h2><dl class="facts">
${line(words.state, agencyChip(agency.bar, w))}
${line(words.contract, html`<span class="figure">${agency.from} – ${agency.until}</span>`)}
${line(words.buckets, agency.buckets.join('、') || words.any)}${line(words.products, agency.products.join('、') || words.any)}
${line(words.seats, words.seatsTaken(agency.people, agency.seats))}${line(words.placed, words.seatsTaken(agency.placed, agency.caseQuota))}
${line(words.lines, String(agency.lines))}${line(words.commission, String(agency.commissionPermille))}${line(words.lead, agency.lead ?? words.nobody)}</dl></section>
<section class="panel"><h2>${words.people}</h2>${table({
      caption: words.people,
      rows: props.people,
      empty: words.peopleNone,
      columns: [
        {
          head: words.person,
          cell: row =>
            props.mayEdit ? html`<a href="/admin/users/${row.id}">${row.displayName}</a>` : row.displayName,
        },
        { head: words.placed, kind: 'figure', cell: row => row.cases },
      ],
    })}</section></div></div>`,
  })
}

function line(name: string, value: Html | string): Html {
  return html`<div><dt>${name}</dt><dd>${value}</dd></div>`
}

function editing({ agency }: AgencyProps, path: string, w: Words): Html {
  const words = w.placement
  const suspended = agency.bar === 'suspended'
  return html`<a class="button" href="${path}/edit">${icon('pencil')}${w.frame.form.edit}</a>
${
  suspended
    ? html`<form method="post" action="${path}/state"><input type="hidden" name="state" value="active"><button class="button">${words.resume}</button></form>`
    : html`<form class="inline" method="post" action="${path}/state"><input type="hidden" name="state" value="suspended"><input name="suspendedFor" required maxlength="200" placeholder="${words.suspendReason}" aria-label="${words.suspendReason}"><button class="button" data-asks="${words.suspendQuestion(agency.name)}">${words.suspend}</button></form>`
}
<form method="post" action="${path}/removal"><button class="button danger" data-asks="${words.removeQuestion(agency.name)}">${words.remove}</button></form>`
}

function placing(props: AgencyProps, path: string, w: Words): Html {
  const words = w.placement
  const choices = (names: string[]) => names.map(name => ({ value: name, word: name }))
  const { filter } = props
  return html`<section class="panel" id="place"><h2>${words.place}</h2><p class="help">${words.placeAbout}</p>${problems(filter, w)}
<form class="form" method="get" action="${path}#place"><input type="hidden" name="plan" value="1">
${checksField({ name: 'bucket', label: w.collections.cases.bucket, choices: choices(props.buckets), empty: words.any }, filter)}
${checksField({ name: 'product', label: w.collections.cases.product, choices: choices(props.products), empty: words.any }, filter)}
<div class="row">${textField({ name: 'from', label: words.owedFrom, figure: true, maxlength: 12 }, filter)}${textField({ name: 'below', label: words.owedBelow, figure: true, maxlength: 12 }, filter)}</div>
<div class="row">${textField({ name: 'dpdFrom', label: words.dpdFrom, type: 'number', min: 0, max: 36_500 }, filter)}${textField({ name: 'dpdTo', label: words.dpdTo, type: 'number', min: 0, max: 36_500 }, filter)}</div>
<div class="buttons"><button class="button">${words.plan}</button></div></form>${props.plan === null ? null : dryRun(props, props.plan, path, w)}</section>`
}

function dryRun(props: AgencyProps, plan: PlanView, path: string, w: Words): Html {
  const words = w.placement
  const staying = plan.stay.reduce((sum, { cases }) => sum + cases, 0)
  return html`<h3>${words.go(plan.go)} <span class="muted small">${words.free(plan.free)}</span></h3>
${plan.sums.length === 0 ? null : html`<p>${words.goSum}: <b class="figure">${plan.sums.map(({ currency, owed }) => money(owed, currency)).join(' · ')}</b></p>`}
${plan.more ? notice('amber', words.more) : null}
${
  staying === 0
    ? null
    : html`<h3>${words.stay}: ${words.staying(staying)}</h3>${table({
        caption: words.stay,
        rows: plan.stay,
        empty: '',
        columns: [
          { head: words.why, cell: row => words.whys[row.why] },
          { head: words.cases, kind: 'figure', cell: row => row.cases },
          {
            head: words.party,
            cell: row =>
              html`${plan.examples
                .filter(({ why }) => why === row.why)
                .slice(0, 5)
                .map(each => html`<a class="figure small" href="/supervisor/cases/${each.case}">${each.party}</a> `)}`,
          },
        ],
      })}`
}
${plan.go === 0 ? html`<p class="help">${words.nothing}</p>` : orderForm(props, plan, path, w)}`
}

function orderForm({ order, filter, campaigns }: AgencyProps, plan: PlanView, path: string, w: Words): Html {
  const words = w.placement
  const kept: Piece[] = Object.entries(filter.values).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).map(each =>
      each === '' ? null : html`<input type="hidden" name="${name}" value="${each}">`,
    ),
  )
  return html`<form class="form" method="post" action="${path}/batches">${kept}<input type="hidden" name="plan" value="${plan.fingerprint}">${problems(order, w)}
<div class="row">${textField({ name: 'name', label: words.batchName, required: true, maxlength: 64 }, order)}
${textField({ name: 'until', label: words.batchUntil, help: words.batchUntilHelp, type: 'date', required: true }, order)}</div>
${selectField({ name: 'campaign', label: words.campaign, choices: [{ value: '', word: words.byHand }, ...campaigns] }, order)}
<div class="buttons"><button class="button primary">${words.confirm(plan.go)}</button></div></form>`
}

const tones = { PLACING: 'blue', OPEN: 'green', ENDED: 'grey' } as const

export function batchChip(state: BatchState, w: Words): Html {
  return chip(tones[state], state === 'OPEN' ? 'circle-check' : 'info', w.placement.batchStates[state])
}

function batchTable({ frame, batches }: AgencyProps, w: Words): Html {
  const words = w.placement
  const sums = (row: BatchView, of: 'owed' | 'recovered' | 'commission') =>
    row.sums.map(sum => money(sum[of], sum.currency)).join(' · ') || '—'
  return table({
    caption: words.batches,
    rows: batches,
    empty: words.noBatches,
    columns: [
      { head: words.batchName, cell: row => html`<a href="/supervisor/batches/${row.id}"><b>${row.name}</b></a>` },
      { head: words.state, cell: row => batchChip(row.state, w) },
      { head: words.batchUntil, cell: row => html`<span class="figure">${row.until}</span>` },
      { head: words.placed, kind: 'figure', cell: row => words.seatsTaken(row.placed, row.placed + row.ended) },
      { head: words.owed, kind: 'figure', cell: row => sums(row, 'owed') },
      { head: words.recovered, kind: 'figure', cell: row => sums(row, 'recovered') },
      { head: words.earned, kind: 'figure', cell: row => sums(row, 'commission') },
      { head: words.opened, cell: row => instant(row.openedAt, frame) },
    ],
  })
}
