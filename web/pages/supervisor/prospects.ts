import { type IntentGrade, intentGrades } from '../../../src/lender/order.ts'
import type { Choice } from '../../parts/form.ts'
import { type Frame, textsOf } from '../../parts/frame.ts'
import { type Html, html } from '../../parts/html.ts'
import { layout } from '../../parts/layout.ts'
import { money } from '../../parts/money.ts'
import { type SavedFilters, savedFilters } from '../../parts/saved-filters.ts'
import { chip } from '../../parts/state.ts'
import { filter, heading, pager, table } from '../../parts/table.ts'
import { instant } from '../../parts/time.ts'

export type ProspectFilter = { grade: string; consent: string; due: string; product: string }

export type ProspectLine = {
  party: string
  name: string
  limit: number | null
  limitUntil: string | null
  purchases: { on: string; what: string; amount: number }[]
  grade: IntentGrade | null
  followUpAt: number | null
  consented: boolean
}

export type ProspectsProps = {
  frame: Frame
  today: string
  currency: string
  rows: ProspectLine[]
  filter: ProspectFilter
  products: Choice[]
  next: string | null
  filters: SavedFilters
}

/** Whom something may be sold to; each filter is a link that keeps the others. */
export function prospectsPage(props: ProspectsProps): Html {
  const w = textsOf(props.frame)
  const words = w.sales
  const path = '/supervisor/prospects'
  const chips = (name: keyof ProspectFilter, label: string, choices: Record<string, string>) =>
    filter(props.frame, {
      ...{ path, name, label, choices, chosen: props.filter[name] || null },
      kept: Object.fromEntries(Object.entries(props.filter).filter(([key, value]) => key !== name && value !== '')),
    })
  const grades = {
    ...Object.fromEntries(intentGrades.map(grade => [grade, words.grades[grade]])),
    none: words.gradeNone,
  }
  const narrowed = Object.values(props.filter).some(value => value !== '')
  return layout(props.frame, {
    title: words.prospects,
    main: html`${heading({ title: words.prospects, about: words.prospectsAbout })}
<div class="toolbar">${chips('grade', words.filterGrade, grades)}${chips('consent', words.filterConsent, { yes: words.consented, no: words.unconsented })}${chips('due', words.filterDue, { today: words.dueToday, past: words.duePast })}${
      props.products.length === 0
        ? null
        : chips(
            'product',
            words.filterProduct,
            Object.fromEntries(props.products.map(({ value, word }) => [value, word])),
          )
    }</div>${savedFilters(props.frame, props.filters)}
${table({
  caption: words.prospects,
  rows: props.rows,
  empty: narrowed ? w.frame.list.none : words.prospectsNone,
  columns: [
    {
      head: words.customer,
      cell: row =>
        html`<a href="${path}/${encodeURIComponent(row.party)}"><b>${row.name || row.party}</b> <span class="figure muted">${row.party}</span></a>`,
    },
    { head: words.grade, cell: row => (row.grade === null ? words.gradeNone : words.grades[row.grade]) },
    {
      head: words.consent,
      cell: row =>
        row.consented
          ? chip('green', 'circle-check', words.consented)
          : chip('red', 'circle-x', words.unconsentedShort),
    },
    { head: words.limit, kind: 'figure', cell: row => (row.limit === null ? '—' : money(row.limit, props.currency)) },
    { head: words.limitEnd, cell: row => html`<span class="figure">${row.limitUntil ?? '—'}</span>` },
    { head: words.purchases, cell: row => row.purchases[0]?.what ?? '—' },
    {
      head: words.followUp,
      cell: row =>
        html`${instant(row.followUpAt, props.frame)}${row.followUpAt !== null && row.followUpAt <= props.frame.now ? html` <b class="due">${words.followUpDue}</b>` : null}`,
    },
  ],
})}${pager(props.frame, { previous: null, next: props.next })}`,
  })
}
