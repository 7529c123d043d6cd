import type { DispositionChoice } from '../../../src/centre/entities.ts'
import { checklistPart } from '../../parts/checklist.ts'
import { textsOf } from '../../parts/frame.ts'
import { type Html, html, type Piece } from '../../parts/html.ts'
import { icon } from '../../parts/icons.ts'
import { localValue } from '../../parts/time.ts'
import type { Words } from '../../words/words.ts'
import type { DeskCall, DeskProps } from './desk-props.ts'
import { writeFields } from './write-fields.ts'

/**
 * What came of the call. The form is the same while talking and in wrap-up, so that nothing moves when the call ends; only its buttons
 * wake up. All ids carry the call's, so that another call gets a fresh form and the same call keeps what was typed.
 */
export function writeColumn(props: DeskProps): Html {
  const w = textsOf(props.frame)
  return html`<section id="write" class="column" tabindex="0" aria-label="${w.agent.write.title}">
<h2 tabindex="-1">${icon('pencil')}${w.agent.write.title}</h2>
${props.checklist ? checklistPart(props.checklist) : null}${props.call && props.call.consult?.side !== 'asked' ? form(props, props.call, w) : html`<p class="muted">${w.agent.write.none}</p>`}
</section>`
}

function form(props: DeskProps, call: DeskCall, w: Words): Html {
  const { errors, values } = props.form
  const words = w.agent.write
  const over = call.phase === 'ended'
  return html`<form id="write-${call.id}" class="write" hx-post="/agent/calls/${call.id}/disposition" hx-swap="none" data-draft="${call.id}" novalidate>
<fieldset class="field outcomes"${errors['code'] ? html` aria-invalid="true" aria-describedby="e-code-${call.id}"` : null}><legend>${words.outcome}</legend>${props.dispositions.map((choice, at) => outcome(choice, at, props, call, w))}${problem('code', `code-${call.id}`, errors, w)}</fieldset>
<div class="field when"><label for="at-${call.id}">${words.callbackAt}</label>
<div class="row"><input id="at-${call.id}" type="datetime-local" name="callbackAt" value="${String(values['callbackAt'] ?? '')}" min="${localValue(call.startedAt, props.frame)}"${errors['callbackAt'] ? html` aria-invalid="true" aria-describedby="e-at-${call.id}"` : null}>
<label class="check"><input type="checkbox" id="mine-${call.id}" name="callbackMine" value="true"${values['callbackMine'] === 'true' ? html` checked` : null}><span>${words.callbackMine}</span></label></div>${problem('callbackAt', `at-${call.id}`, errors, w)}</div>
${writeFields(props, call)}<div class="field"><label for="note-${call.id}">${words.note} <kbd>Alt N</kbd></label>
<textarea id="note-${call.id}" name="note" rows="3" maxlength="2000" placeholder="${words.notePlaceholder}" data-key="alt+n">${String(values['note'] ?? '')}</textarea>${problem('note', `note-${call.id}`, errors, w)}</div>
<p class="help">${over ? words.draftKept : words.afterHangUp}</p>
<div class="buttons"><button class="button primary" name="next" value="ready" data-key="ctrl+enter"${over ? null : html` disabled`}>${words.saveReady}<kbd>Ctrl ⏎</kbd></button>
<button class="button" name="next" value="break"${over ? null : html` disabled`}>${words.saveBreak}</button></div>
</form>`
}

/** Nine have a key; more are possible, and reached by the arrow keys. */
function outcome(choice: DispositionChoice, at: number, props: DeskProps, call: DeskCall, w: Words): Html {
  const id = `code-${call.id}-${at}`
  const what = w.agent.write.followUp[choice.followUp]
  return html`<label class="outcome" for="${id}"${what ? html` title="${what}"` : null}><input type="radio" id="${id}" name="code" value="${choice.code}" data-then="${choice.followUp}"${at < 9 ? html` data-key="${at + 1}"` : null}${props.form.values['code'] === choice.code ? html` checked` : null}>
<span>${choice.words[props.frame.language]}</span>${at < 9 ? html`<kbd>${at + 1}</kbd>` : null}</label>`
}

/** Errors arrive as rule names where the words depend on the language. */
function problem(field: string, id: string, errors: Record<string, string>, w: Words): Piece {
  const error = errors[field]
  if (!error) return null
  const known: Record<string, string> = { code: w.agent.write.chooseOutcome, callbackAt: w.agent.write.chooseTime }
  return html`<p class="error" id="e-${id}">${icon('circle-alert')}<span>${known[field] ?? error}</span></p>`
}
