import { textsOf } from '../../parts/frame.ts'
import { type Html, html, type Piece } from '../../parts/html.ts'
import { icon } from '../../parts/icons.ts'
import { percent } from '../../parts/numbers.ts'
import { agentLooks, chip, pauseWord } from '../../parts/state.ts'
import { countdown, timer } from '../../parts/time.ts'
import { breakReasons } from '../../words/agent.ts'
import type { Words } from '../../words/words.ts'
import type { DeskProps } from './desk-props.ts'
import { station } from './station.ts'

/** State and its timer, what one may change it to, the audio, and the day so far. */
export function stateBar(props: DeskProps): Html {
  const w = textsOf(props.frame)
  const { agent } = props
  const looks = agentLooks[agent.phase]
  return html`<section id="state-bar" class="bar state-bar" tabindex="-1" aria-label="${w.agent.state.label}" data-phase="${agent.phase}">
<div class="now ${looks.tone}">${icon(looks.icon)}<b>${w.domain.agentPhase[agent.phase]}</b>${reasonOf(agent.reason, w)}
${agent.phase === 'signed_off' ? null : timer(agent.since, props.frame)}
${agent.until === null ? null : html`<span class="left">${w.agent.state.left} ${countdown(agent.until, props.frame)}</span>`}</div>
${agent.next ? chip('amber', 'clock', `${w.agent.state.afterCall}${w.domain.agentPhase[agent.next]}`) : null}
<div class="actions">${changes(props, w)}</div>
<span class="gap"></span>
${station(props, w)}
<dl class="today" aria-label="${w.agent.today.label}"><div><dt class="unseen">${w.agent.today.label}</dt><dd>${w.agent.today.calls(props.today.calls)}</dd></div>
<div><dt>${w.agent.today.effective}</dt><dd>${w.agent.today.minutes(Math.floor(props.today.effectiveMs / 60_000))}</dd></div>
<div><dt>${w.agent.today.utilisation}</dt><dd>${percent(props.today.utilisation)}</dd></div></dl>
</section>`
}

function reasonOf(reason: string | null, w: Words): Piece {
  return reason ? html`<span class="reason">${pauseWord(reason, w)}</span>` : null
}

function changes({ agent }: DeskProps, w: Words): Html {
  const off = agent.phase === 'signed_off'
  const onBreak = agent.phase === 'break'
  const atRest = onBreak || agent.phase === 'ready'
  return html`${
    off
      ? html`<button class="button primary" hx-put="/agent/state" hx-vals='{"state":"signed_on"}' hx-swap="none" data-key="alt+r">${icon('circle-play')}${w.agent.state.signOn}<kbd>Alt R</kbd></button>`
      : null
  }${
    onBreak
      ? html`<button class="button primary" hx-put="/agent/state" hx-vals='{"state":"ready"}' hx-swap="none" data-key="alt+r">${icon('circle-check')}${w.agent.state.ready}<kbd>Alt R</kbd></button>`
      : null
  }${
    off || onBreak
      ? null
      : html`<button class="button" type="button" popovertarget="breaks" data-key="alt+b">${icon('coffee')}${w.agent.state.break}<kbd>Alt B</kbd></button>
<div id="breaks" class="menu" popover role="group" aria-label="${w.agent.state.breakWhich}"><p class="small muted">${w.agent.state.breakWhich}</p>${breakReasons.map(
          reason =>
            html`<button class="button quiet" hx-put="/agent/state" hx-vals='{"state":"break","reason":"${reason}"}' hx-swap="none" popovertarget="breaks" popovertargetaction="hide">${w.agent.breaks[reason]}</button>`,
        )}</div>`
  }${
    atRest
      ? html`<button class="button quiet" hx-put="/agent/state" hx-vals='{"state":"signed_off"}' hx-swap="none">${w.agent.state.signOff}</button>`
      : null
  }`
}
