import type { CaseState } from '../../../src/lender/case.ts'
import { currencyDefault } from '../../../src/lender/money.ts'
import { type Choice, nothingFilled, notice, selectField, textField } from '../../parts/form.ts'
import { type Frame, textsOf } from '../../parts/frame.ts'
import { type Html, html, type Piece } from '../../parts/html.ts'
import { icon } from '../../parts/icons.ts'
import { layout } from '../../parts/layout.ts'
import { money } from '../../parts/money.ts'
import { type SavedFilters, savedFilters } from '../../parts/saved-filters.ts'
import { chip, type Tone } from '../../parts/state.ts'
import { heading, pager, table } from '../../parts/table.ts'
import { instant } from '../../parts/time.ts'
import type { Words } from '../../words/words.ts'

export type CaseView = {
  id: string
  party: string
  name: string | null
  state: CaseState
  bucket: string
  days: number
  owed: number
  product: string | null
  agent: string | null
  group: string | null
  changedAt: number
}

/** As the URL has it: what is not asked for is ''. `agent` `-`: nobody. */
export type CaseFilterView = {
  bucket: string
  state: string
  agent: string
  product: string
  from: string
  below: string
  sort: 'owed' | 'oldest' | 'changed' | 'broken'
}

export type CasesProps = {
  frame: Frame
  rows: CaseView[]
  filter: CaseFilterView
  count: number
  /** There are more than are counted. */
  more: boolean
  next: string | null
  buckets: string[]
  states: readonly CaseState[]
  products: string[]
  collectors: Choice[]
  mayMove: boolean
  said: { tone: 'green' | 'red'; words: string } | null
  filters: SavedFilters
}

const path = '/supervisor/cases'

export function casesPage(props: CasesProps): Html {
  const w = textsOf(props.frame)
  const words = w.collections.cases
  const list = table({
    caption: words.title,
    rows: props.rows,
    empty: props.count === 0 && queryOf(props.filter) === '' ? words.none : w.frame.list.none,
    columns: [
      ...(props.mayMove
        ? [
            {
              head: words.choose,
              kind: 'action' as const,
              cell: (row: CaseView) =>
                html`<input type="checkbox" name="ids" value="${row.id}" form="reassign" aria-label="${words.choose} ${row.name ?? row.party}">`,
            },
          ]
        : []),
      {
        head: words.party,
        cell: row =>
          html`<a href="/supervisor/cases/${row.id}"><span class="two"><b>${row.name ?? '—'}</b><span class="small muted figure">${row.party}</span></span></a>`,
      },
      { head: words.state, cell: row => caseChip(row.state, w) },
      { head: words.bucket, cell: row => row.bucket },
      { head: words.days, kind: 'figure', cell: row => row.days },
      { head: words.owed, kind: 'figure', cell: row => money(row.owed, currencyDefault) },
      { head: words.product, cell: row => row.product ?? '—' },
      { head: words.collector, cell: row => row.agent ?? html`<span class="muted">${words.nobody}</span>` },
      { head: words.group, cell: row => html`<span class="small muted">${row.group ?? '—'}</span>` },
      { head: words.changed, cell: row => instant(row.changedAt, props.frame) },
    ],
  })
  return layout(props.frame, {
    title: words.title,
    main: html`${heading({ title: words.title, count: words.count(props.count, props.more), about: words.about })}
${props.said ? notice(props.said.tone, props.said.words) : null}
${chips(words.state, 'state', [['', words.openOnes], ['-', w.frame.list.all], ...props.states.map((state): [string, string] => [state, w.lender.caseState[state]])], props.filter)}
${chips(words.bucket, 'bucket', [['', w.frame.list.all], ...props.buckets.map((name): [string, string] => [name, name])], props.filter)}
${props.products.length === 0 ? null : chips(words.product, 'product', [['', w.frame.list.all], ...props.products.map((name): [string, string] => [name, name])], props.filter)}
${narrower(props, w)}${savedFilters(props.frame, props.filters)}
${list}${pager(props.frame, { previous: null, next: props.next })}
${props.mayMove && props.rows.length > 0 ? bulk(props, w) : null}`,
  })
}

const tones: Record<CaseState, Tone> = {
  IMPORTED: 'grey',
  ASSIGNED: 'blue',
  WORKING: 'blue',
  PTP: 'green',
  HOLD: 'red',
  CURED: 'green',
  SETTLED: 'green',
  RETURNED: 'grey',
  OUTSOURCED: 'amber',
  LEGAL: 'amber',
  WRITTEN_OFF: 'grey',
}

export function caseChip(state: CaseState, w: Words): Html {
  const tone = tones[state]
  return chip(
    tone,
    tone === 'red' ? 'triangle-alert' : tone === 'green' ? 'circle-check' : 'info',
    w.lender.caseState[state],
  )
}

/** Filters as links: what is chosen stands in the URL and can be sent to somebody. */
function chips(label: string, name: keyof CaseFilterView, choices: [string, string][], filter: CaseFilterView): Html {
  return html`<nav class="toolbar filters" aria-label="${label}"><span class="muted">${label}</span> ${choices.map(
    ([value, word]) =>
      html`<a class="button small" href="${path}${queryOf({ ...filter, [name]: value })}"${filter[name] === value ? html` aria-current="true"` : null}>${word}</a> `,
  )}</nav>\n`
}

function narrower(props: CasesProps, w: Words): Html {
  const words = w.collections.cases
  const { filter } = props
  const hidden = (['state', 'bucket', 'product'] as const).map(name =>
    filter[name] === '' ? null : html`<input type="hidden" name="${name}" value="${filter[name]}">`,
  )
  const filled = { values: { ...filter }, errors: {} }
  return html`<form class="toolbar" method="get" action="${path}">${hidden}
${selectField({ name: 'agent', label: words.collector, choices: [{ value: '', word: w.frame.list.all }, { value: '-', word: words.nobody }, ...props.collectors] }, filled)}
${textField({ name: 'from', label: words.amountFrom, figure: true, maxlength: 12 }, filled)}
${textField({ name: 'below', label: words.amountBelow, figure: true, maxlength: 12 }, filled)}
${selectField({ name: 'sort', label: words.sorting, choices: (['owed', 'broken', 'oldest', 'changed'] as const).map(value => ({ value, word: words.sort[value] })) }, filled)}
<button class="button">${words.filter}</button></form>`
}

function bulk(props: CasesProps, w: Words): Piece {
  const words = w.collections.cases
  return html`<form class="form panel" id="reassign" method="post" action="${path}/moves${queryOf(props.filter)}"><h2>${words.reassign}</h2>
${selectField({ name: 'to', label: words.to, required: true, choices: props.collectors }, nothingFilled)}
${textField({ name: 'reason', label: words.reason, maxlength: 200 }, nothingFilled)}
<label class="check"><input type="checkbox" name="all" value="true"><span>${words.allOf(props.count)}</span></label>
<div class="buttons"><button class="button primary">${icon('user-round')}${words.reassign}</button></div></form>`
}

export function queryOf(filter: CaseFilterView): string {
  const set = Object.entries(filter).filter(([name, value]) => value !== '' && !(name === 'sort' && value === 'owed'))
  return set.length === 0 ? '' : `?${new URLSearchParams(set)}`
}
