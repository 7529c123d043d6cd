import type { LoanStatus } from '../../../src/lender/loan.ts'
import type { PartyFlag, PartyType } from '../../../src/lender/party.ts'
import { type Frame, textsOf } from '../../parts/frame.ts'
import { type Html, html } from '../../parts/html.ts'
import { icon } from '../../parts/icons.ts'
import { layout } from '../../parts/layout.ts'
import { type SavedFilters, savedFilters } from '../../parts/saved-filters.ts'
import { filter, heading, pager, search, table } from '../../parts/table.ts'
import { instant } from '../../parts/time.ts'
import type { Words } from '../../words/words.ts'

export type PartyRow = {
  ref: string
  type: PartyType
  name: string
  /** Masked. */
  idNo: string | null
  /** As they may be seen. */
  numbers: string[]
  flags: PartyFlag[]
  changedAt: number
}

export type PartiesProps = {
  frame: Frame
  rows: PartyRow[]
  q: string
  flag: PartyFlag | null
  loanStatus: LoanStatus | null
  product: string | null
  /** That there are loans of. */
  products: string[]
  next: string | null
  mayAdd: boolean
  filters: SavedFilters
}

export function partiesPage(props: PartiesProps): Html {
  const w = textsOf(props.frame)
  const words = w.lender
  const path = '/supervisor/parties'
  const chosen = { flag: props.flag, loanStatus: props.loanStatus, product: props.product }
  /** What holds beside the filter of this name. */
  const others = (name: 'q' | keyof typeof chosen) =>
    Object.fromEntries(
      Object.entries({ q: props.q, ...chosen }).filter(
        (each): each is [string, string] => each[0] !== name && Boolean(each[1]),
      ),
    )
  const products = new Set([...props.products, ...(props.product === null ? [] : [props.product])])
  return layout(props.frame, {
    title: words.title,
    main: html`${heading({ title: words.title, about: words.about, ...(props.mayAdd ? { actions: html`<a class="button primary" href="/supervisor/parties/new">${icon('plus')}${words.addParty}</a>` } : {}) })}
<div class="toolbar">${search(props.frame, {
      path,
      q: props.q,
      label: words.search,
      kept: others('q'),
    })}${filter(props.frame, {
      path,
      name: 'flag',
      label: words.flags,
      chosen: props.flag,
      choices: words.flag,
      kept: others('flag'),
    })}${filter(props.frame, {
      path,
      name: 'loanStatus',
      label: words.loanState,
      all: words.anyLoanState,
      chosen: props.loanStatus,
      choices: words.loanStatus,
      kept: others('loanStatus'),
    })}${
      products.size === 0
        ? null
        : filter(props.frame, {
            path,
            name: 'product',
            label: words.loanProduct,
            all: words.anyLoanProduct,
            chosen: props.product,
            choices: Object.fromEntries([...products].map(name => [name, name])),
            kept: others('product'),
          })
    }</div>${savedFilters(props.frame, props.filters)}
${table({
  caption: words.title,
  rows: props.rows,
  empty: props.q || Object.values(chosen).some(each => each !== null) ? w.frame.list.none : words.none,
  columns: [
    {
      head: words.ref,
      cell: row =>
        html`<a class="figure" href="/supervisor/parties/${encodeURIComponent(row.ref)}"><b>${row.ref}</b></a>`,
    },
    { head: words.name, cell: row => row.name },
    { head: words.type, cell: row => words.partyType[row.type] },
    { head: words.idNo, cell: row => html`<span class="figure">${row.idNo ?? '—'}</span>` },
    {
      head: words.numbers,
      cell: row =>
        html`<span class="figure">${row.numbers[0] ?? '—'}</span>${row.numbers.length > 1 ? html` <span class="muted figure">+${row.numbers.length - 1}</span>` : null}`,
    },
    { head: words.flags, cell: row => flagChips(row.flags, w) },
    { head: words.changed, cell: row => instant(row.changedAt, props.frame) },
  ],
})}${pager(props.frame, { previous: null, next: props.next })}`,
  })
}

/** What everyone must know before a word is said; all but the last kind stop every channel. */
export function flagChips(flags: readonly PartyFlag[], w: Words): Html {
  return html`${flags.map(flag => html`<span class="chip ${flag === 'vip' ? 'blue' : 'red'}">${icon(flag === 'vip' ? 'info' : 'triangle-alert')}<span>${w.lender.flag[flag]}</span></span> `)}`
}
