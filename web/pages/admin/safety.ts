import { changesOf } from '../../parts/changes.ts'
import { areaField, type Filled, notice, textField } from '../../parts/form.ts'
import { type Frame, textsOf } from '../../parts/frame.ts'
import { type Html, html } from '../../parts/html.ts'
import { layout } from '../../parts/layout.ts'
import { thousands } from '../../parts/numbers.ts'
import { heading, table } from '../../parts/table.ts'
import { instant } from '../../parts/time.ts'
import type { Words } from '../../words/words.ts'
import { problems } from './users.ts'

export type SafetyProps = {
  frame: Frame
  /** Newest first. `call`: its id, for the page about it; `address`: from where somebody guesses. */
  alarms: {
    at: number
    rule: string
    who: string | null
    number: string
    call: string | null
    address: string | null
    /** The name of the trunk that it is about. */
    trunk: string | null
    calls: number | null
    /** Calls of a media thread that died. */
    goOn: number | null
    cut: number | null
  }[]
  /** Minutes talked abroad today by calls dialled by hand. */
  spent: string
  dialling: Filled
  /**
   * Emergency numbers of where the centre is, and which of them cannot be dialled now, unless that was meant. `isKnown`: its country is; `taken`:
   * extensions that are emergency numbers, and whose they are.
   */
  help: {
    zone: string
    numbers: string[]
    missing: string[]
    isKnown: boolean
    taken: { extension: string; names: string[] }[]
  }
  from: Filled
  /** Where calls may be passed on to outside. */
  passing: Filled
  saved: boolean
}

/** `/admin/safety`: alarms, what may be dialled, and from where phones and staff may come. */
export function safetyPage(props: SafetyProps): Html {
  const w = textsOf(props.frame)
  const words = w.safety
  return layout(props.frame, {
    title: words.title,
    main: html`${heading({ title: words.title, about: words.about })}
${props.saved ? notice('green', w.frame.form.saved) : null}
<div class="stack"><section class="panel"><h2>${words.alarms}</h2>
${table({
  caption: words.alarms,
  rows: props.alarms,
  empty: words.noAlarms,
  columns: [
    { head: words.at, cell: row => instant(row.at, props.frame) },
    {
      head: words.what,
      cell: row =>
        html`${words.rules[row.rule] ?? row.rule}${row.address === null ? null : html`<div class="small">${words.fromAddress} <span class="figure">${row.address}</span></div>`}${aboutCalls(row, words)}`,
    },
    { head: words.who, cell: row => row.who ?? '—' },
    { head: words.number, cell: row => (row.number === '' ? '—' : html`<span class="figure">${row.number}</span>`) },
  ],
})}</section>${dialling(props)}${passing(props)}${from(props)}</div>${changesOf(props.frame, { of: 'rules:toll' })}`,
  })
}

function aboutCalls(row: SafetyProps['alarms'][number], words: Words['safety']): Html | null {
  const { rule, trunk, calls, goOn, cut } = row
  if (goOn !== null && cut !== null) {
    const of = { recording_died: words.ofRecording, dtls_died: words.ofBrowsers }[rule] ?? words.ofMedia
    return html`<div class="small">${of(thousands(goOn), thousands(cut))}</div>`
  }
  if (calls !== null) return html`<div class="small">${words.callsOf(thousands(calls), trunk ?? '—')}</div>`
  return trunk === null ? null : html`<div class="small">${words.ofTrunk(trunk)}</div>`
}

function dialling({ frame, dialling: filled, spent, help }: SafetyProps): Html {
  const w = textsOf(frame)
  const words = w.safety
  const lines = { rows: 3, figure: true }
  const minutes = { type: 'number', min: 0, required: true, figure: true } as const
  return html`<section class="panel"><h2>${words.dialling}</h2>${problems(filled, w)}${helpNotices(help, words)}<form class="form" method="post" action="/admin/safety/dialling">
${areaField({ name: 'emergency', label: words.emergency, help: `${words.emergencyHelp}${words.emergencyHere(help.zone, help.numbers.join(' · '))}`, required: true, ...lines }, filled)}
${areaField({ name: 'barred', label: words.barred, help: words.barredHelp, ...lines }, filled)}
${areaField({ name: 'agent', label: words.agentPatterns, help: words.patternsHelp, ...lines }, filled)}
${areaField({ name: 'supervisor', label: words.supervisorPatterns, ...lines }, filled)}
<h3>${words.abroad}</h3><p class="help">${words.spentToday(spent)}</p>
${textField({ name: 'personMinutesMax', label: words.personMinutesMax, ...minutes }, filled)}
${textField({ name: 'centreMinutesMax', label: words.centreMinutesMax, ...minutes }, filled)}
${textField({ name: 'callMinutesMax', label: words.callMinutesMax, ...minutes, min: 1 }, filled)}
${textField({ name: 'nightFrom', label: words.nightFrom, placeholder: '22:00', figure: true, maxlength: 5 }, filled)}
${textField({ name: 'nightTo', label: words.nightTo, placeholder: '06:00', figure: true, maxlength: 5, help: words.nightHelp }, filled)}
<div class="buttons"><button class="button primary">${w.frame.form.save}</button></div></form></section>`
}

function helpNotices({ zone, numbers, missing, isKnown, taken }: SafetyProps['help'], words: Words['safety']): Html {
  const unknown = isKnown ? null : notice('amber', words.emergencyUnknown(zone, numbers.join(' · ')))
  const people = taken.map(({ extension, names }) =>
    notice('amber', words.extensionTaken(extension, names.join(' · '))),
  )
  const lacking =
    missing.length === 0
      ? null
      : html`${notice('amber', words.emergencyMissing(missing.join(' · ')))}<form class="buttons" method="post" action="/admin/safety/missing"><input type="hidden" name="numbers" value="${missing.join(' ')}"><button class="button">${words.emergencyLeaveOut}</button></form>`
  return html`${unknown}${people}${lacking}`
}

function from({ frame, from: filled }: SafetyProps): Html {
  const w = textsOf(frame)
  const words = w.safety
  const lines = { rows: 3, figure: true, help: words.fromHelp }
  return html`<section class="panel" id="from"><h2>${words.from}</h2>${problems(filled, w)}<form class="form" method="post" action="/admin/safety/networks">
${areaField({ name: 'phones', label: words.phones, ...lines }, filled)}
${areaField({ name: 'staff', label: words.staff, ...lines }, filled)}
<div class="buttons"><button class="button primary">${w.frame.form.save}</button></div></form></section>`
}

function passing({ frame, passing: filled }: SafetyProps): Html {
  const w = textsOf(frame)
  const words = w.transfer
  const lines = { rows: 3, figure: true }
  return html`<section class="panel" id="passing"><h2>${words.settings}</h2><p class="help">${words.settingsAbout}</p>${problems(filled, w)}<form class="form" method="post" action="/admin/safety/passing">
${areaField({ name: 'passAgent', label: words.agentNumbers, help: words.numbersHelp, ...lines }, filled)}
${areaField({ name: 'passSupervisor', label: words.supervisorNumbers, ...lines }, filled)}
${textField({ name: 'maxMinutes', label: words.maxMinutes, type: 'number', min: 1, max: 240, required: true, figure: true }, filled)}
<div class="buttons"><button class="button primary">${w.frame.form.save}</button></div></form></section>`
}
