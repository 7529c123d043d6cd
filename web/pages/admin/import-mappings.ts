import type { ImportKind } from '../../../src/centre/records/file-import.ts'
import { type Filled, notice } from '../../parts/form.ts'
import { type Frame, textsOf } from '../../parts/frame.ts'
import { type Html, html } from '../../parts/html.ts'
import { icon } from '../../parts/icons.ts'
import { type OwnFields, targetWord } from '../../parts/import-columns.ts'
import { layout } from '../../parts/layout.ts'
import { heading, table } from '../../parts/table.ts'
import { instant } from '../../parts/time.ts'
import type { Words } from '../../words/words.ts'
import { problems } from './users.ts'

export type MappingRow = { kind: ImportKind; name: string; headings: string[]; columns: string[]; savedAt: number }

export type ImportMappingsProps = { frame: Frame; rows: MappingRow[]; own: OwnFields; saved: boolean; filled: Filled }

export function importMappingsPage(props: ImportMappingsProps): Html {
  const w = textsOf(props.frame)
  const words = w.imports
  return layout(props.frame, {
    title: words.savedMappings,
    main: html`${heading({ title: words.savedMappings, about: words.mappingsAbout, actions: html`<a class="button" href="/admin/imports">${icon('chevron-left')}${words.title}</a>` })}
${props.saved ? notice('green', w.frame.form.saved) : null}${problems(props.filled, w)}
${table({
  caption: words.savedMappings,
  rows: props.rows,
  empty: words.noMappings,
  columns: [
    { head: words.mappingName, cell: row => html`<b>${row.name}</b>` },
    { head: words.kind, cell: row => words.kinds[row.kind] },
    { head: words.mapping, cell: row => columnsOf(row, props, w) },
    { head: words.savedAt, cell: row => instant(row.savedAt, props.frame) },
    { head: w.frame.list.actions, kind: 'action', cell: row => actions(row, w) },
  ],
})}`,
  })
}

function columnsOf({ headings, columns }: MappingRow, { own, frame }: ImportMappingsProps, w: Words): Html {
  const used = columns.flatMap((target, at) => (target === '' ? [] : [{ target, heading: headings[at] ?? '' }]))
  return html`<details><summary>${w.imports.columnsUsed(used.length, headings.length)}</summary><dl class="facts inline">${used.map(
    ({ target, heading }) =>
      html`<div><dt>${heading || '—'}</dt><dd>${targetWord(target, own, w, frame.language)}</dd></div>`,
  )}</dl></details>`
}

function actions({ kind, name }: MappingRow, w: Words): Html {
  const words = w.imports
  const which = html`<input type="hidden" name="kind" value="${kind}"><input type="hidden" name="mapping" value="${name}">`
  return html`<details><summary>${words.rename}</summary><form method="post" action="/admin/imports/mappings/renaming">${which}<input name="name" value="${name}" required maxlength="100" aria-label="${words.newName(name)}"><button class="button small">${w.frame.form.save}</button></form></details>
<form method="post" action="/admin/imports/mappings/removal" data-asks="${w.frame.form.confirmRemove(name)}">${which}<button class="button small danger" aria-label="${w.frame.form.remove}: ${name}">${icon('trash-2')}${w.frame.form.remove}</button></form>`
}
