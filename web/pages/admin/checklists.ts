import { answerKinds, askedOf, type Checklist, expectedFields } from '../../../src/lender/checklist.ts'
import { compareRules } from '../../../src/lender/compare.ts'
import { areaField, checkField, type Filled, notice, selectField, textField } from '../../parts/form.ts'
import { type Frame, textsOf } from '../../parts/frame.ts'
import { type Html, html } from '../../parts/html.ts'
import { icon } from '../../parts/icons.ts'
import { layout } from '../../parts/layout.ts'
import { heading, table } from '../../parts/table.ts'
import type { Words } from '../../words/words.ts'

export type ChecklistsProps = {
  frame: Frame
  rows: Pick<Checklist, 'id' | 'name' | 'version' | 'product' | 'skill'>[]
  counts: Record<string, number>
  reasons: Filled
  saved: boolean
}

/** Checklists of verification, and the reasons that decisions have. */
export function checklistsPage(props: ChecklistsProps): Html {
  const w = textsOf(props.frame)
  const words = w.verification
  const path = '/admin/checklists'
  return layout(props.frame, {
    title: words.checklists,
    main: html`${heading({ title: words.checklists, count: String(props.rows.length), about: words.checklistsAbout, actions: html`<a class="button" href="/admin/confirmations">${icon('file-text')}${w.confirmation.open}</a><a class="button primary" href="${path}/new">${icon('plus')}${words.newChecklist}</a>` })}
${props.saved ? notice('green', words.saved) : null}
${table({
  caption: words.checklists,
  rows: props.rows,
  empty: words.noneOf,
  columns: [
    { head: words.name, cell: row => html`<a href="${path}/${row.id}"><b>${row.name}</b></a>` },
    { head: words.id, cell: row => html`<span class="figure">${row.id}</span>` },
    { head: words.forProduct, cell: row => row.product ?? words.anyProduct },
    { head: words.skill, cell: row => row.skill ?? words.anySkill },
    { head: words.items, kind: 'figure', cell: row => String(props.counts[row.id] ?? 0) },
    { head: words.version, kind: 'figure', cell: row => (row.version === 0 ? words.shipped : String(row.version)) },
  ],
})}
<section class="panel"><h2>${words.reasonList}</h2><form class="form" method="post" action="${path}/reasons">${areaField({ name: 'reasons', label: words.reasonList, help: words.reasonListAbout, rows: 12, figure: true }, props.reasons)}<div class="buttons"><button class="button primary">${icon('check')}${w.frame.form.save}</button></div></form></section>`,
  })
}

export type ChecklistFormProps = {
  frame: Frame
  /** null: a new one. */
  id: string | null
  version: number
  /** How many questions the form has. */
  items: number
  filled: Filled
}

/** One checklist: whom and what for, when to call again, and its questions. Saving makes a new version. */
export function checklistFormPage(props: ChecklistFormProps): Html {
  const w = textsOf(props.frame)
  const words = w.verification
  const { filled } = props
  const errors = [...new Set(Object.values(filled.errors))]
  const title = props.id === null ? words.newChecklist : String(filled.values['name'] ?? props.id)
  const figure = (name: string, label: string, max: number) =>
    textField({ name, label, type: 'number', min: 0, max, figure: true }, filled)
  return layout(props.frame, {
    title,
    main: html`${heading({ title, ...(props.id === null ? {} : { count: `${words.version} ${props.version}` }), about: words.checklistsAbout, actions: html`<a class="button" href="/admin/checklists">${icon('chevron-left')}${words.checklists}</a>` })}
${errors.map(error => notice('red', error))}
<form class="form" method="post" action="/admin/checklists${props.id === null ? '' : `/${props.id}`}" novalidate><input type="hidden" name="seen" value="${props.version}"><input type="hidden" name="count" value="${props.items}">
<section class="panel"><div class="row">${props.id === null ? textField({ name: 'checklistId', label: words.id, required: true, figure: true }, filled) : null}${textField({ name: 'name', label: words.name, required: true, maxlength: 60 }, filled)}${textField({ name: 'product', label: words.forProduct, placeholder: words.anyProduct }, filled)}${textField({ name: 'skill', label: words.skill, placeholder: words.anySkill }, filled)}</div></section>
<section class="panel"><h2>${words.recallRules}</h2><div class="row">${figure('perDay', words.perDay, 12)}${figure('gapMinutes', words.gap, 1440)}${figure('days', words.days, 30)}</div>${areaField({ name: 'slots', label: words.slots, rows: 3, figure: true }, filled)}${checkField({ name: 'otherSlot', label: words.otherSlot }, filled)}</section>
${Array.from({ length: props.items }, (_, at) => itemPart(at, filled, w))}
<div class="buttons"><button class="button primary">${icon('check')}${w.frame.form.save}</button><button class="button" name="add" value="true">${icon('plus')}${words.addItem}</button></div></form>`,
  })
}

function itemPart(at: number, filled: Filled, w: Words): Html {
  const words = w.verification
  const name = (field: string) => `${field}-${at}`
  const of = (field: string, label: string, choices: { value: string; word: string }[]) =>
    selectField({ name: name(field), label, choices }, filled)
  const expected = [
    { value: '', word: words.nothingExpected },
    ...expectedFields.map(value => ({ value, word: words.fields[value] ?? value })),
    { value: 'fixed', word: words.fixed },
    { value: 'custom', word: words.customField },
  ]
  return html`<section class="panel"><h2>${words.item} ${at + 1}</h2>
<div class="row">${textField({ name: name('key'), label: words.key, figure: true }, filled)}${of(
    'asked',
    words.whom,
    askedOf.map(value => ({ value, word: words.asked[value] })),
  )}${of(
    'kind',
    words.kind,
    answerKinds.map(value => ({ value, word: words.answerKind[value] })),
  )}${textField({ name: name('weight'), label: words.weight, type: 'number', min: 0, max: 100, figure: true }, filled)}</div>
<div class="row">${textField({ name: name('zh'), label: words.questionZh, help: words.questionHelp, maxlength: 300 }, filled)}${textField({ name: name('en'), label: words.questionEn, maxlength: 300 }, filled)}</div>
<div class="row">${of('expected', words.expectedValue, expected)}${textField({ name: name('value'), label: words.fixedValue, help: words.expectedHelp }, filled)}${of(
    'rule',
    words.compare,
    compareRules.map(value => ({ value, word: words.compareRule[value] })),
  )}${textField({ name: name('percent'), label: words.percent, type: 'number', min: 0, max: 100, figure: true }, filled)}</div>
<div class="row">${areaField({ name: name('offers'), label: words.offers, rows: 2 }, filled)}${areaField({ name: name('choices'), label: words.choices, rows: 2 }, filled)}</div>
${checkField({ name: name('required'), label: words.required }, filled)}</section>\n`
}
