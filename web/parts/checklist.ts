/**
 * The checklist of a verification, on the desk and on the page of a task: each question with its answer, or with what an answer is given in.
 * What is expected is a prop of rows that were answered alone, so that no page can show it before.
 */
import type { AnswerKind, AnswerResult, AnswerWhy, Asked } from '../../src/lender/checklist.ts'
import type { Words } from '../words/words.ts'
import { errorOf, type Filled, notice } from './form.ts'
import { type Frame, textsOf } from './frame.ts'
import { type Html, html, type Piece } from './html.ts'
import { icon } from './icons.ts'
import { chip, type Tone } from './state.ts'

export type ChecklistProps = {
  frame: Frame
  task: { id: string; application: string }
  groups: ChecklistGroup[]
  /** The call that is on now, where the task did not place it. */
  call: string | null
  /** What was typed for one question and refused. */
  filled: { row: string; filled: Filled } | null
  said: { tone: 'green' | 'red'; words: string } | null
}

export type ChecklistGroup = {
  who: Asked
  /** Which of the contacts. */
  place: number
  /** How a contact stands to the applicant, in words. */
  name: string
  /** Whether answers of this party are taken now. */
  open: boolean
  rows: ChecklistRow[]
}

export type ChecklistRow = {
  key: string
  /** With what is offered as a trap read out in it. */
  question: string
  kind: AnswerKind
  choices: string[]
  required: boolean
  /** Nothing to hold an answer against: the verifier judges. */
  judged: boolean
  answer: AnsweredRow | null
}

export type AnsweredRow = {
  no: number
  said: string | null
  expected: string | null
  offered: string | null
  result: AnswerResult
  why: AnswerWhy
  figure: number | null
  note: string
}

/** The root's id; it is painted anew as a whole. */
export function checklistId(task: string): string {
  return `checklist-${task}`
}

export function checklistPart(props: ChecklistProps): Html {
  const w = textsOf(props.frame)
  const words = w.verification
  const all = props.groups.flatMap(({ rows }) => rows)
  const done = all.filter(({ answer }) => answer !== null).length
  return html`<section id="${checklistId(props.task.id)}" class="checklist" aria-label="${words.checklist}">
<header><h3>${icon('list-checks')}${words.checklist} <span class="muted figure">${words.progress(done, all.length)}</span></h3><a href="/agent/tasks/${props.task.id}">${props.task.application}</a></header>
<div aria-live="polite">${props.said === null ? null : notice(props.said.tone, props.said.words)}</div>
${props.groups.map(group => groupPart(group, props, w))}</section>`
}

function groupPart(group: ChecklistGroup, props: ChecklistProps, w: Words): Html {
  const words = w.verification
  const title = group.name === '' ? words.asked[group.who] : `${words.asked[group.who]} · ${group.name}`
  return html`<fieldset class="asked"><legend>${title}${group.open ? null : html` <span class="muted">${words.notHere}</span>`}</legend>
<ol>${group.rows.map(row => html`<li id="${rowId(props, group, row)}">${rowPart(row, group, props, w)}</li>\n`)}</ol></fieldset>`
}

function rowId({ task }: ChecklistProps, group: ChecklistGroup, row: ChecklistRow): string {
  return `q-${task.id}-${row.key}-${group.place}`
}

function rowPart(row: ChecklistRow, group: ChecklistGroup, props: ChecklistProps, w: Words): Html {
  const words = w.verification
  const question = html`<p class="question">${row.question}${row.required && row.answer === null ? html` <span class="muted">${words.required}</span>` : null}</p>`
  if (row.answer === null) return html`${question}${group.open ? answerForm(row, group, props, w) : null}`
  return html`${question}${answered(row.answer, w)}${
    group.open
      ? html`<details${props.filled?.row === `${row.key}@${group.place}` ? html` open` : null}><summary>${words.again}</summary>${answerForm(row, group, props, w)}</details>`
      : null
  }`
}

const looks: Record<AnswerResult, { tone: Tone; icon: 'circle-check' | 'circle-x' | 'ban' | 'circle' }> = {
  MATCH: { tone: 'green', icon: 'circle-check' },
  MISMATCH: { tone: 'red', icon: 'circle-x' },
  REFUSED: { tone: 'amber', icon: 'ban' },
  NOT_ASKED: { tone: 'grey', icon: 'circle' },
}

export function resultChip(result: AnswerResult, w: Words): Html {
  return chip(looks[result].tone, looks[result].icon, w.verification.result[result])
}

/** What was said, what was expected, and why it came out so. */
export function answered(answer: AnsweredRow, w: Words): Html {
  const words = w.verification
  const why = [words.answerWhy[answer.why], answer.figure === null ? '' : `${answer.figure} %`]
    .filter(each => each !== '')
    .join(' · ')
  return html`<p class="outcome-line">${resultChip(answer.result, w)}${answer.said === null ? null : html` ${words.said} <b>${answer.said}</b>`}${answer.expected === null ? null : html` <span>${words.expected} <b>${answer.expected}</b></span>`}${answer.offered === null ? null : html` <span class="muted">${words.offered}: ${answer.offered}</span>`}${why === '' ? null : html` <span class="muted">${why}</span>`}${answer.no > 1 ? html` <span class="chip amber">${icon('pencil')}<span>${words.flag.amended(answer.no - 1)}</span></span>` : null}${answer.note === '' ? null : html` <span class="muted">${answer.note}</span>`}</p>`
}

function answerForm(row: ChecklistRow, group: ChecklistGroup, props: ChecklistProps, w: Words): Html {
  const words = w.verification
  const own = props.filled?.row === `${row.key}@${group.place}` ? props.filled.filled : null
  const [values, errors] = [own?.values ?? {}, own?.errors ?? {}]
  const id = rowId(props, group, row)
  const path = `/agent/tasks/${props.task.id}/answers`
  const value = String(values['said'] ?? '')
  return html`<form method="post" action="${path}" hx-post="${path}" hx-swap="none" class="answer" novalidate>
<input type="hidden" name="item" value="${row.key}"><input type="hidden" name="place" value="${group.place}">${props.call === null ? null : html`<input type="hidden" name="call" value="${props.call}">`}
${control(row, `${id}-said`, value, w)}
${row.judged ? html`<span class="judged" role="radiogroup" aria-label="${words.choose}"><label class="check"><input type="radio" name="judged" value="MATCH" id="${id}-true"${values['judged'] === 'MATCH' ? html` checked` : null}><span>${words.matches}</span></label><label class="check"><input type="radio" name="judged" value="MISMATCH" id="${id}-false"${values['judged'] === 'MISMATCH' ? html` checked` : null}><span>${words.differs}</span></label></span>` : null}
<input name="note" id="${id}-note" maxlength="500" value="${String(values['note'] ?? '')}" placeholder="${row.answer === null ? words.note : words.why}" aria-label="${row.answer === null ? words.note : words.why}">
<span class="buttons"><button class="button primary" name="result" value="ANSWERED">${words.keep}</button><button class="button quiet" name="result" value="REFUSED">${words.refusedAnswer}</button>${row.required ? null : html`<button class="button quiet" name="result" value="NOT_ASKED">${words.notAsked}</button>`}</span>
${['said', 'judged', 'note'].map(name => errorOf(`${id}-${name}`, errors[name]))}</form>`
}

function control(row: ChecklistRow, id: string, value: string, w: Words): Piece {
  const words = w.verification
  const choices =
    row.kind === 'yes-no'
      ? [['yes', words.yes] as const, ['no', words.no] as const]
      : row.choices.map(each => [each, words.contactRelation[each as never] ?? each] as const)
  if (choices.length > 0)
    return html`<select id="${id}" name="said" aria-label="${words.answer}"><option value="">${words.choose}</option>${choices.map(([name, word]) => html`<option value="${name}"${name === value ? html` selected` : null}>${word}</option>`)}</select>`
  return html`<input id="${id}" name="said" value="${value}" maxlength="500" autocomplete="off" aria-label="${words.answer}" placeholder="${words.answerKind[row.kind]}">`
}
