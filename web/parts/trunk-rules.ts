import { conditionOf, defaultResultRules } from '../../src/centre/calls/result-rules.ts'
import type { CallResult } from '../../src/centre/entities.ts'
import { callerIdForms } from '../../src/centre/trunks/trunk-numbers.ts'
import {
  assertions,
  dtmfMethods,
  earlyMediaPolicies,
  redirectPolicies,
  toneChoices,
} from '../../src/centre/trunks/trunk-rules.ts'
import type { Words } from '../words/words.ts'
import { areaField, checkField, type Filled, selectField, textField } from './form.ts'
import { type Html, html } from './html.ts'
import { icon } from './icons.ts'
import { resultNames } from './result-names.ts'

/** What the rules as they stand in the form make of an example. */
export type TrunkTrial = {
  number: {
    known: string
    out: { number: string; rule: number | null }
    into: { number: string; rule: number | null }
  } | null
  /** How the numbers that call for help leave, where a rule changes them. */
  help: { number: string; out: string }[]
  /** The first caller ID as it is shown. */
  shown: string | null
  result: { result: CallResult; rule: string } | null
  /** Lines of tables that are not right yet. */
  wrongLines: number
}

/** What is particular about one trunk, in three folds of its form: how numbers look, how calls go, what answers mean. */
export function trunkRulesSection(filled: Filled, w: Words): Html {
  const words = w.trunkRules
  const seconds = { type: 'number', step: 'any', figure: true } as const
  const choices = <Value extends string>(values: readonly Value[], names: { [key in Value]?: string }) =>
    values.map(value => ({ value, word: names[value] ?? value }))
  const isWrong = (...names: string[]) => (names.some(name => filled.errors[name] !== undefined) ? html` open` : null)
  return html`<details${isWrong('numbersOut', 'numbersIn', 'callerIdForm', 'userPhone', 'fromUser', 'asserted', 'withheld', 'diversion')}><summary>${words.numbers}</summary>
<p class="muted">${words.numbersAbout}</p>
<div class="row">${areaField({ name: 'numbersOut', label: words.numbersOut, help: words.numbersOutHelp, rows: 5, figure: true }, filled)}
${areaField({ name: 'numbersIn', label: words.numbersIn, help: words.numbersInHelp, rows: 5, figure: true }, filled)}</div>
<div class="row">${selectField({ name: 'callerIdForm', label: words.callerIdForm, help: words.callerIdFormHelp, choices: choices(callerIdForms, words.callerIdForms) }, filled)}
${selectField({ name: 'fromUser', label: words.fromUser, choices: choices(['auto', 'caller_id'], words.fromUsers) }, filled)}
${selectField({ name: 'asserted', label: words.asserted, choices: choices(assertions, words.assertions) }, filled)}</div>
<div class="row">${checkField({ name: 'userPhone', label: words.userPhone, help: words.userPhoneHelp }, filled)}
${checkField({ name: 'withheld', label: words.withheld, help: words.withheldHelp }, filled)}
${textField({ name: 'diversion', label: words.diversion, help: words.diversionHelp, figure: true, maxlength: 16 }, filled)}</div>
</details>
<details${isWrong('overflowOn', 'responseMs', 'ringMinMs', 'ringMaxMs', 'dtmf', 'earlyMedia', 'redirects', 'echoNumber', 'forceRport')}><summary>${words.calls}</summary>
<div class="row">${textField({ name: 'overflowOn', label: words.overflowOn, help: words.overflowOnHelp, figure: true, maxlength: 80 }, filled)}
${textField({ name: 'responseMs', label: words.response, help: words.responseHelp, min: 1, max: 15, ...seconds }, filled)}</div>
<div class="row">${textField({ name: 'ringMinMs', label: words.ringMin, min: 15, max: 60, ...seconds }, filled)}
${textField({ name: 'ringMaxMs', label: words.ringMax, help: words.ringHelp, min: 15, max: 120, ...seconds }, filled)}</div>
<div class="row">${selectField({ name: 'dtmf', label: words.dtmf, choices: choices(dtmfMethods, words.dtmfs) }, filled)}
${selectField({ name: 'earlyMedia', label: words.earlyMedia, choices: choices(earlyMediaPolicies, words.earlyMedias) }, filled)}
${selectField({ name: 'redirects', label: words.redirects, choices: choices(redirectPolicies, words.redirections) }, filled)}
${selectField({ name: 'tones', label: words.tones, help: words.tonesHelp, choices: choices(toneChoices, words.tonesBy) }, filled)}
${textField({ name: 'echoNumber', label: words.echoNumber, help: words.echoNumberHelp, figure: true, maxlength: 21 }, filled)}</div>
${checkField({ name: 'forceRport', label: words.forceRport, help: words.forceRportHelp }, filled)}
${checkField({ name: 'hearing', label: words.hearing, help: words.hearingHelp }, filled)}
${checkField({ name: 'machines', label: words.machines, help: words.machinesHelp }, filled)}
</details>
<details${isWrong('results')}><summary>${words.results}</summary>
<p class="muted">${words.resultsAbout}</p>
${areaField({ name: 'results', label: words.resultsOwn, help: words.resultsHelp, rows: 6, figure: true }, filled)}
${resultNames(w)}
<p class="help">${words.resultsCommon}</p><p class="help figure">${defaultResultRules.map(rule => `${conditionOf(rule)} → ${w.domain.callResult[rule.result]}`).join(' · ')}</p>
</details>
<fieldset class="field"><legend>${words.trial}</legend>
<div class="row">${textField({ name: 'tryNumber', label: words.tryNumber, placeholder: '+8613812345678', figure: true, maxlength: 40 }, filled)}
${textField({ name: 'trySignalled', label: words.trySignalled, placeholder: '480 20 switched off', figure: true, maxlength: 120 }, filled)}</div>
<div id="trunk-trial" hx-post="/admin/trunks/trials" hx-trigger="load, input delay:400ms from:'closest form'" hx-include="closest form" hx-swap="innerHTML" aria-live="polite"></div></fieldset>`
}

/** The fragment under the example. */
export function trunkTrial(trial: TrunkTrial, w: Words): Html {
  const words = w.trunkRules
  const by = (rule: number | null) => (rule === null ? words.byNone : words.byRule(rule))
  const { number, shown, result } = trial
  const changed = trial.help.map(({ number, out }) => `${number} → ${out}`).join(words.and)
  const help =
    changed === ''
      ? null
      : html`<p class="notice amber">${icon('triangle-alert')}<span>${words.helpChanged(changed)}</span></p>`
  return html`${help}<dl class="facts">${
    number === null
      ? null
      : html`<dt>${words.dials}</dt><dd><span class="figure">${number.known} → ${number.out.number}</span> <span class="muted">${by(number.out.rule)}</span></dd>
<dt>${words.comesAs}</dt><dd><span class="figure">${number.into.number}</span> <span class="muted">${by(number.into.rule)}</span></dd>`
  }${shown === null ? null : html`<dt>${words.shows}</dt><dd class="figure">${shown}</dd>`}${
    result === null
      ? null
      : html`<dt>${words.means}</dt><dd>${w.domain.callResult[result.result]} <span class="muted">${result.rule}</span></dd>`
  }</dl>${trial.wrongLines === 0 ? null : html`<p class="error">${words.wrongLines(trial.wrongLines)}</p>`}`
}
