/** Scripts in their list, and the editor of one: steps, answers, sentences that must be read, with a preview and what is wrong by name. */
import { audiences, debtPlaceholders, openPlaceholders, type ScriptFault } from '../../../src/lender/script.ts'
import { type Choice, checksField, type Filled, notice, selectField, textField } from '../../parts/form.ts'
import { type Frame, textsOf } from '../../parts/frame.ts'
import { type Html, html, type Piece } from '../../parts/html.ts'
import { icon } from '../../parts/icons.ts'
import { layout } from '../../parts/layout.ts'
import { heading, table } from '../../parts/table.ts'
import { instant } from '../../parts/time.ts'
import type { Words } from '../../words/words.ts'
import { problems } from './users.ts'

export type ScriptsProps = {
  frame: Frame
  scripts: {
    id: string
    name: string
    version: number
    savedAt: number
    savedBy: string
    steps: number
    places: string[]
  }[]
  /** Campaigns and queues, with how many fields each asks for. */
  places: { id: string; name: string; fields: number }[]
  saved: boolean
}

export function scriptsPage({ frame, scripts, places, saved }: ScriptsProps): Html {
  const w = textsOf(frame)
  const words = w.scripts
  const add = html`<a class="button primary" href="/admin/scripts/new">${icon('plus')}${words.add}</a>`
  return layout(frame, {
    title: words.title,
    main: html`${heading({ title: words.title, count: w.frame.list.count(scripts.length), about: words.about, actions: add })}
${saved ? notice('green', w.frame.form.saved) : null}
<div class="stack">${table({
      caption: words.title,
      rows: scripts,
      empty: html`<p>${words.none}</p>${add}`,
      columns: [
        { head: words.name, cell: row => html`<a class="name" href="/admin/scripts/${row.id}"><b>${row.name}</b></a>` },
        { head: words.places, cell: row => row.places.join(', ') || '—' },
        { head: words.steps, kind: 'figure', cell: row => row.steps },
        { head: words.version, kind: 'figure', cell: row => row.version },
        { head: words.saved, cell: row => html`${instant(row.savedAt, frame)} · ${row.savedBy}` },
      ],
    })}
<section><h2>${words.forms}</h2><p class="help">${words.formsAbout}</p>${table({
      caption: words.forms,
      rows: places,
      empty: words.noPlaces,
      columns: [
        { head: words.places, cell: row => html`<b>${row.name}</b>` },
        { head: words.fields, kind: 'figure', cell: row => row.fields },
        {
          head: w.frame.list.actions,
          kind: 'action',
          cell: row =>
            html`<a class="button small" href="/admin/scripts/forms/${row.id}" aria-label="${w.frame.form.edit}: ${row.name}">${icon('pencil')}${w.frame.form.edit}</a>`,
        },
      ],
    })}</section></div>`,
  })
}

/** A step as it was typed; `answers` a line each. */
export type TypedStep = {
  key: string
  titleZh: string
  titleEn: string
  textZh: string
  textEn: string
  answers: string
}
export type TypedMust = { key: string; textZh: string; textEn: string; to: string }
export type ScriptFormProps = {
  frame: Frame
  id: string | null
  version: number | null
  filled: Filled
  steps: TypedStep[]
  must: TypedMust[]
  places: Choice[]
  faults: ScriptFault[]
  /** It was looked at and not saved. */
  preview: { title: string; text: string; answers: string[] }[] | null
}

export function scriptFormPage(props: ScriptFormProps): Html {
  const w = textsOf(props.frame)
  const words = w.scripts
  const { filled, id } = props
  const keys = props.steps.filter(({ key }) => key !== '').map(({ key }) => ({ value: key, word: key }))
  return layout(props.frame, {
    title: words.title,
    main: html`${heading({ title: String(filled.values['name'] || words.add), count: props.version === null ? '' : `${words.version} ${props.version}` })}
${problems(filled, w)}${faultList(props.faults, w)}
<div class="stack"><form class="form wide" method="post" action="/admin/scripts${id === null ? '' : `/${id}`}">
${textField({ name: 'name', label: words.name, required: true, maxlength: 60 }, filled)}
${checksField({ name: 'places', label: words.places, help: words.placesHelp, choices: props.places, empty: words.noPlaces }, filled)}
<h2>${words.must}</h2><p class="help">${words.mustHelp}</p>
${[...props.must, { key: '', textZh: '', textEn: '', to: 'all' }].map((each, at) => mustRow(each, at, w))}
<h2>${words.steps}</h2><p class="help">${words.keyHelp}</p>
${[...props.steps, { key: '', titleZh: '', titleEn: '', textZh: '', textEn: '', answers: '' }].map((each, at) => stepRow(each, at, props.steps.length, w))}
${selectField({ name: 'others', label: words.others, help: words.othersHelp, choices: [{ value: '', word: words.house }, ...keys] }, filled)}
<div class="buttons"><button class="button primary" name="do" value="save">${w.frame.form.save}</button><button class="button" name="do" value="preview">${icon('eye')}${words.preview}</button></div></form>
${props.preview === null ? null : previewOf(props.preview, props.faults.length === 0, w)}
<section class="panel"><h2>${words.placeholders}</h2><p class="help">${words.placeholdersHelp}</p>
<p class="figure">${[...openPlaceholders, ...debtPlaceholders.map(name => `${name}*`), 'field.KEY*', 'lead.COLUMN*'].map(name => `{${name}}`.replace('*}', '}*')).join('  ')}</p></section></div>`,
  })
}

function faultList(faults: ScriptFault[], w: Words): Piece {
  if (faults.length === 0) return null
  return notice('red', html`${w.scripts.faults}${faults.slice(0, 20).map(each => html`<br>${faultWords(each, w)}`)}`)
}

export function faultWords(fault: ScriptFault, { scripts: { fault: words } }: Words): string {
  switch (fault.fault) {
    case 'no_steps':
      return words.no_steps()
    case 'unknown_placeholder':
    case 'debt_to_others':
    case 'unknown_step':
      return words[fault.fault](fault.step, fault.found)
    case 'unreachable':
    case 'no_exit':
    case 'twice':
    case 'no_text':
      return words[fault.fault](fault.step)
    default:
      return fault satisfies never
  }
}

type Field = { name: string; at: number; label: string; value: string; rows?: number; help?: string }

function field({ name, at, label, value, rows, help }: Field): Html {
  const id = `${name}-${at}`
  const says = help === undefined ? null : html` aria-describedby="h-${id}"`
  return html`<div class="field"><label for="${id}">${label}</label>${
    rows === undefined
      ? html`<input id="${id}" name="${name}" value="${value}" maxlength="60"${says}>`
      : html`<textarea id="${id}" name="${name}" rows="${rows}" maxlength="4000"${says}>${value}</textarea>`
  }${help === undefined ? null : html`<p class="help" id="h-${id}">${help}</p>`}</div>`
}

function stepRow(step: TypedStep, at: number, count: number, w: Words): Html {
  const words = w.scripts
  const { chinese, english } = words
  return html`<fieldset class="field"><legend>${at === count ? words.newStep : words.step(at + 1)}</legend><div class="two">
${field({ name: 'stepKey', at, label: words.key, value: step.key })}<span></span>
${field({ name: 'stepTitleZh', at, label: words.titleOf(chinese), value: step.titleZh })}${field({ name: 'stepTitleEn', at, label: words.titleOf(english), value: step.titleEn })}
${field({ name: 'stepTextZh', at, label: words.textOf(chinese), value: step.textZh, rows: 3 })}${field({ name: 'stepTextEn', at, label: words.textOf(english), value: step.textEn, rows: 3 })}
</div>${field({ name: 'stepAnswers', at, label: words.answers, value: step.answers, rows: 3, help: words.answersHelp })}</fieldset>`
}

function mustRow(must: TypedMust, at: number, w: Words): Html {
  const words = w.scripts
  return html`<fieldset class="field"><legend class="unseen">${words.must} ${at + 1}</legend><div class="two">
${field({ name: 'mustKey', at, label: words.key, value: must.key })}<div class="field"><label for="mustTo-${at}">${words.to}</label><select id="mustTo-${at}" name="mustTo">${audiences.map(each => html`<option value="${each}"${each === must.to ? html` selected` : null}>${words.audience[each]}</option>`)}</select></div>
${field({ name: 'mustTextZh', at, label: words.textOf(words.chinese), value: must.textZh, rows: 2 })}${field({ name: 'mustTextEn', at, label: words.textOf(words.english), value: must.textEn, rows: 2 })}
</div></fieldset>`
}

function previewOf(steps: NonNullable<ScriptFormProps['preview']>, good: boolean, w: Words): Html {
  const words = w.scripts
  return html`<section class="panel" id="preview"><h2>${words.previewTitle}</h2>${good ? notice('green', words.good) : null}
<ol class="script">${steps.map(step => html`<li><h3>${step.title}</h3><p>${step.text}</p>${step.answers.length === 0 ? null : html`<p class="help">${step.answers.join(' · ')}</p>`}</li>`)}</ol></section>`
}
