import type { RecorderDisk } from '../../../src/centre/recording/recording-rules.ts'
import { unansweredChoices, whenFullChoices } from '../../../src/centre/recording/recording-rules.ts'
import { changesOf } from '../../parts/changes.ts'
import { type Filled, notice, selectField, textField } from '../../parts/form.ts'
import { type Frame, textsOf } from '../../parts/frame.ts'
import { type Html, html } from '../../parts/html.ts'
import { layout } from '../../parts/layout.ts'
import { type HoldsProps, legalHolds } from '../../parts/legal-holds.ts'
import { thousands } from '../../parts/numbers.ts'
import { chip } from '../../parts/state.ts'
import { heading } from '../../parts/table.ts'
import type { Words } from '../../words/words.ts'
import { problems } from './users.ts'

export const keepFields = ['keepCollections', 'keepVerification', 'keepSales', 'keepOther'] as const
export type KeepField = (typeof keepFields)[number]

export type RecordingRulesProps = {
  frame: Frame
  disk: RecorderDisk
  /** Of recordings begun today. */
  lost: { recordings: number; lostMs: number }
  rules: Filled
  /** What policies ask for, by field; none where none says so. */
  minima: Partial<Record<KeepField, { n: number; of: 'DAY' | 'YEAR'; policy: string }>>
  holds: HoldsProps
  saved: boolean
}

/** `/admin/recordings`: how their disk is, and the rules of what is kept. */
export function recordingRulesPage({ frame, disk, lost, rules, minima, holds, saved }: RecordingRulesProps): Html {
  const w = textsOf(frame)
  const words = w.custody
  const days = { type: 'number', min: 1, max: 3650, figure: true } as const
  const choices = (of: readonly string[], named: Record<string, string>) =>
    of.map(value => ({ value, word: named[value] ?? value }))
  const states = {
    well: ['green', 'circle-check'],
    slow: ['amber', 'triangle-alert'],
    full: ['red', 'circle-x'],
    unwritable: ['red', 'circle-x'],
  } as const
  const [tone, sign] = states[disk]
  return layout(frame, {
    title: words.title,
    main: html`${heading({ title: words.title, about: words.about })}
${saved ? notice('green', w.frame.form.saved) : null}
<div class="stack"><section class="panel"><dl class="facts"><dt>${words.disk}</dt><dd>${chip(tone, sign, words.disks[disk])}${disk === 'unwritable' ? html` <p class="help">${words.diskHelp}</p>` : null}</dd>
<dt>${words.lost}</dt><dd>${lost.lostMs === 0 ? chip('green', 'circle-check', '0 ms') : chip('red', 'circle-alert', `${thousands(lost.lostMs)} ms`)} ${lost.recordings === 0 ? null : words.lostOf(lost.recordings)}</dd></dl></section>
<section class="panel"><h2>${words.settings}</h2>${problems(rules, w)}<form class="form" method="post" action="/admin/recordings">
${selectField({ name: 'whenFull', label: words.whenFull, help: words.whenFullHelp, choices: choices(whenFullChoices, words.whenFulls) }, rules)}
${selectField({ name: 'unanswered', label: words.unanswered, choices: choices(unansweredChoices, words.unanswereds) }, rules)}
${textField({ name: 'unansweredDays', label: words.unansweredDays, help: words.keptHelp, ...days }, rules)}
${textField({ name: 'opusAfterHours', label: words.opusAfterHours, help: words.opusHelp, ...days, min: 0, max: 8760 }, rules)}
${textField({ name: 'sourceDays', label: words.sourceDays, help: words.sourceHelp, ...days }, rules)}
<fieldset class="field"><legend>${w.retention.head}</legend><p class="help">${w.retention.about}</p><div class="row">${keepFields.map(name => keepField(name, { rules, minima }, w))}</div></fieldset>
<div class="buttons"><button class="button primary">${w.frame.form.save}</button></div></form></section>
${legalHolds(holds, frame)}</div>${changesOf(frame, { of: 'setting:recording.' })}`,
  })
}

function keepField(name: KeepField, { rules, minima }: Pick<RecordingRulesProps, 'rules' | 'minima'>, w: Words): Html {
  const words = w.retention
  const minimum = minima[name]
  const help =
    minimum === undefined ? words.noMinimum : words.minimum(words.period(minimum.n, minimum.of), minimum.policy)
  const years = { type: 'number', min: 0, max: 50, figure: true, required: true } as const
  return textField({ name, label: words.fields[name], help, ...years }, rules)
}
