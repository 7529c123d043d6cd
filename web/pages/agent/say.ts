import type { Piece as Said } from '../../../src/lender/script.ts'
import { textsOf } from '../../parts/frame.ts'
import { type Html, html } from '../../parts/html.ts'
import { icon } from '../../parts/icons.ts'
import { clockOf, duration } from '../../parts/time.ts'
import type { Words } from '../../words/words.ts'
import type { DeskProps } from './desk-props.ts'
import { salesPart } from './sales.ts'
import type { DeskSay } from './say-props.ts'

/** What to say: sentences that must be read first, then the script from where the talk is, and what the party may answer. */
export function sayColumn(props: DeskProps): Html {
  const w = textsOf(props.frame)
  return html`<section id="say" class="column" tabindex="0" aria-label="${w.agent.say.title}">
<h2 tabindex="-1">${icon('scroll-text')}${w.agent.say.title}</h2>
${props.say ? script(props.say, props, w) : html`<p class="muted">${w.agent.say.none}</p>`}
${salesPart(props.sales, props.frame)}</section>`
}

function script(say: DeskSay, props: DeskProps, w: Words): Html {
  const words = w.agent.say
  const path = props.call === null ? null : `/agent/calls/${props.call.id}`
  return html`${say.must.length === 0 ? null : html`<div class="must" role="group" aria-label="${words.mustRead}"><h3>${words.mustRead}</h3>${say.must.map(each => sentence(each, say, path, props, w))}</div>`}
${
  say.passed.length === 0
    ? null
    : html`<nav class="passed" aria-label="${words.passed}"><ol>${say.passed.map(
        step =>
          html`<li>${path === null ? step.title : html`<button class="button quiet small" hx-put="${path}/script" hx-vals='${JSON.stringify({ to: step.key })}' hx-swap="none" title="${words.back}">${icon('chevron-left')}${step.title}</button>`}</li>`,
      )}</ol></nav>`
}
<div aria-live="polite"><ol class="script">${say.steps.map(step => html`<li>${step.title === '' ? null : html`<h3>${step.title}</h3>`}<p>${said(step.text, w)}</p></li>`)}</ol>${say.over ? html`<p class="muted">${icon('circle-check')} ${words.over}</p>` : null}</div>
${say.answers === null || path === null ? null : answers(say.answers, path, w)}`
}

/** Ticked as it is read: when, and where that is heard in the recording. */
function sentence(
  { key, text, readAt, offsetMs }: DeskSay['must'][number],
  { live }: DeskSay,
  path: string | null,
  { frame, call }: DeskProps,
  w: Words,
): Html {
  const words = w.agent.say
  const turns = readAt === null ? 'true' : 'false'
  const id = `read-${key}-${call?.id ?? 'preview'}-${turns}`
  return html`<label class="check" for="${id}"><input type="checkbox" id="${id}" data-stays="read-${key}"${readAt === null ? null : html` checked`}${live && path !== null ? html` hx-put="${path}/readings/${key}" hx-trigger="change" hx-vals='{"read":"${turns}"}' hx-swap="none"` : html` disabled`}><span>${said(text, w)}${readAt === null ? (live || path === null ? null : html` <b class="small">${words.unread}</b>`) : html` <span class="small muted">${words.readAt(clockOf(readAt, frame), offsetMs === null ? null : duration(offsetMs))}</span>`}</span></label>`
}

function said(text: readonly Said[], w: Words): Html[] {
  return text.map(piece => {
    if ('text' in piece) return html`${piece.text}`
    if (piece.value === null) return html`<mark class="lacks" title="{${piece.name}}">${w.agent.say.lacks}</mark>`
    return html`<b>${piece.value}</b>`
  })
}

function answers({ step, words: all }: NonNullable<DeskSay['answers']>, path: string, w: Words): Html {
  return html`<div class="answers" role="group" aria-label="${w.agent.say.answers}">${all.map(
    (word, at) =>
      html`<button class="button" hx-put="${path}/script" hx-vals='${JSON.stringify({ from: step, answer: String(at) })}' hx-swap="none" data-key="alt+${at + 1}">${word}<kbd>Alt ${at + 1}</kbd></button>`,
  )}</div>`
}
