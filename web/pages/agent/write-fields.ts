/** What a place wants written down besides: each part is there for the outcomes that ask for it, and desk.js puts the others aside. */
import { currencyDefault } from '../../../src/lender/money.ts'
import { grades, type WriteUpField } from '../../../src/lender/write-up.ts'
import { textsOf } from '../../parts/frame.ts'
import { type Html, html, type Piece } from '../../parts/html.ts'
import { icon } from '../../parts/icons.ts'
import { money } from '../../parts/money.ts'
import type { DeskCall, DeskProps } from './desk-props.ts'
import { fieldName } from './write-props.ts'

export function writeFields(props: DeskProps, call: DeskCall): Piece {
  const { writeUp } = props
  const { promisable } = writeUp
  return html`${promisable === null || writeUp.promise.length === 0 ? null : promise(props, call, promisable)}${writeUp.grade.length === 0 ? null : grade(props, call)}${writeUp.fields.map(field => ownField(field, props, call))}`
}

/** Not there for an outcome that does not ask for it. */
function askedWith(codes: readonly string[], { form }: DeskProps): Html {
  const code = String(form.values['code'] ?? '')
  const is = codes.length === 0 || codes.includes(code)
  return html` data-codes="${codes.join(' ')}"${is ? null : html` hidden`}`
}

function value({ form }: DeskProps, name: string): string {
  return String(form.values[name] ?? '')
}

function problemOf(name: string, id: string, { form }: DeskProps): { words: Piece; says: Piece } {
  const error = form.errors[name]
  if (!error) return { words: null, says: null }
  return {
    words: html`<p class="error" id="e-${id}">${icon('circle-alert')}<span>${error}</span></p>`,
    says: html` aria-invalid="true" aria-describedby="e-${id}"`,
  }
}

function promise(
  props: DeskProps,
  call: DeskCall,
  { owed, currency, today }: { owed: number; currency: string; today: string },
): Html {
  const words = textsOf(props.frame).agent.write
  const [amount, date] = [`promise-amount-${call.id}`, `promise-date-${call.id}`]
  const [wrongAmount, wrongDate] = [problemOf('promiseAmount', amount, props), problemOf('promiseDate', date, props)]
  return html`<div class="two"${askedWith(props.writeUp.promise, props)}>
<div class="field"><label for="${amount}">${words.promiseAmount}${currency === currencyDefault ? null : ` (${currency})`}</label><input id="${amount}" name="promiseAmount" class="figure" inputmode="decimal" autocomplete="off" maxlength="20" value="${value(props, 'promiseAmount')}"${wrongAmount.says}>
<p class="help">${words.promiseMost(money(owed, currency))}</p>${wrongAmount.words}</div>
<div class="field"><label for="${date}">${words.promiseDate}</label><input id="${date}" name="promiseDate" type="date" min="${today}" value="${value(props, 'promiseDate')}"${wrongDate.says}>${wrongDate.words}</div></div>`
}

function grade(props: DeskProps, call: DeskCall): Html {
  const words = textsOf(props.frame).agent.write
  const { words: wrong, says } = problemOf('grade', `grade-${call.id}`, props)
  return html`<fieldset class="field outcomes"${says}${askedWith(props.writeUp.grade, props)}><legend>${words.grade}</legend>${grades.map(
    each =>
      html`<label class="outcome" for="grade-${call.id}-${each}"><input type="radio" id="grade-${call.id}-${each}" name="grade" value="${each}" data-key="${each.toLowerCase()}"${value(props, 'grade') === each ? html` checked` : null}><span>${each} ${words.grades[each]}</span><kbd>${each}</kbd></label>`,
  )}${wrong}</fieldset>`
}

function ownField(field: WriteUpField, props: DeskProps, call: DeskCall): Html {
  const w = textsOf(props.frame)
  const name = fieldName(field.key)
  const id = `${name}-${call.id}`
  const { words, says } = problemOf(name, id, props)
  const label = html`<label for="${id}">${field.label[props.frame.language]}${field.required ? html`<span class="needed" aria-hidden="true">*</span>` : null}</label>`
  return html`<div class="field"${askedWith(field.codes, props)}>${label}${control(field, { id, name, now: value(props, name), says, words: w.agent.write })}${words}</div>`
}

type Control = { id: string; name: string; now: string; says: Piece; words: { yes: string; no: string } }

function control({ type, choices, required }: WriteUpField, { id, name, now, says, words }: Control): Html {
  const must = required ? html` aria-required="true"` : null
  const options =
    type === 'choice'
      ? choices.map(each => ({ value: each, word: each }))
      : type === 'yes-no'
        ? [
            { value: 'yes', word: words.yes },
            { value: 'no', word: words.no },
          ]
        : null
  if (options !== null)
    return html`<select id="${id}" name="${name}"${must}${says}><option value=""></option>${options.map(each => html`<option value="${each.value}"${each.value === now ? html` selected` : null}>${each.word}</option>`)}</select>`
  const kind = type === 'date' ? 'date' : type === 'phone' ? 'tel' : 'text'
  const figures = type === 'number' || type === 'money' ? html` class="figure" inputmode="decimal"` : null
  return html`<input id="${id}" name="${name}" type="${kind}" value="${now}" maxlength="1000" autocomplete="off"${figures}${must}${says}>`
}
