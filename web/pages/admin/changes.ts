import { type ChangeRow, changesTable, nameOf } from '../../parts/changes.ts'
import { type Frame, textsOf } from '../../parts/frame.ts'
import { type Html, html } from '../../parts/html.ts'
import { layout } from '../../parts/layout.ts'
import { filter, heading, pager } from '../../parts/table.ts'
import type { Words } from '../../words/words.ts'

export type ChangesProps = {
  frame: Frame
  rows: ChangeRow[]
  /** `trunk:t_1`, of which alone these are. */
  subject: string | null
  kind: string | null
  next: string | null
}

export function changesPage(props: ChangesProps): Html {
  const w = textsOf(props.frame)
  const words = w.changes
  const path = '/admin/changes'
  return layout(props.frame, {
    title: words.title,
    main: html`${heading({ title: words.title, about: words.about })}
<div class="toolbar">${
      props.subject === null
        ? filter(props.frame, { path, name: 'kind', label: words.what, chosen: props.kind, choices: words.subject })
        : html`<a class="button" href="${path}">${words.all}</a> <b>${wordsFor(props, w)}</b>`
    }</div>
${changesTable(props.frame, props.rows, props.subject === null)}${pager(props.frame, { previous: null, next: props.next })}`,
  })
}

/** Of one thing: its kind and name, which each of its changes has. */
function wordsFor({ subject, rows }: ChangesProps, w: Words): string {
  const [, kind = '', id = ''] = /^([^:]*):(.*)$/.exec(subject ?? '') ?? []
  const word = (w.changes.subject as Record<string, string>)[kind] ?? kind
  return `${word} ${nameOf(kind, rows[0]?.subject === subject ? rows[0].name : id, w)}`
}
