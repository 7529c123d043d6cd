/** What agents of a campaign or queue have to write down: fields a line each, and which outcomes want a promise or a grade. */
import { areaField, type Filled, textField } from '../../parts/form.ts'
import { type Frame, textsOf } from '../../parts/frame.ts'
import { type Html, html } from '../../parts/html.ts'
import { layout } from '../../parts/layout.ts'
import { heading } from '../../parts/table.ts'
import { problems } from './users.ts'

export type WriteUpProps = {
  frame: Frame
  place: { id: string; name: string }
  codes: { code: string; word: string }[]
  filled: Filled
}

export function writeUpPage({ frame, place, codes, filled }: WriteUpProps): Html {
  const w = textsOf(frame)
  const words = w.scripts
  return layout(frame, {
    title: words.formOf(place.name),
    main: html`${heading({ title: words.formOf(place.name) })}${problems(filled, w)}
<form class="form wide" method="post" action="/admin/scripts/forms/${encodeURIComponent(place.id)}">
<p class="help">${words.codes}: ${codes.map(({ code, word }, at) => html`${at === 0 ? '' : ' · '}<b class="figure">${code}</b> ${word}`)}</p>
${areaField({ name: 'writeUpFields', label: words.fields, help: words.fieldsHelp, rows: 8, figure: true }, filled)}
${textField({ name: 'promise', label: words.promise, help: words.codesHelp, maxlength: 400 }, filled)}
${textField({ name: 'grade', label: words.grade, help: words.codesHelp, maxlength: 400 }, filled)}
<div class="buttons"><button class="button primary">${w.frame.form.save}</button></div></form>`,
  })
}
