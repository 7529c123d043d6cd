/** How a verification task looks: its state, its flags, the application as far as one may see it. */
import type { TaskFlags } from '../../src/lender/checklist.ts'
import type { TaskState } from '../../src/lender/task.ts'
import type { Words } from '../words/words.ts'
import { type Html, html, type Piece } from './html.ts'
import { type IconName, icon } from './icons.ts'
import { chip, type Tone } from './state.ts'

const looks: Record<TaskState, [Tone, IconName]> = {
  NEW: ['grey', 'circle'],
  ASSIGNED: ['blue', 'user-round'],
  CALLING: ['blue', 'phone-call'],
  RECALL: ['amber', 'calendar-clock'],
  SUBMITTED: ['amber', 'hourglass'],
  REVIEW: ['blue', 'eye'],
  PASS: ['green', 'circle-check'],
  REJECT: ['red', 'circle-x'],
  SUPPLEMENT: ['amber', 'file-text'],
  FRAUD: ['red', 'triangle-alert'],
  CANCEL: ['grey', 'ban'],
}

export function taskChip(state: TaskState, w: Words): Html {
  return chip(...looks[state], w.verification.taskState[state])
}

/** What everyone should see before they decide. */
export function flagsOfTask(flags: TaskFlags, w: Words): Html {
  const { flag } = w.verification
  const rows: [number, Tone, (n: number) => string][] = [
    [flags.traps.length, 'red', flag.traps],
    [flags.mismatches.length, 'red', flag.mismatches],
    [flags.refused.length, 'amber', flag.refused],
    [flags.amended.length, 'amber', flag.amended],
    [flags.open.length, 'grey', flag.open],
  ]
  return html`${rows.filter(([n]) => n > 0).map(([n, tone, word]) => html`<span class="chip ${tone}">${icon(tone === 'grey' ? 'circle' : 'triangle-alert')}<span>${word(n)}</span></span> `)}`
}

/** null: hidden until it was asked. */
export type Seen = { label: string; value: string | null }

export function applicationCard(title: string, rows: readonly Seen[], w: Words): Html {
  const line = ({ label, value }: Seen): Piece =>
    html`<dt>${label}</dt><dd>${value === null ? html`<span class="muted">${icon('lock')}${w.verification.hidden}</span>` : value}</dd>`
  return html`<section class="panel"><h2>${title}</h2><dl class="facts">${rows.map(line)}</dl></section>`
}
