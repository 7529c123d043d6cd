/** The part of a trunk's form that says how its carrier is reached. */
import { lookUps, srtpUses, trusts } from '../../src/centre/trunks/trunk-connection.ts'
import type { OptionsSeen, RegistrationSeen } from '../../src/centre/trunks/trunk-wire.ts'
import type { Words } from '../words/words.ts'
import { areaField, checkField, type Filled, selectField, textField } from './form.ts'
import type { Frame } from './frame.ts'
import { type Html, html } from './html.ts'
import { instant } from './time.ts'

/** Open when something in it is wrong. The private key is never in `filled` but when it was typed just now, and not shown even then. */
export function connectionSection(filled: Filled, w: Words): Html {
  const words = w.connection
  const names = Object.keys(words.allowed)
  const isWrong = names.some(name => filled.errors[name] !== undefined)
  const pem = { figure: true, maxlength: 60_000 }
  return html`<details${isWrong ? html` open` : null}><summary>${words.title}</summary>
<p class="muted">${words.about}</p>
<div class="row">${textField({ name: 'outboundProxy', label: words.outboundProxy, help: words.outboundProxyHelp, figure: true, maxlength: 260 }, filled)}
${selectField({ name: 'lookUp', label: words.lookUp, choices: lookUps.map(value => ({ value, word: words.lookUps[value] })) }, filled)}
${textField({ name: 'registerS', label: words.registerS, type: 'number', min: 60, max: 86_400, figure: true }, filled)}</div>
<div class="row">${textField({ name: 'tlsName', label: words.tlsName, help: words.tlsNameHelp, figure: true, maxlength: 253 }, filled)}
${selectField({ name: 'trust', label: words.trust, choices: trusts.map(value => ({ value, word: words.trusts[value] })) }, filled)}
${textField({ name: 'inboundUser', label: words.inboundUser, help: words.inboundHelp, figure: true, maxlength: 64, autocomplete: 'off' }, filled)}
${textField({ name: 'inboundPassword', label: words.inboundPassword, type: 'password', help: words.inboundPasswordHelp, autocomplete: 'new-password', maxlength: 100 }, filled)}</div>
${checkField({ name: 'sips', label: words.sips }, filled)}
${areaField({ name: 'authorities', label: words.authorities, help: words.authoritiesHelp, rows: 4, ...pem }, filled)}
${areaField({ name: 'certificate', label: words.certificate, help: words.certificateHelp, rows: 4, ...pem }, filled)}
${areaField({ name: 'privateKey', label: words.privateKey, help: words.privateKeyHelp, rows: 3, autocomplete: 'off', ...pem }, hidden(filled))}
${selectField({ name: 'srtp', label: words.srtp, choices: srtpUses.map(value => ({ value, word: words.srtps[value] })) }, filled)}
${checkField({ name: 'srtpInClear', label: words.srtpInClear, help: words.srtpInClearHelp }, filled)}
</details>`
}

/** What was seen of a trunk on the wire; instants in Unix ms. */
export type WireSeen = {
  target: { address: string; port: number } | null
  registration: RegistrationSeen | null
  options: OptionsSeen | null
}

/** Where the carrier is gone to, and its last answers. */
export function wireSeen({ target, registration, options }: WireSeen, frame: Frame, w: Words): Html {
  const words = w.connection.wire
  const at = (ms: number) => html`<span class="small muted">${instant(ms, frame)}</span>`
  const asked =
    options === null
      ? null
      : options.status === null
        ? words.silent
        : words[options.up ? 'answered' : 'answeredDown'](options.status, Math.round(options.rttMs ?? 0))
  return html`<dl class="facts">${target === null ? null : html`<dt>${words.target}</dt><dd class="figure">${target.address.includes(':') ? `[${target.address}]` : target.address}:${target.port}</dd>`}
${
  registration === null
    ? null
    : html`<dt>${words.registration}</dt><dd>${words[registration.state](replyOf(registration), Math.round(registration.nextMs / 1000))}${registration.contacts > 1 ? words.contacts(registration.contacts) : null} ${at(registration.at)}${refreshSeen(registration, frame, w)}</dd>`
}
${options === null ? null : html`<dt>OPTIONS</dt><dd>${asked} ${at(options.at)}</dd>`}</dl>`
}

/** That it holds for a while yet, though refreshing it fails. */
function refreshSeen({ refresh, until }: RegistrationSeen, frame: Frame, w: Words): Html | null {
  if (refresh === null || until === null) return null
  const words = w.connection.wire
  return html`<div>${words.refreshFailed(replyOf(refresh), Math.round(refresh.nextMs / 1000))} <span class="small muted">${instant(refresh.at, frame)}</span> ${words.holdsUntil} <b>${instant(until, frame)}</b></div>`
}

/** A carrier's own words, with its status; empty: it gave none. */
const replyOf = ({ reply }: { reply: string }) => (/^\d/.test(reply) ? reply : '')

/** What a person's desk phone can, in the person's form. */
export function deviceFields(filled: Filled, w: Words): Html {
  const words = w.connection
  const choices = srtpUses.map(value => ({ value, word: words.srtps[value] }))
  return html`<div class="row">${selectField({ name: 'deviceSrtp', label: words.deviceSrtp, help: words.deviceSrtpHelp, choices }, filled)}
${checkField({ name: 'deviceSha256', label: words.deviceSha256, help: words.deviceSha256Help }, filled)}</div>`
}

const hidden = (filled: Filled): Filled => ({ ...filled, values: { ...filled.values, privateKey: '' } })
