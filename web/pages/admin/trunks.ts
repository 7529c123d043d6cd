import type { Trunk } from '../../../src/centre/entities.ts'
import type { TrunkFault } from '../../../src/centre/trunks/trunk-now.ts'
import { changesOf } from '../../parts/changes.ts'
import { connectionSection, type WireSeen, wireSeen } from '../../parts/connection.ts'
import {
  areaField,
  checkField,
  checksField,
  type Filled,
  notice,
  seenField,
  selectField,
  textField,
} from '../../parts/form.ts'
import { type Frame, textsOf } from '../../parts/frame.ts'
import { type Html, html } from '../../parts/html.ts'
import { icon } from '../../parts/icons.ts'
import { layout } from '../../parts/layout.ts'
import { chip } from '../../parts/state.ts'
import { heading, table } from '../../parts/table.ts'
import { instant } from '../../parts/time.ts'
import { trunkRulesSection } from '../../parts/trunk-rules.ts'
import { faultSeen, lastFault, type TrunkSeen, trunkState, turnedAwaySeen } from '../../parts/trunk-state.ts'
import { type TrunkTestView, trunkTestSection } from '../../parts/trunk-test.ts'
import type { Words } from '../../words/words.ts'
import { problems } from './users.ts'

export type TrunkRow = Trunk & {
  seen: TrunkSeen
  stateAt: number | null
  /** Calls on it now, and those started within the last second. */
  calls: number
  startedLastSecond: number
  /** Lines that a test has. */
  tests: number
  fault: TrunkFault | null
  /** What was seen of it on the wire last. */
  wire: WireSeen | null
}

export type TrunksProps = { frame: Frame; trunks: TrunkRow[]; saved: boolean }

export function trunksPage(props: TrunksProps): Html {
  const w = textsOf(props.frame)
  const words = w.admin.trunks
  return layout(props.frame, {
    title: words.title,
    main: html`${heading({
      title: words.title,
      count: w.frame.list.count(props.trunks.length),
      about: words.about,
      actions: html`<a class="button primary" href="/admin/trunks/new">${icon('plus')}${words.add}</a>`,
    })}
${props.saved ? notice('green', w.frame.form.saved) : null}
<div id="trunk-list" hx-get="/admin/trunks" hx-trigger="every 5s" hx-select="#trunk-list" hx-swap="outerMorph">${table({
      caption: words.title,
      rows: props.trunks,
      empty: html`<p>${words.none}</p><a class="button primary" href="/admin/trunks/new">${words.add}</a>`,
      columns: [
        { head: words.name, cell: trunk => html`<a href="/admin/trunks/${trunk.id}"><b>${trunk.name}</b></a>` },
        {
          head: words.host,
          cell: trunk =>
            html`<span class="figure">${trunk.host}:${trunk.port}</span> <span class="muted">${trunk.transport.toUpperCase()}</span>`,
        },
        {
          head: words.state,
          cell: trunk =>
            html`${trunkState(trunk.seen, w)} ${trunk.stateAt === null ? null : html`<span class="small muted">${instant(trunk.stateAt, props.frame)}</span>`}${lastFault(trunk.fault, trunk.seen, props.frame, w)}`,
        },
        {
          head: words.use,
          kind: 'figure',
          cell: trunk =>
            html`${trunk.calls} / ${trunk.maxCalls}${trunk.tests > 0 ? html`<div class="small">+ ${w.trunkTest.lines(trunk.tests)}</div>` : null}`,
        },
        {
          head: words.callsPerSecond,
          kind: 'figure',
          cell: trunk => `${trunk.startedLastSecond} / ${trunk.callsPerSecond}`,
        },
        { head: w.trunkRules.wire, cell: trunk => wireShort(trunk, w) },
        {
          head: words.callerIds,
          cell: trunk =>
            html`${trunk.callerIds.slice(0, 2).map(callerId => html`<div class="figure">${callerId}</div>`)}${trunk.callerIds.length > 2 ? '…' : ''}`,
        },
        {
          head: w.frame.list.actions,
          kind: 'action',
          cell: trunk =>
            html`<a class="button small" href="/admin/trunks/${trunk.id}">${icon('pencil')}${w.frame.form.edit}</a>`,
        },
      ],
    })}</div>`,
  })
}

/** Whether its registration holds, and how it answered OPTIONS last. */
function wireShort({ register, wire }: TrunkRow, w: Words): Html | null {
  if (wire === null) return null
  const words = w.trunkRules
  const { registration, options } = wire
  const isRegistered = registration?.state === 'registered'
  const isRefreshed = registration?.refresh === null
  const asked =
    options === null
      ? words.notAsked
      : options.status === null
        ? words.noAnswer
        : `${options.status}, ${Math.round(options.rttMs ?? 0)} ms`
  return html`${register ? chip(isRegistered ? (isRefreshed ? 'green' : 'amber') : 'red', isRegistered ? 'circle-check' : 'circle-x', isRegistered ? words.registered : words.notRegistered) : null} <span class="small">OPTIONS ${asked}</span>`
}

export type TrunkFormProps = {
  frame: Frame
  trunk: TrunkRow | null
  /** Callers of today who were turned away as too many, and of whom no call is kept. */
  turnedAway: number
  test: TrunkTestView | null
  filled: Filled
}

export function trunkFormPage(props: TrunkFormProps): Html {
  const w = textsOf(props.frame)
  const words = w.admin.trunks
  const { filled, trunk } = props
  const title = trunk ? words.edit(trunk.name) : words.add
  return layout(props.frame, {
    title,
    main: html`${heading({ title, actions: trunk ? trunkState(trunk.seen, w) : null })}
${trunk && faultSeen(trunk.fault, props.frame, w)}
${trunk?.wire ? wireSeen(trunk.wire, props.frame, w) : null}
${trunk === null ? null : turnedAwaySeen(props.turnedAway, w)}
${trunk === null ? null : trunkTestSection({ frame: props.frame, trunk: trunk.id, test: props.test, refused: null })}
${problems(filled, w)}
<form class="form panel" method="post" action="${trunk ? `/admin/trunks/${trunk.id}` : '/admin/trunks'}">${seenField(filled)}
<div class="row">${textField({ name: 'name', label: words.name, required: true, maxlength: 64 }, filled)}${checkField({ name: 'enabled', label: words.enabled }, filled)}</div>
<div class="row">${textField({ name: 'host', label: words.host, help: words.hostHelp, required: true, figure: true, maxlength: 253 }, filled)}
${textField({ name: 'port', label: words.port, type: 'number', min: 1, max: 65535, required: true, figure: true }, filled)}
${selectField(
  {
    name: 'transport',
    label: words.transport,
    choices: [
      { value: 'udp', word: 'UDP' },
      { value: 'tcp', word: 'TCP' },
      { value: 'tls', word: 'TLS' },
    ],
  },
  filled,
)}</div>
${checkField({ name: 'register', label: words.register, help: words.registerHelp }, filled)}
<div class="row">${textField({ name: 'username', label: words.username, maxlength: 64, autocomplete: 'off' }, filled)}
${textField({ name: 'password', label: words.password, type: 'password', help: trunk ? w.frame.form.keep : '', autocomplete: 'new-password', maxlength: 100 }, filled)}</div>
${areaField({ name: 'callerIds', label: words.callerIds, help: words.callerIdsHelp, figure: true, rows: 4 }, filled)}
<div class="row">${textField({ name: 'maxCalls', label: words.maxCalls, help: words.maxCallsHelp, type: 'number', min: 1, max: 5000, required: true, figure: true }, filled)}
${textField({ name: 'callsPerSecond', label: words.callsPerSecond, type: 'number', min: 0.1, max: 100, step: 'any', required: true, figure: true }, filled)}</div>
<div class="row">${textField({ name: 'minShare', label: words.minShare, help: words.sharesHelp, type: 'number', min: 0, max: 100, step: 'any', figure: true }, filled)}
${textField({ name: 'maxShare', label: words.maxShare, type: 'number', min: 1, max: 100, step: 'any', figure: true }, filled)}</div>
${areaField({ name: 'callerIdShares', label: words.callerIdShares, help: words.callerIdSharesHelp, figure: true, rows: 3 }, filled)}
${checksField(
  {
    name: 'codecs',
    label: words.codecs,
    empty: '',
    choices: [
      { value: 'pcma', word: 'G.711 A-law (PCMA)' },
      { value: 'pcmu', word: 'G.711 µ-law (PCMU)' },
    ],
  },
  filled,
)}
${checkField({ name: 'ulawFirst', label: w.trunkRules.codecOrder }, filled)}
${trunkRulesSection(filled, w)}
${connectionSection(filled, w)}
<div class="buttons"><button class="button primary">${w.frame.form.save}</button><a class="button" href="/admin/trunks">${w.frame.form.cancel}</a></div></form>${trunk === null ? null : changesOf(props.frame, { of: `trunk:${trunk.id}` })}`,
  })
}
