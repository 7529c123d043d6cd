/** Who changed what and when, beside the settings that it is about. */
import type { ChangeKind, FieldChange } from '../../src/lib/changed-fields.ts'
import type { Words } from '../words/words.ts'
import { type Frame, textsOf } from './frame.ts'
import { type Html, html } from './html.ts'
import { icon } from './icons.ts'
import { table } from './table.ts'
import { instant } from './time.ts'

export type ChangeRow = {
  at: number
  /** A person's name, or `system`. */
  actor: string
  kind: ChangeKind
  subject: string
  name: string
  fields: FieldChange[]
}

const fieldsShown = 12

/** `of` one thing, as the change log has it (`trunk:t_1`), or of a kind. Fetched when it is opened; without scripts a link to the page of changes. */
export function changesOf(frame: Frame, asked: { of: string } | { kind: string }): Html {
  const w = textsOf(frame)
  const path = `/admin/changes?${new URLSearchParams(asked)}`
  return html`<details class="changes"><summary>${icon('history')}${w.changes.title}</summary><div hx-get="${path}" hx-trigger="toggle from:'closest details' once" hx-select="#changes" hx-swap="innerHTML"><a href="${path}">${w.changes.title}</a></div></details>`
}

/** `withSubject`: they are of many things. */
export function changesTable(frame: Frame, rows: ChangeRow[], withSubject: boolean): Html {
  const w = textsOf(frame)
  const words = w.changes
  return html`<div id="changes">${table({
    caption: words.title,
    rows,
    empty: words.none,
    columns: [
      { head: words.when, cell: row => instant(row.at, frame) },
      { head: words.who, cell: row => (row.actor === 'system' ? words.system : row.actor) },
      ...(withSubject ? [{ head: words.what, cell: (row: ChangeRow) => subjectOf(row, w) }] : []),
      { head: words.how, cell: row => changeCell(row, w) },
    ],
  })}</div>`
}

function subjectOf({ subject, name }: ChangeRow, w: Words): Html {
  const kind = subject.slice(0, subject.indexOf(':'))
  const word = (w.changes.subject as Record<string, string>)[kind] ?? kind
  return html`<a href="/admin/changes?of=${encodeURIComponent(subject)}">${word} <b>${nameOf(kind, name, w)}</b></a>`
}

/** What has no name that a person gave is called as on its page. */
export function nameOf(kind: string, name: string, { changeFields, domain }: Words): string {
  const words: Record<string, Record<string, string>> = {
    setting: changeFields.settings,
    rules: changeFields.rules,
    fields: domain.business,
  }
  return words[kind]?.[name] ?? name
}

/** `notice.waitMs`, each part in words where there are; the rest, such as a field of the lender's own, as it is. */
export function fieldWord(field: string, { changeFields }: Words): string {
  return field
    .split('.')
    .map(part => (Object.hasOwn(changeFields.fields, part) ? changeFields.fields[part]! : part))
    .join(' · ')
}

/** What is other now, each field from what to what; why, where somebody said so, is no such field. */
export function changeCell({ kind, fields }: Pick<ChangeRow, 'kind' | 'fields'>, w: Words): Html {
  const words = w.changes
  const value = (text: string | null) =>
    text === null
      ? html`<span class="muted">${words.nothing}</span>`
      : html`<span class="mono">${text === 'true' ? w.changeFields.yes : text === 'false' ? w.changeFields.no : text}</span>`
  const line = ({ field, before, after }: FieldChange) =>
    field === 'reason'
      ? html`<li>${fieldWord(field, w)} ${after}</li>`
      : kind === 'secret'
        ? html`<li>${fieldWord(field, w)}</li>`
        : kind === 'made'
          ? html`<li>${fieldWord(field, w)} ${value(after)}</li>`
          : html`<li>${fieldWord(field, w)} ${value(before)} → ${value(after)}</li>`
  const rest = fields.length - fieldsShown
  return html`<b>${words.kind[kind]}</b>${fields.length === 0 ? null : html`<ul class="field-changes">${fields.slice(0, fieldsShown).map(line)}${rest > 0 ? html`<li class="muted">${words.more(rest)}</li>` : null}</ul>`}`
}
