import { textsOf } from '../../parts/frame.ts'
import { type Html, html } from '../../parts/html.ts'
import { icon } from '../../parts/icons.ts'
import type { Words } from '../../words/words.ts'
import type { DeskProps } from './desk-props.ts'

const steps = ['open', 'identify', 'purpose', 'close'] as const

/** What to say: words that must be read first, then the steps of the script with the values of this call filled in. */
export function sayColumn(props: DeskProps): Html {
  const w = textsOf(props.frame)
  const shown = props.call !== null || props.preview !== null
  return html`<section id="say" class="column" tabindex="0" aria-label="${w.agent.say.title}">
<h2>${icon('scroll-text')}${w.agent.say.title}</h2>
${shown ? script(props, w) : html`<p class="muted">${w.agent.say.none}</p>`}
</section>`
}

function script(props: DeskProps, w: Words): Html {
  const say = w.agent.say
  const id = props.call?.id ?? 'preview'
  const toContact = props.party?.fields === null
  const fill = (text: string) =>
    text
      .replace('{centre}', props.frame.centre || say.ourCentre)
      .replace('{agent}', props.frame.person?.displayName ?? '')
      .replace('{name}', props.agent.name)
      .replace('{party}', props.party?.name ?? props.call?.name ?? '')
  const texts = say.scripts[props.business ?? 'sales']
  return html`<div class="must" id="must-${id}"><h3>${say.mustRead}</h3>
<label class="check"><input type="checkbox" id="read-1-${id}"><span>${say.recordedNotice}</span></label>
${toContact ? html`<label class="check"><input type="checkbox" id="read-2-${id}"><span>${say.contactRule}</span></label>` : null}</div>
<ol class="script" id="script-${id}">${
    toContact
      ? html`<li><h3>${say.steps.open}</h3><p>${fill(say.contactOpen)}</p></li>`
      : steps.map(step => html`<li><h3>${say.steps[step]}</h3><p>${fill(texts[step])}</p></li>`)
  }</ol>`
}
