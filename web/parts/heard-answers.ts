/** Answers of a checklist beside where they are heard: each plays its recording from there. */
import type { AnswerResult } from '../../src/lender/checklist.ts'
import type { Words } from '../words/words.ts'
import { type AnsweredRow, answered } from './checklist.ts'
import { type Html, html } from './html.ts'
import { icon } from './icons.ts'
import { duration } from './time.ts'

export type HeardAnswer = AnsweredRow & {
  key: string
  question: string
  whom: string
  /** The recording and the place in it, ms; null: there is none to play. */
  heard: { recording: string; atMs: number } | null
  result: AnswerResult
}

export function heardAnswers(answers: readonly HeardAnswer[], w: Words): Html {
  const words = w.verification
  if (answers.length === 0) return html`<p class="muted">${words.answersNone}</p>`
  return html`<ol class="heard-answers checklist">${answers.map(
    answer =>
      html`<li><p class="question"><span class="muted">${answer.whom}</span> ${answer.question}</p>${answered(answer, w)}${
        answer.heard === null
          ? null
          : html`<button class="button small" type="button" data-plays="audio-${answer.heard.recording}" data-at="${answer.heard.atMs / 1000}" aria-label="${words.playFrom} ${duration(answer.heard.atMs)}: ${answer.question}">${icon('play')}${duration(answer.heard.atMs)}</button>`
      }</li>\n`,
  )}</ol>`
}

/** What the buttons play; nothing is fetched, and no listen is noted, before one is pressed. */
export function players(recordings: readonly { id: string; src: string; label: string }[]): Html {
  return html`${recordings.map(({ id, src, label }) => html`<p class="player"><span class="muted">${label}</span><audio id="audio-${id}" controls preload="none" src="${src}"></audio></p>`)}`
}
