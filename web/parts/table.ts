/** Lists: what it is, how many, search, the rows, and what to do when there are none. */
import { type Frame, textsOf } from './frame.ts'
import { type Html, html, type Piece } from './html.ts'
import { icon } from './icons.ts'

export type Column<Row> = {
  head: string
  cell: (row: Row) => Html | string | number | null
  /** Figures stand right; an action column has no head that is seen. */
  kind?: 'figure' | 'action'
}

export function table<Row>(options: {
  caption: string
  columns: Column<Row>[]
  rows: readonly Row[]
  /** What to do first, when there is nothing. */
  empty: Html | string
  rowId?: (row: Row) => string
}): Html {
  if (options.rows.length === 0) return html`<div class="empty">${options.empty}</div>`
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${options.caption}"><table>
<caption class="unseen">${options.caption}</caption>
<thead><tr>${options.columns.map(column => html`<th scope="col"${classOf(column.kind)}>${column.kind === 'action' ? html`<span class="unseen">${column.head}</span>` : column.head}</th>`)}</tr></thead>
<tbody>${options.rows.map(
    row =>
      html`<tr${options.rowId ? html` id="${options.rowId(row)}"` : null}>${options.columns.map(column => html`<td${classOf(column.kind)}>${column.cell(row)}</td>`)}</tr>\n`,
  )}</tbody></table></div>`
}

function classOf(kind: 'figure' | 'action' | undefined): Piece {
  return kind ? html` class="${kind}"` : null
}

/** Heading of a page: title, count, and what can be done here. */
export function heading(options: { title: string; count?: string; about?: string; actions?: Piece }): Html {
  return html`<header class="heading"><div><h1>${options.title}</h1>${options.count ? html`<span class="muted figure">${options.count}</span>` : null}</div>
${options.actions ? html`<div class="actions">${options.actions}</div>` : null}
${options.about ? html`<p class="about">${options.about}</p>` : null}</header>`
}

/** A search field that keeps its text in the URL. `kept`: other filters that hold, which stay. */
export function search(
  frame: Frame,
  options: { path: string; q: string; label: string; kept?: Record<string, string> },
): Html {
  const w = textsOf(frame)
  const kept = Object.entries(options.kept ?? {})
  const cleared = kept.length === 0 ? options.path : `${options.path}?${new URLSearchParams(options.kept)}`
  return html`<form class="search" role="search" method="get" action="${options.path}">${icon('search')}<input type="search" name="q" value="${options.q}" aria-label="${options.label}" placeholder="${options.label}">${kept.map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}<button class="button">${w.frame.list.search}</button>${options.q ? html`<a class="button quiet" href="${cleared}">${w.frame.list.clear}</a>` : null}</form>`
}

/** A filter of which one choice holds, or none, as links that keep the rest of the URL. `choices` are the words by value. */
export function filter(
  frame: Frame,
  options: {
    path: string
    name: string
    label: string
    /** Left out: "All". Said where a list has several filters. */
    all?: string
    chosen: string | null
    choices: Record<string, string>
    /** How many there are of each; left out: not said. */
    counts?: Partial<Record<string, number>>
    kept?: Record<string, string>
  },
): Html {
  const link = (value: string | null, word: string) => {
    const query = new URLSearchParams({
      ...options.kept,
      ...(value === null ? {} : { [options.name]: value }),
    }).toString()
    return html`<a href="${options.path}${query && `?${query}`}"${options.chosen === value ? html` aria-current="true"` : null}>${word}${options.counts && value !== null ? html` <span class="figure">${options.counts[value] ?? 0}</span>` : null}</a>`
  }
  return html`<nav class="filters" aria-label="${options.label}">${link(null, options.all ?? textsOf(frame).frame.list.all)}${Object.entries(options.choices).map(([value, word]) => link(value, word))}</nav>`
}

/** Newer and older pages of a list by cursor. */
export function pager(frame: Frame, options: { previous: string | null; next: string | null }): Piece {
  if (!options.previous && !options.next) return null
  const w = textsOf(frame)
  return html`<nav class="pager" aria-label="${w.frame.list.more}">${options.previous ? html`<a class="button" href="${options.previous}">${icon('chevron-left')}${w.frame.list.previous}</a>` : null}${options.next ? html`<a class="button" href="${options.next}">${w.frame.list.next}${icon('chevron-right')}</a>` : null}</nav>`
}
