/** Fields of the lender's own: a list for each business, in the order in which forms and the desk show them, and the form of one. */
import { type FieldBusiness, type FieldDefinition, fieldBusinesses, fieldTypes } from '../../../src/lender/fields.ts'
import { changesOf } from '../../parts/changes.ts'
import { areaField, checkField, type Filled, notice, seenField, selectField, textField } from '../../parts/form.ts'
import { type Frame, textsOf } from '../../parts/frame.ts'
import { type Html, html } from '../../parts/html.ts'
import { icon } from '../../parts/icons.ts'
import { layout } from '../../parts/layout.ts'
import { heading, table } from '../../parts/table.ts'
import type { Words } from '../../words/words.ts'
import { problems } from './users.ts'

const path = '/admin/fields'

export type FieldsProps = {
  frame: Frame
  definitions: Partial<Record<FieldBusiness, FieldDefinition[]>>
  saved: boolean
}

export function fieldsPage(props: FieldsProps): Html {
  const w = textsOf(props.frame)
  const words = w.ownFields
  return layout(props.frame, {
    title: words.title,
    main: html`${heading({ title: words.title, about: words.about })}
${props.saved ? notice('green', w.frame.form.saved) : null}
<div class="stack">${fieldBusinesses.map(business => listOf(business, props, w))}</div>${changesOf(props.frame, { kind: 'fields' })}`,
  })
}

function listOf(business: FieldBusiness, { definitions, frame }: FieldsProps, w: Words): Html {
  const words = w.ownFields
  const at = `${path}/${business}`
  const fields = (definitions[business] ?? []).map((field, place) => ({ ...field, place: place + 1 }))
  const add = html`<a class="button" href="${at}/new">${icon('plus')}${words.add(w.domain.business[business])}</a>`
  const yes = (is: boolean) => (is ? icon('check') : '')
  return html`<section class="panel"><header><h2>${w.domain.business[business]} <span class="muted figure">${fields.length}</span></h2>${add}</header>
${table({
  caption: w.domain.business[business],
  rows: fields,
  empty: words.none,
  columns: [
    { head: words.place, kind: 'figure', cell: row => row.place },
    {
      head: words.label,
      cell: row =>
        html`<a href="${at}/${row.key}"><b>${row.label[frame.language]}</b></a> <span class="figure muted">${row.key}</span>`,
    },
    {
      head: words.type,
      cell: row =>
        `${words.types[row.type]}${row.choices.length === 0 ? '' : `: ${row.choices.slice(0, 6).join('、')}${row.choices.length > 6 ? '…' : ''}`}`,
    },
    { head: words.required, cell: row => yes(row.required) },
    { head: words.shown, cell: row => yes(row.shown) },
    { head: words.searchable, cell: row => yes(row.searchable) },
    {
      head: w.frame.list.actions,
      kind: 'action',
      cell: row =>
        html`<a class="button small" href="${at}/${row.key}">${icon('pencil')}${w.frame.form.edit}</a> <form method="post" action="${at}/${row.key}/removal"><button class="button small danger" data-asks="${words.removeQuestion(row.label[frame.language])}">${icon('trash-2')}${w.frame.form.remove}</button></form>`,
    },
  ],
})}</section>`
}

export type FieldFormProps = { frame: Frame; business: FieldBusiness; field: FieldDefinition | null; filled: Filled }

export function fieldFormPage({ frame, business, field, filled }: FieldFormProps): Html {
  const w = textsOf(frame)
  const words = w.ownFields
  const title = field === null ? words.add(w.domain.business[business]) : words.edit(field.label[frame.language])
  const choice = field === null || field.type === 'choice'
  const bounded = field === null || ['text', 'secret', 'number', 'money'].includes(field.type)
  return layout(frame, {
    title,
    main: html`${heading({ title, count: w.domain.business[business] })}${problems(filled, w)}
<form class="form panel" method="post" action="${path}/${business}${field === null ? '' : `/${field.key}`}">${seenField(filled)}
${
  field === null
    ? html`${textField({ name: 'key', label: words.key, help: words.keyHelp, required: true, maxlength: 40, figure: true }, filled)}
${selectField({ name: 'type', label: words.type, help: words.typeHelp, choices: fieldTypes.map(value => ({ value, word: words.types[value] })) }, filled)}`
    : html`<dl class="facts"><dt>${words.key}</dt><dd class="figure">${field.key}</dd><dt>${words.type}</dt><dd>${words.types[field.type]}</dd></dl>`
}
<div class="halves">${textField({ name: 'labelZh', label: words.labelZh, required: true, maxlength: 60 }, filled)}${textField({ name: 'labelEn', label: words.labelEn, help: words.labelEnHelp, maxlength: 60 }, filled)}</div>
${choice ? areaField({ name: 'choices', label: words.choices, help: words.choicesHelp, rows: 5 }, filled) : null}
${bounded ? html`<div class="halves">${textField({ name: 'min', label: words.min, help: words.boundHelp, figure: true, maxlength: 20 }, filled)}${textField({ name: 'max', label: words.max, figure: true, maxlength: 20 }, filled)}</div>` : null}
${checkField({ name: 'required', label: words.required, help: words.requiredHelp }, filled)}
${checkField({ name: 'shown', label: words.shown, help: words.shownHelp }, filled)}
${checkField({ name: 'searchable', label: words.searchable, help: words.searchableHelp }, filled)}
${textField({ name: 'place', label: words.place, help: words.placeHelp, type: 'number', min: 1, max: 100, figure: true }, filled)}
<div class="buttons"><button class="button primary">${w.frame.form.save}</button><a class="button" href="${path}">${w.frame.form.cancel}</a></div></form>${field === null ? null : changesOf(frame, { of: `fields:${business}` })}`,
  })
}
