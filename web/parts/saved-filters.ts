/** The filters of a list that a person keeps: a click each, and a field to keep those that hold now. */
import type { SavedFilter } from '../../src/centre/entities.ts'
import { type Frame, textsOf } from './frame.ts'
import { type Html, html } from './html.ts'
import { icon } from './icons.ts'

export type SavedFilters = {
  page: string
  saved: Pick<SavedFilter, 'id' | 'name' | 'query'>[]
  /** What holds now and can be kept; '' when nothing is filtered. */
  query: string
  /** Why the last one was not kept. */
  refused: string | null
}

export function savedFilters(frame: Frame, props: SavedFilters): Html {
  const words = textsOf(frame).frame.savedFilters
  const { page, saved, query, refused } = props
  const isKept = saved.some(each => each.query === query)
  if (saved.length === 0 && query === '') return html``
  return html`<div class="saved-filters" role="group" aria-label="${words.title}">${saved.map(
    ({ id, name, query: its }) =>
      html`<span class="saved"><a href="${page}?${its}"${its === query ? html` aria-current="true"` : null}>${icon('bookmark')}${name}</a><form method="post" action="/filters/${id}/removal"><button class="button quiet small" aria-label="${words.remove(name)}" title="${words.remove(name)}">${icon('x')}</button></form></span>`,
  )}${
    query === '' || isKept
      ? null
      : html`<form class="keep" method="post" action="/filters"><input type="hidden" name="page" value="${page}"><input type="hidden" name="query" value="${query}"><input name="name" required maxlength="40" aria-label="${words.name}" placeholder="${words.name}"><button class="button small">${icon('bookmark')}${words.save}</button></form>`
  }${refused === null ? null : html`<span class="error" role="alert">${refused}</span>`}</div>`
}
