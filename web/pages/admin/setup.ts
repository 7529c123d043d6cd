import { supervisionModes } from '../../../src/centre/entities.ts'
import { checkField, type Filled, notice, textField } from '../../parts/form.ts'
import { type Frame, textsOf } from '../../parts/frame.ts'
import { type Html, html } from '../../parts/html.ts'
import { icon } from '../../parts/icons.ts'
import { layout } from '../../parts/layout.ts'
import { chip } from '../../parts/state.ts'
import { heading } from '../../parts/table.ts'

/** Steps in the order of work; `href` leads to where the step is done. */
export const setupSteps = {
  users: '/admin/users/new',
  trunks: '/admin/trunks/new',
  trunkUp: '/admin/trunks',
  callerIds: '/admin/trunks',
  numbers: '/admin/numbers',
  campaign: '/admin/campaigns/new',
  leads: '/admin/campaigns',
  certificate: '/admin/certificate',
  running: '/admin/campaigns',
} as const
export type SetupStep = keyof typeof setupSteps

export type SetupProps = {
  frame: Frame
  done: Record<SetupStep, boolean>
  /** `name` and `zone` of the centre. */
  centre: Filled
  saved: boolean
}

/** A check-list that turns green. */
export function setupPage(props: SetupProps): Html {
  const w = textsOf(props.frame)
  const words = w.admin.setup
  const names = Object.keys(setupSteps) as SetupStep[]
  const done = names.filter(name => props.done[name]).length
  return layout(props.frame, {
    title: words.title,
    main: html`${heading({ title: words.title, count: `${done} / ${names.length}`, about: words.about })}
${props.saved ? notice('green', w.frame.form.saved) : null}
<progress max="${names.length}" value="${done}" aria-label="${words.title}"></progress>
<ol class="steps">${names.map(name => {
      const [title, about, action] = words.steps[name]!
      const isDone = props.done[name]
      return html`<li class="${isDone ? 'is-done' : ''}"><span class="mark ${isDone ? 'green' : 'grey'}">${icon(isDone ? 'circle-check' : 'circle')}</span>
<div><h2>${isDone ? html`<a href="${setupSteps[name]}">${title}</a>` : title}</h2><p class="muted">${about}</p></div>
${isDone ? chip('green', 'check', words.done) : html`<a class="button" href="${setupSteps[name]}">${action}${icon('arrow-right')}</a>`}</li>`
    })}</ol>
<section class="panel centre-form"><h2>${words.centre}</h2><form class="form" method="post" action="/admin/settings"><div class="row">
${textField({ name: 'name', label: words.centreName, help: words.centreNameHelp, maxlength: 64 }, props.centre)}
${textField({ name: 'zone', label: words.zone, help: words.zoneHelp, maxlength: 64 }, props.centre)}</div>
<fieldset class="field"><legend>${w.supervision.settings.title}</legend><p class="help">${w.supervision.settings.about}</p>
<input type="hidden" name="supervision" value="1">${supervisionModes.map(mode => checkField({ name: `supervision.${mode}`, label: w.supervision.settings.shown[mode] }, props.centre))}</fieldset>
<div class="buttons"><button class="button primary">${w.frame.form.save}</button></div></form></section>`,
  })
}
