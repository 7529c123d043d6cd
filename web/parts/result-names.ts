/** What results are called where somebody writes rules with them: the name to type, and what pages call it. */
import { callResults } from '../../src/centre/entities.ts'
import type { Words } from '../words/words.ts'
import { type Html, html } from './html.ts'

export function resultNames(w: Words): Html {
  return html`<details class="result-names"><summary>${w.domain.resultNames}</summary><dl class="facts">${callResults.map(
    name => html`<dt class="figure">${name}</dt><dd>${w.domain.callResult[name]}</dd>`,
  )}</dl></details>`
}
