import { notice } from '../../parts/form.ts'
import { type Frame, textsOf } from '../../parts/frame.ts'
import { type Html, html } from '../../parts/html.ts'
import { icon } from '../../parts/icons.ts'
import { thousands } from '../../parts/numbers.ts'

export type JournalCheckProps = {
  frame: Frame
  head: { seq: number; hash: string }
  /** null: not checked yet. */
  result: { whole: true; lines: number } | { whole: false; seq: number } | null
}

/** The head of the chain, and the check of every line against it. */
export function journalCheck(props: JournalCheckProps): Html {
  const words = textsOf(props.frame).auditor.journal
  const { result } = props
  return html`<section id="journal-check" class="panel check-panel"><header><h2>${words.title}</h2><span class="muted">${words.head}</span><span class="figure">#${thousands(props.head.seq)}</span><span class="mono">${props.head.hash}</span></header>
${result === null ? null : result.whole ? notice('green', words.whole(result.lines)) : notice('red', words.broken(result.seq))}
<form hx-post="/auditor/journal/check" hx-target="#journal-check" hx-swap="outerHTML" hx-config="timeout:600000"><button class="button">${icon('shield-check')}${words.verify}</button></form></section>`
}
