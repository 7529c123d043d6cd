/** Form fields: label above, help below, what is wrong beside the field, and what was typed stays. */
import { type Html, html, type Piece } from './html.ts'
import { icon } from './icons.ts'

/** What was typed, by field name; and what is wrong with it: what was found and what is allowed. */
export type Filled = { values: Record<string, string | string[]>; errors: Record<string, string> }

export const nothingFilled: Filled = { values: {}, errors: {} }

export type FieldOptions = {
  name: string
  label: string
  help?: string
  type?: 'text' | 'password' | 'number' | 'datetime-local' | 'date' | 'search' | 'tel' | 'email' | 'file'
  required?: boolean
  placeholder?: string
  /** For numbers. */
  min?: number
  max?: number
  step?: 'any'
  maxlength?: number
  autocomplete?: string
  /** Digits, addresses and keys: tabular and left to right. */
  figure?: boolean
  autofocus?: boolean
}

export function textField(options: FieldOptions, filled: Filled): Html {
  const type = options.type ?? 'text'
  const value = type === 'password' || type === 'file' ? '' : oneValue(filled, options.name)
  const control = html`<input id="f-${options.name}" name="${options.name}" type="${type}" value="${value}"${attributes(options, filled)}>`
  return wrapped(options, filled, control)
}

export function areaField(options: FieldOptions & { rows?: number }, filled: Filled): Html {
  const control = html`<textarea id="f-${options.name}" name="${options.name}" rows="${options.rows ?? 3}"${attributes(options, filled)}>${oneValue(filled, options.name)}</textarea>`
  return wrapped(options, filled, control)
}

export type Choice = { value: string; word: string; disabled?: boolean }

export function selectField(options: FieldOptions & { choices: readonly Choice[] }, filled: Filled): Html {
  const chosen = oneValue(filled, options.name)
  const control = html`<select id="f-${options.name}" name="${options.name}"${attributes(options, filled)}>${options.choices.map(
    choice =>
      html`<option value="${choice.value}"${choice.value === chosen ? html` selected` : null}${choice.disabled ? html` disabled` : null}>${choice.word}</option>`,
  )}</select>`
  return wrapped(options, filled, control)
}

/** Marks of what the form shows, so that what is not touched is not written over what came meanwhile. */
export function seenField(filled: Filled): Piece {
  const seen = oneValue(filled, 'seen')
  return seen === '' ? null : html`<input type="hidden" name="seen" value="${seen}">`
}

/** Many of several: check boxes in columns. An empty list says what to do first. */
export function checksField(
  options: FieldOptions & { choices: readonly Choice[]; empty: string },
  filled: Filled,
): Html {
  const chosen = manyValues(filled, options.name)
  const error = filled.errors[options.name]
  return html`<fieldset class="field checks"><legend>${options.label}</legend>
${
  options.choices.length === 0
    ? html`<p class="help">${options.empty}</p>`
    : html`<div class="choices">${options.choices.map(
        choice =>
          html`<label class="check"><input type="checkbox" name="${options.name}" value="${choice.value}"${chosen.includes(choice.value) ? html` checked` : null}><span>${choice.word}</span></label>`,
      )}</div>`
}
${options.help ? html`<p class="help">${options.help}</p>` : null}${errorOf(options.name, error)}</fieldset>`
}

/** One yes-or-no. Unchecked boxes send nothing, which the handler reads as false. */
export function checkField(options: { name: string; label: string; help?: string }, filled: Filled): Html {
  return html`<div class="field"><label class="check"><input type="checkbox" name="${options.name}" value="true"${oneValue(filled, options.name) === 'true' ? html` checked` : null}><span>${options.label}</span></label>
${options.help ? html`<p class="help">${options.help}</p>` : null}${errorOf(options.name, filled.errors[options.name])}</div>`
}

function wrapped(options: FieldOptions, filled: Filled, control: Html): Html {
  return html`<div class="field"><label for="f-${options.name}">${options.label}${options.required ? html`<span class="needed" aria-hidden="true">*</span>` : null}</label>
${control}
${options.help ? html`<p class="help" id="h-${options.name}">${options.help}</p>` : null}${errorOf(options.name, filled.errors[options.name])}</div>`
}

function attributes(options: FieldOptions, filled: Filled): Html {
  const described = [
    options.help ? `h-${options.name}` : '',
    filled.errors[options.name] ? `e-${options.name}` : '',
  ].join(' ')
  return html`${options.required ? html` required` : null}${options.placeholder ? html` placeholder="${options.placeholder}"` : null}${options.min === undefined ? null : html` min="${options.min}"`}${options.max === undefined ? null : html` max="${options.max}"`}${options.step ? html` step="${options.step}"` : null}${options.maxlength ? html` maxlength="${options.maxlength}"` : null}${options.autocomplete ? html` autocomplete="${options.autocomplete}"` : null}${options.figure ? html` class="figure"` : null}${options.autofocus ? html` autofocus` : null}${described.trim() ? html` aria-describedby="${described.trim()}"` : null}${filled.errors[options.name] ? html` aria-invalid="true"` : null}`
}

export function errorOf(name: string, error: string | undefined): Piece {
  return error ? html`<p class="error" id="e-${name}">${icon('circle-alert')}<span>${error}</span></p>` : null
}

function oneValue(filled: Filled, name: string): string {
  const value = filled.values[name]
  return Array.isArray(value) ? (value[0] ?? '') : (value ?? '')
}

function manyValues(filled: Filled, name: string): string[] {
  const value = filled.values[name]
  return Array.isArray(value) ? value : value ? [value] : []
}

/** A line that says how it went, above a form or a list. */
export function notice(tone: 'green' | 'amber' | 'red' | 'blue', words: string | Html): Html {
  const icons = { green: 'circle-check', amber: 'triangle-alert', red: 'circle-alert', blue: 'info' } as const
  return html`<p class="notice ${tone}" role="${tone === 'red' ? 'alert' : 'status'}">${icon(icons[tone])}<span>${words}</span></p>`
}
