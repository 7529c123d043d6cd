import { divertedSentence } from '../../parts/diverted.ts'
import { textsOf } from '../../parts/frame.ts'
import { type Html, html, type Piece } from '../../parts/html.ts'
import { icon } from '../../parts/icons.ts'
import { partyName } from '../../parts/names.ts'
import { chip } from '../../parts/state.ts'
import { countdown, duration, timer } from '../../parts/time.ts'
import type { Words } from '../../words/words.ts'
import { modeIcons } from '../supervisor/supervision.ts'
import { appealButton, appealState } from './appeal.ts'
import { callStatus, redialButton } from './call-status.ts'
import type { DeskCall, DeskProps } from './desk-props.ts'
import { consultControls, consultState, passOnButton, pickUpButton, takeBackButton } from './pass-on.ts'
import { isOfPage } from './station.ts'

/** Its height never changes: a call, a preview, or the field to dial by hand. */
export function callBar(props: DeskProps): Html {
  const w = textsOf(props.frame)
  const inside = props.call
    ? callInside(props, props.call, w)
    : props.preview
      ? previewInside(props, w)
      : idle(props, w)
  return html`<section id="call-bar" class="bar call-bar" tabindex="-1" aria-label="${props.call ? partyName(props.call, w) : w.agent.call.none}" data-call="${props.call?.id ?? ''}" data-call-phase="${props.call?.phase ?? ''}" data-title="${titleOf(props, w)}"${props.call?.consult || props.call?.appeal ? html` data-crowded` : null}>${inside}</section>`
}

/** The window's title says what happens, for whoever looks at another window. */
function titleOf({ call, preview }: DeskProps, w: Words): string {
  if (call && call.phase === 'talking') return `● ${call.name ?? call.number}`
  if (call && call.phase !== 'ended') return `☎ ${call.name ?? call.number}`
  return preview ? `? ${w.agent.preview.title}` : ''
}

function callInside(props: DeskProps, call: DeskCall, w: Words): Html {
  const way = call.direction === 'in' ? 'phone-incoming' : 'phone-outgoing'
  return html`<div class="party">${icon(way)}<div><b class="name">${partyName(call, w)}</b>
<span class="small muted"><span class="figure">${call.number}</span> · ${call.place}${call.relation ? html` · ${w.domain.relation[call.relation]}` : null}</span>${call.diverted ? diverted(divertedSentence(call.diverted, w)) : null}</div></div>
<div class="times"><div class="clock">${clock(props, call, w)}</div>
${call.phase === 'ended' ? null : html`${consultState(call, w)}${appealState(call, props.frame)}`}${callStatus(props)}</div><span class="gap"></span>
<div class="actions">${call.phase === 'ended' ? (call.waits ? takeBackButton(call, w) : null) : controls(props, call, w)}</div>`
}

function diverted(words: string): Html {
  return html`<span class="small muted diverted" title="${words}">${words}</span>`
}

function clock(props: DeskProps, call: DeskCall, w: Words): Html {
  if (call.endedAt !== null)
    return html`<span class="muted">${call.passedOn && call.slot === null ? w.transfer.passedOn : call.passedOn ? w.transfer.parked : w.agent.call.ended}</span> <b class="figure">${call.connectedAt === null ? '' : duration(call.endedAt - call.connectedAt)}</b>`
  if (call.connectedAt === null) {
    const words = call.phase === 'assigned' ? w.agent.call.pickUp[call.direction] : w.agent.call.dialing
    return html`<span class="muted">${words}</span> <b>${timer(call.startedAt, props.frame)}</b>`
  }
  const watched = call.supervisors.map(one =>
    chip('blue', modeIcons[one.mode], w.supervision.watchedBy(w.supervision.mode[one.mode], one.name)),
  )
  // While somebody is consulted, the chip about that says who waits.
  if (call.consult !== null) return html`<b>${timer(call.connectedAt, props.frame)}</b>${watched}`
  const held = call.heldBy === 'agent' ? w.agent.call.heldByAgent : w.agent.call.heldByParty
  return html`<b>${timer(call.connectedAt, props.frame)}</b>
${call.heldBy ? chip('amber', 'circle-pause', held) : null}${call.recorded ? chip('grey', 'circle-dot', w.agent.call.recorded) : null}${watched}`
}

function controls(props: DeskProps, call: DeskCall, w: Words): Html {
  const talking = call.phase === 'talking'
  const path = `/agent/calls/${call.id}`
  const consults = call.consult !== null
  return html`${
    !talking || consults
      ? null
      : call.heldBy === 'agent'
        ? html`<button class="button" hx-put="${path}/hold" hx-vals='{"held":"false"}' hx-swap="none" aria-pressed="true" data-key="alt+h">${icon('play')}${w.agent.call.resume}<kbd>Alt H</kbd></button>`
        : html`<button class="button" hx-put="${path}/hold" hx-vals='{"held":"true"}' hx-swap="none" data-key="alt+h">${icon('pause')}${w.agent.call.hold}<kbd>Alt H</kbd></button>`
  }${
    talking && isOfPage(props.station)
      ? html`<button id="mute" class="button" type="button" data-audio-action="mute" data-off="${w.agent.call.mute}" data-on="${w.agent.call.unmute}" aria-pressed="false" data-key="alt+m">${icon('mic-off')}<span>${w.agent.call.mute}</span><kbd>Alt M</kbd></button>`
      : null
  }${(talking || call.early) && (call.consult === null || call.consult.outside) ? keypad(path, w) : null}${
    consults ? consultControls(call, w) : talking ? passOnButton(call, w) : null
  }${talking ? appealButton(call, w) : null}${talking && !consults && call.direction === 'out' ? metMachine(path, w) : null}${consults ? null : hangUp(path, w)}`
}

function metMachine(path: string, w: Words): Html {
  const words = w.announcements
  return html`
<button class="button" hx-put="${path}/answerer" hx-swap="none" title="${words.metMachineHelp}" data-key="alt+v">${icon('voicemail')}<span class="unseen">${words.metMachine}</span><kbd>Alt V</kbd></button>`
}

function hangUp(path: string, w: Words): Html {
  return html`
<button class="button danger" hx-put="${path}/ending" hx-swap="none" data-key="alt+e">${icon('phone-off')}${w.agent.call.hangUp}<kbd>Alt E</kbd></button>`
}

function keypad(path: string, w: Words): Html {
  return html`<button class="button" type="button" popovertarget="keypad" data-key="alt+k">${icon('grid-3x3')}${w.agent.call.keypad}<kbd>Alt K</kbd></button>
<div id="keypad" class="keypad" popover role="group" aria-label="${w.agent.call.digits}">${[...'123456789*0#'].map(
    digit =>
      html`<button class="button" hx-post="${path}/digits" hx-vals='{"digits":"${digit}"}' hx-swap="none" aria-label="${w.agent.call.digits} ${digit}" data-key-inside="${digit}">${digit}</button>`,
  )}</div>`
}

function previewInside(props: DeskProps, w: Words): Html {
  const p = w.agent.preview
  return html`<div class="party">${icon('eye')}<div><b class="name">${props.party?.name ?? ''}</b>
<span class="small muted">${p.title} · ${props.preview!.campaign}</span></div></div>
${props.preview!.until === null ? null : html`<div class="clock"><span class="muted">${p.left}</span> <b>${countdown(props.preview!.until, props.frame)}</b></div>`}
<div class="times">${callStatus(props)}</div><span class="gap"></span>
<div class="actions"><button class="button primary" hx-put="/agent/preview" hx-vals='{"how":"accepted"}' hx-swap="none" data-key="alt+a">${icon('phone')}${p.accept}<kbd>Alt A</kbd></button>
${numberChoice(props, w)}
<button class="button" type="button" popovertarget="skips" data-key="alt+s">${icon('skip-forward')}${p.skip}<kbd>Alt S</kbd></button>
<div id="skips" class="menu" popover role="group" aria-label="${p.skipReason}"><p class="small muted">${p.skipReason}</p>${Object.entries(
    p.skips,
  ).map(
    ([code, words]) =>
      html`<button class="button quiet" hx-put="/agent/preview" hx-vals='{"how":"skipped","reason":"${code}"}' hx-swap="none" popovertarget="skips" popovertargetaction="hide">${words}</button>`,
  )}</div></div>`
}

/** A lead with several numbers: the agent may pick one, and the gate is asked about that one. */
function numberChoice(props: DeskProps, w: Words): Html | null {
  const p = w.agent.preview
  const numbers = props.party?.numbers ?? []
  if (numbers.length < 2) return null
  return html`<button class="button" type="button" popovertarget="numbers">${icon('phone-outgoing')}${p.choose}</button>
<div id="numbers" class="menu" popover role="group" aria-label="${p.choose}">${numbers.map(
    ({ number, relation }, at) =>
      html`<button class="button quiet" hx-put="/agent/preview" hx-vals='{"how":"accepted","phone":"${at}"}' hx-swap="none" popovertarget="numbers" popovertargetaction="hide">${number} · ${w.domain.relation[relation]}</button>`,
  )}</div>`
}

function idle(props: DeskProps, w: Words): Html {
  const { phase } = props.agent
  const words = {
    ready: w.agent.call.waitingNext,
    break: w.agent.call.onBreak,
    ringing: w.agent.call.ownPhone,
    signed_off: w.agent.state.signedOffHint,
  } as Record<string, string>
  const held =
    phase === 'ready' && props.held ? html`<span class="small muted">${w.agent.call.whyNot}${props.held}</span>` : null
  // What became of the last call has that place, where the dial pad leaves no other; not while their own phone asks to be picked up.
  const party =
    props.last !== null && phase !== 'signed_off' && phase !== 'ringing'
      ? held
      : html`<div class="party">${icon('phone')}<div><b class="name">${words[phase] ?? w.agent.call.none}</b>
${held}</div></div>`
  return html`${party}
<div class="times">${callStatus(props)}</div>${redialButton(props, w)}<span class="gap"></span>
${phase === 'ready' ? pickUpButton(w) : null}${phase === 'signed_off' ? null : dialPad(props, w)}`
}

function dialPad(props: DeskProps, w: Words): Piece {
  const { values, errors } = props.dialPad
  // For help anybody may call, whatever campaign runs, so the pad is never shut.
  const isForHelp = props.dialIn.length === 0 || props.clickOnly
  const campaign = values['campaign'] ?? ''
  return html`<form class="dial" hx-post="/agent/calls" hx-swap="none" data-draft="dial">
${
  props.dialIn.length === 0
    ? html`<span class="muted small">${w.agent.call.noCampaign}</span>`
    : html`<select id="dial-campaign" name="campaign" aria-label="${w.agent.call.campaign}">${props.dialIn.map(choice => html`<option value="${choice.value}"${choice.value === campaign ? html` selected` : null}>${choice.word}</option>`)}</select>`
}
<span class="with-error"><input id="dial-number" class="figure" type="tel" name="number" value="${String(values['number'] ?? '')}" maxlength="24" autocomplete="off" placeholder="${isForHelp ? w.agent.call.emergencyHint : w.agent.call.numberHint}"${props.clickOnly ? html` title="${w.agent.call.clickOnly}"` : null} aria-label="${w.agent.call.number}" data-key="alt+d"${errors['number'] ? html` aria-invalid="true" aria-describedby="e-dial"` : null}>${errors['number'] ? html`<span class="error" id="e-dial">${errors['number']}</span>` : null}</span>${
    props.dialWhom.length === 0
      ? null
      : html`<select id="dial-owner" name="owner" aria-label="${w.agent.call.whose}">${props.dialWhom.map(({ ref, name }) => html`<option value="${ref}">${name} · ${ref}</option>`)}</select>`
  }
<button class="button">${icon('phone')}${w.agent.call.dial}<kbd>Alt D</kbd></button></form>`
}
