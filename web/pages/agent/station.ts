import { stationKinds } from '../../../src/centre/entities.ts'
import { type Html, html } from '../../parts/html.ts'
import { icon } from '../../parts/icons.ts'
import { chip } from '../../parts/state.ts'
import type { Words } from '../../words/words.ts'
import type { DeskProps } from './desk-props.ts'

type Station = DeskProps['station']

/**
 * Where the agent is heard, and the way to another place. What the server knows; the browser adds what it knows itself (permission, device) into
 * `#audio-words`. `data-audio-up` is there while the page is to have its audio, `data-audio-elsewhere` when it is to let go of it.
 */
export function station(props: DeskProps, w: Words): Html {
  const { station } = props
  const heard = isOfPage(station)
    ? html`data-audio-up="${String(station.up && !station.byPhone)}"`
    : html`data-audio-elsewhere`
  return html`<div class="audio" id="audio" ${heard}>${station.kind === 'browser' ? page(props, w) : phone(station, w)}${mover(station, w)}</div>`
}

/** The page has its audio, or is to have it: also one that was reloaded in mid-call while the phone rings, whose old audio is gone already. */
export function isOfPage({ kind, up, byPhone, rings, lostAt }: Station): boolean {
  return kind === 'browser' || (!byPhone && (up || (rings && lostAt !== null)))
}

function page({ station, agent }: DeskProps, w: Words): Html {
  const a = w.agent.audio
  if (station.byPhone) return chip('amber', 'phone', a.leavesPhone(station.extension ?? ''))
  const words = station.lostAt !== null ? a.lost : station.up ? a.up : a.down
  const tone = station.up ? 'green' : station.lostAt !== null || agent.phase !== 'signed_off' ? 'red' : 'grey'
  return html`
${chip(tone, station.up ? 'headphones' : 'mic-off', words)}
<meter id="audio-level" data-audio-level min="0" max="1" value="0" aria-label="${a.label}" hx-morph-skip></meter>
${
  station.up
    ? html`<button class="button quiet small" type="button" popovertarget="audio-panel">${icon('settings')}${a.settings}</button>`
    : html`<button class="button small" type="button" data-audio-action="start">${icon('mic')}${a.start}</button>`
}`
}

function phone({ kind, extension, up, byPhone, rings, open, registered }: Station, w: Words): Html {
  const a = w.agent.audio
  if (extension === null) return chip('red', 'phone-off', a.noExtension)
  if (up && !byPhone) return chip('amber', 'headphones', rings ? a.ringsBeside(extension) : a.nextByPhone(extension))
  if (!registered && !up) return chip('red', 'phone-off', a.phoneDown(extension))
  if (kind === 'phone-rung' && !open) return chip('grey', 'phone', a.phoneRung(extension))
  if (up) return chip('green', 'phone', a.phoneUp(extension))
  if (rings) return chip('amber', 'phone', a.phoneRings(extension))
  return chip('grey', 'phone', open ? a.phoneOpens(extension) : a.phoneThere(extension))
}

/** Only for who has a desk phone. */
function mover({ kind, extension }: Station, w: Words): Html | null {
  if (extension === null) return null
  const a = w.agent.audio
  return html`<button class="button quiet small" type="button" popovertarget="stations">${icon('phone-forwarded')}${a.move}</button>
<div id="stations" class="menu" popover role="group" aria-label="${a.moveWhere}"><p class="small muted">${a.moveWhere}</p>${stationKinds.map(
    each =>
      html`<button class="button quiet" hx-put="/agent/station" hx-vals='{"station":"${each}"}' hx-swap="none" popovertarget="stations" popovertargetaction="hide" aria-pressed="${String(each === kind)}">${a.stations[each](extension)}</button>`,
  )}<p class="small muted">${a.moveHelp}</p></div>`
}
