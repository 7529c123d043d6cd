import { type SupervisionMode, supervisionModes } from '../../../src/centre/entities.ts'
import { type Frame, textsOf } from '../../parts/frame.ts'
import { type Html, html, type Piece } from '../../parts/html.ts'
import { type IconName, icon } from '../../parts/icons.ts'
import { partyName } from '../../parts/names.ts'
import { chip } from '../../parts/state.ts'
import { timer } from '../../parts/time.ts'
import type { Words } from '../../words/words.ts'
import type { LiveCall } from './floor-props.ts'

/** What the person who looks at the page hears now, and by which audio. */
export type SupervisionProps = {
  /** null: nobody is supervised. */
  now: {
    agent: string
    /** null: the agent has no call now. */
    call: (Pick<LiveCall, 'id' | 'direction' | 'name' | 'isForHelp' | 'number' | 'since'> & { held: boolean }) | null
    mode: SupervisionMode
    /** How much louder or softer this person is heard. */
    gainDb: number
    stays: boolean
    reason: string
  } | null
  audio: 'browser-up' | 'browser-down' | 'phone-rings' | 'phone-up' | 'phone'
  /** Quality listens only. */
  mayTalk: boolean
  /** A call of their own is in hand: taken over, or dialled. */
  ownCall: boolean
}

export const modeIcons: Record<SupervisionMode, IconName> = { listen: 'headphones', whisper: 'mic', barge: 'megaphone' }
const modeKeys: Record<SupervisionMode, string> = { listen: '1', whisper: '2', barge: '3' }
/** Of how loudly a supervisor is heard, dB. */
export const gainSteps = ['-12', '-9', '-6', '-3', '0', '3', '6', '9', '12'] as const
export const supervisionReasons = ['coaching', 'quality', 'complaint', 'support'] as const

/** The panel over the list of calls: whom one hears, in which mode, and what one may do. */
export function supervisionPanel(frame: Frame, props: SupervisionProps): Html {
  const w = textsOf(frame)
  const words = w.supervision
  const { now } = props
  return html`<section id="supervision" class="panel" data-call="${now?.call?.id ?? ''}" aria-label="${words.title}"><header><h2>${words.title}</h2>${audio(props, w)}</header>
${now === null ? html`<p class="muted">${words.none}${props.mayTalk ? null : html` ${words.quality}`}</p>${reasonChoice(w)}` : inside(frame, props, now, w)}
${props.ownCall ? html`<p><a class="button primary" href="/agent">${icon('headset')}${words.desk}</a></p>` : null}</section>`
}

function inside(frame: Frame, props: SupervisionProps, now: NonNullable<SupervisionProps['now']>, w: Words): Html {
  const words = w.supervision
  const change = (vals: object) =>
    html`hx-put="/supervisor/supervision" hx-vals='${JSON.stringify(vals)}' hx-swap="none"`
  const modes = props.mayTalk ? supervisionModes : (['listen'] as const)
  return html`<div class="party">${icon(modeIcons[now.mode])}<div><b class="name">${words.agent} ${now.agent}</b>
<span class="small muted">${
    now.call === null
      ? words.waiting
      : html`${words.party} ${partyName(now.call, w)} · <span class="figure">${now.call.number}</span> · ${timer(now.call.since, frame)}${now.call.held ? html` · ${words.held}` : null}`
  }</span></div></div>
<div class="actions">${modes.map(
    mode =>
      html`<button class="button${mode === now.mode ? ' primary' : ''}" aria-pressed="${String(mode === now.mode)}" title="${words.modeAbout[mode]}" ${change({ mode })} data-key="alt+${modeKeys[mode]}">${icon(modeIcons[mode])}${words.mode[mode]}<kbd>Alt ${modeKeys[mode]}</kbd></button>`,
  )}${talking(props, w)}
<button class="button quiet" aria-pressed="${String(now.stays)}" title="${words.staysAbout}" ${change({ stays: String(!now.stays) })} data-key="alt+y">${icon(now.stays ? 'circle-check' : 'circle')}${words.stays}<kbd>Alt Y</kbd></button>
${
  props.mayTalk && now.call !== null
    ? html`<button class="button" hx-post="/supervisor/supervision/call" hx-swap="none" hx-confirm="${words.takeOverQuestion(now.agent)}" data-key="alt+t">${icon('phone-forwarded')}${words.takeOver}<kbd>Alt T</kbd></button>`
    : null
}<button class="button danger" hx-delete="/supervisor/supervision" hx-swap="none" data-key="alt+x">${icon('phone-off')}${words.stop}<kbd>Alt X</kbd></button></div>`
}

function talking({ now, audio }: SupervisionProps, w: Words): Piece {
  if (now === null || now.mode === 'listen') return null
  const { mute, unmute } = w.supervision
  return html`${loudness(now.gainDb, w)}${audio !== 'browser-up' ? null : html`<button id="mute" class="button" type="button" data-audio-action="mute" data-off="${mute}" data-on="${unmute}" aria-pressed="false" data-key="alt+m">${icon('mic-off')}<span>${mute}</span><kbd>Alt M</kbd></button>`}`
}

/** How loudly others hear this person; the server does it, so that it is so at a desk phone too. */
function loudness(gainDb: number, w: Words): Html {
  const words = w.supervision
  const at = gainSteps.findIndex(step => Number(step) === gainDb)
  const step = (to: number, key: string, sign: string, says: string) =>
    html`<button class="button" hx-put="/supervisor/supervision" hx-vals='${JSON.stringify({ gainDb: gainSteps[to] ?? gainDb })}' hx-swap="none" aria-label="${says}" data-key="alt+${key}"${gainSteps[to] === undefined ? html` disabled` : null}>${sign}<kbd>Alt ${key}</kbd></button>`
  return html`<span class="row" role="group" aria-label="${words.loudness}">${step(at - 1, '[', '−', words.softer)}<span class="small">${words.loudness} <b class="figure">${gainDb > 0 ? '+' : ''}${gainDb} dB</b></span>${step(at + 1, ']', '+', words.louder)}</span>`
}

/** Why one listens: sent with the order that begins it. */
function reasonChoice(w: Words): Html {
  const { reason, reasons } = w.supervision
  return html`<label class="inline">${reason} <select id="supervision-reason" name="reason">${supervisionReasons.map(
    one => html`<option value="${one}">${reasons[one]}</option>`,
  )}</select></label>`
}

function audio({ audio: state, now }: SupervisionProps, w: Words): Piece {
  const words = w.supervision
  switch (state) {
    case 'browser-up':
      return html`<div class="audio" id="audio" data-audio-up="true">${chip('green', 'headphones', words.audioUp)}
<meter id="audio-level" data-audio-level min="0" max="1" value="0" aria-label="${w.agent.audio.label}" hx-morph-skip></meter>
<button class="button quiet small" type="button" popovertarget="audio-panel">${icon('settings')}${w.agent.audio.settings}</button></div>`
    case 'browser-down':
      return now === null
        ? html`<div class="audio" id="audio"></div>`
        : html`<div class="audio" id="audio" data-audio-up="false">${chip('red', 'mic-off', words.audioDown)}
<button class="button small" type="button" data-audio-action="start">${icon('mic')}${words.audioStart}</button></div>`
    case 'phone-rings':
      return html`<div class="audio" id="audio">${chip('amber', 'phone-incoming', words.phoneRings)}</div>`
    case 'phone-up':
      return html`<div class="audio" id="audio">${chip('green', 'phone', words.phoneUp)}</div>`
    case 'phone':
      return html`<div class="audio" id="audio"></div>`
    default:
      return state satisfies never
  }
}

/** Beside an agent who asked for help: one may speak at once. */
export function supportButtons(who: string, call: string, w: Words): Html {
  const words = w.supervision
  return html`${supervisionModes.map(
    mode =>
      html`<button class="button small" hx-put="/supervisor/supervision" hx-vals='${JSON.stringify({ call, mode, reason: 'support' })}' hx-swap="none" title="${words.modeAbout[mode]}" aria-label="${words.begin(words.mode[mode], who)}">${icon(modeIcons[mode])}${words.mode[mode]}</button>`,
  )}`
}

/** The buttons beside a call, or an agent: `vals` says which. */
export function beginButtons(who: string, vals: { call: string } | { agent: string; stays: 'true' }, w: Words): Html {
  const words = w.supervision
  return html`<button class="button small" hx-put="/supervisor/supervision" hx-vals='${JSON.stringify({ ...vals, mode: 'listen' })}' hx-include="#supervision-reason" hx-swap="none" aria-label="${words.begin(words.mode.listen, who)}">${icon('headphones')}${words.mode.listen}</button>`
}
