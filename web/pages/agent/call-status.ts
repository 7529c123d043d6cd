/** What the call bar says of a call beside its clock: before the answer, while nobody is heard, in a slot, and when it is over. */
import { textsOf } from '../../parts/frame.ts'
import { type Html, html, type Piece } from '../../parts/html.ts'
import { type IconName, icon } from '../../parts/icons.ts'
import { partyName } from '../../parts/names.ts'
import { chip, type Tone } from '../../parts/state.ts'
import { instant, timer } from '../../parts/time.ts'
import type { Words } from '../../words/words.ts'
import type { DeskCall, DeskLast, DeskProps } from './desk-props.ts'

/** `beside`: said in the same row; `below`: under it; `help`: read out, and shown to the mouse; there is no room for it in a narrow window. */
type Status = {
  tone: Tone
  icon: IconName
  words: string
  since?: number
  beside?: string
  below?: Html
  help?: string
}

/** Always there, so that a screen reader says what changes in it; running figures are for the eye alone. */
export function callStatus(props: DeskProps): Html {
  const w = textsOf(props.frame)
  const status = statusOf(props, w)
  return html`<div id="call-status" class="call-status" role="status" aria-label="${w.callStatus.label}">${status === null ? null : said(status, props)}</div>`
}

function said({ tone, icon, words, since, beside, below, help }: Status, { frame }: DeskProps): Html {
  const figure = since === undefined ? null : html` <span aria-hidden="true">${timer(since, frame)}</span>`
  const small = (text: string | Html) => html`<span class="small muted">${text}</span>`
  return html`<span title="${help ?? beside ?? words}">${chip(tone, icon, html`${words}${figure}`)}${help ? html`<span class="unseen">${help}</span>` : null}${beside ? html` ${small(beside)}` : null}</span>${below ? small(below) : null}`
}

function statusOf(props: DeskProps, w: Words): Status | null {
  const { agent, call, last, preview, station } = props
  // While their own phone rings for the next call the bar says that instead.
  if (call === null)
    return last === null || preview !== null || agent.phase === 'ringing' ? null : atRest(last, props, w)
  if (call.slot !== null) return parked(call.slot, station.kind, w)
  if (call.endedAt !== null) return call.passedOn || last === null ? null : over(last, w)
  if (call.connectedAt === null) return call.direction === 'out' && call.phase !== 'assigned' ? before(call, w) : null
  if (call.fax) return { tone: 'amber', icon: 'triangle-alert', words: w.callStatus.fax, help: w.callStatus.faxHelp }
  if (call.quietSince === null || call.heldBy !== null || call.consult !== null) return null
  const { quiet: words, quietHelp: help } = w.callStatus
  return { tone: 'amber', icon: 'triangle-alert', words, since: call.quietSince, help }
}

function before({ announced, phase, early }: DeskCall, w: Words): Status | null {
  if (announced !== null) return { tone: 'amber', icon: 'volume-2', words: heard(announced, w) }
  if (phase === 'ringing') return { tone: 'blue', icon: 'phone-call', words: w.callStatus.rings }
  return early ? { tone: 'grey', icon: 'volume-2', words: w.callStatus.network } : null
}

function parked(slot: string, station: DeskProps['station']['kind'], w: Words): Status {
  const { parkedIn, parkedHow, parkedByPhone } = w.callStatus
  const byPhone = station !== 'browser' && /^\d+$/.test(slot)
  return {
    tone: 'blue',
    icon: 'circle-parking',
    words: parkedIn(slot),
    beside: byPhone ? parkedByPhone(slot) : parkedHow,
  }
}

/** What brought a call to its end, unless the agent did. */
function over(last: DeskLast, w: Words): Status | null {
  const words = endWords(last, w)
  if (words === '') return null
  const isCut = last.by === 'system' || last.by === 'carrier'
  return { tone: isCut ? 'red' : 'grey', icon: isCut ? 'triangle-alert' : 'phone-off', words }
}

function atRest(last: DeskLast, { frame }: DeskProps, w: Words): Status | null {
  const words = w.callStatus
  const { announced, result } = last
  const said = [
    announced !== null && announced.result !== result ? heard(announced, w) : null,
    last.carrier === null ? null : words.carrier(last.carrier),
  ].filter(each => each !== null)
  const below = html`${words.last} ${partyName(last, w)} <span class="figure">${last.number}</span> · ${instant(last.endedAt, frame)}`
  const beside = said.join(' · ')
  if (last.talked || last.cause === 'restarted')
    return { tone: 'red', icon: 'triangle-alert', words: endWords(last, w), below }
  const isFault = result === 'FAILED' || result === 'CONGESTION'
  const what =
    result === 'FAILED' || result === 'CANCELLED'
      ? words.notConnected(w.domain.endCause[last.cause])
      : w.domain.callResult[result]
  return { tone: isFault ? 'red' : 'amber', icon: 'phone-off', words: what, beside, below }
}

function endWords({ by, cause }: DeskLast, w: Words): string {
  if (cause === 'hangup') return w.callStatus.hungUp[by]
  if (by === 'agent') return ''
  return w.callStatus.ended[cause] ?? w.domain.endCause[cause]
}

function heard({ by, result, sure }: NonNullable<DeskCall['announced']>, w: Words): string {
  const what = result === null ? w.callStatus.heardBy[by] : w.domain.callResult[result]
  return sure ? w.callStatus.heard(what) : w.callStatus.maybe(what)
}

/** Asks for the same number again; the gate decides as ever. */
export function redialButton({ last, agent }: DeskProps, w: Words): Piece {
  if (!last?.redial || (agent.phase !== 'ready' && agent.phase !== 'break')) return null
  return html`<button class="button" hx-post="/agent/calls" hx-vals='${JSON.stringify(last.redial)}' hx-swap="none" aria-label="${w.callStatus.redial}: ${last.name ?? ''} ${last.number}"${last.isForHelp ? html` hx-confirm="${w.callStatus.redialForHelp(last.number)}"` : null} data-key="alt+l">${icon('refresh-cw')}${w.callStatus.redial}<kbd>Alt L</kbd></button>`
}
