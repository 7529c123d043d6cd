import type { DestroyedBy } from '../../../src/centre/records/record-facts.ts'
import { type Frame, textsOf } from '../../parts/frame.ts'
import { type Html, html, type Piece } from '../../parts/html.ts'
import { icon } from '../../parts/icons.ts'
import { layout } from '../../parts/layout.ts'
import { heading } from '../../parts/table.ts'
import { duration, instant } from '../../parts/time.ts'
import type { Words } from '../../words/words.ts'

export type DestructionProps = {
  frame: Frame
  recording: string
  call: string
  openedAt: number
  durationMs: number | null
  sealedAt: number | null
  sha256: string | null
  derivedSha256: string | null
  listens: number
  destroyedAt: number
  by: DestroyedBy | null
  /** null: the disk has not given up the files yet. */
  erasedAt: number | null
  /** Its line, and the hash of the chain there. */
  journal: { seq: number; hash: string }
}

/** The certificate of what is no more: what it was, why it went, and where the journal proves it. */
export function destructionPage(props: DestructionProps): Html {
  const { frame } = props
  const w = textsOf(frame)
  const words = w.retention
  const row = (name: string, value: Html | string | number | null): Piece =>
    value === null ? null : html`<dt>${name}</dt><dd>${value}</dd>`
  const mono = (text: string | null) => text && html`<span class="mono">${text}</span>`
  return layout(frame, {
    title: words.certificate,
    main: html`${heading({ title: words.certificateOf(props.recording), actions: html`<a class="button" href="/auditor/calls/${props.call}">${icon('chevron-left')}${w.auditor.call.title(props.call)}</a>` })}
<section class="panel"><dl class="facts">${row(words.recorded, instant(props.openedAt, frame))}${row(words.duration, props.durationMs === null ? null : duration(props.durationMs))}
${row(words.sealed, props.sealedAt === null ? null : instant(props.sealedAt, frame))}${row(words.wasSha256, mono(props.sha256))}${row(words.wasDerived, mono(props.derivedSha256))}
${row(words.listens, props.listens)}${row(words.rule, props.by && ruleOf(props.by, w))}${row(words.destroyedAt, instant(props.destroyedAt, frame))}
${row(words.erasedAt, props.erasedAt === null ? words.notErased : instant(props.erasedAt, frame))}
${row(words.journal, words.line(props.journal.seq))}${row(words.hash, mono(props.journal.hash))}</dl></section>`,
  })
}

function ruleOf(by: DestroyedBy, w: Words): string {
  const words = w.retention
  if (by.reason === 'unanswered') return words.byUnanswered(by.days)
  const business = by.business === null ? words.other : w.domain.business[by.business]
  return words.byRetention(business, words.period(by.kept.n, by.kept.of), by.policy)
}
