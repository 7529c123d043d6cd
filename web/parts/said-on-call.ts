/** Answers of verifications and sentences that must be read, beside the recording of the call on which they were said. */
import type { TaskState } from '../../src/lender/task.ts'
import { type Frame, textsOf } from './frame.ts'
import { type HeardAnswer, heardAnswers } from './heard-answers.ts'
import { type Html, html, type Piece } from './html.ts'
import { icon } from './icons.ts'
import { chip } from './state.ts'
import { taskChip } from './task.ts'
import { clockOf, duration } from './time.ts'

export type SaidOnCall = {
  tasks: {
    id: string
    application: string
    state: TaskState
    /** Of its review; null: not for this person. */
    href: string | null
    /** Who was on the line. */
    whom: string
    answers: HeardAnswer[]
  }[]
  readings: Reading[]
}
type Reading = {
  key: string
  text: string
  /** null: it was not ticked as read. */
  readAt: number | null
  heard: { recording: string; atMs: number } | null
}

export function saidOnCall({ tasks, readings }: SaidOnCall, frame: Frame): Html {
  return html`${tasks.map(task => taskPart(task, frame))}${readings.length === 0 ? null : readingsPart(readings, frame)}`
}

function taskPart({ application, state, href, whom, answers }: SaidOnCall['tasks'][number], frame: Frame): Html {
  const w = textsOf(frame)
  const words = w.verification
  const mismatches = new Set(answers.filter(({ result }) => result === 'MISMATCH').map(({ key }) => key)).size
  const name = html`${words.application} ${application}`
  return html`<section class="panel"><header><h2>${words.answers}</h2>${href === null ? html`<span>${name}</span>` : html`<a href="${href}">${name}</a>`}<span class="muted">${whom}</span>${taskChip(state, w)}${mismatches === 0 ? null : chip('red', 'triangle-alert', words.flag.mismatches(mismatches))}</header>${heardAnswers(answers, w)}</section>\n`
}

function readingsPart(readings: readonly Reading[], frame: Frame): Html {
  const w = textsOf(frame)
  const say = w.agent.say
  const row = ({ text, readAt, heard }: Reading): Piece =>
    html`<li><p class="question">${text}</p><p class="outcome-line">${readAt === null ? chip('red', 'circle-x', say.unread) : chip('green', 'circle-check', say.readAt(clockOf(readAt, frame), null))}</p>${heard === null ? null : playFrom(heard, text, frame)}</li>\n`
  return html`<section class="panel"><h2>${say.mustRead}</h2><ol class="heard-answers checklist">${readings.map(row)}</ol></section>\n`
}

function playFrom({ recording, atMs }: { recording: string; atMs: number }, what: string, frame: Frame): Html {
  const words = textsOf(frame).verification
  return html`<button class="button small" type="button" data-plays="audio-${recording}" data-at="${atMs / 1000}" aria-label="${words.playFrom} ${duration(atMs)}: ${what}">${icon('play')}${duration(atMs)}</button>`
}
